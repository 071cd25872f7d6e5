"""``baywarden sender``: sends the messages that wait in the outbox."""

import argparse

from commands.beginning import begin
from commands.context import Context
from commands.stopping import stop_on_signals
from notifications import sender
from notifications.channels.base import Channel
from notifications.channels.console import ConsoleChannel
from settings import Settings


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.set_defaults(run=run)


def run(context: Context, _args: argparse.Namespace) -> int:
    """Send until stopped."""
    settings = begin("sender", context)
    stop = stop_on_signals()
    with context.ledger() as ledger:
        sender.run(ledger, channel(settings), context.clock, stop)
    return 0


def channel(settings: Settings) -> Channel:
    """How messages leave."""
    if settings.sms_channel == "console":
        return ConsoleChannel()
    from notifications.channels.twilio import TwilioAccount, TwilioChannel  # noqa: PLC0415 - its SDK costs 0.3 s

    is_reachable = settings.public_url.startswith("https://")
    return TwilioChannel(
        TwilioAccount(
            sid=settings.twilio_account_sid,
            auth_token=settings.twilio_auth_token,
            sender=settings.twilio_from,
            public_url=settings.public_url if is_reachable else None,
            base_url=settings.twilio_url or None,
            redact=settings.twilio_redact,
        )
    )
