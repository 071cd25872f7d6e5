"""Lanes: each sensor's readings in order, acknowledgements in the order of arrival, and one fault ends them all."""

import json
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest

import sensors.intake
from enforcement.evidence import Evidence
from ledger import cases, rebuild, registry
from ledger.bay_ties import BayTie
from ledger.database import Ledger
from ledger.settings_of_bays import BayContext
from models import FactRow
from sensors.address import BrokerAddress
from sensors.connection import Connection
from sensors.inbox import Arrived, Inbox
from sensors.lanes import Lanes
from sensors.mapping import Mapping
from sensors.mapping_document import parse_mapping, read_mapping
from sensors.reading import Message
from tests.conftest import NOON, minutes
from tests.sensors.conftest import count
from tests.support.brokers import wait_for

SENSORS, TURNS = 12, 20
SPARKPLUG = '[[subscription]]\ntopic = "spBv1.0/#"\nenvelope = "sparkplug"\nvalue = "Occupied"\n'


@dataclass
class Noted:
    """What a connection acknowledges."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    mids: list[int] = field(default_factory=list)

    def ack(self, arrived: Sequence[Arrived]) -> None:
        with self.lock:
            self.mids += [item.mid for item in arrived]

    def send(self, topic: str, payload: bytes) -> None: ...


def arrived(mid: int, by: Noted, sensor: str = "s", at: int = 0) -> Arrived:
    body = {"occupied": at // 5 % 2 == 0, "at": minutes(at).isoformat(), "event": "change"}
    return Arrived(Message(f"lot/bays/{sensor}", json.dumps(body).encode(), minutes(100)), mid, 1, by)


def test_all_is_recorded_and_nothing_comes_too_late(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """On PostgreSQL by two threads at once: each bay is folded from the beginning once, and a rebuild agrees."""
    monkeypatch.setattr(sensors.intake, "_MOST", 30)
    folded: list[str] = []
    whole = cases.refold  # type: ignore[attr-defined]

    def noted(conn: Any, context: BayContext) -> Evidence:
        folded.append(context.setting.bay)
        return whole(conn, context)

    monkeypatch.setattr(cases, "refold", noted)
    names = [f"s{number}" for number in range(SENSORS)]
    with ledger.write(NOON - timedelta(days=1)) as tx:
        registry.upsert_network(tx, "ca*net", "CA", "NET", "Network")
        registry.put_station(
            tx, registry.StationFields(key="ca*net*l1", network="ca*net", location_id="l1", name="Lot", zone="UTC")
        )
        ties = [BayTie(bay=name, station="ca*net*l1", name=name, sensors=(name,)) for name in names]
        registry.import_bays(tx, ties)
    lanes, by = Lanes(ledger, read_mapping(), lambda: minutes(100), threading.Event()), Noted()
    lanes.start()
    for number in range(SENSORS * TURNS):
        turn, sensor = divmod(number, SENSORS)
        assert lanes.put(arrived(number + 1, by, names[sensor], 5 * turn), 20)
    lanes.close(20)
    assert lanes.failure is None
    assert sorted(by.mids) == list(range(1, SENSORS * TURNS + 1))
    assert count(ledger, FactRow) == SENSORS * TURNS
    assert sorted(folded) == sorted(names)
    assert list(rebuild.differences(ledger, minutes(100))) == []


def test_births_and_a_single_writer_take_one_lane(ledger: Ledger) -> None:
    def lanes(mapping: Mapping) -> int:
        return len(Lanes(ledger, mapping, lambda: NOON, threading.Event())._inboxes)

    assert lanes(parse_mapping(SPARKPLUG)) == 1
    assert lanes(read_mapping()) == (1 if ledger.has_one_writer else 2)


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_if_one_lane_fails_none_goes_on(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("sensors.keeping.reject", broken)
    lanes = Lanes(ledger, read_mapping(), lambda: minutes(100), threading.Event())
    lanes.start()
    assert lanes.put(arrived(1, Noted()), 1)
    wait_for(lambda: not lanes.is_alive, "the lane has ended")
    assert isinstance(lanes.failure, ZeroDivisionError)
    lanes.close(20)
    assert lanes.is_closed


def test_acknowledgements_keep_the_order_of_arrival(monkeypatch: pytest.MonkeyPatch) -> None:
    """MQTT 5.0, 4.6: whichever lane commits first."""
    inbox, told = Inbox(10), list[list[int]]()
    connection = Connection(BrokerAddress.parse("mqtt://127.0.0.1"), "5", "c", ["a/#"], inbox, lambda: NOON)
    monkeypatch.setattr(connection._client, "ack_all", told.append)
    for mid, qos in ((7, 1), (8, 1), (0, 0), (9, 1), (9, 1), (3, 1)):
        connection._take("a/b", b"x", mid, False, qos)
    seven, eight, unnumbered, nine, again, three = inbox.take(6, 0, 0)
    connection.ack([eight, unnumbered])
    assert told == []
    connection.ack([seven])
    connection.ack([three, again])
    assert told == [[7, 8], [9]]
    connection.ack([nine])
    assert told == [[7, 8], [9], [9, 3]]
