"""Reading the clauses of a policy document: clocks, limits, windows, whom they are for."""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from itertools import combinations
from typing import Any

from enforcement import readings as read
from enforcement import readings_of_time as times
from enforcement.clauses import Clause, Kind, Limits, Who
from enforcement.documents import Table
from enforcement.intervals import ZERO
from enforcement.policy_tiers import read_tiers
from enforcement.windows import EVERY_DAY, Window

_STARTS = {
    Kind.UNPLUGGED: ("arrival",),
    Kind.IDLE: ("charging_end", "soc"),
    Kind.OVERSTAYING: ("session_end",),
    Kind.OVERTIME: ("plug_in", "arrival", "soc"),
}
_STOPS = {
    Kind.UNPLUGGED: ("plug_in",),
    Kind.IDLE: ("unplug", "vacated"),
    Kind.OVERSTAYING: ("vacated",),
    Kind.OVERTIME: ("unplug", "vacated"),
}
_MINUTE = timedelta(minutes=1)


def read_clause(t: Table) -> Clause | None:
    """One clause; None where it has faults, which the table collects."""
    before = len(t.faults)
    kind = t.take("kind", Kind)
    if kind is None:
        return None
    values: dict[str, Any] = {
        "kind": kind,
        "starts": t.take("starts", read.one_of(*_STARTS[kind]), _STARTS[kind][0]),
        "stops": t.take("stops", read.one_of(*_STOPS[kind]), _STOPS[kind][0]),
        "soc": t.take("soc", read.whole(1, 100), None),
        "start_after": t.take("start_after", times.duration, ZERO),
        "grace": t.take("grace", times.duration, ZERO),
        "grace_mode": t.take("grace_mode", read.one_of("deduct", "waive"), "deduct"),
        "grace_anchor": t.take("grace_anchor", read.one_of("trigger", "warning"), "trigger"),
        "unit": t.take("unit", times.length, _MINUTE),
        "rounding": t.take("rounding", read.one_of("down", "up", "exact"), "down"),
        "money": t.take("money", read.one_of("total", "line"), "total"),
        "tier_clock": t.take("tier_clock", read.one_of("fee", "trigger"), "fee"),
        "occupancy_unknown": t.take("occupancy_unknown", read.one_of("free", "cheapest"), "free"),
        "min_confidence": t.take("min_confidence", read.one_of("reported", "inferred"), "reported"),
        "spares_operator_stop": t.take("spares_operator_stop", read.flag, True),
        "tiers": read_tiers(t),
        "limits": _limits(t),
        "windows": tuple(w for entry in read.some(t, "window") if (w := _window(entry)) is not None),
        "who": _who(t),
    }
    if (values["starts"] == "soc") != (values["soc"] is not None):
        t.fault('soc goes with starts = "soc", and starts = "soc" needs it', "soc")
    if values["grace_anchor"] == "warning" and values["grace"] == ZERO:
        t.fault("a warning leaves time to leave: give a grace", "grace_anchor")
    t.close()
    if len(t.faults) > before:
        return None
    clause = Clause(**values)
    for fault in _never(clause):
        t.fault(fault)
    return None if len(t.faults) > before else clause


def _never(clause: Clause) -> Iterator[str]:
    """What could never hold: somebody meant something else."""
    if clause.who.groups and clause.who.groups <= clause.who.exempt_groups:
        yield "everybody that it is for is spared: groups are among exempt_groups"


def check_clauses(clauses: Sequence[tuple[Table, Clause]]) -> None:
    """No minute may cost money twice: two clauses for one vehicle must not count the same time."""
    for (_, one), (place, other) in combinations(clauses, 2):
        if one.kind is other.kind:
            if _is_for_all_of(one.who, other.who):
                place.fault(f"an earlier clause for {other.kind} holds for all of these vehicles already", "kind")
        elif one.counts & other.counts and _may_meet(one.who, other.who):
            twice = ", ".join(sorted(condition.value for condition in one.counts & other.counts))
            place.fault(f"{one.kind} and {other.kind} both count {twice} time: minutes would cost twice", "kind")


def _is_for_all_of(one: Who, other: Who) -> bool:
    """Whether every vehicle that fits the second fits the first: then the second never holds."""
    pairs = ((one.power_classes, other.power_classes), (one.groups, other.groups), (one.contracts, other.contracts))
    return all(not wide or (narrow and narrow <= wide) for wide, narrow in pairs)


def _may_meet(one: Who, other: Who) -> bool:
    """Whether one vehicle can fit both. Groups may overlap, so only classes and contracts keep clauses apart."""
    classes = not one.power_classes or not other.power_classes or one.power_classes & other.power_classes
    contracts = not one.contracts or not other.contracts or one.contracts & other.contracts
    return bool(classes and contracts)


def _limits(t: Table) -> Limits:
    values = {key: t.take(key, read.money, None) for key in ("minimum", "cap", "cap_day", "cap_driver_day")}
    for key, cap in values.items():
        if cap is not None and values["minimum"] is not None and cap < values["minimum"]:
            t.fault(f"{key} is under the minimum", key)
    return Limits(**values)


def _who(t: Table) -> Who:
    values: dict[str, Any] = {
        "power_classes": t.take("power_classes", read.texts, None),
        "groups": t.take("groups", read.texts, None),
        "contracts": t.take("contracts", read.words_of("adhoc", "contract", "roaming"), None),
        "exempt_groups": t.take("exempt_groups", read.texts, None),
        "exempt_permits": t.take("exempt_permits", read.texts, None),
    }
    return Who(**{key: value or frozenset() for key, value in values.items()})


def _window(t: Table) -> Window | None:
    start, end = t.take("from", times.wall_time), t.take("to", times.wall_time)
    days = t.take("days", times.weekdays, EVERY_DAY)
    on_holidays: Any = t.take("holidays", read.one_of("include", "exclude", "only"), "include")
    t.close()
    if start is None or end is None or days is None or on_holidays is None:
        return None
    return Window(start, end, days, on_holidays)
