"""What a sensor's own messages tell against it: words about its state, and changes that come too fast to be true.

Folded with its readings. A healthy sensor costs one look at a short list of its latest changes.
"""

from datetime import datetime, timedelta

from enforcement.evidence import Qualm
from enforcement.facts import DeviceReported, OccupancyRead

# So many changes within so short a time are no vehicles; until it has been calm for so long, its word is not believed.
FLAPS = 6
FLAP_SPAN = timedelta(minutes=10)
CALM = timedelta(minutes=30)

# Words that make what a sensor says of its bay worthless; the others are only shown.
_STATES = {
    "tilt": "tilt",
    "interference": "interference",
    "not_calibrated": "not_calibrated",
    "fault": "fault",
    "obstructed": "obstructed",
    "clock": "drifting",
    "low_battery": "low_battery",
}


Qualms = dict[str, list[Qualm]]
Changes = dict[str, list[datetime]]


def note_quality(qualms: Qualms, fact: OccupancyRead | DeviceReported, before: datetime | None) -> None:
    """Take in the words of a message. A state is older than its first word: it may be as old as the one ``before``.

    It ends with the next reading that does not say so; a report need not repeat it.
    """
    known = qualms.get(fact.subject)
    if known is None and not fact.quality:
        return
    said = {_STATES[word] for word in fact.quality if word in _STATES}
    open_ones = {qualm.state: qualm for qualm in known or () if qualm.until is None}
    if isinstance(fact, OccupancyRead):
        for state in open_ones.keys() - said:
            open_ones[state].until = fact.at
    since = before or fact.at
    for state in said & open_ones.keys():
        _say_again(open_ones[state], since, fact.at)
    new = [Qualm(state, since, said_at=fact.at) for state in said - open_ones.keys()]
    if new:  # in an order that does not tell which of several reports came first
        qualms[fact.subject] = sorted([*(known or ()), *new], key=lambda qualm: (qualm.since, qualm.state))


def _say_again(qualm: Qualm, since: datetime, at: datetime) -> None:
    qualm.since = min(qualm.since, since)
    qualm.said_at = at if qualm.said_at is None else max(qualm.said_at, at)


def is_told_already(qualms: Qualms, fact: OccupancyRead) -> bool:
    """Whether a report that is no older has told of a state which goes on: the reading would end it too soon."""
    open_ones = (qualm for qualm in qualms.get(fact.subject, ()) if qualm.until is None)
    return any(qualm.said_at is not None and fact.at <= qualm.said_at for qualm in open_ones)


def quality_since(qualms: Qualms, fact: OccupancyRead | DeviceReported, before: datetime) -> datetime | None:
    """How far back the words of a message reach, ``before`` being the last one; None where they say nothing new."""
    known = {qualm.state for qualm in qualms.get(fact.subject, ()) if qualm.until is None}
    return before if any(word in _STATES and _STATES[word] not in known for word in fact.quality) else None


def note_change(qualms: Qualms, changes: Changes, fact: OccupancyRead) -> None:
    """Take in a change of a sensor's word: too many of them, and it flaps, from the first of them on."""
    recent = [at for at in changes.get(fact.subject, ()) if fact.at - at <= FLAP_SPAN] + [fact.at]
    changes[fact.subject] = recent[-FLAPS:]
    flapping = flapping_at(qualms, fact.subject, fact.at)
    if flapping is not None:
        flapping.until = fact.at + CALM
    elif len(recent) >= FLAPS:
        qualms.setdefault(fact.subject, []).append(Qualm("flapping", recent[-FLAPS], fact.at + CALM))


def flapping_at(qualms: Qualms, subject: str, moment: datetime) -> Qualm | None:
    """The flapping in which a sensor is at a moment."""
    found = (q for q in qualms.get(subject, ()) if q.state == "flapping" and q.until is not None and moment < q.until)
    return next(found, None)


def flaps_since(qualms: Qualms, changes: Changes, fact: OccupancyRead) -> datetime | None:
    """How far back a change would make its sensor flap; None where it does not, or does already."""
    recent = [at for at in changes.get(fact.subject, ()) if fact.at - at <= FLAP_SPAN]
    if len(recent) + 1 < FLAPS or flapping_at(qualms, fact.subject, fact.at) is not None:
        return None
    return recent[1 - FLAPS]


def forget(qualms: Qualms, cut: datetime) -> None:
    """Drop what was over before ``cut``."""
    for subject in list(qualms):
        qualms[subject] = [qualm for qualm in qualms[subject] if qualm.until is None or qualm.until > cut]
        if not qualms[subject]:
            del qualms[subject]
