"""``baywarden webhooks``: which systems are told of violations."""

import argparse
from collections.abc import Callable

from sqlalchemy import select

from commands.context import CommandError, Context, operator
from ledger import subscribers, subscriptions, webhooks
from ledger.addresses import NotAllowedError, check_url
from ledger.database import Tx, table
from ledger.webhook_events import EVENTS, TOKEN_ALERT
from models import ApiClient, Network, Station


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    add = actions.add_parser("add", help="tell a system; prints its secret, once. A known name is put anew")
    add.add_argument("name")
    add.add_argument("url")
    add.add_argument("--events", nargs="+", choices=EVENTS, default=list(EVENTS[:-1]), metavar="EVENT")
    add.add_argument("--network", metavar="CC*PARTY", help="only of this network")
    add.add_argument("--station", metavar="CC*PARTY*LOCATION", help="only of this station")
    add.add_argument("--client", help="the API client whose tokens token.alert tells of")
    add.set_defaults(run=add_subscription)
    actions.add_parser("list", help="who is told, and whether it arrives").set_defaults(run=show)
    named = (
        ("rotate", rotate, "another secret, printed once; the old one signs beside it for a day"),
        ("test", test, "send an event that says nothing, to see whether it arrives"),
        ("pause", pause, "tell nothing until it is switched on again"),
        ("enable", enable, "tell again"),
        ("remove", remove, "tell no more"),
    )
    for name, does, words in named:
        action = actions.add_parser(name, help=words)
        action.add_argument("name")
        action.set_defaults(run=does)


def add_subscription(context: Context, args: argparse.Namespace) -> int:
    """Add one and print its secret."""
    try:
        check_url(args.url, private=context.settings.webhooks_private)
    except NotAllowedError as error:
        raise CommandError(f"Not added: {error}.") from error
    if (TOKEN_ALERT in args.events) != (args.client is not None):
        raise CommandError(f"{TOKEN_ALERT} goes with --client, the client whose tokens it tells of.")
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        wish = subscriptions.Wish(
            name=args.name[:60],
            url=args.url,
            events=args.events,
            network=args.network and args.network.casefold(),
            station=args.station and args.station.casefold(),
            client=None if args.client is None else _client(tx, args.client),
        )
        secret = subscriptions.subscribe(tx, wish, operator())
        unheard = _unheard(tx, wish)
    for place in unheard:
        print(f"No network has told of {place} yet; until one does, nothing is told of it.")
    print(f"{args.name} is told of {', '.join(args.events)}. Its secret, not shown again: {secret}")
    return 0


def show(context: Context, _args: argparse.Namespace) -> int:
    """One line a subscription."""
    with context.ledger() as ledger, ledger.read() as conn:
        for each in subscribers.subscriptions(conn):
            failing = (
                "" if each.failing_since is None else f", nothing arrived since {each.failing_since:%Y-%m-%d %H:%M}Z"
            )
            state = "paused" if each.is_paused else "switched off" if each.disabled_at else "on"
            place = each.station or each.network or "everywhere"
            print(f"{each.name}: {each.url} ({', '.join(sorted(each.events))}; {place}): {state}{failing}")
    return 0


def rotate(context: Context, args: argparse.Namespace) -> int:
    """Print another secret."""
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        secret = subscriptions.rotate(tx, args.name, operator())
        _require(secret is not None, args.name)
    print(f"The new secret of {args.name}, not shown again: {secret}")
    return 0


def test(context: Context, args: argparse.Namespace) -> int:
    """Send a test event, by the sender as any other."""
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        found = subscribers.named(tx.conn, args.name)
        _require(found is not None, args.name)
        if found is None or found.disabled_at is not None:
            raise CommandError(f"{args.name} is switched off: baywarden webhooks enable {args.name}")
        webhooks.send_test(tx, found, operator())
    print(f"A test event to {args.name} is on its way.")
    return 0


def pause(context: Context, args: argparse.Namespace) -> int:
    """Tell one nothing for now."""
    _change(context, args.name, subscriptions.pause)
    print(f"{args.name} is told nothing until: baywarden webhooks enable {args.name}")
    return 0


def remove(context: Context, args: argparse.Namespace) -> int:
    """End one; what waits for it is gone."""
    _change(context, args.name, subscriptions.unsubscribe)
    print(f"{args.name} is told no more.")
    return 0


def enable(context: Context, args: argparse.Namespace) -> int:
    """Switch one on again."""
    _change(context, args.name, subscriptions.enable)
    print(f"{args.name} is told again.")
    return 0


def _change(context: Context, name: str, change: Callable[[Tx, str, str], bool]) -> None:
    with context.ledger() as ledger, ledger.write(context.clock()) as tx:
        _require(change(tx, name, operator()), name)


def _require(is_there: bool, name: str) -> None:
    if not is_there:
        raise CommandError(f"There is no subscription {name!r}.")


def _unheard(tx: Tx, wish: subscriptions.Wish) -> list[str]:
    """Places of the wish that nobody knows: they may yet come, or are mistyped."""
    asked = ((wish.network, table(Network).c.key), (wish.station, table(Station).c.key))
    return [key for key, keys in asked if key and tx.conn.scalar(select(keys).where(keys == key)) is None]


def _client(tx: Tx, name: str) -> int:
    clients = table(ApiClient).c
    found: int | None = tx.conn.scalar(select(clients.id).where(clients.name == name))
    if found is None:
        raise CommandError(f"There is no API client {name!r}: baywarden client add.")
    return found
