"""``baywarden sender``: sends what waits in the outboxes: messages to drivers, what goes to partners by OCPI,
and webhooks.

Each has a thread of its own, so that a partner that answers slowly holds up no message.
"""

import argparse
import threading
from functools import partial

from commands.beginning import begin
from commands.beside import Beside
from commands.context import Context
from commands.parties import our_party
from commands.stopping import stop_on_signals
from ledger.database import Ledger
from notifications import sender, webhooks
from notifications.channels.base import Channel
from notifications.channels.console import ConsoleChannel
from ocpi.client import peers
from ocpi.deliveries import HANDLERS
from ocpi.pushing import Postman
from ocpi.pushing import run as run_pushes
from settings import Settings


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.set_defaults(run=run)


def run(context: Context, _args: argparse.Namespace) -> int:
    """Send until stopped. Where one of the three can't go on, none does: who started this process starts it again."""
    settings = begin("sender", context)
    stop = stop_on_signals()
    with context.ledger() as ledger:
        beside = [
            Beside("ocpi", partial(_push, context, ledger, stop), stop),
            Beside("webhooks", partial(_post, context, ledger, stop), stop),
        ]
        for each in beside:
            each.start()
        try:
            sender.run(ledger, channel(settings), context.clock, stop, settings.sms_per_second)
        finally:
            stop.set()
            for each in beside:
                each.join()
        failed = next((each for each in beside if each.failure is not None), None)
        if failed is not None:
            raise RuntimeError(f"the thread for {failed.name} ended") from failed.failure
    return 0


def _push(context: Context, ledger: Ledger, stop: threading.Event) -> None:
    postman = Postman(
        ledger=ledger,
        clock=context.clock,
        peer=peers(),
        us=our_party(context.settings),
        base_url=context.settings.public_url,
    )
    run_pushes(postman, HANDLERS, stop)


def _post(context: Context, ledger: Ledger, stop: threading.Event) -> None:
    webhooks.run(webhooks.Sender(ledger=ledger, clock=context.clock, private=context.settings.webhooks_private), stop)


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
