"""Values as people read them: local times, durations, amounts, and reasons in words. The filters of all templates."""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from fractions import Fraction
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

from flask import Flask, url_for

from enforcement.accounts.values import money as exact_money
from enforcement.billing import finding_text
from enforcement.fee_lines import Treatment
from enforcement.money import format_minor
from enforcement.phrases import hours as hours_words
from enforcement.reasons import REASONS
from enforcement.rules import Forbidden
from enforcement.rules.position import POSITIONS, forbidden_text
from enforcement.rules.words import OFFENCES
from enforcement.tier_words import tier_words
from enforcement.tiers import Tier
from enforcement.why import LIMITS, reason_text, treatment_text
from enforcement.windows import Window
from ledger.queries.findings import FindingLine
from web import settling
from web.chargers import charger
from web.said import said
from web.told import LANGUAGES

CONDITIONS = {
    "free": "Free",
    "charging": "Charging",
    "idle": "Idle",
    "overstaying": "Overstaying",
    "unplugged": "Unplugged",
    "overtime": "Overtime",
    "unusable": "Unusable",
    "unknown": "Unknown",
}
MEANINGS = {
    "free": "No vehicle stands there.",
    "charging": "A vehicle charges.",
    "idle": "Plugged in, charging finished.",
    "overstaying": "Session over, the vehicle still stands there.",
    "unplugged": "A vehicle stands there and never plugged in.",
    "unusable": "The charger is out of service.",
    "unknown": "Nothing that is known holds now.",
}
STATES = {
    "watched": "Grace running",
    "warned": "Warned",
    "running": "Fee running",
    "ended": "Ended",
    "settled": "Settled",
    "cleared": "No violation",
    "waived": "Waived",
    "disputed": "Disputed",
    "referred": "Referred",
}
DELIVERIES = {
    "pending": "Waiting",
    "sending": "Leaving",
    "sent": "Sent",
    "delivered": "Delivered",
    "failed": "Failed",
    "unknown": "No answer",
    "expired": "Too late",
}
STEPS = {
    "about_to_finish": "About to finish",
    "grace_running": "Grace running",
    "fee_near": "Fee about to start",
    "fee_running": "Fee running",
    "fee_started": "Fee started",
    "fee_ended": "Fee ended",
    "dispute_answered": "Dispute answered",
    "phone_code": "Code for a phone",
}
# What people and programs did, as the record of acts has it.
ACTS = {
    "added": "added it",
    "put_anew": "put it anew, with a new secret",
    "secret_changed": "changed the secret",
    "paused": "paused it",
    "enabled": "switched it on",
    "removed": "removed it",
    "test_sent": "sent a test event",
    "sent_again": "sent one again",
    "attested": "attested the sign",
    "sign_gone": "said that a sign is gone",
}
WEBHOOK_DELIVERIES = {**DELIVERIES, "delivered": "Arrived", "expired": "Given up"}
PLACE_KINDS = {"street": "Street", "lot": "Parking lot", "lodging": "Hotel or lodging", "airport": "Airport"}
PLACE_LANDS = {"public": "Public land", "open": "Private land, open to the public", "closed": "Private land, closed"}
FINDING_STATES = {"open": "Open", "acknowledged": "Looked at", "withdrawn": "Withdrawn"}
FINDINGS = {
    "charging_billed": "Billed while charging",
    "vacated_billed": "Billed after it was gone",
    "faulted_billed": "Billed while out of service",
    "unseen_billed": "Billed and never seen",
    "more_than_seen": "More parking than was seen",
    "less_than_seen": "Less parking than was seen",
    "billed_twice": "Billed twice",
    "totals_differ": "A total off its tariff",
    "pushed_tariff_differs": "Totals that the pushed tariff does not give",
    "energy_differs": "Energy differs",
    "time_differs": "Times differ",
    "credit_of_nothing": "A credit that names nothing",
    "not_billed": "A fee that could not be billed",
    "corrected_by_hand": "A correction to settle by hand",
}
_ASSETS = Path(__file__).with_name("static")


def init(app: Flask) -> None:
    """Make filters and words known to the templates."""
    times = (clock, moment, iso_local, day_clock, ago, span, instant, lasting, zone_name)
    words_of_codes = (reason, treatment, short, percent, said, tier, hours, exact, finding, forbidden, who, charger)
    app.jinja_env.filters.update(
        {each.__name__: each for each in (*times, *words_of_codes)}, money=format_minor, when=parse
    )
    words = {"CONDITIONS": CONDITIONS, "MEANINGS": MEANINGS, "STATES": STATES, "DELIVERIES": DELIVERIES, "STEPS": STEPS}
    app.jinja_env.globals.update(LIMITS={code: words["en"] for code, words in LIMITS.items()}, LANGUAGES=LANGUAGES)
    app.jinja_env.globals.update(FINDINGS=FINDINGS, FINDING_STATES=FINDING_STATES, POSITIONS=POSITIONS)
    app.jinja_env.globals.update(PLACE_KINDS=PLACE_KINDS, PLACE_LANDS=PLACE_LANDS, OFFENCES=OFFENCES)
    app.jinja_env.globals.update(ACTS=ACTS, WEBHOOK_DELIVERIES=WEBHOOK_DELIVERIES)
    app.jinja_env.globals.update(words, asset=asset, **settling.WORDS)


def clock(at: datetime, zone: str, seconds: bool = False) -> str:
    """The wall clock: ``14:05``."""
    return at.astimezone(ZoneInfo(zone)).strftime("%H:%M:%S" if seconds else "%H:%M")


def day_clock(at: datetime, zone: str, now: datetime) -> str:
    """The wall clock, with the day where it is not today's: ``Mon 14:05``, ``2 Mar, 14:05``."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    age = (today - local.date()).days
    if age == 0:
        return f"{local:%H:%M}"
    if 0 < age < 7:
        return f"{local:%a %H:%M}"
    year = "" if local.year == today.year else f" {local.year}"
    return f"{local.day} {local:%b}{year}, {local:%H:%M}"


def moment(at: datetime, zone: str) -> str:
    """A moment in full: ``Mon 2 Mar 2026, 12:05:00 EST``."""
    local = at.astimezone(ZoneInfo(zone))
    return f"{local:%a} {local.day} {local:%b} {local.year}, {local:%H:%M:%S %Z}"


def iso_local(at: datetime, zone: str) -> str:
    """A local moment to the minute as French texts have it: ``2026-03-02 12:05``."""
    return f"{at.astimezone(ZoneInfo(zone)):%Y-%m-%d %H:%M}"


def zone_name(at: datetime, zone: str) -> str:
    """What the clock of a zone is called at a moment: ``EST``, ``+14``."""
    return at.astimezone(ZoneInfo(zone)).tzname() or zone


def who(actor: str) -> str:
    """Who did something, from the record of acts: ``login:owner`` is ``owner``."""
    return actor.partition(":")[2] or actor


def ago(at: datetime, now: datetime) -> str:
    """How long something has lasted, in minutes: ``12 min``; less than one is ``just now``."""
    seconds = (now - at).total_seconds()
    return "just now" if seconds < 60 else span(seconds)


def span(seconds: float) -> str:
    """A duration: ``45 s``, ``12 min``, ``2 h 05 min``, ``3 d 4 h``. Rounded down."""
    whole = int(seconds)
    if whole < 60:
        return f"{max(whole, 0)} s"
    minutes = whole // 60
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 24 * 60:
        return f"{minutes // 60} h {minutes % 60:02} min" if minutes % 60 else f"{minutes // 60} h"
    hours = minutes % 1440 // 60
    return f"{minutes // 1440} d {hours} h" if hours else f"{minutes // 1440} d"


def instant(at: datetime) -> str:
    """ISO 8601 in UTC, for machines."""
    return at.isoformat().replace("+00:00", "Z")


def parse(text: str) -> datetime:
    """The moment of an explanation's time."""
    return datetime.fromisoformat(text)


def reason(code: str) -> str:
    """The words of a reason; a code without words is shown as it is."""
    return reason_text(code) if code in REASONS else code.replace("_", " ").capitalize()


def treatment(code: str) -> str:
    """The words of what pricing made of a piece of time."""
    return treatment_text(Treatment(code))


def tier(of: Tier, currency: str, language: str = "en") -> str:
    """A price in words."""
    return tier_words(of, currency, language)


def hours(of: Window, language: str = "en") -> str:
    """The hours of a window in words."""
    return hours_words(of, language)


def exact(amount: Fraction, currency: str, language: str = "en") -> str:
    """An exact amount in major units."""
    return exact_money(amount, currency, language)


def finding(of: FindingLine, language: str = "en") -> str:
    """A finding in words."""
    return finding_text(of.code, of.seconds, of.details, language)


def forbidden(of: Forbidden, language: str = "en") -> str:
    """What a rule forbids, in words."""
    return forbidden_text(of, language)


def short(text: str, length: int = 12) -> str:
    """The beginning of a long identifier."""
    return text if len(text) <= length else f"{text[:length]}…"


def lasting(pieces: Sequence[Mapping[str, str]]) -> list[Mapping[str, str]]:
    """Without pieces of less than a second: where the present begins, the core leaves one of a microsecond."""
    return [each for each in pieces if parse(each["to"]) - parse(each["from"]) >= timedelta(seconds=1)]


def asset(name: str) -> str:
    """The address of a static file, which changes with its content."""
    return url_for("web.static", filename=name, v=_digest(name))


@cache
def _digest(name: str) -> str:
    return hashlib.sha256((_ASSETS / name).read_bytes()).hexdigest()[:12]


def percent(rate: str) -> str:
    """An exact rate (``399/4000``) as a percentage without needless zeros: ``9.975``."""
    exact = Fraction(rate) * 100
    return f"{Decimal(exact.numerator) / Decimal(exact.denominator):f}"
