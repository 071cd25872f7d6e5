"""How long a sensor's words must hold: from the mapping, or the model, to what a bay is judged by."""

import json
import random
from datetime import datetime, timedelta

import pytest

from enforcement.facts import NetworkHeard, network_subject
from enforcement.setting import NO_DEBOUNCE, Debounce
from enforcement.violations import State
from ledger import policies, rebuild
from ledger.assess import assess_due
from ledger.bay_ties import BayTie
from ledger.database import Ledger
from ledger.record import record
from ledger.registry import EvseFields, StationFields, import_bays, put_evse, put_station, upsert_network
from ledger.settings_of_bays import load
from models import Sensor, SensorDebounce, StayRow, ViolationRow
from sensors.decoders import DRIVEN_PAST, MODELS, WALKED_PAST
from sensors.keeping import keep
from sensors.mapping import Mapping
from sensors.mapping_document import MappingError, parse_mapping
from sensors.reading import Message
from sensors.translate import translate
from tests.conftest import NOON, minutes
from tests.ledger.test_main_way import POLICY
from tests.sensors.conftest import rows

PLAIN = 'topic = "x/bays/{device}"\nenvelope = "plain"\ntime = "at"\nedge = true\n'
BAY, STATION, EVSE, NETWORK = "lot/1", "ca*abc*l1", "ca*abc*l1*e1", "ca*abc"


def mapping(extra: str = "", base: str = PLAIN) -> Mapping:
    return parse_mapping(f"[[subscription]]\n{base}{extra}")


TWO_MINUTES = mapping('debounce = { arrival = "2m", departure = "90s" }')


@pytest.fixture
def lot(ledger: Ledger) -> Ledger:
    """One bay with one EVSE and one sensor."""
    with ledger.write(minutes(-1000)) as tx:
        policies.publish(tx, POLICY)
        upsert_network(tx, NETWORK, "CA", "ABC", "Abc")
        put_station(
            tx, StationFields(key=STATION, network=NETWORK, location_id="L1", name="Lot", zone="America/Toronto")
        )
        put_evse(tx, EvseFields(key=EVSE, station=STATION, uid="e1"))
        import_bays(tx, [BayTie(bay=BAY, station=STATION, name="1", evses=(EVSE,), sensors=("s1",))])
    return ledger


def says(occupied: bool, at: float) -> Message:
    body = json.dumps({"occupied": occupied, "at": minutes(at).isoformat()})
    return Message("x/bays/s1", body.encode(), minutes(at))


def tell(ledger: Ledger, by: Mapping, *messages: Message, now: datetime | None = None) -> None:
    for message in messages:
        with ledger.write(now or message.seen_at) as tx:
            keep(tx, [translate(by, message)])


def live(ledger: Ledger, until: int) -> None:
    subject = network_subject(NETWORK)
    heard = [
        NetworkHeard(at=minutes(at), seen_at=minutes(at), source="ocpi", source_id=f"h{at}", subject=subject)
        for at in range(0, until + 1, 5)
    ]
    with ledger.write(minutes(until)) as tx:
        record(tx, heard)


def debounces(ledger: Ledger) -> tuple[Debounce, ...]:
    with ledger.read() as conn:
        return tuple(load(conn, [BAY])[BAY].setting.debounces.get("s1", ()))


def look(ledger: Ledger, at: float) -> None:
    while assess_due(ledger, minutes(at)):
        pass


def test_what_the_mapping_says_of_a_new_sensor_always_held(lot: Ledger) -> None:
    tell(lot, TWO_MINUTES, says(True, 0))
    assert [(row.arrival_s, row.departure_s) for row in rows(lot, Sensor)] == [(120, 90)]
    assert debounces(lot) == (Debounce(arrival=timedelta(minutes=2), departure=timedelta(seconds=90)),)


def test_of_a_sensor_whose_words_hold_at_once_nothing_is_kept(lot: Ledger) -> None:
    tell(lot, mapping(), says(True, 0))
    assert (rows(lot, SensorDebounce), debounces(lot)) == ([], ())


def test_a_mapping_that_changes_changes_nothing_before(lot: Ledger) -> None:
    tell(lot, mapping(), says(True, 0), says(False, 30))
    tell(lot, TWO_MINUTES, says(True, 40), says(True, 41))
    first, second = debounces(lot), TWO_MINUTES.subscriptions[0].debounce
    assert second is not None
    assert first == (Debounce(arrival=second.arrival, departure=second.departure, since=minutes(40)),)
    tell(lot, mapping(), says(False, 60))
    assert debounces(lot)[-1] == Debounce(since=minutes(60))


def test_a_fee_begins_when_the_arrival_has_been_held_and_a_rebuild_agrees(lot: Ledger) -> None:
    live(lot, 200)
    tell(lot, mapping(), says(True, 0), says(False, 20))
    tell(lot, TWO_MINUTES, says(True, 60), says(False, 80))
    look(lot, 200)
    assert sorted(row.arrived_at for row in rows(lot, StayRow)) == [NOON, minutes(62)]
    # Five minutes of grace, a dollar a minute: the second vehicle counts from two minutes after its first word.
    assert sorted((row.clock_started_at, row.fee_minor) for row in rows(lot, ViolationRow)) == [
        (NOON, 1500), (minutes(62), 1300),
    ]  # fmt: skip
    assert list(rebuild.differences(lot, minutes(200))) == []


def test_messages_in_any_order_and_twice_give_the_same(lot: Ledger) -> None:
    said = [says(True, 0), says(False, 20), says(True, 21), says(False, 40), says(True, 50), says(False, 51)]
    chance = random.Random(5)
    shuffled = [*said, *said[::2]]
    chance.shuffle(shuffled)
    live(lot, 200)
    tell(lot, TWO_MINUTES, *shuffled, now=minutes(60))
    look(lot, 200)
    assert [(row.arrived_at, row.left_at) for row in rows(lot, StayRow)] == [(minutes(2), minutes(40))]
    # Who came back after the minute in which nobody was seen is not known.
    standing = [row for row in rows(lot, ViolationRow) if row.state is not State.CLEARED]
    assert [row.fee_minor for row in standing] == [1300]
    assert list(rebuild.differences(lot, minutes(200))) == []


def test_the_mapping_goes_before_the_model_and_the_model_before_nothing() -> None:
    lorawan = 'topic = "v3/+/devices/+/up"\nenvelope = "tts"\n'
    assert mapping(base=lorawan).subscriptions[0].debounce_of("milesight_em310") == WALKED_PAST
    assert mapping(base=lorawan).subscriptions[0].debounce_of("bosch_tps110") == NO_DEBOUNCE
    by_model = mapping('debounce = { departure = "1m" }\ndebounces = { dragino_ldds = { arrival = "0s" } }', lorawan)
    assert by_model.subscriptions[0].debounce_of("dragino_ldds") == NO_DEBOUNCE
    assert by_model.subscriptions[0].debounce_of("bosch_tps110") == Debounce(departure=timedelta(minutes=1))
    frigate = mapping(base='topic = "frigate/#"\nenvelope = "frigate"\nzones = ["bay_7"]\n').subscriptions[0]
    assert frigate.debounce_of(None) == DRIVEN_PAST == MODELS["milesight_vs121"].debounce


@pytest.mark.parametrize(
    ("given", "problem"),
    [('"30s"', "`debounce` must be such as"), ("{}", "must be such as"), ('{ left = "1s" }', "must be such as"),
     ('{ arrival = "soon" }', "must be a number with"), ('{ arrival = "11m" }', "must not be longer than 10m")],
)  # fmt: skip
def test_what_is_no_debounce_is_refused(given: str, problem: str) -> None:
    with pytest.raises(MappingError, match=problem):
        mapping(f"debounce = {given}")


def test_debounces_by_model_name_models() -> None:
    with pytest.raises(MappingError, match="no decoder"):
        mapping('debounces = { puck = { arrival = "1s" } }', 'topic = "a"\nenvelope = "tts"\n')
    with pytest.raises(MappingError, match="`debounces` must be such as"):
        mapping("debounces = 3", 'topic = "a"\nenvelope = "tts"\n')
