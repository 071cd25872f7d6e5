"""``baywarden rebuild``: folds all facts again and compares with what stands."""

import argparse

from commands.context import Context
from ledger.rebuild import differences


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.set_defaults(run=run)


def run(context: Context, _args: argparse.Namespace) -> int:
    """Exit 1 if anything differs."""
    count = 0
    with context.ledger() as ledger:
        for difference in differences(ledger, context.clock()):
            print(difference)
            count += 1
    print(f"{count} differences." if count else "Nothing differs.")
    return 1 if count else 0
