"""``baywarden network``: how fees at a charging network's stations are settled, and what its sessions' end means."""

import argparse

from commands.context import CommandError, Context
from enforcement.setting import SessionEnd, Settlement
from ledger import habits, session_ends
from ledger.queries import networks as query


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    settle = actions.add_parser("settle", help="say who collects the fees at a network's stations, from now on")
    settle.add_argument("network", help="its key: country code and party id, such as us*cpt")
    settle.add_argument(
        "mode", choices=list(map(str, Settlement)), help="the network itself, us (by CDR), or report only"
    )
    settle.set_defaults(run=settle_network)
    ends = actions.add_parser("session-end", help="say what the end of a network's sessions means")
    ends.add_argument("network", help="its key: country code and party id, such as us*cpt")
    meanings = [*map(str, SessionEnd), "learn"]
    ends.add_argument("meaning", choices=meanings, help="the cable is out, charging stopped, or what sensors teach")
    ends.set_defaults(run=set_session_end)
    actions.add_parser(
        "list", help="all networks, how their fees are settled, what their sessions' end means"
    ).set_defaults(run=list_networks)


def settle_network(context: Context, args: argparse.Namespace) -> int:
    """Set a network's settlement mode."""
    key, mode = args.network.casefold(), Settlement(args.mode)
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        try:
            habits.set_settlement(tx, key, mode)
        except habits.UnknownNetworkError as error:
            raise CommandError(f"Nothing was changed: {error}; see: baywarden network list") from error
    print(f"Fees at {key} are settled from now on: {mode}.")
    return 0


def set_session_end(context: Context, args: argparse.Namespace) -> int:
    """Say what the end of a network's sessions means."""
    key = args.network.casefold()
    meaning = None if args.meaning == "learn" else SessionEnd(args.meaning)
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        try:
            session_ends.set_session_end(tx, key, meaning)
        except habits.UnknownNetworkError as error:
            raise CommandError(f"Nothing was changed: {error}; see: baywarden network list") from error
    said = "is learnt where sensors can tell" if meaning is None else f"means {meaning}"
    print(f"The end of a session at {key} {said}. All its stays are judged again.")
    return 0


def list_networks(context: Context, _args: argparse.Namespace) -> int:
    """List all networks."""
    with context.ledger() as ledger, ledger.read() as conn:
        for network in query.networks(conn):
            meaning = network.session_end
            print(f"{network.key:<10} {network.settlement:<8} {meaning.end:<9} {meaning.said_by:<8} {network.name}")
    return 0
