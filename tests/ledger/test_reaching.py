"""Codes, claims, disputes and erasure as rows, on both databases; and many at once."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import func, select

from enforcement.reaching import CODE_TRIES, Rate
from ledger import attempts, bay_codes, claims, disputes, mine, phone_codes
from ledger.consents import Terms
from ledger.database import Ledger, table
from ledger.drivers import known_by
from ledger.outbox import text_of
from ledger.rebuild import differences
from ledger.signs import signs_of
from ledger.tying import tie
from models import BayCode, Message, StayClaim, ViolationRow
from models.reaching import PhoneCode
from notifications.texts import compose_answer
from tests.conftest import NOON
from tests.support.town import LENGTH, fill

END = NOON + LENGTH
BAY, FREE = "ca*nsc*harbour/H1", "ca*nsc*harbour/H3"
PHONE = "+15145550142"
TERMS = Terms({"stay": {"en": "this stay"}, "token": {"en": "this token"}}, "test")


@pytest.fixture
def town(ledger: Ledger) -> Ledger:
    fill(ledger, NOON)
    return ledger


def ask(ledger: Ledger, **wish: Any) -> tuple[str, str]:
    """A ticket, and the code that left by SMS for it."""
    with ledger.write(END) as tx:
        ticket = phone_codes.request(tx, PHONE, phone_codes.Wish(language="en", **wish), lambda code, _: f"is {code}")
        rows = table(Message)
        row = tx.conn.execute(select(rows).where(rows.c.step == "phone_code").order_by(rows.c.id.desc())).first()
        return ticket, re.findall(r"\d{6}", text_of(tx.vault, row))[0]


def confirm(ledger: Ledger, ticket: str, code: str) -> phone_codes.Confirmed | None:
    with ledger.write(END) as tx:
        return phone_codes.confirm(tx, ticket, code, TERMS)


def test_codes_are_made_once_whoever_prints_at_once(town: Ledger) -> None:
    def draw(_: int) -> list[str]:
        with town.write(END) as tx:
            return [sign.code for sign in signs_of(tx, "ca*nsc*harbour").signs]

    with ThreadPoolExecutor(4) as pool:
        drawn = list(pool.map(draw, range(4)))
    assert all(each == drawn[0] for each in drawn) and len(set(drawn[0])) == 6
    with town.read() as conn:
        assert conn.execute(select(func.count()).select_from(table(BayCode))).scalar_one() == 6
        assert bay_codes.bay_with(conn, drawn[0][0]) == BAY
    with pytest.raises(bay_codes.UnknownStationError), town.write(END) as tx:
        signs_of(tx, "ca*nsc*nowhere")


def test_a_confirmed_phone_claims_the_stay_once(town: Ledger) -> None:
    ticket, code = ask(town, bay=BAY)
    first = confirm(town, ticket, code)
    assert first is not None and first.claim is not None and first.claim.bay == BAY
    assert confirm(town, ticket, code) is None, "a code is used once"
    again = confirm(town, *ask(town, bay=BAY))
    assert again is not None and again.claim == first.claim
    with town.read() as conn:
        assert claims.with_link(conn, first.claim.link) == claims.with_code(conn, first.claim.code) == first.claim
        assert claims.stay_at(conn, BAY, END) is not None and claims.stay_at(conn, FREE, END) is None


def test_tries_are_counted_however_many_come_at_once(town: Ledger) -> None:
    ticket, code = ask(town, bay=BAY)
    wrong = [f"{(int(code) + step) % 10**6:06}" for step in range(1, 13)]
    with ThreadPoolExecutor(6) as pool:
        assert list(pool.map(lambda each: confirm(town, ticket, each), wrong)) == [None] * 12
    with town.read() as conn:
        rows = table(PhoneCode)
        assert conn.execute(select(rows.c.tries).where(rows.c.ticket == ticket)).scalar_one() == CODE_TRIES
    assert confirm(town, ticket, code) is None


def test_attempts_are_counted_together_and_end_with_their_span(town: Ledger) -> None:
    rates = (Rate(5, timedelta(minutes=10)),)

    def one(_: int) -> bool:
        with town.write(END) as tx:
            return attempts.take(tx, "test", "somebody", rates)

    with ThreadPoolExecutor(6) as pool:
        assert sorted(pool.map(one, range(12))) == [False] * 7 + [True] * 5
    with town.read() as conn:
        assert attempts.is_spent(conn, town.vault, END, "test", "somebody", rates)
        assert not attempts.is_spent(conn, town.vault, END, "test", "somebody else", rates)
        assert not attempts.is_spent(conn, town.vault, END + timedelta(minutes=10), "test", "somebody", rates)


def test_no_more_than_four_strangers_claim_a_stay(town: Ledger) -> None:
    made = []
    for number in range(6):
        with town.write(END) as tx:
            driver = known_by(tx, f"+1514555017{number}", "en")
            made.append(tie(tx, driver, BAY, END, "en", TERMS, remember=False, how="page"))
    assert [claim is not None for claim in made] == [True] * 4 + [False] * 2


def test_a_dispute_and_its_waiver(town: Ledger) -> None:
    confirmed = confirm(town, *ask(town, bay=BAY))
    assert confirmed is not None
    rows = table(ViolationRow)
    with town.write(END) as tx:
        key = tx.conn.execute(select(rows.c.key).where(rows.c.bay == BAY, rows.c.kind == "idle")).scalar_one()
        disputes.contest(tx, key, confirmed.driver, "It was stuck.", b"jpeg")
    with pytest.raises(disputes.DisputeError), town.write(END) as tx:
        disputes.contest(tx, key, confirmed.driver, "Again.", None)
    with town.write(END) as tx:
        read = disputes.read(tx, key, "login:owner")
        assert read is not None and read.text == "It was stuck." and disputes.photo(tx, key, "login:owner") == b"jpeg"
        assert [hold.state for hold in mine.erase(tx, confirmed.driver)] == ["disputed"]
        disputes.answer(tx, key, "waived", "Sorry.", "owner", compose_answer)
        assert mine.everything(tx, confirmed.driver)["disputes"][0]["answer"] == "Sorry."
        assert mine.erase(tx, confirmed.driver) == []
    with town.read() as conn:
        assert conn.execute(select(rows.c.state).where(rows.c.key == key)).scalar_one() == "waived"
        scanned = select(func.count()).where(table(StayClaim).c.how == "page")
        assert conn.execute(scanned).scalar_one() == 0
    assert list(differences(town, END)) == []
