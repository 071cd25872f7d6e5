"""The law of places: which rules hold at a station, and what they say of a violation there."""

from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from sqlalchemy import Connection, select

from enforcement.conditions import Condition, Stretch
from enforcement.rules import Rule
from enforcement.rules.attesting import attested_for
from enforcement.rules.position import Standing, standing
from enforcement.rules.shipped import all_rules, rules_at
from ledger import attested_signs, traits
from ledger.attested_signs import AttestedSign
from ledger.database import table
from ledger.queries.case import Case
from models import Station
from models.places import Trait


@dataclass(frozen=True, slots=True)
class Law:
    """What the law says of a violation, and the sign that somebody attested there; None: nobody did."""

    standings: tuple[Standing, ...]
    sign: AttestedSign | None

    @property
    def lacks_sign(self) -> bool:
        """Whether a rule asks for a sign, or leaves it to one, that nobody attested for that time."""
        rules = [each.rule for each in self.standings]
        asks = any(rule.sign.is_required or any(f.only_if_signed for f in rule.forbids) for rule in rules)
        return asks and self.sign is None


def law_of(conn: Connection, case: Case, now: datetime) -> Law:
    """The rules that held at the violation's station on its local day, what each says of it, and by which sign."""
    violation = case.violation
    words = traits.load(conn, [violation.station])
    place = words.at(violation.clock_started_at, Trait.LAW, violation.station)
    day = violation.clock_started_at.astimezone(ZoneInfo(violation.zone)).date()
    stretches, rules = _stretches(case), rules_at(place, day)
    sign = _sign(conn, case, now) if rules else None
    facts = None if sign is None else sign.attested.seen.facts(sign.attested.since, sign.attested.until)
    return Law(tuple(standing(rule, stretches, violation.zone, now, facts) for rule in rules), sign)


def rules_of(conn: Connection, station: str, now: datetime) -> list[Rule]:
    """The rules that hold at a station now."""
    zone = conn.execute(select(table(Station).c.zone).where(table(Station).c.key == station)).scalar() or "UTC"
    place = traits.load(conn, [station]).at(now, Trait.LAW, station)
    return list(rules_at(place, now.astimezone(ZoneInfo(zone)).date()))


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


def _sign(conn: Connection, case: Case, now: datetime) -> AttestedSign | None:
    """What was attested for the violation's time, with the words of whoever said it first."""
    violation = case.violation
    known = attested_signs.of_station(conn, violation.station)
    end = max(violation.ended_at or now, violation.clock_started_at)
    held = attested_for([each.attested for each in known], violation.bay, violation.clock_started_at, end)
    if held is None:
        return None
    said = (held.seen, held.since)
    first = next(each for each in known if (each.attested.seen, each.attested.since) == said)
    return replace(first, attested=held)


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
