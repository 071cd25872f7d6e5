"""``baywarden policy sign`` and ``baywarden policy tariff``."""

import json
from pathlib import Path

import pytest

from tests.runtime.conftest import Run

POLICIES = Path(__file__).resolve().parents[2] / "policies"
LUGANO = POLICIES / "23-lugano.toml"


def test_a_sign_in_both_languages(run: Run) -> None:
    code, english, _ = run("policy", "sign", str(LUGANO))
    assert code == 0 and "Fee: 2.00 CHF an hour" in english
    code, french, _ = run("policy", "sign", str(LUGANO), "--language", "fr")
    assert code == 0 and "Frais: 2,00 CHF l'heure" in french


@pytest.mark.parametrize("name", sorted(path.name for path in POLICIES.glob("*.toml")))
def test_every_shipped_policy_has_a_sign(run: Run, name: str) -> None:
    for language in ("en", "fr", "es"):
        code, out, err = run("policy", "sign", str(POLICIES / name), "--language", language)
        assert code == 0 and out.strip() and not err


PARKING = """
id = "parking"
version = 1
title = "Parking"
effective_from = 2026-01-01T00:00:00Z
currency = "CAD"
[[clause]]
kind = "idle"
grace = "0m"
rate = "0.40"
per = "1m"
unit = "1s"
stops = "unplug"
cap = "12.00"
"""


def test_a_tariff_where_ocpi_can_say_it(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "parking.toml"
    file.write_text(PARKING)
    code, out, _ = run("policy", "tariff", str(file), "--party", "ca*bwd")
    assert code == 0
    tariff = json.loads(out)
    assert (tariff["country_code"], tariff["party_id"], tariff["id"]) == ("CA", "BWD", "parking@1")
    component = {"type": "PARKING_TIME", "price": 24, "step_size": 1}
    assert tariff["elements"] == [{"price_components": [component]}]
    assert tariff["max_price"] == {"excl_vat": 12}


def test_why_ocpi_cannot_say_it(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "parking.toml"
    file.write_text(PARKING.replace('"0m"', '"10m"'))
    code, out, err = run("policy", "tariff", str(file))
    assert code == 1 and not out
    assert "a grace after charging ends can't be said" in err
    code, _, err = run("policy", "tariff", str(file), "--version", "2.1.1")
    assert code == 1 and "2.1.1 has no price limit" in err


@pytest.mark.parametrize(("words", "said"), [(("--party", "CABWD"), "is not a party"), ((), "can't be read")])
def test_what_cannot_be_asked_for(run: Run, tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    code, _, err = run("policy", "tariff", str(tmp_path / "none.toml"), *words)
    assert code == 1 and said in err


def test_a_document_that_is_no_policy_is_refused_with_its_faults(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "bad.toml"
    file.write_text("id = 5\n")
    code, _, err = run("policy", "sign", str(file))
    assert code == 1 and "is no policy" in err


def test_a_policy_is_proposed_for_a_station_that_is_known(migrated: Run) -> None:
    code, _, err = migrated("policy", "propose", "ca*abc*l1", "--currency", "CAD")
    assert code == 1 and "No station 'ca*abc*l1' is known" in err
