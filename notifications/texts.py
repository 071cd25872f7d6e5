"""What drivers read: one SMS segment each, English, French or Spanish, in characters that cost no second one.

No text holds a link: parking fines by SMS are a favourite of phishers, so drivers should never learn to follow one.
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from enforcement.money import format_minor
from enforcement.steps import Notice, Step
from enforcement.violations import State, Violation
from ledger.composer import Place
from notifications.gsm7 import ONE_SEGMENT, to_gsm7
from notifications.phrases import (
    BAY,
    CODE,
    DISPUTE_ANSWERED,
    LANGUAGES,
    NOT_FINAL,
    PHONE_CODE,
    SOMEWHERE,
    TAXES,
    WAY_OUT,
    template,
)

SERVICE = "Baywarden"


def compose(notice: Notice, violation: Violation, place: Place, language: str, now: datetime) -> str:
    """The words of one message, a :class:`ledger.composer.Composer`. A language that is not spoken reads English.

    Times are the station's; one of another day than ``now`` comes with its date. The names of station and bay are
    shortened until the whole is one segment.
    """
    spoken = language if language in LANGUAGES else "en"
    code = CODE[spoken].format(code=place.code) if place.code else ""
    body = f"{SERVICE}: {template(notice.step, violation.kind)[spoken]}{code} {WAY_OUT[spoken]}"
    values = _values(notice, violation, place.zone, spoken, now)
    room = ONE_SEGMENT - len(body.format(place="", **values))
    return body.format(place=_place(place, spoken, room), **values)


def compose_code(code: str, language: str) -> str:
    """The words that bring a code to a phone."""
    return f"{SERVICE}: {PHONE_CODE[language if language in LANGUAGES else 'en'].format(code=code)}"


def compose_answer(outcome: str, place: Place, language: str) -> str:
    """The words that bring the answer to a dispute: ``upheld`` or ``waived``. Why is read on the stay's page."""
    spoken = language if language in LANGUAGES else "en"
    code = CODE[spoken].format(code=place.code) if place.code else ""
    body = f"{SERVICE}: {DISPUTE_ANSWERED[outcome][spoken]}{code} {WAY_OUT[spoken]}"
    return body.format(place=_place(place, spoken, ONE_SEGMENT - len(body.format(place=""))))


def _values(notice: Notice, violation: Violation, zone: str, language: str, now: datetime) -> dict[str, str]:
    """What a step's template needs, and no more. Raises ValueError if the violation is not at that step."""
    fee = violation.fee
    total = {"total": format_minor(fee.total_minor, fee.currency), "note": TAXES[language] if fee.tax_minor else ""}
    match notice.step:
        case Step.ABOUT_TO_FINISH:
            ends = _clock(violation.clock_started_at, zone, now)
            return {"ends": ends, "until": _clock(violation.grace_ends_at, zone, now)}
        case Step.GRACE_RUNNING | Step.FEE_NEAR:
            return {"until": _clock(violation.grace_ends_at, zone, now)}
        case Step.FEE_STARTED:
            return {"since": _clock(violation.violated_at, zone, now)}
        case Step.FEE_RUNNING:
            return {"since": _clock(violation.violated_at, zone, now), **total}
        case Step.FEE_ENDED:
            note = total["note"] + ("" if violation.state is State.SETTLED else NOT_FINAL[language])
            ended, length = _clock(violation.ended_at, zone, now), _length(fee.billable)
            return {"ended": ended, "length": length, **total, "note": note}


def _clock(at: datetime | None, zone: str, now: datetime) -> str:
    if at is None:
        raise ValueError("the violation has not come to this step: its time is missing")
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    return f"{local:%H:%M}" if local.date() == today else f"{local:%Y-%m-%d %H:%M}"


def _place(place: Place, language: str, room: int) -> str:
    """Station and bay in ``room`` characters; the bay's own name is the last thing to be cut."""
    station, bay = _harmless(place.station), _harmless(place.bay)
    bay = _shortened(f"{BAY[language]} {bay}", room) if bay else ""
    if not station:
        return bay or SOMEWHERE[language]
    if not bay:
        return _shortened(station, room)
    left = room - len(bay) - len(", ")
    return f"{_shortened(station, left)}, {bay}" if left >= len("A..") else bay


def _shortened(text: str, room: int) -> str:
    return text if len(text) <= room else text[: max(room - 2, 0)].rstrip() + ".."


def _harmless(name: str) -> str:
    """A name from outside, in GSM-7, that no telephone takes for a link."""
    return re.sub(r"(?<=\w)\.(?=\w)", "-", to_gsm7(name).replace("//", "/"))


def _length(billable: timedelta) -> str:
    """Whole minutes; seconds where there is not one of them, which only a policy that bills seconds can give."""
    minutes = billable // timedelta(minutes=1)
    return f"{minutes} min" if minutes else f"{billable // timedelta(seconds=1)} s"
