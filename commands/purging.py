"""``baywarden purge``: removes what was kept long enough. The clock does it once an hour."""

import argparse
from datetime import timedelta

from commands.context import Context
from enforcement.retention import Retention
from ledger.retention import purge
from settings import Settings


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.set_defaults(run=run)


def run(context: Context, _args: argparse.Namespace) -> int:
    """Say what went."""
    with context.ledger() as ledger:
        for kind, count in purge(ledger, context.clock, retention(context.settings)):
            print(f"{kind.replace('_', ' ')}: {count} removed")
    return 0


def retention(settings: Settings) -> Retention:
    """How long data is kept; 0 days is for ever."""
    return Retention(
        phones=_days(settings.keep_phones_days),
        tokens=_days(settings.keep_tokens_days),
        disputes=_days(settings.keep_disputes_days),
        messages=_days(settings.keep_messages_days),
        objects=_days(settings.keep_objects_days),
        rejects=_days(settings.keep_rejects_days),
        plates=_days(settings.keep_plates_days),
        access_log=_days(settings.keep_access_log_days),
        acts=_days(settings.keep_access_log_days),
        facts=_days(settings.keep_facts_days),
    )


def _days(count: int) -> timedelta | None:
    return timedelta(days=count) if count else None
