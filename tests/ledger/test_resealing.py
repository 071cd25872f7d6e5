"""A new vault key goes through everything that is encrypted, under running processes, and may be stopped anywhere."""

from pathlib import Path

import pytest
from cryptography.fernet import Fernet, InvalidToken
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from configuration.keys import KeyFile, new_vault_key
from ledger.database import Ledger, table
from ledger.drivers import add_driver, driver_for_phone
from ledger.pseudonyms import adopt, is_of_this_database
from ledger.reachability import phone_of
from ledger.resealing import reseal, sealed_columns
from ledger.tokens import keep_token, open_token
from ledger.vault import Vault
from models import Driver
from tests.conftest import NOON, TEST_KEY

NEW_KEY = new_vault_key()


def _phones(count: int) -> list[str]:
    return [f"+1514555{number:04d}" for number in range(count)]


def _filled(ledger: Ledger, count: int) -> None:
    with ledger.write(NOON) as tx:
        for phone in _phones(count):
            add_driver(tx, phone, "en", [])
        keep_token(tx, "a" * 64, '{"uid":"04A1"}')


def _sealed_texts(ledger: Ledger) -> list[str]:
    with ledger.read() as conn:
        return [
            text
            for of, columns in sealed_columns().items()
            for row in conn.execute(select(of.primary_key.columns.values()[0], *columns))
            for text in row[1:]
            if text and "gAAAAA" in text
        ]


def test_everything_is_encrypted_anew_and_the_old_key_may_go(ledger: Ledger) -> None:
    _filled(ledger, 12)
    ledger.vault = Vault([NEW_KEY, TEST_KEY])
    assert dict(reseal(ledger, lambda: NOON, batch=5))["driver"] == 12
    assert sum(count for _, count in reseal(ledger, lambda: NOON)) == 0  # twice is once
    newest = Fernet(NEW_KEY)
    texts = _sealed_texts(ledger)
    assert len(texts) == 13
    assert all(newest.decrypt(text.encode()) for text in texts)
    with ledger.read() as conn:
        assert open_token(conn, Vault([NEW_KEY]), "a" * 64) == '{"uid":"04A1"}'


def test_what_was_stopped_half_way_goes_on(ledger: Ledger) -> None:
    _filled(ledger, 6)
    ledger.vault = Vault([NEW_KEY, TEST_KEY])
    with ledger.write(NOON) as tx:
        first = tx.conn.execute(select(table(Driver)).order_by(table(Driver).c.id)).first()
        assert first is not None
        renewed = tx.vault.renewed(first.phone)
        tx.conn.execute(update(table(Driver)).where(table(Driver).c.id == first.id).values(phone=renewed))
    assert dict(reseal(ledger, lambda: NOON, batch=2))["driver"] == 5


def test_what_no_key_opens_stays_as_it_is(ledger: Ledger) -> None:
    _filled(ledger, 1)
    before = _sealed_texts(ledger)
    ledger.vault = Vault([NEW_KEY])
    assert sum(count for _, count in reseal(ledger, lambda: NOON)) == 0
    assert _sealed_texts(ledger) == before


def test_pseudonyms_outlive_the_keys(ledger: Ledger, tmp_path: Path) -> None:
    _filled(ledger, 1)
    old = Vault([TEST_KEY])
    pseudonym_key = old._hash_key.hex()
    new = Vault([NEW_KEY], pseudonym_key)
    with ledger.read() as conn:
        assert driver_for_phone(conn, new, _phones(1)[0]) == driver_for_phone(conn, old, _phones(1)[0]) is not None
        assert is_of_this_database(conn, new) is None
    with ledger.write(NOON) as tx:
        adopt(tx)
    with ledger.read() as conn:
        assert is_of_this_database(conn, new) is True
        assert is_of_this_database(conn, Vault([NEW_KEY])) is False


def test_a_process_that_runs_takes_the_new_key_by_itself(ledger: Ledger, tmp_path: Path) -> None:
    file = tmp_path / "vault.key"
    file.write_text(TEST_KEY)
    running = Vault([TEST_KEY], reread=KeyFile(file))
    sealed = running.encrypt("before")
    file.write_text(f"{NEW_KEY}\n{TEST_KEY}\n")
    assert Fernet(NEW_KEY).decrypt(running.encrypt("after").encode()) == b"after"
    assert running.decrypt(sealed) == "before"
    file.write_text("not a key")
    assert running.decrypt(sealed) == "before"
    file.write_text(NEW_KEY)
    with pytest.raises(InvalidToken):
        running.decrypt(sealed)


def test_a_number_stays_readable_through_a_rotation(ledger: Ledger) -> None:
    _filled(ledger, 1)
    ledger.vault = Vault([NEW_KEY, TEST_KEY], ledger.vault._hash_key.hex())
    list(reseal(ledger, lambda: NOON))
    ledger.vault = Vault([NEW_KEY], ledger.vault._hash_key.hex())
    with ledger.write(NOON) as tx:
        known = driver_for_phone(tx.conn, tx.vault, _phones(1)[0])
        assert known is not None
        assert phone_of(tx, known.id, "test", "test") == _phones(1)[0]


@given(st.lists(st.tuples(st.text(alphabet='{}": ,abcé', max_size=8), st.text(max_size=40)), max_size=5))
def test_ciphertexts_are_found_within_any_text(parts: list[tuple[str, str]]) -> None:
    old, both = Vault([TEST_KEY]), Vault([NEW_KEY, TEST_KEY])
    text = "".join(f"{around}|{old.encrypt(secret)}|" for around, secret in parts)
    pieces = both.renewed(text).split("|")
    assert pieces[::2][: len(parts)] == [around for around, _ in parts]
    newest = Fernet(NEW_KEY)
    assert [newest.decrypt(piece.encode()).decode() for piece in pieces[1::2]] == [secret for _, secret in parts]
