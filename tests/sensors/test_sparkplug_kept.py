"""Sparkplug's births are kept in the database: what a process says after a restart still has names, and deaths count."""

from datetime import datetime
from typing import Any

import pytest

from enforcement.facts import OccupancyRead
from ledger import births
from ledger.database import Ledger
from ledger.facts import from_row
from models import FactRow, Reject, Sensor, SparkplugBirth
from sensors.keeping import keep
from sensors.mapping import Mapping
from sensors.mapping_document import parse_mapping
from sensors.reading import Message
from sensors.translate import translate
from tests.conftest import minutes
from tests.sensors.conftest import rows
from tests.sensors.test_more_envelopes import plug

ONE = '[[subscription]]\ntopic = "spBv1.0/#"\nenvelope = "sparkplug"\nvalue = "Occupied"\n'
MANY = ONE.replace("Occupied", "Bays/{bay}/Occupied")


def started(ledger: Ledger, text: str) -> Mapping:
    """A process that begins: it knows what the database knows."""
    mapping = parse_mapping(text)
    with ledger.read() as conn:
        mapping.remember(births.load(conn))
    return mapping


def tell(ledger: Ledger, mapping: Mapping, topic: str, at: float, *metrics: dict[str, Any], seq: int = 1) -> None:
    payload = plug(*metrics, seq=seq, at=milliseconds(minutes(at)))
    with ledger.write(minutes(at)) as tx:
        keep(tx, [translate(mapping, Message(f"spBv1.0/lot/{topic}", payload, minutes(at)))])


def milliseconds(moment: datetime) -> int:
    return int(moment.timestamp() * 1000)


def states(ledger: Ledger) -> dict[str, bool | None]:
    return {row.id: row.occupied for row in rows(ledger, Sensor)}


def quality(ledger: Ledger) -> list[tuple[str, ...]]:
    facts = sorted((from_row(row._mapping) for row in rows(ledger, FactRow)), key=lambda fact: fact.at)
    return [fact.quality for fact in facts if isinstance(fact, OccupancyRead)]


OCCUPIED = {"name": "Occupied", "alias": 7, "boolean_value": False}
BORN = {"name": "bdSeq", "long_value": 3}


def test_numbers_have_their_names_after_a_restart(ledger: Ledger) -> None:
    before = started(ledger, ONE)
    tell(ledger, before, "NBIRTH/edge", 0, BORN)
    tell(ledger, before, "DBIRTH/edge/bay1", 1, OCCUPIED)
    assert {row.node for row in rows(ledger, SparkplugBirth)} == {"lot/edge", "lot/edge/bay1"}
    after = started(ledger, ONE)
    tell(ledger, after, "DDATA/edge/bay1", 2, {"alias": 7, "boolean_value": True}, seq=2)
    assert states(ledger) == {"lot/edge/bay1": True}
    assert rows(ledger, Reject) == []


def test_without_a_kept_birth_numbers_are_refused_and_kept(ledger: Ledger) -> None:
    tell(ledger, started(ledger, ONE), "DDATA/edge/bay1", 2, {"alias": 7, "boolean_value": True})
    (reject,) = rows(ledger, Reject)
    assert "no BIRTH" in reject.reason
    assert states(ledger) == {}


@pytest.mark.parametrize("death", ["DDEATH/edge/bay1", "NDEATH/edge"])
def test_a_death_after_a_restart_makes_the_device_offline(ledger: Ledger, death: str) -> None:
    before = started(ledger, ONE)
    tell(ledger, before, "NBIRTH/edge", 0, BORN)
    tell(ledger, before, "DBIRTH/edge/bay1", 1, OCCUPIED)
    tell(ledger, started(ledger, ONE), death, 3, BORN)
    assert states(ledger)["lot/edge/bay1"] is None
    assert quality(ledger)[-1] == ("offline",)


def test_the_death_of_a_life_before_the_restart_counts_for_nothing(ledger: Ledger) -> None:
    before = started(ledger, ONE)
    tell(ledger, before, "NBIRTH/edge", 0, BORN)
    tell(ledger, before, "DBIRTH/edge/bay1", 1, OCCUPIED)
    tell(ledger, started(ledger, ONE), "NDEATH/edge", 3, {"name": "bdSeq", "long_value": 2})
    assert states(ledger) == {"lot/edge/bay1": False}


def bay(number: int, occupied: bool, *, named: bool = True) -> dict[str, Any]:
    name = {"name": f"Bays/{number}/Occupied"} if named else {}
    return {**name, "alias": number, "boolean_value": occupied}


def test_one_device_with_many_bays(ledger: Ledger) -> None:
    before = started(ledger, MANY)
    other = {"name": "Temperature", "alias": 9, "double_value": 4.5}
    tell(ledger, before, "DBIRTH/edge/level1", 0, bay(1, False), bay(2, True), other)
    assert states(ledger) == {"lot/edge/level1/1": False, "lot/edge/level1/2": True}
    after = started(ledger, MANY)
    tell(ledger, after, "DDATA/edge/level1", 1, bay(1, True, named=False), {**other, "name": ""}, seq=2)
    assert states(ledger) == {"lot/edge/level1/1": True, "lot/edge/level1/2": True}
    tell(ledger, after, "DDEATH/edge/level1", 2, seq=3)
    assert states(ledger) == {"lot/edge/level1/1": None, "lot/edge/level1/2": None}
    assert len(rows(ledger, FactRow)) == 5


def test_what_one_bay_says_and_nobody_understands_holds_up_no_other(ledger: Ledger) -> None:
    wrong = {"name": "Bays/1/Occupied", "string_value": "perhaps"}
    tell(ledger, started(ledger, MANY), "DDATA/edge/level1", 0, wrong, bay(2, True))
    assert states(ledger) == {"lot/edge/level1/1": None, "lot/edge/level1/2": True}
    assert rows(ledger, Reject) == []


def test_a_birth_with_other_bays_replaces_the_one_before(ledger: Ledger) -> None:
    mapping = started(ledger, MANY)
    tell(ledger, mapping, "DBIRTH/edge/level1", 0, bay(1, False), bay(2, True))
    tell(ledger, mapping, "DBIRTH/edge/level1", 1, bay(3, False))
    with ledger.read() as conn:
        assert [birth.bays for birth in births.load(conn)] == [("3",)]
