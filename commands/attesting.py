"""``baywarden sign``: what somebody saw of the sign at a station."""

import argparse
from pathlib import Path

from commands.context import CommandError, Context, operator
from commands.files import named
from commands.tables import moment
from enforcement.rules import Offence, PlaceKind
from enforcement.rules.attesting import PlaceLand
from ledger import attestations, attested_signs
from ledger.attestations import AttestationError
from web.driver.photos import PhotoError, made_anew


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser("attest", help="somebody saw the sign")
    add.add_argument("station", help="the station's key, like ca*flo*12345")
    add.add_argument("--bay", help="one bay of it; left out: all")
    add.add_argument("--seen", metavar="TIME", help="ISO 8601 with offset; left out: now")
    add.add_argument("--states-penalty", action="store_true", help="the sign states the penalty")
    offences = list(map(str, Offence))
    add.add_argument("--forbids", nargs="+", choices=offences, default=[], metavar="WHAT", help=", ".join(offences))
    add.add_argument("--limit-min", type=int, metavar="MINUTES", help="the longest stay on it")
    add.add_argument("--hours", nargs="+", default=[], metavar="HOURS", help='such as "08:00-18:00 mon tue"')
    add.add_argument("--kind", choices=list(map(str, PlaceKind)), default=PlaceKind.LOT)
    add.add_argument("--land", choices=list(map(str, PlaceLand)), default=PlaceLand.PUBLIC)
    add.add_argument("--note", default="")
    add.add_argument("--photo", type=Path, metavar="FILE")
    add.set_defaults(run=attest)
    gone = actions.add_parser("gone", help="an attested sign stands no more")
    gone.add_argument("id")
    gone.add_argument("--at", metavar="TIME", help="ISO 8601 with offset; left out: now")
    gone.set_defaults(run=end)
    actions.add_parser("list", help="all that was attested, newest first").set_defaults(run=list_signs)


def attest(context: Context, args: argparse.Namespace) -> int:
    """Attest a sign in the name of whoever is logged in on this machine."""
    said = {name: getattr(args, name) for name in ("kind", "land", "states_penalty", "limit_min")}
    try:
        photo = None if args.photo is None else made_anew(_bytes_of(args.photo))
        seen = attestations.read_seen(args.station, args.bay, said, args.forbids, args.hours)
        with context.ledger() as ledger, ledger.write(context.clock()) as tx:
            at = moment(args.seen or "") or tx.now
            public_id = attestations.attest(tx, seen, at, operator(), note=args.note, photo=photo)
    except (ValueError, PhotoError) as error:
        raise CommandError(f"Not attested: {error}.") from error
    print(f"Attested as {public_id}.")
    return 0


def end(context: Context, args: argparse.Namespace) -> int:
    """End an attestation."""
    try:
        with context.ledger() as ledger, ledger.write(context.clock()) as tx:
            attestations.end(tx, args.id, moment(args.at or "") or tx.now, operator())
    except (ValueError, AttestationError) as error:
        raise CommandError(f"Not ended: {error}.") from error
    print("It stands no more.")
    return 0


def list_signs(context: Context, _args: argparse.Namespace) -> int:
    """List attestations."""
    with context.ledger() as ledger, ledger.read() as conn:
        for each in attested_signs.latest(conn, None, 1_000):
            held, place = each.attested, each.attested.seen.bay or "all bays"
            until = "it stands" if held.until is None else f"until {held.until.isoformat()}"
            told = f"seen {held.since.isoformat()}, {until} ({each.attested_by})"
            print(f"{each.public_id} {held.seen.station} {place}: {told}")
    return 0


def _bytes_of(photo: Path) -> bytes:
    with named(photo):
        return photo.read_bytes()
