"""Number plates that cameras read, folded into sightings, and which of them tie to a vehicle."""

import itertools
from collections.abc import Iterable, Sequence
from datetime import datetime

from enforcement.evidence import Sighting
from enforcement.facts import PlateSeen

# A camera misreads single characters: a plate counts from this confidence on, and takes a place when seen twice.
SURE_PERCENT = 85
_TWICE = 2


def see(sightings: list[Sighting], fact: PlateSeen) -> None:
    """Take in a plate that was seen later than all before it."""
    last = sightings[-1] if sightings else None
    if last is not None and (last.plate, last.jurisdiction) == (fact.plate, fact.jurisdiction):
        last.last, last.count, last.confidence = fact.at, last.count + 1, max(last.confidence, fact.confidence)
    else:
        sightings.append(Sighting(fact.plate, fact.jurisdiction, fact.at, fact.at, 1, fact.confidence))


def plate_of(sightings: Iterable[Sighting], start: datetime, end: datetime) -> Sighting | None:
    """The plate of a vehicle that stood there: of all sure ones the one that was seen most often."""
    found = [s for s in sightings if s.confidence >= SURE_PERCENT and s.first < end and s.last >= start]
    return max(found, key=lambda s: (s.count, s.confidence, s.plate), default=None)


def taken_over(sightings: Sequence[Sighting], start: datetime, end: datetime) -> tuple[datetime, datetime] | None:
    """When another vehicle took the place: the last sight of the one before, and the first of the other.

    A plate that comes back later was never away: what stood between was misread.
    """
    found = [s for s in sightings if s.confidence >= SURE_PERCENT and start <= s.first and s.last < end]
    found = sorted((s for s in found if s.count >= _TWICE), key=lambda s: s.first)
    for one, other in itertools.pairwise(found):
        before = {s.plate for s in found if s.first <= one.first}
        after = {s.plate for s in found if s.first >= other.first}
        if not before & after and one.last < other.first:
            return one.last, other.first
    return None
