"""What each process that keeps running does first."""

import gc
import logging

from commands.context import Context
from commands.logs import log_to_stderr
from commands.stopping import end_with_parent
from commands.zones import use_newest_zones
from settings import Settings

# How long a process waits for what is left of the one before it, that was killed, to give its port back.
PORT_PATIENCE_S = 5.0
_LOG = logging.getLogger(__name__)


def begin(process: str, context: Context) -> Settings:
    """Log under the process's name, end with the supervisor, say so. Returns the settings."""
    collect_seldom()
    log_to_stderr(process, context.settings.log_level)
    end_with_parent()
    _LOG.info("starting, with time zones %s", use_newest_zones())
    return context.settings


def collect_seldom() -> None:
    """Look for cycles of objects seldom: a batch makes many objects and hardly a cycle.

    As Python does it by itself, after every 700, it takes a sixth of the time that deciding takes, and more the more
    bays a process remembers.
    """
    gc.freeze()
    gc.set_threshold(50_000, 20, 20)
