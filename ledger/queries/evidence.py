"""The facts that a violation rests on: what was said of its bay while the stay lasted, and a margin around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, func, select

from enforcement.facts import AnyFact
from enforcement.intervals import Span
from ledger import feeds
from ledger.database import table
from ledger.facts import from_row
from ledger.queries.case import Case
from ledger.settings_of_bays import BayContext, load
from models import FactRow, StayRow

# What was said shortly before and after shows that the edges of the stay are real.
MARGIN = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class EvidenceOf:
    """``facts`` between ``since`` and ``until``, and each subject's last one before; oldest first.

    ``feeds``: when the bay's networks were heard without a gap, by network key.
    """

    since: datetime
    until: datetime
    facts: tuple[AnyFact, ...]
    feeds: dict[str, list[Span]]


def load_evidence(conn: Connection, case: Case, now: datetime) -> EvidenceOf:
    """Everything that was said of the bay around the stay of this case."""
    since, until = _stay(conn, case, now)
    since, until = since - MARGIN, min(until + MARGIN, max(until, now))
    context = load(conn, [case.violation.bay]).get(case.violation.bay)
    if context is None:
        return EvidenceOf(since, until, (), {})
    found = [fact for fact in _facts(conn, context, since, until) if context.admits(fact)]
    found.sort(key=lambda fact: (fact.at, fact.source, fact.source_id))
    heard = feeds.load(conn, context.setting.networks, since) if context.setting.networks else {}
    return EvidenceOf(
        since, until, tuple(found), {name: _clipped(spans, since, until) for name, spans in heard.items()}
    )


def _stay(conn: Connection, case: Case, now: datetime) -> Span:
    """From arrival to departure, or to now; where the stay's row is missing, the violation's own time."""
    stays, violation = table(StayRow), case.violation
    query = (
        select(stays.c.arrived_at, stays.c.left_at)
        .where(stays.c.bay == violation.bay, stays.c.arrived_at <= violation.clock_started_at)
        .order_by(stays.c.arrived_at.desc())
        .limit(1)
    )
    stay = conn.execute(query).one_or_none()
    if stay is None:
        return violation.clock_started_at, violation.ended_at or now
    return stay.arrived_at, stay.left_at or now


def _facts(conn: Connection, context: BayContext, since: datetime, until: datetime) -> list[AnyFact]:
    """Facts in the span, and before it the last word of each subject, which still held when the span began."""
    rows, subjects = table(FactRow), sorted(context.subjects())
    inside = select(rows).where(rows.c.subject.in_(subjects), rows.c.at.between(since, until))
    last = (
        select(rows.c.subject, func.max(rows.c.at).label("at"))
        .where(rows.c.subject.in_(subjects), rows.c.at < since)
        .group_by(rows.c.subject)
        .subquery()
    )
    before = select(rows).join(last, (last.c.subject == rows.c.subject) & (last.c.at == rows.c.at))
    return [from_row(row) for query in (before, inside) for row in conn.execute(query).mappings()]


def _clipped(spans: Sequence[Span], since: datetime, until: datetime) -> list[Span]:
    return [(max(lo, since), min(hi, until)) for lo, hi in spans if hi >= since and lo <= until]
