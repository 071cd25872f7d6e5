"""That a network was heard is worth a fact every five seconds; what was never committed counts for nothing."""

from typing import Any

import pytest
from sqlalchemy.exc import OperationalError

from enforcement.facts import NetworkHeard
from ledger import facts as fact_rows
from ledger.database import Ledger
from ocpi.receivers import objects
from tests.conftest import NOON, minutes
from tests.ocpi.conftest import Clock
from tests.support.ocpi_objects import evse, location, session
from tests.support.ocpi_peer import Peer, result


def heard(ledger: Ledger) -> list[Any]:
    with ledger.read() as conn:
        return sorted(fact.at for fact in fact_rows.load(conn, ["network:be*bec"]) if isinstance(fact, NetworkHeard))


@pytest.mark.parametrize(
    ("url", "pushed"), [("sessions/BE/BEC/101", session()), ("locations/BE/BEC/LOC1", location(evse()))]
)
def test_a_word_that_was_rolled_back_is_still_to_be_told(
    ledger: Ledger, peer: Peer, monkeypatch: pytest.MonkeyPatch, url: str, pushed: dict[str, Any]
) -> None:
    def fail(*_given: object) -> None:
        raise OperationalError("COMMIT", None, Exception("the disk is full"))

    with monkeypatch.context() as broken:
        broken.setattr(objects, "record_due", fail)
        assert result(peer.put(url, pushed)) == (503, 3000)
    assert heard(ledger) == []
    assert result(peer.put(url, pushed))[1] == 1000
    assert heard(ledger) == [NOON]


def test_one_each_five_seconds_is_told(ledger: Ledger, peer: Peer, clock: Clock) -> None:
    for clock.now in (NOON, minutes(1 / 60), minutes(4 / 60), minutes(5 / 60), minutes(9 / 60)):
        peer.put("sessions/BE/BEC/101", session(at=clock.now))
    assert heard(ledger) == [NOON, minutes(5 / 60)]
