"""The timeline of a stay: what each stretch of it was, why, and whether that is confirmed or only holds so far."""

from datetime import datetime

from enforcement.conditions import Condition, Stretch
from enforcement.evidence import Evidence
from enforcement.intervals import holds
from enforcement.presence import Presence
from enforcement.proof import proves_parked, proves_plugged
from enforcement.setting import BaySetting
from enforcement.stay_view import Plugged, View, cuts, view_of
from enforcement.stays import Stay
from enforcement.traces import is_over


def timeline(stay: Stay, evidence: Evidence, seen: Presence, setting: BaySetting, now: datetime) -> list[Stretch]:
    """Cut the stay wherever evidence changes and say what each piece was. Reasons are codes of :mod:`reasons`."""
    start, until = stay.arrived_at, stay.until(now)
    if until <= start:
        return []
    view = view_of(stay, evidence, seen, setting, now)
    out: list[Stretch] = []
    piece = _condition(view, start)
    for cut in cuts(view, start, until):
        following = _condition(view, cut)
        if following != piece:
            out.append(Stretch(start, cut, *piece))
            start, piece = cut, following
    out.append(Stretch(start, until, *piece))
    return out


def _condition(view: View, at: datetime) -> tuple[Condition, str, bool]:
    for each in view.plugged:
        if each.span[0] <= at < each.span[1]:
            return _plugged(view, each, at)
    if view.seen.is_down(view.setting.evses, at):
        return Condition.UNUSABLE, "charger_down", True
    return _not_plugged(view, at)


def _plugged(view: View, plugged: Plugged, at: datetime) -> tuple[Condition, str, bool]:
    metered, end = at < plugged.metered_to, plugged.end
    if end is None or at < end.at:
        return Condition.CHARGING, "session_active", metered
    if view.seen.is_down([plugged.session.evse], at):
        return Condition.UNUSABLE, "charger_down", metered
    if holds(view.seen.free, at):
        return Condition.UNKNOWN, "sensor_contradicts", False
    if holds(view.seen.blinks, at) and not holds(view.seen.trusted, at):
        return Condition.UNKNOWN, "sensor_blink", False
    return Condition.IDLE, f"finished_{end.confidence}", proves_plugged(view.seen, at, metered=metered)


def _not_plugged(view: View, at: datetime) -> tuple[Condition, str, bool]:
    if not holds(view.seen.occupied, at):
        return Condition.UNKNOWN, "no_sensor_word", False
    if not holds(view.seen.trusted, at):
        return Condition.UNKNOWN, f"sensor_{view.seen.doubt_at(at)}", False
    if holds(view.unknown_who, at):
        return Condition.UNKNOWN, "sensor_blink", False
    if holds(view.shared, at):
        return Condition.UNKNOWN, "shared_session", False
    if not view.setting.evses:
        return Condition.UNKNOWN, "no_charger", False
    if not holds(view.seen.feed, at):
        return Condition.UNKNOWN, "feed_silent", False
    confirmed = proves_parked(view.seen, at)
    if not view.plugged:
        return Condition.UNPLUGGED, "no_session", confirmed
    before = [each for each in view.plugged if each.span[1] <= at]
    over = [each for each in before if is_over(each.session)]
    if over:
        return *_after(over[-1], at), confirmed
    if before:
        return Condition.UNKNOWN, "session_silent", False
    return Condition.UNPLUGGED, "no_session", confirmed


def _after(plugged: Plugged, at: datetime) -> tuple[Condition, str]:
    """What a vehicle that stayed after its session is: still plugged in, for all that is known, or overstaying."""
    is_stopped = plugged.session.stopped_by_operator
    if plugged.released is None or at < plugged.released:
        return Condition.IDLE, "operator_stopped" if is_stopped else "session_stopped"
    return Condition.OVERSTAYING, "operator_stopped" if is_stopped else "session_over"
