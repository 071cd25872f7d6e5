"""Logging to standard error: one line an event, with the process that says it. No personal data is ever logged."""

import logging
import time

# Libraries that report at INFO what is none of an operator's business, some of it with addresses in it.
_CHATTY = ("alembic", "httpx", "httpcore", "twilio", "urllib3", "werkzeug")


def log_to_stderr(process: str, level: str) -> None:
    """Set up logging for a process that keeps running."""
    formatter = logging.Formatter(f"%(asctime)s {process:<8} %(levelname)-7s %(message)s", "%H:%M:%SZ")
    formatter.converter = time.gmtime
    handler = logging.StreamHandler()
    handler.setFormatter(formatter)
    logging.basicConfig(level=level, handlers=[handler], force=True)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(max(logging.WARNING, logging.getLevelName(level)))
    # It warns of each tick that finds the one before still at work: that one takes along what became due.
    logging.getLogger("apscheduler").setLevel(logging.ERROR)
