"""``baywarden rebuild``: folds all facts again and compares with what stands."""

import argparse
import time

from commands.context import Context
from ledger import unchecked
from ledger.database import Ledger
from ledger.rebuild import differences
from ledger.waiting import is_any_waiting

_LOOKS, _PAUSE_S = 20, 0.1


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.set_defaults(run=run)


def run(context: Context, _args: argparse.Namespace) -> int:
    """Exit 1 if anything differs. What can't be checked any more is said, and is no difference."""
    count = 0
    with context.ledger() as ledger:
        _let_waiting_facts_be_assessed(ledger)
        for difference in differences(ledger, context.clock()):
            print(difference)
            count += 1
        for sentence in unchecked.violations(ledger):
            print(sentence)
    print(f"{count} differences." if count else "Nothing differs.")
    return 1 if count else 0


def _let_waiting_facts_be_assessed(ledger: Ledger) -> None:
    """What was recorded a moment ago is in the facts but not yet in what stands; the clock process sees to that."""
    for _ in range(_LOOKS):
        with ledger.read() as conn:
            if not is_any_waiting(conn):
                return
        time.sleep(_PAUSE_S)
