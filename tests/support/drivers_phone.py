"""A driver with a phone: what came by SMS, and a browser that fills in the drivers' forms."""

import re
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import select

from ledger.database import Ledger, table
from ledger.outbox import text_of
from ledger.signs import signs_of
from models import Message

PHONE = "+15145550142"


def codes_of(ledger: Ledger, station: str, now: datetime) -> dict[str, str]:
    """The codes on a station's signs, by the bays' names."""
    with ledger.write(now) as tx:
        return {sign.bay: sign.code for sign in signs_of(tx, station).signs}


def sms(ledger: Ledger, step: str | None = None) -> list[str]:
    """The texts that were written for phones, oldest first; codes in clear."""
    rows = table(Message)
    with ledger.read() as conn:
        found = conn.execute(select(rows).order_by(rows.c.id)).all()
    return [text_of(ledger.vault, row) for row in found if step is None or row.step == step]


def last_code(ledger: Ledger) -> str:
    """The six digits of the last code that was sent."""
    return re.findall(r"\b\d{6}\b", sms(ledger, "phone_code")[-1])[-1]


def form_token(client: FlaskClient, path: str) -> str:
    """The CSRF token of the form on a page."""
    found = re.search(r'name="csrf_token" value="([^"]+)"', client.get(path).text)
    assert found, f"{path} has no form"
    return found[1]


def send(client: FlaskClient, path: str, **fields: Any) -> Any:
    """Fill in the form on a page."""
    return client.post(path, data={"csrf_token": form_token(client, path), **fields})


def scan(client: FlaskClient, ledger: Ledger, code: str, phone: str = PHONE, **fields: str) -> str:
    """Scan a sign, give a number, type the code that comes: the address of the stay's page."""
    asked = send(client, f"/b/{code}/phone", phone=phone, **fields)
    assert asked.status_code == 303, asked.text
    confirmed = send(client, asked.location, code=last_code(ledger))
    assert confirmed.status_code == 303, confirmed.text
    return str(confirmed.location)
