"""Rows that messages hang on: a station, a violation, drivers; and messages as decisions write them."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from enforcement.clauses import Kind
from enforcement.violations import State
from ledger.database import Ledger, Tx, insert, table
from ledger.drivers import add_driver
from ledger.outbox import OutgoingMessage, enqueue
from models import Message, Network, Station, ViolationRow

VIOLATION = "us*cpt*s1/idle"


def put_violation(tx: Tx) -> None:
    """One violation at one station."""
    network = {"key": "us*cpt", "country_code": "US", "party_id": "CPT", "name": "ChargePoint"}
    station = {
        "key": "us*cpt*1",
        "network": "us*cpt",
        "location_id": "1",
        "name": "Walnut St",
        "zone": "America/Denver",
    }
    row = ViolationRow(
        public_id="5a0f6c0e-0000-4000-8000-000000000001",
        key=VIOLATION,
        bay="walnut-1",
        station="us*cpt*1",
        kind=Kind.IDLE,
        state=State.RUNNING,
        reason="beyond_grace",
        policy="idle-10min@1",
        clock_started_at=tx.now,
        currency="USD",
        synthetic=True,
        updated_at=tx.now,
    )
    tx.conn.execute(insert(tx.conn, Network).values(network))
    tx.conn.execute(insert(tx.conn, Station).values(station))
    tx.conn.execute(insert(tx.conn, ViolationRow).values(row.model_dump(exclude={"id"})))


def phone(number: int) -> str:
    """A number that can't be anybody's (the 555-01xx range is fictional)."""
    return f"+1303555{100 + number:04}"


def put_messages(ledger: Ledger, count: int, now: datetime, lasts: timedelta = timedelta(hours=1)) -> None:
    """A violation, and ``count`` messages, each to a driver of its own."""
    with ledger.write(now) as tx:
        put_violation(tx)
        for number in range(count):
            driver = add_driver(tx, phone(number), "en", [f"token-{number}"])
            assert enqueue(tx, outgoing(number, driver, now, lasts))


def outgoing(number: int, driver: int, now: datetime, lasts: timedelta = timedelta(hours=1)) -> OutgoingMessage:
    """A message as a decision writes it."""
    return OutgoingMessage(
        identity=f"{VIOLATION}/step-{number}",
        violation=VIOLATION,
        driver=driver,
        step="grace_running",
        language="en",
        text=f"Message {number}",
        not_after=now + lasts,
        created_at=now,
    )


def messages(ledger: Ledger) -> list[Any]:
    """All message rows, in order."""
    with ledger.read() as conn:
        return list(conn.execute(select(table(Message)).order_by(table(Message).c.id)))


def states(ledger: Ledger) -> list[str]:
    """The states of all messages, in order."""
    return [row.state.value for row in messages(ledger)]
