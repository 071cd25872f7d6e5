"""Commands for the database itself."""

import argparse

from sqlalchemy.exc import OperationalError

from commands.context import CommandError, Context, open_ledger
from migrations.upgrade import upgrade


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.set_defaults(run=run)


def run(context: Context, _args: argparse.Namespace) -> int:
    """Safe to run from several machines at once."""
    ledger = open_ledger(context.settings)
    try:
        print(f"The database stands at revision {upgrade(ledger.engine)}.")
    except OperationalError as error:
        raise CommandError(f"The database could not be migrated, nothing was changed: {error.orig}") from error
    finally:
        ledger.close()
    return 0
