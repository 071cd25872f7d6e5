"""When each network was heard: NetworkHeard facts condensed to spans as they come."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from sqlalchemy import CompoundSelect, Connection, bindparam, case, select, union, update

from enforcement.facts import AnyFact, NetworkHeard
from enforcement.intervals import Span
from ledger.batches import Rows
from ledger.database import Tx, table
from ledger.statements import Statement, among
from models import BayEvse, BayState, EndedTie, FeedSpan

# Words this close together are one span; how long silence may be, is the network's habit and applied on reading.
_GAP = timedelta(minutes=1)

_SPANS = table(FeedSpan)
_LOAD = Statement(
    lambda dialect: (
        select(_SPANS)
        .where(among(dialect, _SPANS.c.network, "networks"), _SPANS.c.last_at >= bindparam("first"))
        .order_by(_SPANS.c.first_at)
    )
)
_NEAR = Statement(
    lambda _: (
        select(_SPANS)
        .where(
            _SPANS.c.network == bindparam("of"),
            _SPANS.c.first_at <= bindparam("to"),
            _SPANS.c.last_at >= bindparam("from"),
        )
        .order_by(_SPANS.c.first_at)
        .limit(1)
    )
)
_LATER = Statement(
    lambda _: (
        select(_SPANS.c.id).where(_SPANS.c.network == bindparam("of"), _SPANS.c.first_at > bindparam("at")).limit(1)
    )
)
_ADD = Rows(FeedSpan)
# Of two that hear a network at once, each extends what the other one has made of the span by then.
_FIRST, _LAST, _AT = _SPANS.c.first_at, _SPANS.c.last_at, bindparam("at", type_=_SPANS.c.last_at.type)
_GROW = Statement(
    lambda _: (
        update(_SPANS)
        .where(_SPANS.c.id == bindparam("of"))
        .values(
            first_at=case((_FIRST > _AT, _AT), else_=_FIRST),
            last_at=case((_LAST < _AT, _AT), else_=_LAST),
        )
    )
)


def hear(tx: Tx, facts: Sequence[AnyFact]) -> dict[bool, set[str]]:
    """Extend the spans by new NetworkHeard facts. Gives the bays for which that may change something.

    Under True those of which the past is another now, so that they must be folded anew.
    """
    heard: dict[str, list[datetime]] = {}
    woken: dict[bool, set[str]] = {True: set(), False: set()}
    for fact in facts:
        if isinstance(fact, NetworkHeard):
            heard.setdefault(fact.subject.removeprefix("network:"), []).append(fact.at)
    for network, moments in sorted(heard.items()):
        for at in sorted(moments):
            is_past, bays = _hear(tx, network, at)
            woken[is_past].update(bays)
    return woken


def load(conn: Connection, networks: Iterable[str], since: datetime | None) -> dict[str, list[Span]]:
    """The spans of each network that end at ``since`` or later, oldest first."""
    # A silence may be bridged by the network's habit, so the span before counts too.
    first = datetime(1970, 1, 1, tzinfo=UTC) if since is None else since - timedelta(days=1)
    out: dict[str, list[Span]] = {}
    for row in _LOAD.all(conn, {"networks": sorted(set(networks)), "first": first}):
        out.setdefault(row.network, []).append((row.first_at, row.last_at))
    return out


def joined(spans: Iterable[Span], gap: timedelta) -> list[Span]:
    """Spans, oldest first, as one where at most ``gap`` lies between them. One without any length stays as it is."""
    out: list[Span] = []
    for lo, hi in spans:
        if out and lo - out[-1][1] <= gap:
            out[-1] = (out[-1][0], max(hi, out[-1][1]))
        else:
            out.append((lo, hi))
    return out


def _hear(tx: Tx, network: str, at: datetime) -> tuple[bool, Iterable[str]]:
    found = _NEAR.first(tx.conn, {"of": network, "from": at - _GAP, "to": at + _GAP})
    if found is None:
        _ADD.write(tx.conn, [{"network": network, "first_at": at, "last_at": at}])
    elif found.first_at <= at <= found.last_at:
        return False, ()
    else:
        _GROW.run(tx.conn, {"of": found.id, "at": at})
    return _woken(tx, network, at, is_known=found is not None and at > found.last_at)


def _woken(tx: Tx, network: str, at: datetime, *, is_known: bool) -> tuple[bool, Iterable[str]]:
    """A network that is heard again wakes the bays that waited for it; one heard *late* changes the past of all."""
    states = table(BayState).c
    if _LATER.first(tx.conn, {"of": network, "at": at}) is not None:
        return True, tx.conn.execute(_bays(network)).scalars()
    if is_known:
        return False, ()
    waiting = select(states.bay).where(states.bay.in_(_bays(network)), states.reason == "feed_silent")
    return False, tx.conn.execute(waiting).scalars()


def _bays(network: str) -> CompoundSelect[str]:
    """The bays at its EVSEs, those of ended ties too. Seldom asked: to make it takes longer than all else here."""
    ties = (table(BayEvse).c, table(EndedTie).c)
    return union(*(select(tie.bay).where(tie.evse.startswith(f"{network}*", autoescape=True)) for tie in ties))
