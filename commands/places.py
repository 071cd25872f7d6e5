"""Commands that make places known: bays and charging networks."""

import argparse
from pathlib import Path

from commands.bays_csv import read_bays
from commands.context import CommandError, Context
from ledger import availability, partners, registry


def importing(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of ``import``."""
    parser.add_argument("file", type=Path, help="columns: bay, station, name, evses, sensors (several with ;)")
    parser.set_defaults(run=import_bays)


def partner(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of ``partner``."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    invite = actions.add_parser("invite", help="print a token A for the credentials handshake")
    invite.add_argument("name", help="what you call the network")
    invite.set_defaults(run=invite_partner)
    statuses = actions.add_parser("statuses", help="of whose EVSEs a partner is told whether they are free or blocked")
    statuses.add_argument("name")
    statuses.add_argument("whose", choices=[partners.NONE, partners.OTHERS, partners.ALL], help="all: its own, too")
    statuses.set_defaults(run=tell_partner)
    close = actions.add_parser("close", help="end a connection; what the network said stays")
    close.add_argument("name")
    close.set_defaults(run=close_partner)
    actions.add_parser("list", help="all partners").set_defaults(run=list_partners)


def import_bays(context: Context, args: argparse.Namespace) -> int:
    """Tie bays as a file describes them: all of it, or nothing."""
    ties = read_bays(args.file)
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        try:
            registry.import_bays(tx, ties)
        except registry.TieError as error:
            raise CommandError(f"Nothing was imported: {error}.") from error
    print(f"{len(ties)} bays tied.")
    return 0


def invite_partner(context: Context, args: argparse.Namespace) -> int:
    """Invite a network."""
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        try:
            token = partners.invite(tx, args.name)
        except ValueError as error:
            raise CommandError(f"Not invited: {error}.") from error
    print(f"Give these to {args.name}; the token works once, for the handshake:")
    print(f"  versions URL  {context.settings.public_url}/ocpi/versions")
    print(f"  token A       {token}")
    return 0


def close_partner(context: Context, args: argparse.Namespace) -> int:
    """End a connection."""
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        partner = next((each for each in partners.known(tx.conn) if each.name == args.name), None)
        if partner is None:
            raise CommandError(f"There is no partner {args.name!r}; see: baywarden partner list")
        partners.close(tx, partner)
    print(f"The connection of {args.name} has ended.")
    return 0


def tell_partner(context: Context, args: argparse.Namespace) -> int:
    """Say of whose EVSEs a partner is told."""
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        try:
            partners.want_statuses(tx, args.name, args.whose)
        except partners.PartnerError as error:
            raise CommandError(f"Nothing was changed: {error}; see: baywarden partner list") from error
        availability.note_all(tx)
    print(f"{args.name} is told what EVSEs are: {args.whose}.")
    return 0


def list_partners(context: Context, _args: argparse.Namespace) -> int:
    """List all partners."""
    with context.ledger() as ledger, ledger.read() as conn:
        for partner in partners.known(conn):
            print(f"{partner.name:<30} {partner.status:<11} {' '.join(sorted(partner.parties))}")
    return 0
