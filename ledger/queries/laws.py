"""The law of places: which rules hold at a station, and what they say of a violation there."""

from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from enforcement.rules import Rule
from enforcement.rules.position import Standing, standing
from enforcement.rules.shipped import all_rules, rules_at
from enforcement.timeline import Condition, Stretch
from ledger import traits
from ledger.database import table
from ledger.queries.case import Case
from models import Station
from models.places import Trait


def law_of(conn: Connection, case: Case, now: datetime) -> list[Standing]:
    """The rules that held at the violation's station on its local day, and what each says of it."""
    violation = case.violation
    words = traits.load(conn, [violation.station])
    place = words.at(violation.clock_started_at, Trait.LAW, violation.station)
    day = violation.clock_started_at.astimezone(ZoneInfo(violation.zone)).date()
    stretches = _stretches(case)
    return [standing(rule, stretches, violation.zone, now) for rule in rules_at(place, day)]


def stations_by_rule(conn: Connection, now: datetime) -> list[tuple[Rule, list[str]]]:
    """Every rule with the names of the stations where it holds now."""
    station = table(Station).c
    rows = conn.execute(select(station.key, station.name, station.zone).order_by(station.name, station.key)).all()
    words = traits.load(conn, [row.key for row in rows])
    held: dict[str, list[str]] = {}
    for row in rows:
        day = now.astimezone(ZoneInfo(row.zone)).date()
        for rule in rules_at(words.at(now, Trait.LAW, row.key), day):
            held.setdefault(rule.name, []).append(row.name)
    return [(rule, held.get(rule.name, [])) for rule in all_rules()]


def _stretches(case: Case) -> list[Stretch]:
    """The timeline from the violation's clock on: what the vehicle did before is another matter."""
    since = case.violation.clock_started_at
    out = []
    for each in case.explanation.get("timeline", ()):
        start, end = datetime.fromisoformat(each["from"]), datetime.fromisoformat(each["to"])
        if end > since:
            condition = Condition(each["condition"])
            out.append(Stretch(max(start, since), end, condition, each["reason"], each["confirmed"]))
    return out
