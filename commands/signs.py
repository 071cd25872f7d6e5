"""``baywarden signs``: a station's signs, to be printed."""

import argparse
from pathlib import Path

from commands.context import CommandError, Context
from commands.files import named
from ledger.bay_codes import UnknownStationError
from ledger.signs import signs_of
from web.sign_sheet import Sheet, draw


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.add_argument("station", help="the station's key, like ca*flo*12345")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE.pdf", help="where to write them")
    parser.set_defaults(run=run)


def run(context: Context, args: argparse.Namespace) -> int:
    """Write the PDF; bays that have no code yet get one."""
    settings, now = context.settings, context.clock()
    with context.ledger() as ledger, ledger.write(now) as tx:
        try:
            station = signs_of(tx, args.station.casefold())
        except UnknownStationError as error:
            raise CommandError(f"Not drawn: {error}.") from error
    sheet = Sheet(
        station=station, public_url=settings.public_url, phone=settings.sign_phone, printed_at=now
    )  # fmt: skip
    try:
        with named(args.out, "written"):
            args.out.write_bytes(draw(sheet))
    except ValueError as error:
        raise CommandError(f"{args.out} was not written: {error}.") from error
    print(f"{len(station.signs)} signs of {station.station} are in {args.out}, for {settings.public_url}.")
    return 0
