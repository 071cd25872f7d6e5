"""Every word of the drivers' pages in every language that they speak, and the same things to be put in."""

import re
import string
from collections.abc import Iterator
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import Connection

from enforcement import phrases, signs, tier_words, why
from enforcement.accounts import texts
from ledger import claims
from ledger.database import Ledger
from ledger.drivers import LANGUAGES as SPOKEN
from ledger.drivers import driver_for_phone, known_by, speaks
from notifications import phrases as messages
from tests.conftest import NOON
from tests.support.drivers_phone import PHONE, form_token, last_code, scan, send, sms
from tests.web.driver.conftest import END
from web.driver import facts_said
from web.driver.words import LANGUAGES, PAGES, WORDS, standing, terms

DRIVERS_TEXTS = ("BILLED", "NO_PRICE", "FREE", "LIMITED", "TAX", "TAX_INSIDE", "TOTAL", "NOTHING")


def all_words(value: Any, name: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every set of words in a value: a mapping from languages to texts, or one that holds such."""
    if isinstance(value, dict) and "en" in value:
        if isinstance(value["en"], str):
            yield name, value
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from all_words(each, f"{name}[{key}]")


def words_of(module: Any, names: tuple[str, ...] | None = None) -> Iterator[tuple[str, dict[str, str]]]:
    for name, value in vars(module).items():
        if names is None or name in names:
            yield from all_words(value, f"{module.__name__}.{name}")


SPOKEN_BY = [
    *(each for module in (*PAGES, standing, terms, facts_said, why, tier_words, signs, phrases, messages)
      for each in words_of(module)),
    *words_of(texts, DRIVERS_TEXTS),
]  # fmt: skip


def fields(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_each_is_said_in_each_language_and_holds_the_same() -> None:
    assert len(SPOKEN_BY) > 250
    for name, words in SPOKEN_BY:
        assert set(words) - {"code"} == set(LANGUAGES), name
        assert all(text.strip() for text in words.values()) or name.endswith("NOT_FINAL"), name
        assert len({frozenset(fields(text)) for text in words.values()}) == 1, name


def test_pages_and_messages_speak_the_same_languages() -> None:
    assert tuple(LANGUAGES) == SPOKEN


def test_no_page_takes_a_word_of_another() -> None:
    assert len(WORDS) == sum(len(page.WORDS) for page in PAGES)


@pytest.mark.parametrize(
    ("language", "said"),
    [("en", "What each minute cost"), ("fr", "Ce que chaque minute a coûté"), ("es", "Lo que costó cada minuto")],
)
def test_every_page_speaks_it_and_only_it(
    phone: FlaskClient, ledger: Ledger, codes: dict[str, str], language: str, said: str
) -> None:
    phone.environ_base["HTTP_ACCEPT_LANGUAGE"] = language
    stay = scan(phone, ledger, codes["G1"])
    page = phone.get(stay).text
    assert said in page and f'<html lang="{language}">' in page
    contest = re.search(r'href="([^"]+/contest/[^"]+)"', page)
    assert contest is not None
    paths = ("/b", f"/b/{codes['G1']}", f"/b/{codes['G2']}/phone", "/s", "/me", "/me/phone", stay, contest[1])
    others = {each for words in WORDS.values() for other, each in words.items() if other != language}
    others -= {words[language] for words in WORDS.values()}
    for path in (*paths, contest[1].replace("/contest/", "/receipt/")):
        # The language that is spoken is called by its own name in all of them.
        text = re.sub(r"<[^>]+>", "\n", phone.get(path).text)
        lines = {line.strip() for line in text.splitlines()}
        assert not lines & {each for each in others if len(each) > 12}, path


def language_of(ledger: Ledger) -> str:
    with ledger.read() as conn:
        found = driver_for_phone(conn, ledger.vault, PHONE)
    assert found is not None
    return found.language


def test_a_driver_who_chose_a_language_keeps_it_whatever_a_browser_asks_for(
    phone: FlaskClient, ledger: Ledger, codes: dict[str, str]
) -> None:
    phone.environ_base["HTTP_ACCEPT_LANGUAGE"] = "fr"
    scan(phone, ledger, codes["G1"])
    assert language_of(ledger) == "fr", "nothing better is known"
    with ledger.write(END) as tx:
        speaks(tx, known_by(tx, PHONE, "en"), "es")
    for code in (codes["H1"], codes["H4"]):
        send(phone, f"/b/{code}/phone")
    assert language_of(ledger) == "es"
    phone.post("/me/out", data={"csrf_token": form_token(phone, "/s")})
    scan(phone, ledger, codes["G2"])
    assert language_of(ledger) == "es"
    assert "Tarifa" not in sms(ledger, "phone_code")[-1], "a code speaks as the page that it is typed on"
    with ledger.read() as conn:
        languages = {each.language for _, found in claimants(conn).items() for each in found}
    assert languages == {"es"}, "and so do the messages about every stay that they claimed"


def claimants(conn: Connection) -> dict[str, list[claims.Claimant]]:
    return claims.claimants(
        conn, [f"ca*nsc*harbour/H{n}" for n in (1, 4)] + [f"ca*elv*gare/G{n}" for n in (1, 2)], NOON
    )


def test_a_language_that_is_chosen_on_the_page_is_the_drivers(
    phone: FlaskClient, ledger: Ledger, codes: dict[str, str]
) -> None:
    path = f"/b/{codes['H1']}/phone?lang=es"
    asked = send(phone, path, phone=PHONE)
    assert asked.location.endswith("lang=es")
    assert send(phone, asked.location, code=last_code(ledger)).status_code == 303
    assert language_of(ledger) == "es" and "su clave" in sms(ledger, "phone_code")[-1]
    send(phone, f"/b/{codes['H4']}/phone?lang=fr")
    assert language_of(ledger) == "fr"


@pytest.mark.parametrize(("language", "point"), [("en", "."), ("fr", ","), ("es", ".")])
def test_amounts_have_the_point_of_the_language(
    phone: FlaskClient, ledger: Ledger, codes: dict[str, str], language: str, point: str
) -> None:
    link = scan(phone, ledger, codes["H1"])
    pages = [phone.get(f"{path}?lang={language}").text for path in (link, "/me")]
    for page in pages:
        amounts = re.findall(r"\d([.,])\d\d(?:</b>)? CAD|QST 9([.,])975|TVQ 9([.,])975", page)
        assert amounts and {"".join(each) for each in amounts} == {point}
