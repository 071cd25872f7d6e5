"""Starting a session from the bay's page, the stay's page and nowhere else; once, and with the driver's own token."""

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from ledger import command_answers
from ledger.database import Ledger, table
from ledger.drivers import add_driver
from ledger.token_ties import confirm_scanned
from models import Command, Driver
from tests.conftest import NOON, minutes
from tests.support.drivers_phone import PHONE, form_token, scan, send
from tests.support.starting import known_token, open_network
from tests.web.driver.conftest import Clock


def asked(ledger: Ledger) -> list[tuple[str, str, str]]:
    """All commands that anybody wanted: uid, kind, EVSE."""
    rows = table(Command)
    with ledger.read() as conn:
        return [(row.uid, row.kind, row.evse) for row in conn.execute(select(rows).order_by(rows.c.id))]


@pytest.fixture
def partner(ledger: Ledger) -> int:
    return open_network(ledger)


@pytest.fixture
def token(ledger: Ledger) -> str:
    """Of which the owner said that it is the driver's."""
    key = known_token(ledger)
    with ledger.write(NOON) as tx:
        add_driver(tx, PHONE, "en", [key])
    return key


@pytest.fixture
def link(phone: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> str:
    """The stay of the vehicle that stands unplugged; the phone is proved."""
    return scan(phone, ledger, codes["H4"])


def test_both_pages_offer_it_and_it_is_confirmed_first(
    phone: FlaskClient, ledger: Ledger, codes: dict[str, str], partner: int, token: str, link: str
) -> None:
    path = f"/b/{codes['H4']}/start"
    assert f'href="{path}"' in phone.get(link).text and f'href="{path}"' in phone.get(f"/b/{codes['H4']}").text
    assert "Cookie" not in phone.get(f"/b/{codes['H4']}").headers["Vary"]  # the same for everybody
    assert "your provider bills" in phone.get(path).text.replace("\n", " ") and asked(ledger) == []
    assert phone.post(path).status_code == 400 and asked(ledger) == []  # no token of the form
    done = send(phone, path)
    ((uid, kind, evse),) = asked(ledger)
    assert (kind, evse) == ("START_SESSION", "ca*nsc*harbour*h4")
    assert (done.status_code, done.location) == (303, f"{path}/{uid}")


def test_each_answer_is_said_as_it_is_in_both_languages(
    phone: FlaskClient, ledger: Ledger, clock: Clock, codes: dict[str, str], partner: int, token: str, link: str
) -> None:
    shown = send(phone, f"/b/{codes['H4']}/start").location
    ((uid, _, _),) = asked(ledger)
    assert "has not answered yet" in phone.get(shown).text and "hx-get" in phone.get(shown).text
    with ledger.write(clock()) as tx:
        command_answers.respond(tx, uid, "ACCEPTED", 30, None)
    assert "The network took it" in phone.get(shown).text
    clock.now = minutes(181)
    assert "did not answer in time" in phone.get(shown).text and "hx-get" not in phone.get(shown).text
    with ledger.write(clock()) as tx:
        assert command_answers.answer(tx, uid, partner, "EVSE_OCCUPIED", "the <b>cable</b> is in use")
    page = phone.get(f"{shown}?lang=fr").text
    assert "Refusée" in page and "Le réseau dit: the &lt;b&gt;cable" in page


def test_asked_twice_it_is_sent_once(
    phone: FlaskClient, ledger: Ledger, codes: dict[str, str], partner: int, token: str, link: str
) -> None:
    path = f"/b/{codes['H4']}/start"
    assert send(phone, path).location == send(phone, path).location and len(asked(ledger)) == 1


def test_five_an_hour(
    phone: FlaskClient, ledger: Ledger, clock: Clock, codes: dict[str, str], partner: int, token: str, link: str
) -> None:
    path = f"/b/{codes['H4']}/start"
    form = {"csrf_token": form_token(phone, path)}
    assert [phone.post(path, data=form).status_code for _ in range(6)] == [303] * 5 + [429]


def test_scans_however_many_start_nothing(
    phone: FlaskClient, ledger: Ledger, codes: dict[str, str], partner: int, link: str
) -> None:
    key, drivers = known_token(ledger), table(Driver).c
    with ledger.write(NOON) as tx:
        me = tx.conn.execute(select(drivers.id).order_by(drivers.id.desc())).scalars().first()
        assert me is not None
        for _ in range(2):
            confirm_scanned(tx, me, key, remember=True)
    path = f"/b/{codes['H4']}/start"
    form = {"csrf_token": form_token(phone, "/s")}
    assert path not in phone.get(link).text
    assert (phone.get(path).status_code, phone.post(path, data=form).status_code) == (409, 409)
    assert asked(ledger) == []


def test_only_where_a_vehicle_stands_unplugged_and_the_network_takes_it(
    phone: FlaskClient, ledger: Ledger, codes: dict[str, str], token: str, link: str
) -> None:
    form = {"csrf_token": form_token(phone, "/s")}
    assert phone.post(f"/b/{codes['H4']}/start", data=form).status_code == 409  # the network is not connected
    open_network(ledger)
    for bay in ("H1", "H3"):
        assert "/start" not in phone.get(f"/b/{codes[bay]}").text
        assert phone.get(f"/b/{codes[bay]}/start").status_code == 409
        assert phone.post(f"/b/{codes[bay]}/start", data=form).status_code == 409
    assert phone.get("/b/NOTHING/start").status_code == 404 and asked(ledger) == []


def test_what_became_of_it_is_for_who_asked(
    phone: FlaskClient, owner: FlaskClient, ledger: Ledger, codes: dict[str, str], partner: int, token: str, link: str
) -> None:
    shown = send(phone, f"/b/{codes['H4']}/start").location
    start = f"/b/{codes['H4']}/start"
    assert owner.get(shown).status_code == 404
    assert owner.get(start).location == f"/b/{codes['H4']}/phone"  # whose phone is not known proves it first
    form = {"csrf_token": form_token(owner, "/s")}
    assert owner.post(start, data=form).status_code == 409 and len(asked(ledger)) == 1
    assert phone.get(shown.replace(shown[-12:], "0" * 12)).status_code == 404
