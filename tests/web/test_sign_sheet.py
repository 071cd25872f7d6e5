"""A station's signs as a PDF: a page a bay, whatever the names and prices; from the board and from the command line."""

import re
import zlib
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app import main
from enforcement.bay_codes import shown
from enforcement.policy_document import read_policy
from ledger.signs import BaySign, StationSigns
from tests.conftest import NOON
from tests.support.migrated import put_migrated
from web.sign_sheet import Sheet, draw

POLICIES = sorted((Path(__file__).resolve().parents[2] / "policies").glob("*.toml"))


def sheet(*signs: BaySign, station: str = "Gare du Palais") -> bytes:
    of = StationSigns(station, signs)
    return draw(Sheet(station=of, public_url="https://bays.example.org", phone="+1 514 555 0100", printed_at=NOON))


def pages(pdf: bytes) -> list[str]:
    """What is written on each page."""
    streams = re.findall(rb"stream\r?\n(.*?)endstream", pdf, re.DOTALL)
    # What is packed may end as a line does, so it is left to itself to tell its end.
    texts = [zlib.decompressobj().decompress(each).decode("cp1252", "replace") for each in streams if each[:1] == b"x"]
    return [text for text in texts if "BT" in text]


def test_a_page_a_bay_with_its_code_and_words() -> None:
    policy = read_policy(POLICIES[2].read_text(encoding="utf-8"))
    pdf = sheet(BaySign("G1", "K7M4RXP", policy), BaySign("G2", "ABCDEFG", None))
    first, second = pages(pdf)
    assert pdf.startswith(b"%PDF-") and shown("K7M4RXP") in first and "Gare du Palais" in first
    assert "Charging bay" in first and "Place de recharge" in first and "0.40 CAD" in first and "0,40 CAD" in first
    assert "No parking fee applies here" in second and shown("ABCDEFG") in second
    assert first.count(" re ") + first.count(" re\n") > 200, "the QR code's squares"


@pytest.mark.parametrize("path", POLICIES, ids=lambda path: path.stem)
def test_every_real_policy_fits_a_page(path: Path) -> None:
    assert len(pages(sheet(BaySign("A1", "K7M4RXP", read_policy(path.read_text(encoding="utf-8")))))) == 1


def test_any_name_is_drawn() -> None:
    (text,) = pages(sheet(BaySign("7" * 90, "K7M4RXP", None), station="Łódź 充電站 " * 20))
    assert "K7M 4RXP" in text


def test_the_owner_downloads_them(owner: FlaskClient) -> None:
    assert "/stations/ca*elv*gare/signs.pdf" in owner.get("/").text
    response = owner.get("/stations/CA*ELV*GARE/signs.pdf")
    assert response.mimetype == "application/pdf" and len(pages(response.data)) == 4
    assert owner.get("/stations/ca*elv*gare/signs.pdf").data[:5] == b"%PDF-"
    assert owner.get("/stations/nowhere/signs.pdf").status_code == 404
    assert owner.application.test_client().get("/stations/ca*elv*gare/signs.pdf").status_code == 303


def test_the_command_says_what_is_wrong(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("BAYWARDEN_DATA_DIR", str(tmp_path / "var"))
    put_migrated(tmp_path / "var")
    assert main(["signs", "ca*flo*nowhere", "--out", str(tmp_path / "signs.pdf")]) == 1
    assert "there is no station 'ca*flo*nowhere'" in capsys.readouterr().err
