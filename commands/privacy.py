"""Commands for requests about personal data: give a driver what is kept of them, erase it, show who read it."""

import argparse
import json

from commands.context import CommandError, Context, operator
from ledger import mine
from ledger.database import Tx
from ledger.drivers import driver_for_phone
from ledger.queries.access_log import reads


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of ``privacy``."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    give = actions.add_parser("export", help="all that is kept of a driver, as JSON")
    give.add_argument("--phone", required=True, help="in E.164, like +15145550100")
    give.set_defaults(run=export)
    erase = actions.add_parser("erase", help="erase what is personal of a driver; evidence stays whole without it")
    erase.add_argument("--phone", required=True, help="in E.164, like +15145550100")
    erase.set_defaults(run=erase_driver)
    log = actions.add_parser("log", help="who read personal data, newest first")
    log.add_argument("--driver", type=int, metavar="ID", help="of one driver only")
    log.add_argument("--limit", type=int, default=100)
    log.set_defaults(run=show_log)


def export(context: Context, args: argparse.Namespace) -> int:
    """The read is logged under the name of whoever runs it."""
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        found = mine.everything(tx, _driver(tx, args.phone), by=operator())
    print(json.dumps(found, indent=2, ensure_ascii=False))
    return 0


def erase_driver(context: Context, args: argparse.Namespace) -> int:
    """A violation that is not over for everybody holds it, and says so."""
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        held = mine.erase(tx, _driver(tx, args.phone), by=operator())
    if held:
        names = ", ".join(f"{each.public_id} ({each.kind}, {each.state})" for each in held)
        raise CommandError(f"Nothing was erased: it is needed for {names}.")
    print("Erased. Violations and postings stay; they never knew who it was.")
    return 0


def show_log(context: Context, args: argparse.Namespace) -> int:
    """Numbers of rows, never what they hold."""
    with context.ledger() as ledger, ledger.read() as conn:
        for each in reads(conn, args.driver, args.limit):
            moment = each.at.isoformat(timespec="seconds")
            print(f"{moment}  {each.reader}  {each.what}  {each.subject}  {each.purpose}")
    return 0


def _driver(tx: Tx, phone: str) -> int:
    found = driver_for_phone(tx.conn, tx.vault, phone)
    if found is None:
        raise CommandError("Nobody is known by that number.")
    return found.id
