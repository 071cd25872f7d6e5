"""Stays: one vehicle in one bay, from arrival to departure.

A stretch of presence (the bay's sensors and its sessions together) is one stay, unless a second vehicle plugs in
within it: a session with another token ends the stay before, at the end of that one's own last session. What lies
between the two is nobody's: the sensor saw no release, so who stood there is not known.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from enforcement.evidence import Evidence, SessionTrace, Sighting
from enforcement.facts import NetworkBilled
from enforcement.intervals import Span, merged
from enforcement.presence import Presence, home_sessions
from enforcement.setting import BaySetting
from enforcement.sightings import plate_of, taken_over
from enforcement.traces import is_over, session_end, session_start

# A session without any news for so long will not have any: some peers never close theirs.
ABANDONED_AFTER = timedelta(days=7)


class Stay(NamedTuple):
    """One vehicle in one bay.

    ``left_at`` is None while it stands there, as far as is known. ``is_last_here``: nobody took its place while the
    bay was never seen free, so that evidence up to its end can be settled. ``proven_by``: until when a network that
    has not been heard since the end may still be, which would confirm the time before it; None: nothing is open.
    ``bills``: what networks billed for its parking themselves. ``plate``: the number plate that a camera read, if one
    did: its pseudonym, who issued it, how sure the camera was.
    """

    bay: str
    arrived_at: datetime
    left_at: datetime | None
    sessions: tuple[SessionTrace, ...] = ()
    is_last_here: bool = True
    proven_by: datetime | None = None
    bills: tuple[NetworkBilled, ...] = ()
    plate: Sighting | None = None

    @property
    def billed(self) -> list[Span]:
        """The time that networks billed themselves, merged."""
        return merged((span.start, span.end) for bill in self.bills for span in bill.spans) if self.bills else []

    def final_at(self, settle_after: timedelta) -> datetime | None:
        """When late facts are no longer waited for; None while the vehicle stands there."""
        if self.left_at is None:
            return None
        settled = self.left_at + settle_after
        return settled if self.proven_by is None else max(settled, self.proven_by)

    @property
    def token(self) -> str | None:
        """The keyed hash of the driver's token, where a session told it."""
        return next((s.token for s in reversed(self.sessions) if s.token), None)

    def until(self, now: datetime) -> datetime:
        """The end of what can be judged at ``now``."""
        return now if self.left_at is None else self.left_at


def find_stays(evidence: Evidence, seen: Presence, setting: BaySetting, now: datetime) -> list[Stay]:
    """All stays in the evidence, oldest first."""
    own = home_sessions(seen, setting)
    sessions = [s for s in own if session_start(s) < now and not _is_settled(s, evidence)]
    spans = seen.spans
    stays: list[Stay] = []
    stretches = merged([*seen.occupied, *(spans[s.session] for s in sessions)]) if sessions else seen.occupied
    for lo, hi in stretches:
        inside = [s for s in sessions if lo <= spans[s.session][0] < hi]
        is_open = (lo, hi) == stretches[-1] and (
            (hi >= now and seen.is_occupied) or any(_goes_on(s, spans[s.session], seen, now) for s in inside)
        )
        stays += _split(setting.bay, (lo, hi), is_open, inside, spans)
    if evidence.plates:
        stays = [part for stay in stays for part in _with_plates(stay, _sightings(evidence), now)]
    stays = [_with_proof(stay, seen, setting) for stay in stays]
    standing = standing_bills(evidence) if evidence.bills else ()
    if not standing:
        return stays
    reaching = [bill for bill in standing if bill.subject.removeprefix("evse:") in setting.evses]
    return [stay._replace(bills=_of(stay, reaching, evidence)) for stay in stays]


def _is_settled(session: SessionTrace, evidence: Evidence) -> bool:
    """A session that was never closed, of a stay that is settled: what showed that it had ended may be forgotten.

    Any news of it folds all facts again.
    """
    return evidence.cut is not None and session_start(session) < evidence.cut and session.heard <= evidence.cut


def _sightings(evidence: Evidence) -> list[Sighting]:
    return [sighting for sightings in evidence.plates.values() for sighting in sightings]


def _with_plates(stay: Stay, sightings: Sequence[Sighting], now: datetime) -> Iterator[Stay]:
    """A stay with its plate; where another plate took the place, both stays. What lies between is nobody's."""
    swap = taken_over(sightings, stay.arrived_at, stay.until(now))
    if swap is None:
        yield stay._replace(plate=plate_of(sightings, stay.arrived_at, stay.until(now)))
        return
    left, came = swap
    first = tuple(s for s in stay.sessions if session_start(s) < came)
    left = max([left, *(session_end(s) for s in first if is_over(s) and session_end(s) < came)])
    one = stay._replace(left_at=left, sessions=first, is_last_here=False)
    yield one._replace(plate=plate_of(sightings, one.arrived_at, left))
    other = stay._replace(arrived_at=came, sessions=tuple(s for s in stay.sessions if session_start(s) >= came))
    yield from _with_plates(other, sightings, now)


def standing_bills(evidence: Evidence) -> tuple[NetworkBilled, ...]:
    """The bills that no credit took back, by record."""
    taken_back = {bill.takes_back for bill in evidence.bills.values()}
    return tuple(
        bill for record, bill in sorted(evidence.bills.items()) if bill.takes_back is None and record not in taken_back
    )


def _of(stay: Stay, bills: Sequence[NetworkBilled], evidence: Evidence) -> tuple[NetworkBilled, ...]:
    """The bills of a stay: those of its sessions, or, where a bill's session is not known, begun in its time.

    A record that was over before the vehicle came bills nothing of its stay.
    """
    own = {session.session for session in stay.sessions}
    return tuple(
        bill
        for bill in bills
        if bill.ended_at >= stay.arrived_at
        and (bill.session in own if bill.session in evidence.sessions else _began_in(stay, bill.started_at))
    )


def _began_in(stay: Stay, moment: datetime) -> bool:
    return stay.arrived_at <= moment and (stay.left_at is None or moment < stay.left_at)


def _with_proof(stay: Stay, seen: Presence, setting: BaySetting) -> Stay:
    """A network's next word confirms its silence before it, if it comes within the watchdog."""
    if stay.left_at is None or not setting.networks:
        return stay
    if seen.feed_confirmed and seen.feed_confirmed[-1][1] >= stay.left_at:
        return stay
    watchdog = max(habits.feed_watchdog for habits in setting.networks.values())
    return stay._replace(proven_by=stay.left_at + watchdog)


def _goes_on(session: SessionTrace, span: Span, seen: Presence, now: datetime) -> bool:
    """A session that falls silent has not ended: the stay stays open, as unknown, until news, or until it is given up.

    Unless a sensor has seen the bay free after its last news: once it has, the vehicle is gone.
    """
    if is_over(session) or now - session.heard >= ABANDONED_AFTER:
        return False
    return span[1] >= now or not any(hi > session.heard for _, hi in seen.free)


def _split(bay: str, span: Span, is_open: bool, sessions: Sequence[SessionTrace], spans: dict[str, Span]) -> list[Stay]:
    """Cut one stretch of presence where another vehicle took the place."""
    vehicles: list[list[SessionTrace]] = []
    for session in sessions:
        if vehicles and session.token is not None and session.token == vehicles[-1][-1].token:
            vehicles[-1].append(session)
        else:
            vehicles.append([session])
    if not vehicles:
        return [Stay(bay, span[0], None if is_open else span[1])]
    out: list[Stay] = []
    for index, own in enumerate(vehicles):
        arrived = span[0] if index == 0 else session_start(own[0])
        if index + 1 == len(vehicles):
            left = None if is_open else span[1]
            out.append(Stay(bay, arrived, left, tuple(own)))
        else:
            last = max(spans[s.session][1] for s in own)
            left = max(arrived, min(last, session_start(vehicles[index + 1][0])))
            out.append(Stay(bay, arrived, left, tuple(own), is_last_here=False))
    return out
