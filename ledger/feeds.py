"""When each network was heard: NetworkHeard facts condensed to spans as they come."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection, bindparam, select, update

from enforcement.facts import AnyFact, NetworkHeard
from enforcement.intervals import Span
from ledger.database import Tx, table
from models import BayEvse, BayState, FeedSpan

# Words this close together are one span; how long silence may be, is the network's habit and applied on reading.
_GAP = timedelta(minutes=1)

_SPANS = table(FeedSpan)
_LOAD = (
    select(_SPANS)
    .where(_SPANS.c.network.in_(bindparam("networks", expanding=True)), _SPANS.c.last_at >= bindparam("first"))
    .order_by(_SPANS.c.first_at)
)


def hear(tx: Tx, facts: Sequence[AnyFact]) -> None:
    """Extend the spans by new NetworkHeard facts, and look again at bays for which that may change something."""
    heard: dict[str, list[datetime]] = {}
    for fact in facts:
        if isinstance(fact, NetworkHeard):
            heard.setdefault(fact.subject.removeprefix("network:"), []).append(fact.at)
    for network, moments in sorted(heard.items()):
        for at in sorted(moments):
            _hear(tx, network, at)


def load(conn: Connection, networks: Iterable[str], since: datetime | None) -> dict[str, list[Span]]:
    """The spans of each network that end at ``since`` or later, oldest first."""
    # A silence may be bridged by the network's habit, so the span before counts too.
    first = datetime(1970, 1, 1, tzinfo=UTC) if since is None else since - timedelta(days=1)
    out: dict[str, list[Span]] = {}
    for row in conn.execute(_LOAD, {"networks": sorted(set(networks)), "first": first}):
        out.setdefault(row.network, []).append((row.first_at, row.last_at))
    return out


def _hear(tx: Tx, network: str, at: datetime) -> None:
    spans = table(FeedSpan)
    near = (spans.c.network == network) & (spans.c.first_at <= at + _GAP) & (spans.c.last_at >= at - _GAP)
    found = tx.conn.execute(select(spans).where(near).order_by(spans.c.first_at).limit(1)).one_or_none()
    if found is None:
        tx.conn.execute(spans.insert().values(network=network, first_at=at, last_at=at))
    elif found.first_at <= at <= found.last_at:
        return
    else:
        grown = {"first_at": min(found.first_at, at), "last_at": max(found.last_at, at)}
        tx.conn.execute(update(spans).where(spans.c.id == found.id).values(**grown))
    _look_again(tx, network, at, is_known=found is not None and at > found.last_at)


def _look_again(tx: Tx, network: str, at: datetime, *, is_known: bool) -> None:
    """A network that is heard again wakes the bays that waited for it; one heard *late* changes the past of all."""
    spans, states, ties = table(FeedSpan), table(BayState), table(BayEvse)
    prefix = f"{network}*"
    bays = select(ties.c.bay).where(ties.c.evse.startswith(prefix, autoescape=True))
    later = select(spans.c.id).where((spans.c.network == network) & (spans.c.first_at > at)).limit(1)
    if tx.conn.execute(later).one_or_none() is not None:
        tx.conn.execute(update(states).where(states.c.bay.in_(bays)).values(due_at=tx.now, stale=True))
    elif not is_known:
        waiting = states.c.bay.in_(bays) & (states.c.reason == "feed_silent")
        tx.conn.execute(update(states).where(waiting).values(due_at=tx.now))
