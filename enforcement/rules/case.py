"""One stay under one rule: which of its time counts for what the rule forbids."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from enforcement.conditions import Condition, Stretch
from enforcement.intervals import Span, intersect, merged, subtract
from enforcement.rules.offences import Offence
from enforcement.rules.place import PlaceFacts, Seen, Sighting
from enforcement.rules.rule import Exemption, Forbidden, Land, Rule
from enforcement.windows import open_spans

_PRESENT = frozenset({Condition.CHARGING, Condition.IDLE, Condition.OVERSTAYING, Condition.UNPLUGGED})
_PLUGGED = frozenset({Condition.CHARGING, Condition.IDLE})
_FOREVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Case:
    """A stay up to now, in order, with the place and what witnesses saw. Build it with :func:`case_of`."""

    rule: Rule
    place: PlaceFacts
    zone: str
    stretches: tuple[Stretch, ...]
    sightings: tuple[Sighting, ...]

    @property
    def span(self) -> Span:
        """From the first moment of the stay to a moment after its last, which still belongs to it."""
        return self.stretches[0].start, self.stretches[-1].end + timedelta(microseconds=1)

    def in_force(self) -> list[Span]:
        """When the rule is in force, by its local days."""
        rule = self.rule
        first = _midnight(rule.effective_from, self.zone) if rule.effective_from else self.span[0]
        last = _midnight(rule.effective_to, self.zone) if rule.effective_to else _FOREVER
        return intersect([self.span], merged([(first, last)]))

    def signed_hours(self) -> list[Span]:
        """When the sign reserves the bay."""
        return open_spans(self.place.sign_hours, self.zone, *self.span)

    def exempt(self, exemption: Exemption) -> list[Span]:
        """When an exemption holds here."""
        if exemption.places and self.place.kind not in exemption.places:
            return []
        return open_spans(exemption.windows, self.zone, *self.span)

    def judged(self, condition: Condition | None, since: datetime | None = None) -> list[Span]:
        """The time that the rule judges in a condition (None: whatever the condition).

        ``since``: from when on the sign is attested; then only while it stood.
        """
        spans = intersect(self.in_force(), self.signed_hours())
        if since is not None:
            spans = intersect(spans, merged([(since, self.place.sign_gone_at or _FOREVER)]))
        for exemption in self.rule.exemptions:
            if not exemption.covers or condition in exemption.covers:
                spans = subtract(spans, self.exempt(exemption))
        return spans

    def reaches_land(self) -> bool:
        """Whether the rule holds on the land that the bay is on."""
        match self.rule.land:
            case Land.ANY:
                return True
            case Land.OPEN_TO_PUBLIC:
                return not self.place.is_private or self.place.is_open_to_public
            case _:
                return not self.place.is_private

    def is_signed(self, forbidden: Forbidden) -> bool:
        """Whether this is forbidden here, where the law leaves that to the sign."""
        has_limit = forbidden.offence is Offence.OVER_TIME_LIMIT and self.place.signed_limit is not None
        return not forbidden.only_if_signed or has_limit or forbidden.offence in self.place.signed

    def limit(self, forbidden: Forbidden) -> timedelta | None:
        """How long it must last before it counts."""
        return self.place.signed_limit if forbidden.after is None else forbidden.after

    def pieces(self, offence: Offence, since: datetime | None = None) -> list[Stretch]:
        """The confirmed pieces of the stay that count for an offence, clipped to the time that the rule judges."""
        out: list[Stretch] = []
        for stretch in self.stretches:
            start = self.counts_from(stretch, offence) if stretch.confirmed else None
            if start is not None:
                spans = intersect(merged([(start, stretch.end)]), self.judged(stretch.condition, since))
                out += [Stretch(lo, hi, stretch.condition, stretch.reason, True) for lo, hi in spans]
        return out

    def counts_from(self, stretch: Stretch, offence: Offence) -> datetime | None:
        """From when on a stretch is what an offence forbids; None: it is not."""
        condition = stretch.condition
        match offence:
            case Offence.OVER_TIME_LIMIT:
                return stretch.start if condition in _PRESENT else None
            case Offence.NOT_CHARGING if condition is Condition.IDLE:
                return None if stretch.reason == "finished_inferred" else stretch.start
            case Offence.NOT_CHARGING if condition is Condition.OVERSTAYING:
                return stretch.start
            case Offence.NOT_PLUGGED_IN if condition is Condition.OVERSTAYING:
                return self._released(stretch)
            case Offence.NOT_CHARGING | Offence.NOT_PLUGGED_IN:
                return stretch.start if condition is Condition.UNPLUGGED else None
            case _:
                return None

    def is_plugged(self, at: datetime) -> bool:
        """Whether evidence shows the vehicle plugged in at a moment."""
        return any(
            s.confirmed and s.condition in _PLUGGED and not s.is_maybe_plugged and s.start <= at < s.end
            for s in self.stretches
        )

    def _released(self, stretch: Stretch) -> datetime | None:
        """When the cable is known to be out, in a stretch after a session: the session's end alone does not show it."""
        plugged = (s.end for s in self.stretches if s.condition in _PLUGGED and s.end <= stretch.start)
        after = max(plugged, default=self.span[0])
        released = [s.at for s in self.sightings if s.seen is Seen.CABLE_RELEASED and after <= s.at < stretch.end]
        return max(stretch.start, min(released)) if released else None


def case_of(
    rule: Rule,
    stretches: Sequence[Stretch],
    zone: str,
    place: PlaceFacts,
    sightings: Iterable[Sighting],
    now: datetime,
) -> Case | None:
    """A case with everything up to now; None where nothing is known of the stay."""
    known = sorted((s for s in stretches if s.start < min(s.end, now)), key=lambda s: s.start)
    if not known:
        return None
    clipped = tuple(Stretch(s.start, min(s.end, now), s.condition, s.reason, s.confirmed) for s in known)
    return Case(rule, place, zone, clipped, tuple(sorted((s for s in sightings if s.at <= now), key=lambda s: s.at)))


def _midnight(day: date, zone: str) -> datetime:
    return datetime.combine(day, time(0), tzinfo=ZoneInfo(zone)).astimezone(UTC)
