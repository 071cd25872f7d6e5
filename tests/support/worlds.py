"""Hypothesis strategies for whole small worlds: a bay, facts of every kind in any order, feeds and policies.

Each is made once: to make a strategy, and to check it when it is first drawn from, takes longer than to draw from it.
"""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache

from hypothesis import strategies as st

from enforcement.facts import (
    AnyFact,
    BilledSpan,
    ChargerStatusSeen,
    DeviceReported,
    NetworkBilled,
    OccupancyRead,
    Period,
    SessionUpdated,
    evse_subject,
    sensor_subject,
)
from enforcement.intervals import Span
from enforcement.policy import Policy
from enforcement.setting import BaySetting, Debounce, NetworkHabits, SessionEnd
from tests.conftest import minutes
from tests.support.builders import EVSE, NETWORK, OTHER_EVSE, STATION, clause, policy

SPAN = 240
_QUIET = 'quiet = "12:45-13:40"\nquiet_starts_no_fee = true\n'
MINUTE = st.integers(0, SPAN)

DEBOUNCE = Debounce(arrival=timedelta(minutes=2), departure=timedelta(minutes=3))
HABITS = NetworkHabits(
    feed_watchdog=timedelta(minutes=15),
    session_watchdog=timedelta(minutes=45),
    flat_updates=2,
    flat_for=timedelta(minutes=10),
)


@dataclass(frozen=True)
class World:
    """Everything a decision is made of. Facts are as they could have been recorded: never true after they came."""

    setting: BaySetting
    facts: tuple[AnyFact, ...]
    feeds: dict[str, list[Span]]
    policy: Policy


@cache
def settings_of_bays() -> st.SearchStrategy[BaySetting]:
    """Bays with none to two sensors, one or two EVSEs of their own, maybe one shared."""
    return st.builds(
        lambda sensors, evses, session_end, debounces: BaySetting(
            bay="lot-1",
            station=STATION,
            zone="America/Toronto",
            sensors=sensors,
            debounces=debounces,
            evses=evses[0],
            shared_evses=evses[1],
            networks={NETWORK: replace(HABITS, session_end=session_end)},
        ),
        st.sampled_from(
            [{"s1": timedelta(minutes=30)}, {"s1": timedelta(minutes=30), "s2": timedelta(minutes=90)}, {}]
        ),
        st.sampled_from([((EVSE,), ()), ((EVSE, OTHER_EVSE), ()), ((EVSE,), (OTHER_EVSE,))]),
        st.sampled_from(SessionEnd),
        st.sampled_from(
            [
                {},
                {},
                {"s1": (DEBOUNCE,)},
                {"s1": (DEBOUNCE, replace(DEBOUNCE, arrival=timedelta(0), since=minutes(90)))},
            ]
        ),
    )


@cache
def readings() -> st.SearchStrategy[AnyFact]:
    """What a sensor says; some number their messages, and some remember how long the state before lasted."""
    return st.builds(
        lambda at, late, sensor, occupied, edge, number, lasted, words, behind: OccupancyRead(
            at=minutes(at),
            seen_at=minutes(at + late),
            source=f"mqtt:{sensor}",
            source_id="",
            subject=sensor_subject(sensor),
            occupied=occupied,
            edge=edge,
            join=None if number is None else number[0],
            counter=None if number is None else number[1],
            lasted_s=None if lasted is None else 60 * lasted[0],
            lasted_error_s=None if lasted is None else lasted[1],
            quality=words,
            network_at=minutes(at + late) if behind else None,
        ),
        MINUTE,
        st.sampled_from([0, 0, 0, 20]),
        st.sampled_from(["s1", "s1", "s2"]),
        st.sampled_from([True, True, False, None]),
        st.booleans(),
        NUMBERED,
        st.one_of(st.none(), st.none(), st.tuples(st.integers(0, 200), st.sampled_from([0, 0, 240, None]))),
        WORDS,
        st.sampled_from([False, False, True]),
    )


WORDS = st.sampled_from([(), (), (), (), ("tilt",), ("low_battery",), ("clock", "interference")])
NUMBERED = st.one_of(st.none(), st.tuples(st.sampled_from(["j", "j", "k", None]), st.integers(0, 9)))


@cache
def reports() -> st.SearchStrategy[AnyFact]:
    """What a sensor says of itself."""
    return st.builds(
        lambda at, late, number, words: DeviceReported(
            at=minutes(at),
            seen_at=minutes(at + late),
            source="mqtt:s1",
            source_id="",
            subject=sensor_subject("s1"),
            join=None if number is None else number[0],
            counter=None if number is None else number[1],
            quality=words,
        ),
        MINUTE,
        st.sampled_from([0, 0, 20]),
        NUMBERED,
        WORDS,
    )


@cache
def sessions() -> st.SearchStrategy[AnyFact]:
    """What a network says of one of three sessions."""
    return st.builds(
        lambda at, late, which, status, started, ended, energy, periods, whole: SessionUpdated(
            at=minutes(at),
            seen_at=minutes(at + late),
            source="ocpi:ca*abc",
            source_id="",
            subject=evse_subject(which[1]),
            session=which[0],
            token=which[2],
            status=status,
            started_at=None if started is None else minutes(at - started),
            ended_at=None if ended is None else minutes(at - ended),
            energy_wh=energy,
            periods=tuple(Period(start=minutes(at - m), parking=parking) for m, parking in periods),
            periods_complete=whole,
        ),
        MINUTE,
        st.sampled_from([0, 0, 0, 20]),
        st.sampled_from([("x1", EVSE, "anna"), ("x2", EVSE, "ben"), ("x3", OTHER_EVSE, "anna"), ("x4", EVSE, None)]),
        st.sampled_from(["ACTIVE", "ACTIVE", "COMPLETED", "COMPLETED", "INVALID", "PENDING", None]),
        st.one_of(st.none(), st.integers(0, 60)),
        st.one_of(st.none(), st.integers(-5, 30)),
        st.one_of(st.none(), st.sampled_from([1000, 2000])),
        st.lists(st.tuples(st.integers(-5, 60), st.booleans()), max_size=2),
        st.booleans(),
    )


@cache
def statuses() -> st.SearchStrategy[AnyFact]:
    """What a network says of an EVSE."""
    return st.builds(
        lambda at, evse, status: ChargerStatusSeen(
            at=minutes(at),
            seen_at=minutes(at),
            source="ocpi:ca*abc",
            source_id="",
            subject=evse_subject(evse),
            status=status,
        ),
        MINUTE,
        st.sampled_from([EVSE, OTHER_EVSE]),
        st.sampled_from(["AVAILABLE", "CHARGING", "OUTOFORDER"]),
    )


@cache
def bills() -> st.SearchStrategy[AnyFact]:
    """What a network says that it billed for parking, of a session that is known, not known or not named; or credits.

    A record is one fact: its identity is its key.
    """
    return st.builds(
        lambda at, which, record, began, lengths, credit: NetworkBilled(
            at=minutes(at),
            seen_at=minutes(at),
            source="ocpi:ca*abc",
            source_id=record,
            subject=evse_subject(which[1]),
            record=record,
            session=which[0],
            started_at=minutes(at - began),
            ended_at=minutes(at),
            currency="CAD",
            spans=()
            if credit
            else tuple(
                BilledSpan(start=minutes(at - began + lo), end=minutes(at - began + lo + length), amount_minor=100)
                for lo, length in lengths
            ),
            takes_back=credit,
        ),
        st.integers(60, SPAN + 60),
        st.sampled_from([("x1", EVSE), ("x2", EVSE), (None, EVSE), ("x9", EVSE), ("x3", OTHER_EVSE)]),
        st.sampled_from(["r1", "r2", "r3"]),
        st.integers(0, 120),
        st.lists(st.tuples(st.integers(0, 100), st.integers(1, 60)), min_size=1, max_size=2),
        st.sampled_from([None, None, None, "r1", "r2"]),
    )


@cache
def feeds() -> st.SearchStrategy[dict[str, list[Span]]]:
    """When the network was heard: always, or in a few spans."""
    spans = st.lists(st.tuples(MINUTE, st.integers(0, 60)), max_size=3).map(
        lambda found: sorted((minutes(lo), minutes(lo + length)) for lo, length in found)
    )
    return st.one_of(st.just([(minutes(-100), minutes(SPAN))]), spans).map(lambda found: {NETWORK: found})


@cache
def policies() -> st.SearchStrategy[Policy]:
    """Policies of one to three clauses with any grace, unit, cap, windows, confidence and messages."""

    def build(
        kinds: list[str], grace: int, unit: str, cap: str | None, windows: bool, inferred: bool, messages: str
    ) -> Policy:
        clauses = []
        for kind in kinds:
            fields: dict[str, object] = {"grace": f"{grace}m", "rate": "0.37", "unit": unit}
            if cap:
                fields["cap"] = cap
            if inferred:
                fields["min_confidence"] = "inferred"
            if kind == "idle" and "overstaying" not in kinds:
                fields["stops"] = "vacated"
            if windows:
                fields["windows"] = (("12:30", "13:10"), ("14:05", "15:30"))
            clauses.append(clause(kind, **fields))  # type: ignore[arg-type]
        return policy(*clauses, messages)

    return st.builds(
        build,
        st.sampled_from([["idle"], ["unplugged"], ["overstaying"], ["unplugged", "idle", "overstaying"]]),
        st.sampled_from([0, 0, 5, 17]),
        st.sampled_from(["1m", "1s", "15m"]),
        st.sampled_from([None, None, "3.00", "10"]),
        st.booleans(),
        st.booleans(),
        st.sampled_from(
            ["", "", f"[messages]\n{_QUIET}", f'[messages]\nevery = "10m"\nabout_to_finish = "10m"\n{_QUIET}']
        ),
    )


@st.composite
def worlds(draw: st.DrawFn, *, max_facts: int = 10) -> World:
    """A world with facts in the order in which they came."""
    setting = draw(settings_of_bays())
    found = draw(_facts(max_facts))
    facts = [replace(fact, source_id=f"{index:03}") for index, fact in enumerate(found) if _reaches(fact, setting)]
    facts = _with_one_start_a_session(facts)
    billed = {fact.source_id: fact for fact in draw(_SOME_BILLS) if _reaches(fact, setting)}
    facts += list(billed.values())
    facts.sort(key=lambda fact: (fact.seen_at, fact.source_id))
    return World(setting, tuple(facts), draw(feeds()), draw(policies()))


@cache
def _facts(most: int) -> st.SearchStrategy[list[AnyFact]]:
    kinds = st.one_of(readings(), readings(), sessions(), sessions(), statuses(), reports())
    return st.lists(kinds, min_size=1, max_size=most)


_SOME_BILLS = st.lists(bills(), max_size=3)


def _with_one_start_a_session(facts: list[AnyFact]) -> list[AnyFact]:
    """A network does not move a session's start to after its first word, nor use an id twice: the core relies on it."""
    news = [fact for fact in facts if isinstance(fact, SessionUpdated)]
    starts = {fact.session: min(f.started_at or f.at for f in news if f.session == fact.session) for fact in news}
    return [
        replace(fact, started_at=min(starts[fact.session], fact.at))
        if isinstance(fact, SessionUpdated) and fact.started_at
        else fact
        for fact in facts
    ]


def _reaches(fact: AnyFact, setting: BaySetting) -> bool:
    """The ledger hands the core only facts about the bay's own sensors and EVSEs."""
    subjects = {sensor_subject(sensor) for sensor in setting.sensors}
    subjects |= {evse_subject(evse) for evse in (*setting.evses, *setting.shared_evses)}
    return fact.subject in subjects
