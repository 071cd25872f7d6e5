"""``baywarden sensors``: takes in what bay sensors publish by MQTT."""

import argparse

from commands import trying
from commands.beginning import begin
from commands.context import CommandError, Context
from commands.listening import sources
from commands.stopping import stop_on_signals
from sensors import listener


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.set_defaults(run=run)
    trying.describe(parser.add_subparsers(metavar="ACTION", required=False))


def run(context: Context, _args: argparse.Namespace) -> int:
    """Take in messages until stopped."""
    settings = begin("sensors", context)
    stop = stop_on_signals()
    address, mapping = sources(settings)
    with context.ledger() as ledger:
        try:
            listener.run(ledger, address, mapping, context.clock, stop, settings.mqtt_client_id)
        except listener.ListenerError as error:
            raise CommandError(f"The sensors process ends: {error}.") from error
    return 0
