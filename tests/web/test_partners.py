"""The list of partners, and the page of one with its quirk report."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from ledger.database import Ledger
from ledger.habits import change_habits
from ledger.partners import by_token, known
from ledger.pulls import claim, failed, succeeded
from ledger.quirks import Noticed, QuirkBook
from ledger.registrations import Party, Registration, invite, register
from tests.conftest import NOON, empty_ledger, minutes
from tests.support.browsing import add_owner, log_in, make_app
from web.context import EXTENSION


@pytest.fixture
def owner(tmp_path: Path) -> Iterator[FlaskClient]:
    with empty_ledger(f"sqlite:///{tmp_path / 'baywarden.db'}") as ledger:
        add_owner(ledger, NOON)
        _connect(ledger)
        client = make_app(ledger, lambda: minutes(5)).test_client()
        assert log_in(client).status_code == 303
        yield client


def _connect(ledger: Ledger) -> None:
    endpoints = [{"identifier": "sessions", "role": "SENDER", "url": "https://flo.example/ocpi/2.2.1/sessions"}]
    connection = {"version": "2.2.1", "literal": True, "endpoints": endpoints}
    with ledger.write(NOON) as tx:
        invite(tx, "Guest")
        found = by_token(tx.conn, invite(tx, "FLO"))
        assert found is not None
        parties = [Party("ca*flo", "CA", "FLO", "FLO Canada")]
        register(
            tx,
            found[0],
            Registration(token="B", versions_url="https://flo.example", connection=connection, parties=parties),
        )
        partner = known(tx.conn)[0]
        for module, error in (("locations", ""), ("sessions", "it answers HTTP 503")):
            state = claim(tx, partner, module)
            assert state is not None
            if error:
                failed(tx, partner, state, error, minutes(60) - NOON)
            else:
                succeeded(tx, partner, module, (12, 1), NOON, minutes(5))
        book = QuirkBook()
        book.note(tx, partner.id, [Noticed("number_as_text", "sessions/<7>", "kwh", "3.5")])


def test_the_list_says_how_each_connection_is(owner: FlaskClient) -> None:
    page = owner.get("/partners").text
    assert 'href="/partners' in page and "OCPI 2.2.1" in page
    assert "1 pulls fail" in page and "1 quirks" in page and "Guest" in page and "Invited" in page


def test_the_page_of_one_shows_pulls_endpoints_and_quirks(owner: FlaskClient) -> None:
    page = owner.get("/partners/2").text
    for words in ("FLO Canada", "it answers HTTP 503", "12 taken, 1 refused", "as it is", "https://flo.example/ocpi/2.2.1/sessions",
                  "A number is written as a text.", "1 x A number", "sessions/&lt;7&gt;"):  # fmt: skip
        assert words in page, words
    assert "None yet" in owner.get("/partners/1").text
    assert owner.get("/partners/9").status_code == 404


def test_the_page_and_the_report_tell_what_the_end_of_sessions_means(owner: FlaskClient) -> None:
    assert "none was observed yet" in owner.get("/partners/2").text
    with current_of(owner).write(minutes(4)) as tx:
        change_habits(tx, "ca*flo", session_ends=[40, 20], session_end_learnt="stopped")
    page = owner.get("/partners/2").text
    assert "Stopped, maybe plugged in" in page and "after 20 of 40 sessions the bay stayed taken" in page
    assert "ca*flo: the end of a session means stopped (learnt from sensors; after 20 of 40 sessions" in page
    told = json.loads(owner.get("/partners/2/quirks.json").data)["session_ends"]
    assert told == {"ca*flo": {"means": "stopped", "said_by": "learnt", "observed": 40, "stayed": 20}}


def current_of(client: FlaskClient) -> Ledger:
    ledger = client.application.extensions[EXTENSION].ledger
    assert isinstance(ledger, Ledger)
    return ledger


def test_the_report_is_a_file(owner: FlaskClient) -> None:
    answer = owner.get("/partners/2/quirks.json")
    assert answer.headers["Content-Disposition"] == "attachment; filename=quirks-flo.json"
    (quirk,) = json.loads(answer.data)["quirks"]
    assert (quirk["code"], quirk["count"]) == ("number_as_text", 1)
    assert quirk["examples"][0]["place"] == "sessions/<7>"


def test_nobody_sees_it_without_a_login(owner: FlaskClient) -> None:
    stranger = owner.application.test_client()
    for path in ("/partners", "/partners/2", "/partners/2/quirks.json"):
        assert stranger.get(path).status_code in (302, 303)
