"""The shipped rules, each worked by hand: what is legal, what is not, from when."""

from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from enforcement.conditions import Condition, Stretch
from enforcement.rules import (
    Offence,
    PlaceFacts,
    PlaceKind,
    Rule,
    RuleFinding,
    Seen,
    Sighting,
    Verdict,
    judge,
    read_rule,
)
from enforcement.rules.words import REASONS as REASON_WORDS
from enforcement.rules.words import reason as reason_of
from enforcement.windows import Window
from tests.conftest import NOON, minutes

FOLDER = Path(__file__).resolve().parents[3] / "enforcement" / "rules" / "documents"
RULES = {path.stem: read_rule(path.read_text("utf-8")) for path in sorted(FOLDER.glob("*.toml"))}
QC, ON, CA = RULES["ca-qc-388.1"], RULES["ca-on-hta-30"], RULES["us-ca-cvc-22511"]
WA, MD, CO = RULES["us-wa-46.08.185"], RULES["us-md-21-1003.2"], RULES["us-co-42-4-1213"]
VA, NY, DE = RULES["us-va-46.2-1219.3"], RULES["us-ny-vtl-1202"], RULES["de-stvo-laden"]
PLUG_LAWS = (QC, ON, CA, WA, MD)
CHARGE_LAWS = (CO, VA, NY)
ZONES = {
    "ca-qc": "America/Toronto",
    "ca-on": "America/Toronto",
    "us-ca": "America/Los_Angeles",
    "us-wa": "America/Los_Angeles",
}
ZONES |= {
    "us-md": "America/New_York",
    "us-co": "America/Denver",
    "us-va": "America/New_York",
    "us-ny": "America/New_York",
}
ZONES |= {"de": "Europe/Berlin"}
C = Condition
REASONS = {
    C.CHARGING: "session_active",
    C.IDLE: "finished_reported",
    C.OVERSTAYING: "session_over",
    C.UNPLUGGED: "no_session",
}
REASONS |= {C.UNUSABLE: "charger_down", C.UNKNOWN: "feed_silent"}
LONG_AGO = datetime(2018, 1, 1, tzinfo=UTC)
SIGNED = PlaceFacts(sign_attested_at=LONG_AGO, sign_states_penalty=True)


def stay(*parts: tuple[Condition, float], start: datetime = NOON, reason: str = "") -> list[Stretch]:
    """Confirmed stretches one after another, each with its length in minutes."""
    out, at = [], start
    for condition, length in parts:
        end = at + timedelta(minutes=length)
        is_known = condition is not C.UNKNOWN
        out.append(Stretch(at, end, condition, reason or REASONS[condition], is_known))
        at = end
    return out


def judged(
    rule: Rule, stretches: list[Stretch], place: PlaceFacts = SIGNED, sightings: tuple[Sighting, ...] = ()
) -> RuleFinding:
    return judge(rule, stretches, ZONES[rule.place], place, stretches[-1].end, sightings)


def facts(**changes: object) -> PlaceFacts:
    return PlaceFacts(sign_attested_at=LONG_AGO, sign_states_penalty=True, **changes)  # type: ignore[arg-type]


def test_the_nine_rules_are_there_and_say_what_is_uncertain() -> None:
    assert len(RULES) == 9
    assert all(stem == rule.id and rule.version == 1 for stem, rule in RULES.items())
    assert all(rule.statute and rule.source and rule.uncertain for rule in RULES.values())
    assert {rule.place for rule in RULES.values()} == set(ZONES)


@pytest.mark.parametrize(
    ("rule", "currency", "least", "most"),
    [
        (QC, "CAD", 10_000, 20_000),
        (ON, "CAD", 12_500, 12_500),
        (CA, "USD", None, None),
        (WA, "USD", 12_400, 12_400),
        (MD, "USD", 10_000, 10_000),
        (CO, "USD", 18_200, 18_200),
        (VA, "USD", None, 2_500),
        (NY, "USD", None, None),
        (DE, "EUR", 5_500, 5_500),
    ],
    ids=lambda value: getattr(value, "id", str(value)),
)
def test_penalties(rule: Rule, currency: str, least: int | None, most: int | None) -> None:
    penalty = rule.penalty
    assert (penalty.currency, penalty.least_minor, penalty.most_minor) == (currency, least, most)


@pytest.mark.parametrize("rule", PLUG_LAWS, ids=lambda rule: rule.id)
def test_a_finished_but_plugged_vehicle_is_legal_however_long(rule: Rule) -> None:
    finding = judged(rule, stay((C.CHARGING, 60), (C.IDLE, 3 * 24 * 60)))
    assert (finding.verdict, finding.breaches) == (Verdict.NOT_BROKEN, ())
    assert finding.codes()[:2] == ("was_charging", "plugged_is_legal")
    assert "matter of contract" in finding.text("en")
    assert "relèvent du contrat" in finding.text("fr")


@pytest.mark.parametrize("rule", PLUG_LAWS, ids=lambda rule: rule.id)
def test_unplugged_counts_from_minute_0(rule: Rule) -> None:
    finding = judged(rule, stay((C.UNPLUGGED, 1)))
    assert finding.verdict is Verdict.BROKEN
    (breach,) = finding.breaches
    assert breach.offence is Offence.NOT_PLUGGED_IN
    assert (breach.since, breach.broken_at, breach.until) == (NOON, NOON, minutes(1))
    assert breach.evidence == (Stretch(NOON, minutes(1), C.UNPLUGGED, "no_session", True),)
    assert [caveat.code for caveat in breach.caveats] == ["look_at_cable"]


@pytest.mark.parametrize("rule", PLUG_LAWS, ids=lambda rule: rule.id)
def test_after_a_session_only_a_released_cable_is_unplugged(rule: Rule) -> None:
    stretches = stay((C.CHARGING, 60), (C.OVERSTAYING, 60))
    finding = judged(rule, stretches)
    assert finding.verdict is Verdict.NOT_BROKEN
    assert "cable_not_known" in finding.codes()
    released = Sighting(Seen.CABLE_RELEASED, minutes(75), "charger")
    finding = judged(rule, stretches, sightings=(released,))
    assert [(b.since, b.until) for b in finding.breaches] == [(minutes(75), minutes(120))]
    too_early = Sighting(Seen.CABLE_RELEASED, minutes(30), "charger")  # a cable of before this session
    assert judged(rule, stretches, sightings=(too_early,)).verdict is Verdict.NOT_BROKEN


@pytest.mark.parametrize(("rule", "minute"), [(CO, 30), (NY, 30), (VA, 0)], ids=["CO", "NY", "VA"])
@pytest.mark.parametrize("condition", [C.UNPLUGGED, C.IDLE, C.OVERSTAYING])
def test_where_charging_is_demanded_it_counts_after_its_minutes(rule: Rule, minute: int, condition: Condition) -> None:
    exactly = judged(rule, stay((C.CHARGING, 10), (condition, minute))) if minute else None
    assert exactly is None or exactly.verdict is Verdict.NOT_BROKEN
    assert exactly is None or "too_short" in exactly.codes()
    finding = judged(rule, stay((C.CHARGING, 10), (condition, minute + 1)))
    (breach,) = finding.breaches
    assert breach.offence is Offence.NOT_CHARGING
    assert (breach.since, breach.broken_at, breach.until) == (minutes(10), minutes(10 + minute), minutes(11 + minute))


def test_too_short_says_how_long_it_was() -> None:
    finding = judged(CO, stay((C.UNPLUGGED, 20), (C.CHARGING, 5), (C.IDLE, 29)))
    assert (
        "It was not charging for 29 min at most without a break; it counts only after more than 30 min."
        in finding.text()
    )
    assert "pas en recharge pendant 29 min au plus" in finding.text("fr")


@pytest.mark.parametrize("rule", (*PLUG_LAWS, *CHARGE_LAWS), ids=lambda rule: rule.id)
@pytest.mark.parametrize("condition", [C.UNKNOWN, C.UNUSABLE])
def test_unknown_and_unusable_never_count(rule: Rule, condition: Condition) -> None:
    finding = judged(rule, stay((condition, 600)))
    assert finding.verdict is Verdict.NOT_BROKEN
    code = "unknown_never_counts" if condition is C.UNKNOWN else "charger_down_never_counts"
    assert code in finding.codes()


@pytest.mark.parametrize("condition", [C.UNKNOWN, C.UNUSABLE, C.CHARGING])
def test_a_break_of_one_minute_begins_the_30_minutes_again(condition: Condition) -> None:
    finding = judged(CO, stay((C.UNPLUGGED, 25), (condition, 1), (C.UNPLUGGED, 25)))
    assert finding.verdict is Verdict.NOT_BROKEN
    finding = judged(CO, stay((C.UNPLUGGED, 25), (condition, 1), (C.UNPLUGGED, 31)))
    assert [b.since for b in finding.breaches] == [minutes(26)]


def test_what_is_not_confirmed_does_not_count() -> None:
    loose = [Stretch(NOON, minutes(50), C.UNPLUGGED, "no_session", False)]
    finding = judged(QC, loose)
    assert (finding.verdict, finding.codes()) == (Verdict.NOT_BROKEN, ("not_confirmed", "needs_a_witness"))
    firm = [Stretch(NOON, minutes(5), C.UNPLUGGED, "no_session", True), *loose]
    assert [b.until for b in judged(QC, firm).breaches] == [minutes(5)]


def test_an_inferred_end_of_charging_is_no_evidence_for_the_law() -> None:
    finding = judged(CO, stay((C.IDLE, 120), reason="finished_inferred"))
    assert finding.verdict is Verdict.NOT_BROKEN
    assert "finish_only_inferred" in finding.codes()


def test_nothing_counts_after_now() -> None:
    stretches = stay((C.UNPLUGGED, 60))
    assert judge(CO, stretches, "America/Denver", SIGNED, minutes(30)).verdict is Verdict.NOT_BROKEN
    assert judge(CO, stretches, "America/Denver", SIGNED, minutes(31)).broken_at == minutes(30)
    assert judge(CO, stretches, "America/Denver", SIGNED, NOON).codes() == ("no_stay",)


# Colorado's night: 23:00 to 05:00 for a vehicle that has charged.


def denver(day: str, clock: str) -> datetime:
    return datetime.fromisoformat(f"{day}T{clock}").replace(tzinfo=ZoneInfo("America/Denver")).astimezone(UTC)


def idle_from(start: datetime, end: datetime, condition: Condition = C.IDLE) -> list[Stretch]:
    return stay((condition, (end - start).total_seconds() / 60), start=start)


def test_a_finished_vehicle_may_stay_the_night_across_midnight() -> None:
    night = idle_from(denver("2026-01-10", "22:40"), denver("2026-01-11", "05:20"))
    finding = judged(CO, night)
    assert finding.verdict is Verdict.NOT_BROKEN  # 20 minutes before, 20 after
    assert "exempt" in finding.codes()
    assert "11 p.m. to 5 a.m." in finding.text()
    morning = idle_from(denver("2026-01-10", "22:40"), denver("2026-01-11", "05:31"))
    (breach,) = judged(CO, morning).breaches
    assert (breach.since, breach.broken_at) == (denver("2026-01-11", "05:00"), denver("2026-01-11", "05:30"))


def test_an_exemption_that_took_nothing_away_is_not_cited() -> None:
    day_and_night = [  # idle for 20 minutes of the afternoon, charging through the night
        *idle_from(denver("2026-01-10", "15:00"), denver("2026-01-10", "15:20")),
        *idle_from(denver("2026-01-10", "15:20"), denver("2026-01-11", "06:00"), C.CHARGING),
    ]
    assert "exempt" not in judged(CO, day_and_night).codes()


def test_before_the_night_it_may_be_broken_already() -> None:
    evening = idle_from(denver("2026-01-10", "22:29"), denver("2026-01-11", "02:00"))
    (breach,) = judged(CO, evening).breaches
    assert (breach.broken_at, breach.until) == (denver("2026-01-10", "22:59"), denver("2026-01-10", "23:00"))


def test_a_vehicle_that_never_plugged_in_has_no_night() -> None:
    night = idle_from(denver("2026-01-10", "23:30"), denver("2026-01-11", "00:01"), C.UNPLUGGED)
    (breach,) = judged(CO, night).breaches
    assert breach.broken_at == denver("2026-01-11", "00:00")


@pytest.mark.parametrize(
    ("day", "next_day", "hours"), [("2026-03-07", "2026-03-08", 5), ("2026-10-31", "2026-11-01", 7)]
)
def test_the_night_in_which_the_clock_changes_is_exempt_by_the_clock(day: str, next_day: str, hours: int) -> None:
    start, end = denver(day, "23:00"), denver(next_day, "05:00")
    assert end - start == timedelta(hours=hours)
    assert judged(CO, idle_from(start, end + timedelta(minutes=30))).verdict is Verdict.NOT_BROKEN
    (breach,) = judged(CO, idle_from(start, end + timedelta(minutes=31))).breaches
    assert (breach.since, breach.broken_at) == (end, end + timedelta(minutes=30))


@pytest.mark.parametrize("kind", [PlaceKind.LODGING, PlaceKind.AIRPORT])
def test_lodging_and_airports_are_exempt_for_what_has_charged_only(kind: PlaceKind) -> None:
    place = facts(kind=kind)
    finding = judged(CO, stay((C.CHARGING, 60), (C.IDLE, 300), (C.OVERSTAYING, 60)), place)
    assert finding.verdict is Verdict.NOT_BROKEN
    assert "exempt" in finding.codes()
    assert judged(CO, stay((C.UNPLUGGED, 31)), place).verdict is Verdict.BROKEN
    assert judged(NY, stay((C.IDLE, 31)), place).verdict is Verdict.BROKEN  # no such exemption in New York's document


# Signs.


@pytest.mark.parametrize("rule", [*PLUG_LAWS, *CHARGE_LAWS], ids=lambda rule: rule.id)
def test_without_an_attested_sign_nothing_can_be_enforced(rule: Rule) -> None:
    finding = judged(rule, stay((C.UNPLUGGED, 60)), PlaceFacts())
    assert (finding.verdict, finding.codes()) == (Verdict.NOT_ENFORCEABLE, ("no_sign",))
    assert finding.breaches  # what happened is still told
    assert rule.sign.text_en in finding.text("en")
    assert rule.sign.text_fr in finding.text("fr")


@pytest.mark.parametrize("rule", RULES.values(), ids=lambda rule: rule.id)
def test_maryland_and_virginia_need_the_amount_on_the_sign(rule: Rule) -> None:
    place = PlaceFacts(sign_attested_at=LONG_AGO, signed=frozenset({Offence.NOT_CHARGING}))
    finding = judged(rule, stay((C.UNPLUGGED, 60)), place)
    if rule in (MD, VA):
        assert (finding.verdict, finding.codes()) == (Verdict.NOT_ENFORCEABLE, ("sign_without_penalty",))
    else:
        assert finding.verdict is Verdict.BROKEN


def test_a_sign_proves_nothing_for_the_time_before_it_was_attested() -> None:
    stretches = stay((C.UNPLUGGED, 60))
    late = PlaceFacts(sign_attested_at=minutes(60))
    assert judged(QC, stretches, late).codes() == ("sign_attested_later",)
    within = judged(QC, stretches, PlaceFacts(sign_attested_at=minutes(20)))
    assert (within.verdict, within.broken_at) == (Verdict.BROKEN, minutes(20))
    assert judged(CO, stretches, PlaceFacts(sign_attested_at=minutes(31))).codes() == ("sign_attested_later",)
    assert judged(CO, stretches, PlaceFacts(sign_attested_at=minutes(29))).broken_at == minutes(59)


def test_the_hours_on_a_sign_bind() -> None:
    place = facts(sign_hours=(Window(time(8), time(18)),))
    night = stay((C.UNPLUGGED, 60), start=datetime(2026, 1, 10, 4, 0, tzinfo=UTC))
    finding = judged(MD, night, place)
    assert finding.verdict is Verdict.NOT_BROKEN
    assert "outside_sign_hours" in finding.codes()
    morning = stay((C.UNPLUGGED, 120), start=datetime(2026, 1, 10, 12, 0, tzinfo=UTC))  # 07:00 in New York
    assert judged(MD, morning, place).broken_at == datetime(2026, 1, 10, 13, 0, tzinfo=UTC)


# Land, dates, witnesses.


@pytest.mark.parametrize(
    ("rule", "holds"),
    [(QC, False), (ON, True), (CA, True), (WA, False), (MD, False), (CO, False), (VA, False), (NY, False)],
    ids=lambda value: getattr(value, "id", str(value)),
)
def test_private_land_that_is_closed_to_the_public(rule: Rule, holds: bool) -> None:
    finding = judged(rule, stay((C.UNPLUGGED, 60)), facts(is_private=True, is_open_to_public=False))
    assert (finding.verdict is Verdict.BROKEN) is holds
    assert holds or finding.codes() == ("private_land",)
    assert judged(rule, stay((C.UNPLUGGED, 60)), facts(is_private=True)).verdict is Verdict.BROKEN


def test_a_rule_holds_from_local_midnight_of_its_first_day() -> None:
    midnight = datetime(2022, 10, 1, 4, 0, tzinfo=UTC)  # in Maryland
    assert MD.effective_from == date(2022, 10, 1)
    before = judged(MD, stay((C.UNPLUGGED, 60), start=midnight - timedelta(minutes=60)))
    assert before.verdict is Verdict.NOT_BROKEN
    assert "not_in_force" in before.codes()
    across = judged(MD, stay((C.UNPLUGGED, 61), start=midnight - timedelta(minutes=60)))
    assert across.broken_at == midnight


def officer(seen: Seen, minute: float) -> Sighting:
    return Sighting(seen, minutes(minute), "officer", "report 12")


WITNESSED_RULES = [QC, ON, MD, CO, VA, NY]


@pytest.mark.parametrize("rule", WITNESSED_RULES, ids=lambda rule: rule.id)
def test_that_it_is_no_ev_needs_a_witness(rule: Rule) -> None:
    stretches = stay((C.UNKNOWN, 60))
    told = judged(rule, stretches)
    assert told.verdict is Verdict.NOT_BROKEN
    assert "can't be told by a sensor: only a camera or an officer" in told.text("en")
    finding = judged(rule, stretches, sightings=(officer(Seen.NOT_AN_EV, 12), officer(Seen.NOT_AN_EV, 30)))
    (breach,) = finding.breaches
    assert (breach.offence, breach.broken_at, breach.until) == (Offence.NOT_AN_EV, minutes(12), minutes(30))
    assert [sighting.reference for sighting in breach.sightings] == ["report 12", "report 12"]


def test_a_witness_is_not_believed_against_a_plug_nor_outside_the_stay() -> None:
    finding = judged(QC, stay((C.CHARGING, 60)), sightings=(officer(Seen.NOT_AN_EV, 12),))
    assert finding.verdict is Verdict.NOT_BROKEN
    assert "witness_contradicted" in finding.codes()
    finding = judge(QC, stay((C.UNKNOWN, 60)), "America/Toronto", SIGNED, minutes(90), (officer(Seen.NOT_AN_EV, 70),))
    assert finding.verdict is Verdict.NOT_BROKEN
    assert "witness_outside" in finding.codes()


def test_what_is_seen_at_this_very_moment_counts() -> None:
    finding = judged(QC, stay((C.UNKNOWN, 60)), sightings=(officer(Seen.NOT_AN_EV, 60),))
    assert finding.broken_at == minutes(60)


def test_california_minds_blocking_and_not_what_kind_of_vehicle_it_is() -> None:
    stretches = stay((C.CHARGING, 60))
    seen = (officer(Seen.BLOCKING, 5), officer(Seen.NOT_AN_EV, 5))
    assert [b.offence for b in judged(CA, stretches, sightings=seen).breaches] == [Offence.BLOCKING]


def test_a_charger_can_not_see_what_a_vehicle_is() -> None:
    with pytest.raises(ValueError, match="a charger can't see not_an_ev"):
        Sighting(Seen.NOT_AN_EV, NOON, "charger")


# Germany: the sign decides.


def berlin(clock: str) -> datetime:
    hour, minute = clock.split(":")
    return datetime(2026, 1, 10, int(hour) - 1, int(minute), tzinfo=UTC)


def test_in_germany_nothing_is_forbidden_that_the_sign_does_not_forbid() -> None:
    finding = judged(DE, stay((C.UNPLUGGED, 600)))
    assert finding.verdict is Verdict.NOT_BROKEN
    assert finding.codes().count("not_signed_here") == 4
    signed = facts(signed=frozenset({Offence.NOT_CHARGING}))
    assert judged(DE, stay((C.IDLE, 1)), signed).breaches[0].penalty.most_minor == 5_500
    private = facts(signed=frozenset({Offence.NOT_CHARGING}), is_private=True)
    assert judged(DE, stay((C.IDLE, 1)), private).codes() == ("private_land",)


def test_the_german_limit_runs_from_the_next_half_hour_as_a_disc_is_set() -> None:
    place = facts(signed_limit=timedelta(hours=4))
    # Arrived 10:05, disc at 10:30, four hours until 14:30.
    until = stay((C.CHARGING, 265), start=berlin("10:05"))
    finding = judged(DE, until, place)
    assert (finding.verdict, until[-1].end) == (Verdict.NOT_BROKEN, berlin("14:30"))
    assert "It stayed 4 h 25 min at most without a break; the limit is 4 h." in finding.text()
    (breach,) = judged(DE, stay((C.CHARGING, 266), start=berlin("10:05")), place).breaches
    assert (breach.offence, breach.broken_at) == (Offence.OVER_TIME_LIMIT, berlin("14:30"))
    assert (breach.penalty.least_minor, breach.penalty.most_minor) == (2_000, 5_500)
    on_the_mark = judged(DE, stay((C.CHARGING, 300), start=berlin("10:00")), place)
    assert on_the_mark.broken_at == berlin("14:30")


def test_german_plates_and_discs_need_a_witness() -> None:
    place = facts(signed=frozenset({Offence.NO_E_PLATE, Offence.NO_PARKING_DISC}))
    seen = (officer(Seen.NO_E_PLATE, 3), officer(Seen.NO_PARKING_DISC, 4))
    found = judged(DE, stay((C.CHARGING, 10)), place, seen).breaches
    assert [(b.offence, b.penalty.most_minor) for b in found] == [
        (Offence.NO_E_PLATE, 5_500),
        (Offence.NO_PARKING_DISC, 2_000),
    ]
    assert judged(DE, stay((C.CHARGING, 10)), place).codes().count("needs_a_witness") == 2


def test_the_page_on_rules_names_every_rule_and_its_document_can_be_read() -> None:
    page = (FOLDER.parents[2] / "docs" / "rules.md").read_text("utf-8")
    assert all(f"| `{rule_id}` |" in page for rule_id in RULES)
    shown = read_rule(page.split("```toml\n")[1].split("```")[0])
    assert (shown.forbids[0].after, len(shown.exemptions)) == (timedelta(minutes=30), 1)


@pytest.mark.parametrize("code", sorted(REASON_WORDS))
def test_every_reason_is_said_in_both_languages(code: str) -> None:
    values = {"offence": "not_charging", "lasted": "1 min", "after": "2 min", "en": "words", "fr": "mots"}
    said = reason_of(code, **values)
    assert said.text("en") != said.text("fr")
    assert "{" not in said.en + said.fr
