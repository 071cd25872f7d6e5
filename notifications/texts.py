"""What drivers read: one SMS segment each, English and French, in characters that cost no second one.

No text holds a link: parking fines by SMS are a favourite of phishers, so drivers should never learn to follow one.
"""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from enforcement.money import format_minor
from enforcement.policy import Kind
from enforcement.violations import State, Violation
from enforcement.warnings import Notice, Step
from ledger.composer import Place
from notifications.gsm7 import ONE_SEGMENT, to_gsm7

SERVICE = "Baywarden"

Words = dict[str, str]

GRACE_RUNNING: dict[Kind, Words] = {
    Kind.IDLE: {
        "en": "charging has finished at {place}. Please move your vehicle: free until {until}, then a fee may apply.",
        "fr": "charge terminée, {place}. Merci de libérer la place: gratuit jusqu'à {until}, puis frais possibles.",
    },
    Kind.OVERSTAYING: {
        "en": "session over, still parked at {place}. Please move on: free until {until}, then a fee may apply.",
        "fr": "session finie, toujours garé, {place}. Merci de partir: gratuit jusqu'à {until}, puis frais possibles.",
    },
    Kind.UNPLUGGED: {
        "en": "parked but not plugged in at {place}. Plug in or move: free until {until}, then a fee may apply.",
        "fr": "garé sans charger, {place}. Branchez ou partez: gratuit jusqu'à {until}, puis frais possibles.",
    },
    Kind.OVERTIME: {
        "en": "the time limit at {place} ends at {until}. Please move your vehicle by then: a fee may apply after it.",
        "fr": "la durée permise, {place}, finit à {until}. Merci de partir avant: des frais sont possibles ensuite.",
    },
}
FEE_STARTED: dict[Kind, Words] = {
    Kind.IDLE: {
        "en": "charging has finished and a fee is running at {place} since {since}. Move your vehicle to stop it.",
        "fr": "charge terminée, des frais courent depuis {since}, {place}. Partez pour y mettre fin.",
    },
    Kind.OVERSTAYING: {
        "en": "session over, still parked: a fee is running at {place} since {since}. Move your vehicle to stop it.",
        "fr": "session finie, toujours garé: des frais courent depuis {since}, {place}. Libérez la place.",
    },
    Kind.UNPLUGGED: {
        "en": "not plugged in: a fee is running at {place} since {since}. Move your vehicle to stop it.",
        "fr": "garé sans charger: des frais courent depuis {since}, {place}. Libérez la place.",
    },
    Kind.OVERTIME: {
        "en": "the time limit has passed: a fee is running at {place} since {since}. Move your vehicle to stop it.",
        "fr": "durée permise dépassée: des frais courent depuis {since}, {place}. Libérez la place.",
    },
}
FEE_ENDED: Words = {
    "en": "the fee at {place} ended at {ended}: {length}, {total}{note}.",
    "fr": "fin des frais à {ended}, {place}: {length}, {total}{note}.",
}
# Late facts may still change a sum that is not final, and the driver is told so.
NOT_FINAL: Words = {"en": " (provisional)", "fr": " (provisoire)"}
TAXES: Words = {"en": " taxes included", "fr": " taxes comprises"}
# What a driver types on the page that the sign names: no link, but a way to see why.
CODE: Words = {"en": " Code {code}.", "fr": " Code {code}."}
PHONE_CODE: Words = {
    "en": "your code is {code}. It holds for 10 minutes. Type it only on the page where you asked for it.",
    "fr": "votre code est {code}, valable 10 minutes. Ne le tapez que sur la page où vous l'avez demandé.",
}
BAY: Words = {"en": "bay", "fr": "place"}
SOMEWHERE: Words = {"en": "your bay", "fr": "votre place"}
WAY_OUT: Words = {"en": "Reply STOP to opt out", "fr": "ARRET pour se désabonner"}
LANGUAGES = ("en", "fr")


def compose(notice: Notice, violation: Violation, place: Place, language: str, now: datetime) -> str:
    """The words of one message, a :class:`ledger.composer.Composer`. A language that is not spoken reads English.

    Times are the station's; one of another day than ``now`` comes with its date. The names of station and bay are
    shortened until the whole is one segment.
    """
    spoken = language if language in LANGUAGES else "en"
    code = CODE[spoken].format(code=place.code) if place.code else ""
    body = f"{SERVICE}: {_template(notice.step, violation.kind)[spoken]}{code} {WAY_OUT[spoken]}"
    values = _values(notice, violation, place.zone, spoken, now)
    room = ONE_SEGMENT - len(body.format(place="", **values))
    return body.format(place=_place(place, spoken, room), **values)


def compose_code(code: str, language: str) -> str:
    """The words that bring a code to a phone."""
    return f"{SERVICE}: {PHONE_CODE[language if language in LANGUAGES else 'en'].format(code=code)}"


def _template(step: Step, kind: Kind) -> Words:
    match step:
        case Step.GRACE_RUNNING:
            return GRACE_RUNNING[kind]
        case Step.FEE_STARTED:
            return FEE_STARTED[kind]
        case Step.FEE_ENDED:
            return FEE_ENDED


def _values(notice: Notice, violation: Violation, zone: str, language: str, now: datetime) -> dict[str, str]:
    """What a step's template needs, and no more. Raises ValueError if the violation is not at that step."""
    match notice.step:
        case Step.GRACE_RUNNING:
            return {"until": _clock(violation.grace_ends_at, zone, now)}
        case Step.FEE_STARTED:
            return {"since": _clock(violation.violated_at, zone, now)}
        case Step.FEE_ENDED:
            fee = violation.fee
            note = TAXES[language] if fee.tax_minor else ""
            return {
                "ended": _clock(violation.ended_at, zone, now),
                "length": _length(fee.billable),
                "total": format_minor(fee.total_minor, fee.currency),
                "note": note + ("" if violation.state is State.SETTLED else NOT_FINAL[language]),
            }


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
