"""What each shipped rule says of each kind of violation, and which rules hold at a place."""

from datetime import date, timedelta

import pytest

from enforcement.conditions import Condition, Stretch
from enforcement.rules.position import POSITIONS, Position, forbidden_text, standing
from enforcement.rules.rule import Rule
from enforcement.rules.shipped import all_rules, place_of_law, rules_at
from tests.conftest import NOON

RULES = {rule.id: rule for rule in all_rules()}
REASONS = {
    Condition.IDLE: "finished_reported",
    Condition.OVERSTAYING: "session_over",
    Condition.UNPLUGGED: "no_session",
    Condition.CHARGING: "session_active",
    Condition.UNKNOWN: "feed_silent",
}
PLUGGED_IS_LEGAL = ["ca-qc-388.1", "ca-on-hta-30", "us-ca-cvc-22511", "us-wa-46.08.185", "us-md-21-1003.2"]


def position(rule: Rule, condition: Condition, minutes: int = 120, reason: str | None = None) -> Position:
    start = NOON + timedelta(days=300)  # by then every rule is in force
    piece = Stretch(start, start + timedelta(minutes=minutes), condition, reason or REASONS[condition], True)
    return standing(rule, [piece], "America/Toronto", piece.end).position


@pytest.mark.parametrize("name", PLUGGED_IS_LEGAL)
def test_a_finished_but_plugged_car_is_legal(name: str) -> None:
    assert position(RULES[name], Condition.IDLE) is Position.LEGAL
    assert position(RULES[name], Condition.UNPLUGGED) is Position.FORBIDDEN
    # the session's end alone does not show that the cable is out
    assert position(RULES[name], Condition.OVERSTAYING) is Position.NOT_KNOWN
    assert position(RULES[name], Condition.UNKNOWN) is Position.NOT_KNOWN
    assert position(RULES[name], Condition.CHARGING) is Position.LEGAL


@pytest.mark.parametrize(("name", "after"), [("us-co-42-4-1213", 30), ("us-va-46.2-1219.3", 0), ("us-ny-vtl-1202", 30)])
def test_a_car_that_does_not_charge_is_forbidden_after_a_while(name: str, after: int) -> None:
    for condition in (Condition.IDLE, Condition.OVERSTAYING, Condition.UNPLUGGED):
        assert position(RULES[name], condition, after + 1) is Position.FORBIDDEN
        if after:
            assert position(RULES[name], condition, after) is Position.LEGAL
    assert position(RULES[name], Condition.IDLE, 120, "finished_inferred") is Position.NOT_KNOWN


def test_germany_leaves_it_to_the_sign() -> None:
    assert position(RULES["de-stvo-laden"], Condition.IDLE) is Position.NOT_KNOWN


@pytest.mark.parametrize(
    ("country", "state", "place"),
    [
        ("CAN", "QC", "ca-qc"),
        ("CAN", "Québec", "ca-qc"),
        ("CA", "ca-on", "ca-on"),
        ("USA", "CA", "us-ca"),
        ("USA", "New York", "us-ny"),
        ("DEU", "", "de"),
        ("DEU", "BY", "de"),
        ("USA", "", None),
        ("USA", "TX", None),
        ("FRA", "", None),
        ("", "", None),
    ],
)
def test_the_place_of_a_station(country: str, state: str, place: str | None) -> None:
    assert place_of_law(country, state) == place


def test_a_rule_holds_from_its_first_day_on() -> None:
    assert [rule.id for rule in rules_at("us-wa", date(2021, 7, 25))] == ["us-wa-46.08.185"]
    assert rules_at("us-wa", date(2021, 7, 24)) == ()
    assert rules_at(None, date(2026, 1, 1)) == ()
    assert [rule.id for rule in rules_at("ca-on", date(2020, 1, 1))] == ["ca-on-hta-30"]


# Statute, penalty and sign as the reference page of the project's owner has them.
FACTS = {
    "ca-qc-388.1": ("388.1", "CAD", 10_000, 20_000, {"not_an_ev", "not_plugged_in"}),
    "ca-on-hta-30": ("30.1 to 30.4", "CAD", 12_500, 12_500, {"not_an_ev", "not_plugged_in"}),
    "us-ca-cvc-22511": ("22511 and 22511.1", "USD", None, None, {"not_plugged_in", "blocking"}),
    "us-wa-46.08.185": ("46.08.185", "USD", 12_400, 12_400, {"not_plugged_in"}),
    "us-md-21-1003.2": ("21-1003.2", "USD", 10_000, 10_000, {"not_an_ev", "not_plugged_in"}),
    "us-co-42-4-1213": ("42-4-1213", "USD", 18_200, 18_200, {"not_an_ev", "not_charging"}),
    "us-va-46.2-1219.3": ("46.2-1219.3", "USD", None, 2_500, {"not_an_ev", "not_charging"}),
    "us-ny-vtl-1202": ("1202", "USD", None, None, {"not_an_ev", "not_charging"}),
    "de-stvo-laden": (
        "section 42",
        "EUR",
        5_500,
        5_500,
        {"no_e_plate", "not_charging", "over_time_limit", "no_parking_disc"},
    ),
}


@pytest.mark.parametrize("name", FACTS)
def test_every_rule_states_statute_penalty_sign_and_what_is_forbidden(name: str) -> None:
    rule, (statute, currency, least, most, offences) = RULES[name], FACTS[name]
    penalty = rule.penalty
    assert statute in rule.statute
    assert (penalty.currency, penalty.least_minor, penalty.most_minor) == (currency, least, most)
    assert {forbidden.offence.value for forbidden in rule.forbids} == offences
    assert rule.sign.is_required and rule.sign.text_en and rule.sign.text_fr
    assert penalty.text_en and penalty.text_fr and rule.title_en and rule.title_fr and rule.source


def test_no_rule_is_left_out() -> None:
    assert set(RULES) == set(FACTS)


def test_how_long_and_which_exemptions() -> None:
    after = {name: max((f.after or timedelta(0) for f in rule.forbids), default=None) for name, rule in RULES.items()}
    half_hour = timedelta(minutes=30)
    assert {name for name, length in after.items() if length == half_hour} == {"us-co-42-4-1213", "us-ny-vtl-1202"}
    assert {name: len(rule.exemptions) for name, rule in RULES.items() if rule.exemptions} == {"us-co-42-4-1213": 3}
    assert RULES["us-md-21-1003.2"].sign.must_state_penalty and RULES["us-va-46.2-1219.3"].sign.must_state_penalty
    assert "17 by 22" in RULES["us-ca-cvc-22511"].sign.text_en and "vertical" in RULES["us-wa-46.08.185"].sign.text_en


def test_everything_has_words() -> None:
    assert set(POSITIONS) == set(Position)
    for rule in RULES.values():
        for forbidden in rule.forbids:
            assert forbidden_text(forbidden, "en") != forbidden_text(forbidden, "fr")
    colorado = RULES["us-co-42-4-1213"].forbids[1]
    assert forbidden_text(colorado) == "not charging for more than 30 min"
    assert forbidden_text(colorado, "fr") == "pas en recharge pendant plus de 30 min"
