"""Drivers: found by token, numbers encrypted and their reads logged, opting out, being erased."""

import pytest
from sqlalchemy import select, update

from ledger.database import Ledger, table
from ledger.drivers import add_driver, driver_for_phone, known_by, remove_driver
from ledger.reachability import UnreachableError, opt_in, opt_out, phone_of
from ledger.token_ties import DriverRef, confirm_scanned, driver_for_token
from models import AccessLog, Driver, DriverToken
from tests.conftest import NOON

PHONE = "+13035550123"


def add(ledger: Ledger, phone: str = PHONE, language: str = "en", tokens: tuple[str, ...] = ("t1",)) -> int:
    with ledger.write(NOON) as tx:
        return add_driver(tx, phone, language, tokens)


def for_token(ledger: Ledger, token: str) -> DriverRef | None:
    with ledger.read() as conn:
        return driver_for_token(conn, token)


def test_a_driver_is_found_by_each_of_their_tokens(ledger: Ledger) -> None:
    driver = add(ledger, language="fr", tokens=("t1", "t2"))
    assert for_token(ledger, "t1") == for_token(ledger, "t2") == DriverRef(driver, "fr")
    assert for_token(ledger, "t3") is None


def test_the_same_number_is_the_same_driver_with_the_new_language_and_token(ledger: Ledger) -> None:
    driver = add(ledger)
    assert add(ledger, language="fr", tokens=("t2",)) == driver
    assert for_token(ledger, "t1") == DriverRef(driver, "fr")
    assert for_token(ledger, "t2") == DriverRef(driver, "fr")


def test_a_token_goes_to_whoever_claimed_it_last(ledger: Ledger) -> None:
    add(ledger)
    other = add(ledger, phone="+13035550124")
    assert for_token(ledger, "t1") == DriverRef(other, "en")


@pytest.mark.parametrize(
    "phone", ["", "3035550123", "+0303555012", "+1 303 555 0123", "+1303555012345678", "+1٣03555012", PHONE + "\n"]
)
def test_a_number_that_is_not_e164_is_refused_without_being_quoted(ledger: Ledger, phone: str) -> None:
    with pytest.raises(ValueError, match=r"E\.164") as refusal:
        add(ledger, phone)
    assert not phone or phone not in str(refusal.value)


def test_a_language_that_is_not_spoken_is_refused(ledger: Ledger) -> None:
    with pytest.raises(ValueError, match="one of en, fr"):
        add(ledger, language="de")


def test_the_number_is_stored_encrypted_and_each_read_of_it_is_logged(ledger: Ledger) -> None:
    driver = add(ledger)
    with ledger.write(NOON) as tx:
        assert phone_of(tx, driver, "sender", "message:1") == PHONE
    with ledger.read() as conn:
        stored = conn.execute(select(table(Driver))).one()
        assert PHONE not in "".join(map(str, stored))
        logged = conn.execute(select(table(AccessLog))).one()
    assert (logged.at, logged.reader, logged.what, logged.purpose) == (NOON, "sender", "phone", "message:1")
    assert logged.subject == f"driver:{driver}"


def test_who_opted_out_is_not_found_or_read_until_they_opt_in(ledger: Ledger) -> None:
    driver = add(ledger)
    with ledger.write(NOON) as tx:
        opt_out(tx, driver)
        with pytest.raises(UnreachableError, match="opted out"):
            phone_of(tx, driver, "sender", "message:1")
    assert for_token(ledger, "t1") is None
    add(ledger, tokens=("t1", "t2"))
    assert for_token(ledger, "t2") is None, "registering again does not take an opt-out back"
    with ledger.write(NOON) as tx:
        opt_in(tx, driver)
    assert for_token(ledger, "t1") == DriverRef(driver, "en")


def test_a_driver_is_found_by_number_without_a_read_of_it(ledger: Ledger) -> None:
    driver = add(ledger)
    with ledger.read() as conn:
        assert driver_for_phone(conn, ledger.vault, PHONE) == DriverRef(driver, "en")
        assert driver_for_phone(conn, ledger.vault, "+13035550124") is None
        assert conn.execute(select(table(AccessLog))).all() == []


def test_erasing_leaves_an_empty_row_and_the_number_can_come_back_as_somebody_new(ledger: Ledger) -> None:
    driver = add(ledger)
    other = add(ledger, phone="+13035550124", tokens=("t9",))
    with ledger.write(NOON) as tx:
        remove_driver(tx, driver)
        remove_driver(tx, other)
        with pytest.raises(UnreachableError, match="removed"):
            phone_of(tx, driver, "sender", "message:1")
    assert for_token(ledger, "t1") is None
    assert add(ledger) not in (driver, other)


def test_pseudonyms_of_an_erased_driver_stay_together_and_may_be_claimed_anew(ledger: Ledger) -> None:
    driver = add(ledger, tokens=("t1", "t2"))
    with ledger.write(NOON) as tx:
        remove_driver(tx, driver)
        ties = tx.conn.execute(select(table(DriverToken).c.driver).where(table(DriverToken).c.token.in_(("t1", "t2"))))
        assert set(ties.scalars()) == {driver}
        anew = known_by(tx, "+13035550177", "en")
        confirm_scanned(tx, anew, "t1", remember=True)
    assert for_token(ledger, "t1") == DriverRef(anew, "en", is_scanned=True)
    assert for_token(ledger, "t2") is None


def test_a_number_that_no_key_opens_is_unreachable(ledger: Ledger) -> None:
    driver = add(ledger)
    with ledger.write(NOON) as tx:
        tx.conn.execute(update(table(Driver)).values(phone="gibberish"))
        with pytest.raises(UnreachableError, match="no key"):
            phone_of(tx, driver, "sender", "message:1")
