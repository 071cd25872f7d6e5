"""``baywarden replay``: a history sent through the real doors, MQTT and OCPI, into the running service."""

import argparse
from pathlib import Path

from commands.bays_csv import read_bays
from commands.context import CommandError, Context
from commands.files import named
from commands.inviting import invite_again
from history.layouts import HistoryError
from ledger import registry
from ledger.database import Ledger
from outside import replay
from outside.replayed_sensors import ReplayError


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.add_argument("history", type=Path, help="a CSV file of past sessions; sensors are derived from its times")
    parser.set_defaults(run=run)


def run(context: Context, args: argparse.Namespace) -> int:
    """Send it, with the settings of the service it goes to. Exit 1 if anything that was sent did not get in."""
    settings, folder = context.settings, context.settings.data_dir / "replay"
    try:
        with named(args.history):
            ready = replay.prepare(args.history)
    except HistoryError as error:
        raise CommandError(str(error)) from error
    with context.ledger() as ledger:
        try:
            versions = f"{settings.public_url}/ocpi/versions"
            networks = replay.connect(
                ready, versions, lambda name: _invite(ledger, context, name), folder, context.clock
            )
            try:
                summary = replay.run(
                    ready, networks, settings.mqtt_url, lambda text: _tie(ledger, context, folder, text), print
                )
            finally:
                for network in networks.values():
                    network.close()
        except ReplayError as error:
            raise CommandError(f"The replay ended early: {error}.") from error
    print(summary.text())
    return 1 if summary.lost else 0


def _invite(ledger: Ledger, context: Context, name: str) -> str:
    """As synthetic ones: the readings beside these sessions were derived, no sensor saw them."""
    with ledger.write(context.clock()) as tx:
        return invite_again(tx, name)


def _tie(ledger: Ledger, context: Context, folder: Path, text: str) -> None:
    path = folder / "bays.csv"
    path.write_text(text, encoding="utf-8")
    with ledger.write(context.clock()) as tx:
        registry.import_bays(tx, read_bays(path))
