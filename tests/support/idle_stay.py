"""One stay with an idle fee, told by the network BE*BEC through our door: plugged in, done, unplugged, settled."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from enforcement.setting import Settlement
from ledger import habits, policies
from ledger.assess import assess_due
from ledger.database import Ledger
from ocpi.wire import stamp
from tests.conftest import NOON, minutes
from tests.support import ocpi_objects as objects
from tests.support.ocpi_peer import Peer, result

NETWORK = "be*bec"
IDLE = f"{NETWORK}*101/idle"
POLICY = """
id = "test"
version = 1
title = "Test"
effective_from = 2020-01-01T00:00:00Z
currency = "EUR"
[[clause]]
kind = "idle"
grace = "10m"
rate = "0.40"
per = "1m"
[[tax]]
name = "VAT"
percent = "21"
"""


def prepare(ledger: Ledger, mode: Settlement = Settlement.US) -> None:
    """The policy, and who collects its fees. The network must be known already."""
    with ledger.write(NOON - timedelta(days=1)) as tx:
        policies.publish(tx, POLICY)
        habits.set_settlement(tx, NETWORK, mode)


def put_location(peer: Peer, *evses: str) -> None:
    """LOC1 with its one EVSE, or with these."""
    at = minutes(-60)
    found = [objects.evse(uid, at=at) for uid in evses or ("3256",)]
    assert result(peer.put("locations/BE/BEC/LOC1", objects.location(*found, at=at)))[1] == 1000


def put_stay(peer: Peer, ended: float = 60, session: str = "101", evse: str = "3256") -> None:
    """Plugged in at noon, done after 20 minutes, unplugged ``ended`` minutes after noon: a grace of 10 is spent."""
    for _, document in told(ended, session, evse):
        assert result(peer.put(f"sessions/BE/BEC/{session}", document))[1] == 1000


def told(
    ended: float = 60, session: str = "101", evse: str = "3256", begun: float = 0
) -> Iterator[tuple[float, dict[str, Any]]]:
    """The same as its network tells of it: each minute after noon, and the session then. ``begun``: when it begins."""
    start = minutes(begun)
    periods = [
        objects.period(start, TIME=0.3333),
        objects.period(start + timedelta(minutes=20), PARKING_TIME=0.5),
    ]
    end = {"status": "COMPLETED", "end_date_time": stamp(start + timedelta(minutes=ended))}
    for after, more in (
        (0, {}),
        (25, {"charging_periods": periods, "kwh": 9.5}),
        (ended, {"charging_periods": periods, "kwh": 9.5, **end}),
    ):
        fields = {"start_date_time": stamp(start), "evse_uid": evse, **more}
        yield begun + after, objects.session(session, minutes(begun + after), **fields)


def settle(ledger: Ledger, after: float = 600) -> None:
    """Let time pass until the stay is final."""
    while assess_due(ledger, minutes(after)):
        pass
