"""Log-ins and API clients as rows."""

import pytest
from sqlalchemy import select

from ledger import access
from ledger.database import Ledger, table
from models import ApiClient, Login
from tests.conftest import NOON


def test_password_is_a_salted_scrypt_hash(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        access.add_login(tx, "ana", "a good password")
        access.add_login(tx, "ben", "a good password")
    with ledger.read() as conn:
        hashes = conn.execute(select(table(Login).c.password)).scalars().all()
        assert all(each.startswith("scrypt:") for each in hashes) and len(set(hashes)) == 2
        person = access.check_login(conn, "ana", "a good password")
        assert person is not None and person.name == "ana" and person.role == "owner"
        assert access.person(conn, person.id) == person
        assert access.check_login(conn, "ana", "a bad password!") is None


def test_unknown_name_costs_what_a_wrong_password_costs(ledger: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    with ledger.write(NOON) as tx:
        access.add_login(tx, "ana", "a good password")
    methods: list[str] = []
    check = access.check_password_hash  # type: ignore[attr-defined]

    def counted(hashed: str, password: str) -> bool:
        methods.append(hashed.split("$", maxsplit=1)[0])
        return check(hashed, password)

    monkeypatch.setattr(access, "check_password_hash", counted)
    with ledger.read() as conn:
        for name in ("ana", "nobody", "x" * 100, "nul\0"):
            assert access.check_login(conn, name, "a bad password!") is None
    assert len(methods) == 4 and len(set(methods)) == 1


@pytest.mark.parametrize(
    ("name", "password"), [("", "a good password"), ("a\nb", "a good password"), ("ana", "short"), ("ana", "x" * 201)]
)
def test_refused_log_ins(ledger: Ledger, name: str, password: str) -> None:
    with pytest.raises(access.AccessError), ledger.write(NOON) as tx:
        access.add_login(tx, name, password)


def test_client_tokens_are_stored_as_hashes(ledger: Ledger) -> None:
    with ledger.write(NOON) as tx:
        token = access.add_client(tx, "city", ["violations:read", "evidence:read"])
    with ledger.read() as conn:
        row = conn.execute(select(table(ApiClient))).one()
        assert token not in str(row) and len(row.token_hash) == 64
        client = access.client_of(conn, token)
        assert client is not None and client.scopes == {"violations:read", "evidence:read"}
        assert access.client_of(conn, token + "x") is None
    with ledger.write(NOON) as tx:
        again = access.add_client(tx, "city", ["violations:read"])
    with ledger.read() as conn:
        assert access.client_of(conn, token) is None, "the old token ended"
        assert access.client_of(conn, again).scopes == {"violations:read"}


@pytest.mark.parametrize("scopes", [[], ["everything"], ["violations:read", "x"]])
def test_unknown_scopes_are_refused(ledger: Ledger, scopes: list[str]) -> None:
    with pytest.raises(access.AccessError, match="scopes are"), ledger.write(NOON) as tx:
        access.add_client(tx, "city", scopes)
