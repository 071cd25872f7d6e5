"""``baywarden why``: how a violation's fee came about, in words or as data."""

import argparse
import json

from commands.context import CommandError, Context
from enforcement.accounts import driver_text, officer_text, owner_text
from ledger.queries import accounts, case, evidence

_VOICES = ("driver", "owner", "officer")


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.add_argument("violation", help="its public id, as its page and the API show it")
    parser.add_argument("--voice", choices=_VOICES, default="owner", help="whom to tell it (default: the owner)")
    parser.add_argument("--language", choices=("en", "fr", "es"), default="en", help="Spanish: for drivers only")
    parser.add_argument("--money", action="store_true", help="tell an officer the sum too")
    parser.add_argument("--json", action="store_true", help="what is stored of the decision, as JSON")
    parser.set_defaults(run=run)


def run(context: Context, args: argparse.Namespace) -> int:
    """Print it."""
    if args.language == "es" and args.voice != "driver":
        raise CommandError("Spanish is for drivers only: add --voice driver.")
    with context.ledger() as ledger, ledger.read() as conn:
        found = case.find(conn, args.violation.strip().lower())
        if found is None:
            raise CommandError(f"There is no violation {args.violation!r}.")
        if args.json:
            print(json.dumps(found.explanation, indent=2, ensure_ascii=False))
            return 0
        told = accounts.account(conn, found)
        if told is None:
            raise CommandError("Late facts withdrew this violation: nothing is owed.")
        facts = evidence.load_evidence(conn, found, context.clock()).facts
    match args.voice:
        case "driver":
            lines = driver_text(told, args.language)
        case "owner":
            lines = owner_text(told, args.language)
        case _:
            lines = officer_text(told, facts, found.session, args.language, with_money=args.money)
    print("\n".join(lines))
    return 0
