"""Signs: what a policy allows and costs, in plain lines, exact to its last decimal."""

from datetime import time
from fractions import Fraction

import pytest

from enforcement.phrases import hours, number
from enforcement.policy_document import read_policy
from enforcement.signs import sign_lines, sign_text
from enforcement.windows import Window

HEAD = 'id = "x"\nversion = 1\ntitle = "X"\neffective_from = 2020-01-01T00:00:00Z\n'
IDLE = '[[clause]]\nkind = "idle"\ngrace = "10m"\nrate = "0.40"\nper = "1m"\n'
QUEBEC = '[[tax]]\nname = "GST"\npercent = "5"\n[[tax]]\nname = "QST"\npercent = "9.975"\n'
NIGHT = '[[clause.window]]\nfrom = "22:00"\nto = "07:30"\ndays = ["mon", "tue", "wed", "thu", "fri"]\n'


def lines(text: str, language: str = "en", currency: str = "CAD") -> tuple[str, ...]:
    return sign_lines(read_policy(f'{HEAD}currency = "{currency}"\n{text}'), language)


def test_a_whole_sign_in_english() -> None:
    assert lines(IDLE + 'cap = "25.00"\n' + NIGHT + QUEBEC) == (
        "Parked without charging: no fee.",
        "Charging finished: the next 10 min are free. Then move your vehicle.",
        "Fee: 0.40 CAD a minute, until you unplug.",
        "Only each full minute counts.",
        "At most 25.00 CAD each time, before taxes.",
        "This fee runs only: 22:00 to 07:30 the next day, Monday to Friday.",
        "Parked after your session: no fee.",
        "Taxes are added: GST 5 %, QST 9.975 %.",
    )


def test_a_whole_sign_in_french() -> None:
    assert lines(IDLE + 'cap = "25.00"\n' + NIGHT + QUEBEC, "fr") == (
        "Stationné sans recharger: sans frais.",
        "Recharge terminée: gratuit encore 10 min. Libérez ensuite la place.",
        "Frais: 0,40 CAD la minute, jusqu'au débranchement.",
        "Seule chaque minute complète compte.",
        "Au plus 25,00 CAD chaque fois, avant taxes.",
        "Ces frais ne courent que: de 22 h à 7 h 30 le lendemain, du lundi au vendredi.",
        "Stationné après la session: sans frais.",
        "Taxes en sus: TPS 5 %, TVQ 9,975 %.",
    )


def test_all_kinds_without_grace() -> None:
    clause = '[[clause]]\nkind = "{}"\ngrace = "0s"\nrate = "8.33"\nper = "1h"\nunit = "1s"\n'
    text = "".join(clause.format(kind) for kind in ("unplugged", "idle", "overstaying"))
    assert lines(text, currency="GBP") == (
        "Parked without charging: a fee runs from arrival.",
        "Fee: 8.33 GBP an hour, until you plug in.",
        "Charging finished: a fee runs at once.",
        "Fee: 8.33 GBP an hour, until you unplug.",
        "Session over: a fee runs at once.",
        "Fee: 8.33 GBP an hour, until the bay is free.",
    )
    assert lines(text, "fr", "GBP")[0] == "Stationné sans recharger: des frais courent dès l'arrivée."


def test_a_fee_that_runs_until_the_bay_is_free_is_not_called_free_after_the_session() -> None:
    said = lines(IDLE.replace('"idle"', '"idle"\nstops = "vacated"'))
    assert "Fee: 0.40 CAD a minute, until the bay is free." in said
    assert not any("after your session" in line for line in said)


def test_prices_keep_every_decimal_and_the_currencys_own() -> None:
    assert "Fee: 0.207 EUR a minute, until you unplug." in lines(IDLE.replace("0.40", "0.207"), currency="EUR")
    assert "Fee: 40 JPY a minute, until you unplug." in lines(IDLE.replace("0.40", "40"), currency="JPY")
    assert "Frais: 0,400 KWD la minute, jusqu'au débranchement." in lines(IDLE, "fr", "KWD")
    with pytest.raises(ValueError, match="1/3"):
        number(Fraction(1, 3), 2, "en")


def test_units_and_steps() -> None:
    text = IDLE.replace('per = "1m"', 'per = "5m"\nunit = "5m"')
    assert {"Fee: 0.40 CAD per 5 min, until you unplug.", "Only each full 5 min counts."} <= set(lines(text))
    assert "Seule chaque tranche de 5 min complète compte." in lines(text, "fr")


@pytest.mark.parametrize(
    ("window", "english", "french"),
    [
        (Window(time(7), time(21)), "07:00 to 21:00", "de 7 h à 21 h"),
        (Window(time(0), time(0)), "all day", "toute la journée"),
        (Window(time(18), time(0)), "18:00 to 24:00", "de 18 h à 24 h"),
        (Window(time(20), time(8)), "20:00 to 08:00 the next day", "de 20 h à 8 h le lendemain"),
        (Window(time(9), time(9)), "09:00 to 09:00 the next day", "de 9 h à 9 h le lendemain"),
        (Window(time(8), time(9), frozenset({5, 6})), "08:00 to 09:00, Saturday, Sunday", "de 8 h à 9 h, samedi, dimanche"),
        (Window(time(8), time(9), frozenset({0, 1, 2, 6})), "08:00 to 09:00, Monday to Wednesday, Sunday", "de 8 h à 9 h, du lundi au mercredi, dimanche"),
    ],
)  # fmt: skip
def test_hours(window: Window, english: str, french: str) -> None:
    assert (hours(window, "en"), hours(window, "fr")) == (english, french)


def test_a_language_that_is_not_spoken_reads_english_and_a_text_is_its_lines() -> None:
    policy = read_policy(f'{HEAD}currency = "CAD"\n{IDLE}')
    assert sign_lines(policy, "de") == sign_lines(policy, "en")
    assert sign_text(policy, "fr").splitlines() == list(sign_lines(policy, "fr"))


def test_a_rate_of_nothing_is_no_fee() -> None:
    assert lines(IDLE.replace("0.40", "0"))[1] == "Plugged in with charging finished: no fee."


def test_what_is_free_for_some_is_not_called_free_for_all() -> None:
    """Of several clauses of a kind the first that is for the vehicle holds: each says whom it is for."""
    free = '[[clause]]\nkind = "idle"\nrate = "0"\nper = "1m"\ngroups = ["staff"]\n'
    said = lines(free + IDLE)
    assert said[1:4] == (
        "For staff:",
        "Plugged in with charging finished: no fee.",
        "Charging finished: the next 10 min are free. Then move your vehicle.",
    )


@pytest.mark.parametrize(
    ("taxes", "cap"),
    [
        ('tax_region = "ca-qc"\n', "At most 25.00 CAD each time, before taxes."),
        ('tax_region = "none"\n', "At most 25.00 CAD each time."),
    ],
)
def test_a_cap_says_that_the_places_taxes_come_on_top(taxes: str, cap: str) -> None:
    said = lines(taxes + IDLE + 'cap = "25.00"\n')
    assert cap in said
    assert ("The place's taxes are added." in said) == ("before taxes" in cap)
