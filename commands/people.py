"""Commands that make known who is told and who may come in: drivers, log-ins, API clients."""

import argparse
import getpass
import secrets
import sys

from commands.context import CommandError, Context
from ledger import access, drivers
from ledger.vault import token_key


def driver(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of ``driver``."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser("add", help="a new driver, or more tokens for one that is known")
    add.add_argument("--phone", required=True, help="in E.164, like +15145550100")
    add.add_argument("--token", required=True, action="append", metavar="CC*PARTY*UID", help="once or more often")
    add.add_argument("--language", choices=drivers.LANGUAGES, default="en")
    add.set_defaults(run=add_driver)


def login(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of ``login``."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser("add", help="a new log-in, or a new password for one that is known")
    add.add_argument("name")
    add.add_argument("--generate", action="store_true", help="make a password and print it, instead of asking for one")
    add.add_argument(
        "--role", choices=access.ROLES, default=access.OWNER, help="an officer attests signs and reads plates only"
    )
    add.set_defaults(run=add_login)


def client(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of ``client``."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser("add", help="print a bearer token, once; a known client's old token ends")
    add.add_argument("name")
    scopes = sorted(access.SCOPES)
    add.add_argument(
        "--scopes", nargs="+", choices=scopes, default=["violations:read"], metavar="SCOPE", help=", ".join(scopes)
    )
    add.add_argument("--party", metavar="CC*PARTY", help=f"whose tokens it speaks for, with {access.CONTACTS}")
    add.set_defaults(run=add_client)


def add_driver(context: Context, args: argparse.Namespace) -> int:
    """Tie tokens to a phone number."""
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        keys = [token_key(tx.vault, *token_parts(token)) for token in args.token]
        try:
            drivers.add_driver(tx, args.phone, args.language, keys)
        except ValueError as error:
            raise CommandError(f"Not added: {error}.") from error
    print(f"The driver is told by SMS about {len(keys)} token{'s' if len(keys) > 1 else ''}.")
    return 0


def token_parts(token: str) -> tuple[str, str, str]:
    """Country, party and uid of a token as an owner writes it. Raises :class:`CommandError`."""
    country, _, rest = token.partition("*")
    party, _, uid = rest.partition("*")
    if len(country) != 2 or not 1 <= len(party) <= 3 or not uid:
        raise CommandError("A token is written country*party*uid, like ca*flo*04A1B2C3.")
    return country, party, uid


def add_login(context: Context, args: argparse.Namespace) -> int:
    """Let a person log in."""
    if args.generate:
        password = secrets.token_urlsafe(12)
    elif sys.stdin.isatty():
        password = getpass.getpass(f"Password for {args.name}: ")
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        try:
            access.add_login(tx, args.name, password, args.role)
        except ValueError as error:
            raise CommandError(f"Not added: {error}.") from error
    print(f"{args.name} may log in." + (f" Password: {password}" if args.generate else ""))
    return 0


def add_client(context: Context, args: argparse.Namespace) -> int:
    """Let a program call the API."""
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        try:
            token = access.add_client(tx, args.name, args.scopes, args.party)
        except ValueError as error:
            raise CommandError(f"Not added: {error}.") from error
    print(f"Bearer token of {args.name}, shown only now: {token}")
    return 0
