"""A subscription that the broker grants and never serves is told of."""

import json

import pytest

from ledger.database import Ledger
from sensors import unheard
from sensors.mapping_document import parse_mapping
from sensors.reading import Message
from sensors.translate import translate
from sensors.unheard import Unheard
from tests.conftest import NOON
from tests.sensors.conftest import MOSQUITTO
from tests.support.brokers import RunningBroker, TestPublisher, wait_for

TEXT = """
[[subscription]]
topic = "+/bays/{device}"
envelope = "plain"
[[subscription]]
topic = "actility/#"
envelope = "actility"
"""


def test_after_an_hour_those_on_which_nothing_came_are_told_once() -> None:
    mapping = parse_mapping(TEXT)
    waiting = Unheard(mapping.subscriptions, 1000)
    translate(mapping, Message("lot/bays/7", json.dumps({"occupied": True}).encode(), NOON))
    assert waiting.look(4599) == []
    assert waiting.look(4600) == ["actility/#"]
    assert waiting.look(4601) == []


@pytest.mark.parametrize("broker", [MOSQUITTO], indirect=True)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_the_process_says_so(
    ledger: Ledger,
    broker: RunningBroker,
    listen: object,
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(unheard, "_PATIENCE_S", 1.0)
    listening = listen(ledger, broker.url, parse_mapping(TEXT))  # type: ignore[operator]
    listening.wait_listening(caplog)
    with TestPublisher(broker) as publisher:
        publisher.send("lot/bays/7", {"occupied": True})
    wait_for(lambda: "nothing has come on actility/# in the first hour" in caplog.text, "it is said")
    assert "nothing has come on +/bays/+" not in caplog.text
