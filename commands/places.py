"""Commands that make places known: bays."""

import argparse
from pathlib import Path

from commands.bays_csv import read_bays
from commands.context import CommandError, Context
from ledger import registry


def importing(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of ``import``."""
    parser.add_argument("file", type=Path, help="columns: bay, station, name, evses, sensors (several with ;)")
    parser.set_defaults(run=import_bays)


def import_bays(context: Context, args: argparse.Namespace) -> int:
    """Tie bays as a file describes them: all of it, or nothing."""
    ties = read_bays(args.file)
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        try:
            registry.import_bays(tx, ties)
        except registry.TieError as error:
            raise CommandError(f"Nothing was imported: {error}.") from error
    print(f"{len(ties)} {'bay' if len(ties) == 1 else 'bays'} tied.")
    return 0
