"""``baywarden sender``: sends what waits in the outboxes: messages to drivers, what goes to partners by OCPI,
and webhooks.

Each has threads of its own, so that whoever answers slowly holds up nothing else. What goes to partners and to
subscribers has several: each receiver has one of them at a time, and all who let us wait the last time share a few.
"""

import argparse
from collections.abc import Callable
from functools import partial

from commands.beginning import begin
from commands.beside import do_all
from commands.context import Context
from commands.parties import our_party
from commands.stopping import stop_on_signals
from commands.turns import take_turns
from ledger.database import Ledger
from notifications import reconcile, sender, webhooks
from notifications.channels.base import Channel
from notifications.channels.console import ConsoleChannel
from ocpi import pushing
from ocpi.client import peers
from ocpi.deliveries import HANDLERS
from ocpi.pushing import Postman
from settings import Settings

# Partners, and subscribers, that are sent something at once, and how many of them may be such as let us wait.
_AT_ONCE, _SLOW_AT_ONCE = 6, 2


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.set_defaults(run=run)


def run(context: Context, _args: argparse.Namespace) -> int:
    """Send until stopped. Where one of these can't go on, none does: who started this process starts it again."""
    begin("sender", context)
    stop = stop_on_signals()
    with context.ledger() as ledger:
        turns = _turns(context, ledger)
        do_all({name: partial(take_turns, name, turn, stop) for name, turn in turns.items()}, stop)
    return 0


def _turns(context: Context, ledger: Ledger) -> dict[str, Callable[[], bool]]:
    """By the name of each outbox: what sends the next of it."""
    settings, clock = context.settings, context.clock
    postman = Postman(ledger=ledger, clock=clock, peer=peers(), us=our_party(settings), base_url=settings.public_url)
    poster = webhooks.Sender(ledger=ledger, clock=clock, private=settings.webhooks_private)
    return {
        "messages": partial(sender.send_next, ledger, channel(settings), clock, settings.sms_per_second),
        "lookups": partial(reconcile.trace_next, ledger, channel(settings), clock),
        **_several("webhooks", partial(webhooks.send_next, poster)),
        **_several("ocpi", partial(pushing.send_next, postman, HANDLERS)),
    }


def _several(name: str, send: Callable[..., bool]) -> dict[str, Callable[[], bool]]:
    """Threads that share an outbox."""
    return {f"{name} {each}": partial(send, quick_only=each > _SLOW_AT_ONCE) for each in range(1, _AT_ONCE + 1)}


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
