"""Contesting a fee: a driver's words and photo, the owner's answer, and what becomes of state and money."""

import hashlib
import io
from datetime import timedelta
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import func, select

from ledger.claimed_messages import claim
from ledger.database import Ledger, table
from ledger.rebuild import differences
from models import AccessLog, Dispute, Entry, Message, Posting, ViolationRow, ViolationStep
from tests.support.drivers_phone import form_token, scan, sms
from tests.support.town import POLICY, Town
from tests.web.driver.conftest import END, Clock

FORM = "application/x-www-form-urlencoded"
WORDS = "The cable was stuck; I called at 13:50."


def photo(width: int = 2400, height: int = 1200) -> io.BytesIO:
    """A JPEG with EXIF that says where and when."""
    image, exif = Image.new("RGB", (width, height), "teal"), Image.Exif()
    exif[0x010F], exif[0x9003] = "SecretCam", "2026:03:02 13:50:00"
    out = io.BytesIO()
    image.save(out, "JPEG", exif=exif)
    out.seek(0)
    return out


def row(ledger: Ledger, bay: str) -> Any:
    rows = table(ViolationRow)
    with ledger.read() as conn:
        return conn.execute(select(rows).where(rows.c.bay.endswith(bay), rows.c.kind == "idle")).one()


def steps(ledger: Ledger, key: str) -> list[tuple[str, str]]:
    rows = table(ViolationStep)
    with ledger.read() as conn:
        found = conn.execute(select(rows).where(rows.c.violation == key).order_by(rows.c.id))
        return [(step.state.value, step.reason) for step in found]


def owed(ledger: Ledger, key: str) -> int:
    entry, posting = table(Entry).c, table(Posting).c
    query = select(func.coalesce(func.sum(posting.amount_minor), 0)).join(table(Entry), entry.id == posting.entry)
    with ledger.read() as conn:
        return int(conn.execute(query.where(entry.violation == key, posting.account.like("driver:%"))).scalar_one())


@pytest.fixture
def link(phone: FlaskClient, ledger: Ledger, codes: dict[str, str]) -> str:
    return scan(phone, ledger, codes["H1"])


def contest(phone: FlaskClient, ledger: Ledger, link: str, **fields: Any) -> Any:
    path = f"{link}/contest/{row(ledger, 'H1').public_id}"
    form = {"csrf_token": form_token(phone, path), "text": WORDS, **fields}
    return phone.post(path, data=form, content_type="multipart/form-data")


def answer(owner: FlaskClient, ledger: Ledger, outcome: str) -> Any:
    public_id = row(ledger, "H1").public_id
    page = owner.get(f"/violations/{public_id}").text
    token = page.split('name="csrf_token" value="')[1].split('"')[0]
    form = {"csrf_token": token, "outcome": outcome, "words": "The log of the charger shows no fault."}
    return owner.post(f"/violations/{public_id}/answer", data=form)


def test_words_and_photo_are_kept_apart_and_encrypted(
    phone: FlaskClient, owner: FlaskClient, ledger: Ledger, link: str
) -> None:
    assert contest(phone, ledger, link, photo=(photo(), "me.jpg")).status_code == 303
    key = row(ledger, "H1").key
    assert steps(ledger, key)[-1] == ("disputed", "driver_contests")
    with ledger.read() as conn:
        kept = conn.execute(select(table(Dispute))).one()
    assert WORDS not in kept.text and kept.photo.startswith("gAAAA")
    page = owner.get(f"/violations/{row(ledger, 'H1').public_id}").text
    assert WORDS in page and "The driver contests it" in page
    shown = owner.get(f"/violations/{row(ledger, 'H1').public_id}/photo")
    assert shown.mimetype == "image/jpeg" and hashlib.sha256(shown.data).hexdigest() == kept.photo_sha256
    image = Image.open(io.BytesIO(shown.data))
    assert max(image.size) == 1600 and not image.getexif() and b"SecretCam" not in shown.data
    with ledger.read() as conn:
        log = conn.execute(select(table(AccessLog)).where(table(AccessLog).c.reader == "login:owner")).all()
    assert {each.what for each in log} == {"dispute", "photo"}
    assert phone.get(f"/violations/{row(ledger, 'H1').public_id}/photo").status_code == 303, "not for drivers"


def test_a_disputed_fee_goes_on_being_counted_and_is_posted_when_it_ends(
    phone: FlaskClient, ledger: Ledger, town: Town, clock: Clock, link: str
) -> None:
    contest(phone, ledger, link)
    before = row(ledger, "H1")
    leave(town, clock)
    after = row(ledger, "H1")
    assert after.state == "disputed" and after.ended_at is not None and after.fee_minor >= before.fee_minor
    assert owed(ledger, after.key) == after.fee_minor + after.tax_minor > 0
    assert list(differences(ledger, clock.now)) == []


@pytest.mark.parametrize("is_over", [False, True])
def test_upheld_stands_where_the_facts_have_it(
    phone: FlaskClient, owner: FlaskClient, ledger: Ledger, town: Town, clock: Clock, link: str, is_over: bool
) -> None:
    contest(phone, ledger, link)
    if is_over:
        leave(town, clock)
    assert answer(owner, ledger, "upheld").status_code == 303
    found = row(ledger, "H1")
    assert found.state == ("settled" if is_over else "running")
    assert ("settled" if is_over else "running", "dispute_upheld") in steps(ledger, found.key)
    page = phone.get(link).text
    assert "Answer: the fee stands." in page and "The log of the charger" in page and WORDS in page
    assert list(differences(ledger, clock.now)) == []


@pytest.mark.parametrize("is_over", [False, True])
def test_waived_takes_the_postings_back_and_stays_waived(
    phone: FlaskClient, owner: FlaskClient, ledger: Ledger, town: Town, clock: Clock, link: str, is_over: bool
) -> None:
    contest(phone, ledger, link)
    if is_over:
        leave(town, clock)
    assert answer(owner, ledger, "waived").status_code == 303
    if not is_over:
        leave(town, clock)
    found = row(ledger, "H1")
    assert found.state == "waived" and owed(ledger, found.key) == 0
    assert list(differences(ledger, clock.now)) == []
    page = phone.get(link).text
    assert "Waived: nothing to pay" in page and "0.00 CAD" in page and "Answer: the fee is waived." in page
    assert answer_again(owner, ledger).status_code == 400


def answer_again(owner: FlaskClient, ledger: Ledger) -> Any:
    form = {"csrf_token": board_token(owner), "outcome": "upheld", "words": "No."}
    return owner.post(f"/violations/{row(ledger, 'H1').public_id}/answer", data=form)


def board_token(owner: FlaskClient) -> str:
    return owner.get("/").text.split('name="csrf_token" value="')[1].split('"')[0]


def test_once_and_by_the_phone_that_claimed_only(app: Flask, phone: FlaskClient, ledger: Ledger, link: str) -> None:
    path = f"{link}/contest/{row(ledger, 'H1').public_id}"
    stranger = app.test_client()
    assert stranger.get(link).status_code == 200, "the link opens the page"
    assert stranger.get(path).location == "/s", "but contests nothing"
    assert contest(phone, ledger, link).status_code == 303
    assert phone.get(path).status_code == 409
    assert WORDS in phone.get(link).text and WORDS not in stranger.get(link).text


@pytest.mark.parametrize("upload", [b"GIF89a" + b"\0" * 50, b"<svg onload=alert(1)>", b"\xff\xd8\xff\xe0broken", b""])
def test_what_is_no_photo_is_said(phone: FlaskClient, ledger: Ledger, link: str, upload: bytes) -> None:
    response = contest(phone, ledger, link, photo=(io.BytesIO(upload), "x.jpg"))
    assert response.status_code == 400 and "not a photo" in response.text and WORDS in response.text
    before, _, after = response.text.partition('name="photo"')
    assert 'id="photo-fault"' in before.rpartition("</textarea>")[2], "beside the photo"
    assert 'aria-describedby="photo-hint photo-fault" aria-invalid="true"' in after.partition(">")[0]
    assert "aria-invalid" not in before, "the words were right"
    assert row(ledger, "H1").state == "running"


def test_a_bomb_of_pixels_is_refused(phone: FlaskClient, ledger: Ledger, link: str) -> None:
    out = io.BytesIO()
    Image.new("1", (12_000, 9_000)).save(out, "PNG")
    out.seek(0)
    assert contest(phone, ledger, link, photo=(out, "big.png")).status_code == 400


def test_huge_uploads_are_refused_before_they_are_read(phone: FlaskClient, ledger: Ledger, link: str) -> None:
    path = f"{link}/contest/{row(ledger, 'H1').public_id}"
    stream = Unread()
    for where, kind, length in ((path, "multipart/form-data; boundary=x", 50_000_000), ("/s", FORM, 50_000)):
        environ = {"wsgi.input": stream, "CONTENT_LENGTH": str(length), "CONTENT_TYPE": kind}
        assert phone.post(where, environ_overrides=environ).status_code == 413
        assert not stream.was_read


class Unread(io.RawIOBase):
    was_read = False

    def read(self, size: int = -1) -> bytes:
        self.was_read = True
        return b""

    def readable(self) -> bool:
        return True


def leave(town: Town, clock: Clock) -> None:
    """The vehicle leaves; its network talks on until the stay is final."""
    town.session("H1", "bea", 184, status="ACTIVE", energy_wh=11_040)
    town.occupied("H1", 184)
    town.occupied("H1", 186, taken=False)
    town.session("H1", "bea", 187, status="COMPLETED", ended_at=town.at(186))
    town.occupied("H1", 215, taken=False)
    clock.now = town.play(220)
    assert clock.now > END


def test_forms_need_their_token(phone: FlaskClient, owner: FlaskClient, ledger: Ledger, link: str) -> None:
    public_id = row(ledger, "H1").public_id
    for path in (f"{link}/contest/{public_id}", "/s", "/me/delete", "/me/out"):
        assert phone.post(path, data={"text": WORDS, "code": "x"}).status_code == 400, path
    assert owner.post(f"/violations/{public_id}/answer", data={"outcome": "waived", "words": "x"}).status_code == 400


def test_the_driver_is_told_once_that_it_was_answered(
    phone: FlaskClient, owner: FlaskClient, ledger: Ledger, link: str
) -> None:
    contest(phone, ledger, link)
    assert answer(owner, ledger, "waived").status_code == 303
    (said,) = sms(ledger, "dispute_answered")
    assert "the fee is waived, you pay nothing" in said and "Harbour Street, bay H1" in said and "http" not in said
    form = {"csrf_token": form_token(phone, "/s"), "outcome": "upheld", "words": "No."}
    assert owner.post(f"/violations/{row(ledger, 'H1').public_id}/answer", data=form).status_code == 400
    assert sms(ledger, "dispute_answered") == [said]


# END is 15:00 in Toronto.
@pytest.mark.parametrize("policy", [f'{POLICY}[messages]\nquiet = "14:00-16:30"\n'])
def test_the_answer_wakes_nobody(phone: FlaskClient, owner: FlaskClient, ledger: Ledger, town: Town, link: str) -> None:
    contest(phone, ledger, link)
    assert answer(owner, ledger, "upheld").status_code == 303
    messages = table(Message).c
    with ledger.read() as conn:
        waits = conn.execute(select(table(Message)).where(messages.step == "dispute_answered")).one()
    morning = END + timedelta(minutes=90)
    assert (waits.next_try_at, waits.not_after) == (morning, morning + timedelta(days=3))
    assert claim(ledger, morning - timedelta(seconds=1), 10) == []
    assert [each.text for each in claim(ledger, morning, 10)] == [waits.text]
