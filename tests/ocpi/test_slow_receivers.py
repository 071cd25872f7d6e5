"""What goes to a partner that answers slowly holds up nothing that goes to others; both are real HTTP servers."""

import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from ledger.claimed_pushes import LEASE
from ledger.database import Ledger
from ledger.partners import by_token
from ledger.pushes import CDR, OutgoingPush, enqueue
from ledger.registrations import Party, Registration, invite, register
from ocpi.calls import OurParty
from ocpi.client import peers
from ocpi.pushing import Parcel, Postman, send_next
from tests.conftest import NOON
from tests.ocpi.conftest import Clock
from tests.support.servers import listening

PATIENCE_S = 20


def deliver(parcel: Parcel) -> None:
    parcel.client.send("POST", parcel.endpoint("cdrs"), {"id": parcel.push.subject})


class Receiver:
    """A partner's server; it answers once it is told to."""

    def __init__(self, *, is_slow: bool) -> None:
        self.asked, self.answer = threading.Semaphore(0), threading.Event()
        if not is_slow:
            self.answer.set()

    def __call__(self, environ: Any, start_response: Callable[..., object]) -> list[bytes]:
        environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
        self.asked.release()
        assert self.answer.wait(PATIENCE_S)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b'{"status_code": 1000}']


@pytest.fixture
def receivers(ledger: Ledger) -> Iterator[tuple[Receiver, Receiver]]:
    """Two partners: two records wait for the first, which is slow, and then one for the second."""
    slow, other = Receiver(is_slow=True), Receiver(is_slow=False)
    with listening(slow) as first, listening(other) as second:
        for name, url, count in (("Slow", first, 2), ("Other", second, 1)):
            with ledger.write(NOON) as tx:
                found = by_token(tx.conn, invite(tx, name))
                assert found is not None
                endpoint = {"identifier": "cdrs", "role": "RECEIVER", "url": f"{url}/cdrs"}
                party = Party(f"nl*{name[:3]}".casefold(), "NL", name[:3].upper(), name)
                connection = {"version": "2.2.1", "endpoints": [endpoint]}
                register(
                    tx, found[0], Registration(token="B", versions_url=url, connection=connection, parties=[party])
                )
                for number in range(count):
                    own = f"{name}-{number}"
                    later = NOON + timedelta(days=1)
                    enqueue(
                        tx,
                        OutgoingPush(
                            identity=own, kind=CDR, subject=own, chain=own, partner=found[0].id, not_after=later
                        ),
                    )
        yield slow, other
        slow.answer.set()


def test_a_slow_receiver_holds_up_no_other(ledger: Ledger, receivers: tuple[Receiver, Receiver], clock: Clock) -> None:
    slow, other = receivers
    postman = Postman(
        ledger=ledger, clock=clock, peer=peers(), us=OurParty("US", "BAY", "Baywarden"), base_url="http://us.example"
    )
    send = partial(send_next, postman, {CDR: deliver})
    waiting = threading.Thread(target=send)
    waiting.start()
    assert slow.asked.acquire(timeout=PATIENCE_S)
    assert send() and other.asked.acquire(blocking=False)
    assert not send(), "the slow one has one sender, and no more"
    slow.answer.set()
    waiting.join(PATIENCE_S)
    assert send() and slow.asked.acquire(blocking=False), "then its next one"
    assert not send()
    clock.now = NOON + LEASE
    assert not send(), "all of them arrived"
