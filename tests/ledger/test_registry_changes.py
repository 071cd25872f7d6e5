"""A process that forgets only what a change concerns knows, and decides, what one does that forgets everything."""

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, text

from enforcement.facts import SessionUpdated, evse_subject
from enforcement.setting import Debounce, Settlement
from ledger import policies, pushed, registry_changes, sites, traits
from ledger.assess import assess
from ledger.bay_ties import BayTie
from ledger.circumstances import needs_of
from ledger.database import Ledger, Memory, Outdated, Tx, table
from ledger.habits import set_settlement
from ledger.parking import Place, put_places
from ledger.record import record
from ledger.registry import EvseFields, StationFields, import_bays, put_evse, put_station
from ledger.remembered_bays import bays_of
from ledger.sensors import SensorHeard, touch_sensors
from ledger.settings_of_bays import load
from ledger.standing import Of
from models import BayState, PlaceTrait, RegistryChange
from models.places import Trait
from tests.conftest import empty, ledger_of, minutes
from tests.support.lots import ANNA, BAYS, HEAD, OTHER_STATION, STATION, build, said, seen, stays

DEARER_WHEN_FULL = (
    HEAD
    + """
networks = ["ca*abc"]
[[clause]]
kind = "idle"
[[clause.tier]]
rate = "0.10"
per = "1m"
occupancy_to = "0.5"
[[clause.tier]]
rate = "0.50"
per = "1m"
occupancy_from = "0.5"
"""
)
PLAIN = HEAD.replace('"test"', '"plain"') + '[[clause]]\nkind = "idle"\nrate = "0.20"\nper = "1m"\n'
STATIONS = {STATION: "ca*abc", OTHER_STATION: "ca*xyz"}
EVSES = [*(evse for _, evse in BAYS.values()), f"{STATION}*e9"]
SENSORS = [f"s-{bay}" for bay in (*BAYS, "no")]
PLACES = [f"{STATION}*p1", f"{STATION}*p2"]
EVERYWHERE = [*BAYS, *EVSES, *PLACES]

Change = Callable[[Tx], object]


def hear(sensor: str, hours: int, gone_s: int, tx: Tx) -> None:
    what = SensorHeard(
        model=None, watchdog=timedelta(hours=hours), occupied=True, at=tx.now, seen_at=tx.now,
        debounce=Debounce(departure=timedelta(seconds=gone_s)),
    )  # fmt: skip
    touch_sensors(tx, {sensor: what})


def describe(bay: str, station: str, name: str, evses: Sequence[str], sensors: Sequence[str], tx: Tx) -> None:
    tie = BayTie(bay=bay, station=station, name=name, evses=tuple(evses), sensors=tuple(sensors))
    import_bays(tx, [tie])


def push_evse(evse: str, power_class: str, tx: Tx) -> None:
    station, uid = evse.rsplit("*", 1)
    put_evse(tx, EvseFields(key=evse, station=station, uid=uid, power_class=power_class))


def push_station(station: str, name: str, state: str, tx: Tx) -> None:
    fields = StationFields(
        key=station, network=STATIONS[station], location_id=station.rsplit("*", 1)[1], name=name,
        zone="America/Toronto", country="CAN", state=state,
    )  # fmt: skip
    put_station(tx, fields)


def push_places(reached: Sequence[Sequence[str]], tx: Tx) -> None:
    places = [Place(bay=bay, name=bay, evses=tuple(evses)) for bay, evses in zip(PLACES, reached, strict=False)]
    put_places(tx, STATION, places, [evse for station, evse in BAYS.values() if station == STATION])


def say(place: str, trait: Trait, value: str, tx: Tx) -> None:
    traits.say(tx, place, trait, value)


def say_site(station: str, site: str, tx: Tx) -> None:
    sites.tie(tx, station, site)


def settle(network: str, how: Settlement, tx: Tx) -> None:
    set_settlement(tx, network, how)


def some(values: Sequence[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), max_size=2, unique=True)


PLACES_OF_WORDS = st.sampled_from([*STATIONS, *STATIONS.values(), *EVSES])
CHANGES: st.SearchStrategy[Change] = st.one_of(
    st.builds(partial, st.just(hear), st.sampled_from(SENSORS), st.sampled_from([2, 26]), st.sampled_from([0, 90])),
    st.builds(
        partial, st.just(describe), st.sampled_from(sorted(BAYS)), st.sampled_from(sorted(STATIONS)),
        st.sampled_from("xy"), some(EVSES), some(SENSORS),
    ),
    st.builds(partial, st.just(push_evse), st.sampled_from(EVSES), st.sampled_from(["AC", "DC"])),
    st.builds(partial, st.just(push_station), st.sampled_from(sorted(STATIONS)), st.sampled_from("xy"),
              st.sampled_from(["ON", "QC"])),
    st.builds(partial, st.just(push_places), st.lists(some(EVSES), max_size=2)),
    st.builds(partial, st.just(say), PLACES_OF_WORDS,
              st.sampled_from([Trait.POWER_CLASS, Trait.TAXES_CHARGED, Trait.CALENDAR]), st.sampled_from(["x", "y"])),
    st.builds(partial, st.just(say_site), st.sampled_from(sorted(STATIONS)), st.sampled_from(["", "plaza"])),
    st.builds(partial, st.just(settle), st.sampled_from(sorted(NETWORKS := set(STATIONS.values()))),
              st.sampled_from(Settlement)),
)  # fmt: skip
# Who changes something, who looks afterwards, and whether the change is taken back.
STEPS = st.lists(
    st.tuples(st.integers(0, 1), CHANGES, st.sets(st.integers(0, 1)), st.sampled_from([False, False, False, True])),
    min_size=3,
    max_size=8,
)
LAW = settings(deadline=None, max_examples=5, suppress_health_check=list(HealthCheck))


@contextmanager
def processes(url: str, count: int = 2) -> Iterator[list[Ledger]]:
    """So many that know the same database, in which all sensors have been heard of and stood once."""
    empty(url)
    ledgers = [ledger_of(url) for _ in range(count)]
    build(ledgers[0], DEARER_WHEN_FULL, PLAIN)
    with ledgers[0].write(minutes(0)) as tx:
        record(tx, [fact for bay in BAYS for fact in stays(bay, f"n-{bay}", ANNA, -100, -60, -20)])
    try:
        yield ledgers
    finally:
        for ledger in ledgers:
            ledger.close()


def look_everywhere(tx: Tx) -> dict[str, Any]:
    """Decide for all bays; gives what stands then."""
    said_there = [SessionUpdated(at=tx.now, seen_at=tx.now, source="x", source_id="x", subject=evse_subject(evse),
                                 session="x") for evse in EVSES]  # fmt: skip
    bays_of(tx, [*said_there, *(seen(sensor.removeprefix("s-"), 0, True) for sensor in SENSORS)])
    assess(tx, {bay: [] for bay in EVERYWHERE})
    rows = table(BayState)
    query = select(rows.c.bay, rows.c.condition, rows.c.reason, rows.c.since, rows.c.due_at).order_by(rows.c.bay)
    return {row.bay: tuple(row) for row in tx.conn.execute(query)}


def agrees(ledger: Ledger, at: float) -> None:
    """All that it remembers is as it stands, and it decides as one would that knows nothing yet."""
    with ledger.write(minutes(at)) as tx:
        decided = look_everywhere(tx)
        newcomer = Tx(tx.conn, tx.now, tx.vault, tx.composer, Memory(-1))
        assert look_everywhere(newcomer) == decided
        known = policies.remembered(newcomer)
        contexts = load(tx.conn, EVERYWHERE)
        assert {bay: tx.memory.contexts.get(bay) for bay in contexts} == contexts
        for bay, context in contexts.items():
            assert tx.memory.needs.get(bay) == needs_of(context, known)
        for station, site in tx.memory.sites.items():
            assert site == sites.find(tx.conn, station, known)
        for subject in (*map(evse_subject, EVSES), *(f"sensor:{sensor}" for sensor in SENSORS)):
            ties = tx.memory.ties.get(subject), newcomer.memory.ties.get(subject)
            assert sorted(ties[0] or (), key=repr) == sorted(ties[1] or (), key=repr)
        for word, value in network_words(tx).items():
            assert tx.memory.traits.get(word) in (None, value)


def network_words(tx: Tx) -> dict[tuple[str, str], str]:
    rows = table(PlaceTrait)
    query = select(rows).where(rows.c.said_by == "network").order_by(rows.c.since)
    return {(row.place, row.trait): row.value for row in tx.conn.execute(query)}


E1, E2, E9 = f"{STATION}*e1", f"{STATION}*e2", f"{STATION}*e9"
A_DAY: list[Change] = [
    partial(hear, "s-a1", 26, 0),
    partial(hear, "s-a1", 26, 90),
    partial(push_evse, E9, "AC"),
    partial(describe, "a1", STATION, "x", [E9], ["s-a2"]),  # its own bay ends, E1 is free, a sensor moves
    partial(push_places, [[E1]]),
    partial(push_places, [[], [E1]]),
    partial(describe, "a3", STATION, "x", [], ["s-a3"]),
    partial(push_evse, E9, "DC"),
    partial(say, STATION, Trait.POWER_CLASS, "x"),
    partial(say, E2, Trait.POWER_CLASS, "y"),
    partial(say, "ca*abc", Trait.TAXES_CHARGED, "x"),
    partial(push_station, STATION, "y", "QC"),
    partial(push_station, STATION, "z", "QC"),
    partial(say_site, OTHER_STATION, "plaza"),
    partial(say_site, STATION, "plaza"),
    partial(describe, "x1", STATION, "x", [E2], []),
    partial(settle, "ca*abc", Settlement.US),
]


def test_after_each_kind_of_change_a_process_knows_what_stands(database_url: str) -> None:
    with processes(database_url) as (one, other):
        agrees(other, 1)
        for number, change in enumerate(A_DAY, 2):
            with one.write(minutes(number)) as tx:
                change(tx)
            agrees(other, number + 0.5)


class Undone(Exception):  # noqa: N818 - nobody's error
    """Taken back."""


@LAW
@given(steps=STEPS)
def test_whoever_forgets_some_knows_what_one_does_who_forgets_all(database_url: str, steps: list[Any]) -> None:
    with processes(database_url) as ledgers:
        for ledger in ledgers:
            agrees(ledger, 1)
        for number, (who, change, lookers, is_undone) in enumerate(steps, 2):
            with suppress(Undone), ledgers[who].write(minutes(number)) as tx:
                change(tx)
                look_everywhere(tx)
                if is_undone:
                    raise Undone
            for looker in lookers:
                agrees(ledgers[looker], number + 0.5)
        for ledger in ledgers:
            agrees(ledger, 1000)


def test_a_word_that_another_process_took_back_is_news_again(database_url: str) -> None:
    with processes(database_url) as (one, other):
        for number, (ledger, word) in enumerate([(one, "AC"), (other, "AC"), (one, "DC"), (other, "AC")], 2):
            with ledger.write(minutes(number)) as tx:
                push_evse(E1, word, tx)
        with one.write(minutes(9)) as tx:
            assert network_words(tx)[E1, "power_class"] == "AC"


def test_only_the_bays_of_a_new_sensor_are_forgotten(database_url: str) -> None:
    with processes(database_url) as (one, other):
        agrees(other, 1)
        before = other.known()
        with one.write(minutes(2)) as tx:
            hear("s-a1", 26, 0, tx)
        after = other.known()
        assert "a1" in before.contexts
        assert "a1" not in after.contexts
        assert {bay for bay in BAYS if after.contexts.get(bay) is before.contexts.get(bay)} == {"a2", "a3", "x1"}
        assert after.policies is before.policies
        assert after.sites is before.sites
        agrees(other, 3)


def test_what_an_older_transaction_puts_there_late_is_not_found_later(database_url: str) -> None:
    """A thread that began before the change has read a bay, and remembers it only when another one has renewed."""
    with processes(database_url) as (one, other):
        before = other.known()
        with other.read() as conn:
            late = load(conn, ["a1", "a2"])
        with one.write(minutes(2)) as tx:
            hear("s-a1", 26, 0, tx)
        after = other.known()
        before.contexts.update(late)
        assert "a1" in before.contexts
        assert "a1" not in after.contexts
        agrees(other, 3)


def test_what_is_not_noted_or_too_long_ago_is_forgotten_whole(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def changed(by: Ledger, *hours: int) -> None:
        for each in hours:
            with by.write(minutes(each)) as tx:
                hear("s-a1", each, 0, tx)

    with processes(database_url) as (one, other):
        monkeypatch.setattr(registry_changes, "KEPT", 3)
        agrees(other, 1)
        changed(one, 11, 12, 13)
        assert "a2" in other.known().contexts
        changed(one, 21, 22, 23, 24)
        assert "a2" not in other.known().contexts
        with other.read() as conn:
            assert len(conn.execute(select(table(RegistryChange))).all()) == 3
        agrees(other, 25)
        with one.write(minutes(25)) as tx:
            settle("ca*abc", Settlement.US, tx)
        changed(one, 26)
        assert "a2" not in other.known().contexts
        agrees(other, 27)


def test_a_change_that_concerns_too_much_concerns_all(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with processes(database_url) as (one, other):
        agrees(other, 1)
        monkeypatch.setattr(registry_changes, "_MOST", 1)
        with one.write(minutes(2)) as tx:
            push_station(STATION, "x", "ON", tx)
        assert "x1" not in other.known().contexts


def test_what_is_taken_back_leaves_all_as_it_was(database_url: str) -> None:
    with processes(database_url) as (one, other):
        agrees(one, 1)
        before = one.known()
        with suppress(Undone), one.write(minutes(2)) as tx:
            describe("a1", OTHER_STATION, "x", [], ["s-a2"], tx)
            look_everywhere(tx)
            raise Undone
        assert one.known() is before
        agrees(one, 3)
        agrees(other, 3)


def test_a_sensor_becomes_known_while_its_tie_is_made(postgres_url: str) -> None:
    """The tie's change came first: whoever looked between the two must forget its bay for the sensor's, too."""
    with processes(postgres_url, 3) as (owner, sensors, looker):
        agrees(looker, 1)
        tied, heard, goes_on = threading.Event(), threading.Event(), threading.Event()

        def speak() -> None:
            tied.wait(20)
            with sensors.write(minutes(3)) as tx:
                hear("s-no", 26, 0, tx)
                heard.set()
                goes_on.wait(20)

        speaker = threading.Thread(target=speak)
        speaker.start()
        with owner.write(minutes(2)) as tx:
            describe("a1", STATION, "x", [], ["s-no"], tx)
            tied.set()
            _until_somebody_waits(looker)
        heard.wait(20)
        agrees(looker, 4)
        assert looker.known().contexts["a1"].setting.sensors["s-no"] != timedelta(hours=26)
        goes_on.set()
        speaker.join(20)
        agrees(looker, 5)
        assert looker.known().contexts["a1"].setting.sensors["s-no"] == timedelta(hours=26)


def test_bays_are_described_while_a_new_sensor_speaks_of_one(postgres_url: str) -> None:
    """Who changes the registry has it before any bay: else either would wait for the other, and the server end one."""
    with processes(postgres_url, 3) as (owner, sensors, looker):
        agrees(owner, 1)
        describing = threading.Thread(target=_describe_apart, args=(owner,))
        with sensors.write(minutes(3)) as tx:
            hear("s-new", 26, 0, tx)
            describing.start()
            _until_somebody_waits(looker)
            assert record(tx, [seen("a1", 3, occupied=True)]) == 1
        describing.join(20)
        agrees(looker, 4)
        assert "s-new" in looker.known().contexts["a1"].setting.sensors


def _describe_apart(ledger: Ledger) -> None:
    with ledger.write(minutes(2)) as tx:
        describe("a1", STATION, "x", [], ["s-new"], tx)


def _until_somebody_waits(ledger: Ledger) -> None:
    """Until another transaction waits for a lock."""
    query = text("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    end = time.monotonic() + 20
    while time.monotonic() < end:
        with ledger.read() as conn:
            if conn.execute(query).scalar_one():
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_a_door_does_not_take_a_push_by_ties_that_changed(database_url: str) -> None:
    with processes(database_url) as (one, other):
        agrees(other, 1)
        with one.write(minutes(2)) as tx:
            describe("x1", OTHER_STATION, "x", [BAYS["a1"][1]], [], tx)
            describe("a1", STATION, "x", [], [], tx)
        fact = said("a1", 3, "late", ANNA, status="ACTIVE", started_at=minutes(3))
        outdated = other.apart(minutes(3))
        assert list(bays_of(outdated, [fact])) == ["a1"]
        of = Of("sessions", "ca*abc", "late")
        with pytest.raises(Outdated):
            pushed.take(other, minutes(3), of, lambda *_: pushed.Change(None, None, (), [fact]))
        other.known()
        assert list(bays_of(other.apart(minutes(3)), [fact])) == ["x1"]
