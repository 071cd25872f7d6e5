"""``baywarden backtest``: what would this policy have done with this history?"""

import argparse
from collections.abc import Container, Sequence
from datetime import date
from pathlib import Path

from commands.context import CommandError, Context
from commands.files import named, policy_of
from enforcement.policy import OF_STATION, Policy
from history.backtest import Question, ask
from history.columns import zone_name
from history.layouts import HistoryError
from history.machine import as_json
from history.report import comparison, report


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.add_argument("history", type=Path, help="a CSV file of past sessions")
    parser.add_argument("--policy", type=Path, required=True, help="a policy document")
    parser.add_argument("--compare", type=Path, help="another policy document: show both side by side")
    parser.add_argument("--out", type=Path, help="write one line for each session under --policy to this CSV file")
    parser.add_argument("--summary", type=Path, help="write the summary to this JSON file too")
    parser.add_argument("--zone", type=_zone, help="the stations' IANA time zone, where the history does not say")
    parser.add_argument("--holidays", type=_calendar, help="the stations' calendar of public holidays, such as CA-QC")
    parser.add_argument("--exact", action="store_true", help="judge row by row: slower, and the same")
    parser.set_defaults(run=run)


def run(_context: Context, args: argparse.Namespace) -> int:
    """Print the summary."""
    policies = tuple(policy_of(path) for path in (args.policy, args.compare) if path is not None)
    question = Question(
        history=args.history,
        policies=policies,
        zone=args.zone,
        holidays=_holidays(policies, args.holidays),
        exact=args.exact,
    )
    try:
        with named(args.history, "read or written"):
            summaries = ask(question, args.out)
            if args.summary is not None:
                args.summary.write_text(as_json(summaries), encoding="utf-8")
    except HistoryError as error:
        raise CommandError(str(error)) from error
    print(comparison(summaries) if len(summaries) > 1 else report(summaries[0]))
    return 0


def _zone(text: str) -> str:
    try:
        return zone_name(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _calendar(name: str) -> str:
    from calendars import is_calendar  # noqa: PLC0415 - few ask for it

    if not is_calendar(name):
        raise argparse.ArgumentTypeError(f"no calendar of public holidays is called {name}")
    return name


def _holidays(policies: Sequence[Policy], of_stations: str | None) -> dict[str, Container[date]]:
    """The calendars that policies name. Raises :class:`CommandError` for one that is not known.

    A history does not say in which country its stations are: without ``of_stations`` theirs is unknown.
    """
    wanted = {policy.holidays for policy in policies if policy.holidays}
    if not wanted:
        return {}
    names = {OF_STATION: of_stations} if of_stations else {}
    names |= {name: name for name in wanted if name != OF_STATION}
    from calendars import is_calendar, public_holidays  # noqa: PLC0415 - few policies ask for it

    if unknown := sorted(name for name in names.values() if not is_calendar(name)):
        raise CommandError(f"No calendar of public holidays is called {', '.join(unknown)}.")
    return {name: public_holidays(calendar) for name, calendar in names.items()}
