"""``baywarden backtest``: what would this policy have done with this history?"""

import argparse
from pathlib import Path

from commands.context import CommandError, Context
from enforcement.policy_document import PolicyError
from history import backtest
from history.read import HistoryError


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.add_argument("history", type=Path, help="a CSV file of past sessions")
    parser.add_argument("--policy", type=Path, required=True, help="a policy document")
    parser.add_argument("--out", type=Path, help="write one line for each session to this CSV file")
    parser.add_argument("--zone", help="the stations' IANA time zone, where the history does not say")
    parser.set_defaults(run=run)


def run(_context: Context, args: argparse.Namespace) -> int:
    """Print the summary."""
    try:
        print(backtest.run(args.history, args.policy, args.out, zone=args.zone).text())
    except PolicyError as error:
        raise CommandError(f"{args.policy} is no policy:\n" + "\n".join(f"  {f}" for f in error.faults)) from error
    except (OSError, HistoryError) as error:
        raise CommandError(str(error)) from error
    return 0
