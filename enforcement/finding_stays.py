"""Finding the stays of a bay in its evidence.

A stretch of presence (the bay's sensors and its sessions together) is one stay, unless a second vehicle took the place
within it (:mod:`enforcement.vehicles`).
"""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

from enforcement.evidence import Evidence, SessionTrace
from enforcement.intervals import Span, merged
from enforcement.network_bills import with_bills
from enforcement.presence import Presence, home_sessions
from enforcement.setting import BaySetting
from enforcement.stays import Stay
from enforcement.traces import is_over, session_start
from enforcement.vehicles import Taken, by_plate, by_token

# A session without any news for so long will not have any: some peers never close theirs.
ABANDONED_AFTER = timedelta(days=7)


def find_stays(evidence: Evidence, seen: Presence, setting: BaySetting, now: datetime) -> list[Stay]:
    """All stays in the evidence, oldest first."""
    own = home_sessions(seen, setting)
    sessions = [s for s in own if session_start(s) < now and not _is_settled(s, evidence)]
    taken = _taken(seen, sessions, now)
    stays = [stay for stretch in taken for stay in by_token(setting.bay, stretch, seen.spans)]
    if evidence.plates:
        stays = by_plate(stays, evidence, now)
    return with_bills([_with_proof(stay, seen, setting) for stay in stays], evidence, setting)


def _taken(seen: Presence, sessions: Sequence[SessionTrace], now: datetime) -> Iterator[Taken]:
    """Presence by sensors and sessions together."""
    spans = seen.spans
    stretches = merged([*seen.occupied, *(spans[s.session] for s in sessions)]) if sessions else seen.occupied
    for lo, hi in stretches:
        inside = [s for s in sessions if lo <= spans[s.session][0] < hi]
        is_open = (lo, hi) == stretches[-1] and (
            (hi >= now and seen.is_occupied) or any(_goes_on(s, spans[s.session], seen, now) for s in inside)
        )
        yield Taken((lo, hi), is_open, inside)


def _is_settled(session: SessionTrace, evidence: Evidence) -> bool:
    """A session that was never closed, of a stay that is settled: what showed that it had ended may be forgotten.

    Any news of it folds all facts again.
    """
    return evidence.cut is not None and session_start(session) < evidence.cut and session.heard <= evidence.cut


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
