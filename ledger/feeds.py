"""When each network was heard: NetworkHeard facts condensed to spans as they come."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from sqlalchemy import CompoundSelect, Connection, bindparam, case, select, union, update

from enforcement.facts import AnyFact, NetworkHeard
from enforcement.intervals import Span
from ledger.batches import Rows
from ledger.database import Tx, table
from ledger.statements import Statement, among
from models import BayEvse, BayState, EndedTie, FeedSpan

# Words this close together are one span; how long silence may be, is the network's habit and applied on reading.
_GAP = timedelta(minutes=1)


class News(NamedTuple):
    """A network was heard again, last ``at`` a moment; ``is_late``: something of it was heard later already."""

    network: str
    at: datetime
    is_late: bool


_SPANS, _STATES = table(FeedSpan), table(BayState).c
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
_WAITING = Statement(
    lambda dialect: select(_STATES.bay).where(among(dialect, _STATES.bay, "bays"), _STATES.reason == "feed_silent")
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


def hear(tx: Tx, facts: Iterable[AnyFact]) -> list[News]:
    """Extend the spans by new NetworkHeard facts. Gives what may change something for bays: most words don't."""
    heard: dict[str, set[datetime]] = {}
    for fact in facts:
        if isinstance(fact, NetworkHeard):
            heard.setdefault(fact.subject.removeprefix("network:"), set()).add(fact.at)
    news = []
    for network, moments in sorted(heard.items()):
        found = [is_late for at in sorted(moments) if (is_late := _hear(tx, network, at)) is not None]
        if found:
            news.append(News(network, max(moments), any(found)))
    return news


def bays_of(conn: Connection, news: News) -> list[str]:
    """All bays at the EVSEs of the network that was heard."""
    return list(conn.execute(_bays(news.network)).scalars())


def woken(conn: Connection, news: News, bays: Sequence[str]) -> tuple[bool, Sequence[str]]:
    """Those of a network's bays for which it changes something; whoever asks has them all in hand.

    A network that is heard again wakes the bays that waited for it. One heard *late* changes the past of all (True), so
    that they must be folded anew; somebody else may have heard it later meanwhile.
    """
    if news.is_late or _is_late(conn, news.network, news.at):
        return True, bays
    return False, [row.bay for row in _WAITING.all(conn, {"bays": bays})]


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


def _hear(tx: Tx, network: str, at: datetime) -> bool | None:
    """Note a word; whether it is late. None if it was known, or only goes on with what was heard last, as most do."""
    found = _NEAR.first(tx.conn, {"of": network, "from": at - _GAP, "to": at + _GAP})
    if found is None:
        _ADD.write(tx.conn, [{"network": network, "first_at": at, "last_at": at}])
    elif found.first_at <= at <= found.last_at:
        return None
    else:
        _GROW.run(tx.conn, {"of": found.id, "at": at})
    is_late = _is_late(tx.conn, network, at)
    return None if found is not None and at > found.last_at and not is_late else is_late


def _is_late(conn: Connection, network: str, at: datetime) -> bool:
    return _LATER.first(conn, {"of": network, "at": at}) is not None


def _bays(network: str) -> CompoundSelect[str]:
    """The bays at its EVSEs, those of ended ties too. Seldom asked: to make it takes longer than all else here."""
    ties = (table(BayEvse).c, table(EndedTie).c)
    return union(*(select(tie.bay).where(tie.evse.startswith(f"{network}*", autoescape=True)) for tie in ties))
