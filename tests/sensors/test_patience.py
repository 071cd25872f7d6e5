"""Connecting again: how long is waited, and when somebody else seems to have our session."""

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from ledger.database import Ledger
from sensors.patience import Patience
from tests.sensors.conftest import MOSQUITTO, Listening
from tests.support.brokers import RunningBroker, wait_for


def test_each_attempt_in_vain_is_waited_for_twice_as_long_up_to_half_a_minute() -> None:
    patience = Patience()
    waits = [patience.after(was_up=False, lasted_s=0) for _ in range(9)]
    assert waits == [0.5, 1, 2, 4, 8, 16, 30, 30, 30]
    assert not patience.is_strange


def test_a_connection_that_lasted_is_followed_at_once() -> None:
    patience = Patience()
    for _ in range(5):
        patience.after(was_up=False, lasted_s=0)
    assert patience.after(was_up=True, lasted_s=60) == 0.25


def test_connections_that_do_not_last_are_strange_and_said_once() -> None:
    patience = Patience()
    told = [(patience.after(was_up=True, lasted_s=0.1), patience.is_strange) for _ in range(6)]
    assert [wait for wait, _ in told] == [0.25, 0.5, 1, 2, 4, 8]
    assert [strange for _, strange in told] == [False, False, False, True, False, False]
    patience.after(was_up=True, lasted_s=60)
    assert not patience.is_strange


@pytest.mark.parametrize("broker", [MOSQUITTO], indirect=True)
@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_a_client_with_our_id_is_told(
    ledger: Ledger, broker: RunningBroker, listen: object, caplog: pytest.LogCaptureFixture
) -> None:
    """As a second sensors process with the same client id does: each of the two throws the other out."""
    listening: Listening = listen(ledger, broker.url)  # type: ignore[operator]
    listening.wait_listening(caplog)
    other = mqtt.Client(CallbackAPIVersion.VERSION2, client_id="listener-test", clean_session=False)
    other.reconnect_delay_set(1, 1)
    other.connect("127.0.0.1", broker.port)
    other.loop_start()
    try:
        wait_for(lambda: "does another process have the client id 'listener-test'?" in caplog.text, "it is said")
    finally:
        other.disconnect()
        other.loop_stop()
