"""``baywarden ocpi``: connections to charging networks and hubs, from either side."""

import argparse
import sys
from dataclasses import replace
from urllib.parse import urlsplit

from commands.context import CommandError, Context
from commands.parties import our_party
from ledger import availability, partners, registrations
from ledger.database import Ledger
from ledger.partners import KnownPartner, PartnerError, PartnerSettings
from ocpi.answers import PeerError
from ocpi.calls import CPO, EMSP, Door
from ocpi.client import peers
from ocpi.connecting import connect, disconnect, renew
from ocpi.versions import VERSIONS

_ROLES = ("OTHER", "EMSP", "CPO", "NSP", "NAP", "SCSP")
_FROM_STDIN = "-"
_STYLES = {"auto": None, "base64": False, "literal": True}


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    begin = actions.add_parser("connect", help="register with a network that gave you its token A")
    begin.add_argument("url", help="the URL of its versions")
    begin.add_argument("--token", required=True, help="its token A; - reads it from standard input")
    begin.add_argument("--name", help="what you call the network; by default its host")
    begin.add_argument("--version", choices=list(VERSIONS), help="by default the newest that both speak")
    begin.add_argument("--as", dest="side", choices=(EMSP, CPO), default=EMSP, help="our side, where it speaks 2.1.1")
    _settings(begin)
    begin.set_defaults(run=connect_partner)
    guest = actions.add_parser("invite", help="print a token A for a network that will register with you")
    guest.add_argument("name", help="what you call the network")
    _settings(guest)
    guest.set_defaults(run=invite_partner)
    change = actions.add_parser("set", help="change how you appear to a network; rotate to tell it")
    change.add_argument("name")
    _settings(change)
    told = change.add_argument("--statuses", choices=(partners.NONE, partners.OTHERS, partners.ALL))
    told.help = "of whose EVSEs it is told whether they are free or blocked; all: its own, too"
    change.set_defaults(run=set_partner)
    fresh = actions.add_parser("rotate", help="change both tokens, and fetch anew what the network offers")
    fresh.add_argument("name")
    fresh.add_argument("--version", choices=list(VERSIONS), help="go to that version")
    fresh.set_defaults(run=rotate_partner)
    end = actions.add_parser("disconnect", help="end a connection; what the network said stays")
    end.add_argument("name")
    end.set_defaults(run=disconnect_partner)
    actions.add_parser("list", help="all networks that are or were connected").set_defaults(run=list_partners)


def connect_partner(context: Context, args: argparse.Namespace) -> int:
    """Register with a network."""
    token = sys.stdin.readline().strip() if args.token == _FROM_STDIN else args.token
    name = args.name or urlsplit(args.url).hostname or args.url
    with context.ledger() as ledger:
        door = _door(context, ledger)
        try:
            settings = _given(args, PartnerSettings())
            partner = connect(door, name, args.url, token, settings, side=args.side, wanted=args.version)
        except (PeerError, PartnerError) as error:
            raise CommandError(f"Not connected: {error}.") from error
    print(f"{partner.name} is connected in OCPI {partner.connection['version']}: {' '.join(sorted(partner.parties))}")
    return 0


def invite_partner(context: Context, args: argparse.Namespace) -> int:
    """Invite a network."""
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        try:
            token = registrations.invite(tx, args.name, settings=_given(args, PartnerSettings()))
        except PartnerError as error:
            raise CommandError(f"Not invited: {error}.") from error
    print(f"Give these to {args.name}; the token works once, for the handshake:")
    print(f"  versions URL  {context.settings.public_url}/ocpi/versions")
    print(f"                {context.settings.public_url}/ocpi/cpo/versions  (to an eMSP that speaks 2.1.1)")
    print(f"  token A       {token}")
    return 0


def set_partner(context: Context, args: argparse.Namespace) -> int:
    """Change a partner's settings."""
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        partner = _named(partners.known(tx.conn), args.name)
        settings = _given(args, partner.settings)
        settings = replace(settings, statuses=args.statuses or settings.statuses)
        partners.change_settings(tx, partner, settings)
        availability.note_all(tx)
    print(f"{args.name}: roles {', '.join(settings.roles) or 'OTHER'}; told what EVSEs are: {settings.statuses}.")
    if args.role or args.token_style:
        print(f"Tell it so: baywarden ocpi rotate {args.name!r}")
    return 0


def rotate_partner(context: Context, args: argparse.Namespace) -> int:
    """Change both tokens."""
    with context.ledger() as ledger:
        try:
            partner = renew(_door(context, ledger), _find(ledger, args.name), args.version)
        except (PeerError, PartnerError) as error:
            raise CommandError(f"Not changed: {error}.") from error
    print(f"{partner.name} has new tokens, in OCPI {partner.connection['version']}.")
    return 0


def disconnect_partner(context: Context, args: argparse.Namespace) -> int:
    """End a connection."""
    with context.ledger() as ledger:
        fault = disconnect(_door(context, ledger), _find(ledger, args.name))
    print(f"The connection of {args.name} has ended.")
    if fault is not None:
        print(f"It could not be told: {fault}.", file=sys.stderr)
    return 0


def list_partners(context: Context, _args: argparse.Namespace) -> int:
    """List all partners."""
    with context.ledger() as ledger, ledger.read() as conn:
        for partner in partners.known(conn):
            version = partner.connection.get("version", "") if partner.is_registered else ""
            print(f"{partner.name:<30} {partner.status:<11} {version:<6} {' '.join(sorted(partner.parties))}".rstrip())
    return 0


def _settings(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--role", action="append", choices=_ROLES, help="how we appear to it; once or more often")
    parser.add_argument("--token-style", choices=list(_STYLES), help="how the token that we send is written")


def _given(args: argparse.Namespace, before: PartnerSettings) -> PartnerSettings:
    roles = before.roles if args.role is None else tuple(dict.fromkeys(args.role))
    literal = before.literal if args.token_style is None else _STYLES[args.token_style]
    return replace(before, roles=roles, literal=literal)


def _door(context: Context, ledger: Ledger) -> Door:
    settings = context.settings
    return Door(ledger, context.clock, f"{settings.public_url.rstrip('/')}/ocpi", our_party(settings), peers())


def _find(ledger: Ledger, name: str) -> KnownPartner:
    with ledger.read() as conn:
        return _named(partners.known(conn), name)


def _named(known: list[KnownPartner], name: str) -> KnownPartner:
    partner = next((each for each in known if each.name == name), None)
    if partner is None:
        raise CommandError(f"There is no partner {name!r}; see: baywarden ocpi list")
    return partner
