"""``baywarden policy sign``, ``tariff``, ``propose``: a policy as a sign, as an OCPI tariff, from a network's word."""

import argparse
import re
from pathlib import Path
from typing import Any

import msgspec

from commands.context import CommandError, Context
from commands.files import policy_of
from enforcement.policy_document import PolicyError, read_policy
from enforcement.proposal import propose
from enforcement.signs import sign_text
from enforcement.tariffs.publish import CannotSay, to_ocpi
from ledger.queries.told_signs import at_station

_ENCODER = msgspec.json.Encoder(decimal_format="number")
_VERSIONS = ("2.2.1", "2.3.0", "2.1.1")


def describe(actions: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """What the command line needs to know of them."""
    sign = actions.add_parser("sign", help="print what a sign should say of a policy")
    sign.add_argument("file", type=Path, help="the policy as a TOML document")
    sign.add_argument("--language", choices=("en", "fr", "es"), default="en")
    sign.set_defaults(run=print_sign)
    tariff = actions.add_parser("tariff", help="print a policy as an OCPI tariff, or why OCPI can't say it")
    tariff.add_argument("file", type=Path, help="the policy as a TOML document")
    tariff.add_argument("--version", choices=_VERSIONS, default="2.2.1", help="of OCPI (default: 2.2.1)")
    tariff.add_argument("--party", default="XX*BWD", help="its owner, like CA*BWD: country code and party id")
    tariff.set_defaults(run=print_tariff)
    made = actions.add_parser("propose", help="print a policy made of what a network tells of signs, all prices 0")
    made.add_argument("station", help="its key, like ca*abc*l1")
    made.add_argument("--currency", required=True, help="in which prices will be, like CAD")
    made.set_defaults(run=print_proposal)


def print_sign(_context: Context, args: argparse.Namespace) -> int:
    """Print the sign, a line each."""
    print(sign_text(policy_of(args.file), args.language))
    return 0


def print_tariff(_context: Context, args: argparse.Namespace) -> int:
    """Print the Tariff object, ready to be sent."""
    found = re.fullmatch(r"([A-Za-z]{2})\*([A-Za-z0-9]{3})", args.party)
    if found is None:
        raise CommandError(f"{args.party!r} is not a party like CA*BWD: two letters, a star, three letters or digits.")
    try:
        tariff: dict[str, Any] = to_ocpi(policy_of(args.file), args.version, (found[1], found[2]))
    except CannotSay as error:
        reasons = "\n".join(f"  {reason}" for reason in error.reasons)
        raise CommandError(f"OCPI {args.version} can't say this policy:\n{reasons}") from error
    print(msgspec.json.format(_ENCODER.encode(tariff), indent=2).decode())
    return 0


def print_proposal(context: Context, args: argparse.Namespace) -> int:
    """Print a policy for the owner to check, to price and to publish."""
    with context.ledger() as ledger, ledger.read() as conn:
        told = at_station(conn, args.station.casefold())
    if told is None:
        raise CommandError(f"No station {args.station!r} is known: its key is network*location, like ca*abc*l1.")
    try:
        document = propose(told, args.currency.upper(), context.clock().replace(microsecond=0))
        read_policy(document)
    except PolicyError as error:
        raise CommandError(f"No policy can be made of it: {'; '.join(error.faults)}.") from error
    except ValueError as error:
        raise CommandError(f"Nothing to propose: {error}.") from error
    print(document, end="")
    return 0
