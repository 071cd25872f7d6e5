"""What each process that keeps running does first."""

import logging

from commands.context import Context
from commands.logs import log_to_stderr
from commands.stopping import end_with_parent
from settings import Settings

# How long a process waits for what is left of the one before it, that was killed, to give its port back.
PORT_PATIENCE_S = 5.0
_LOG = logging.getLogger(__name__)


def begin(process: str, context: Context) -> Settings:
    """Log under the process's name, end with the supervisor, say so. Returns the settings."""
    log_to_stderr(process, context.settings.log_level)
    end_with_parent()
    _LOG.info("starting")
    return context.settings
