"""Pricing once more, as simply as it can be said: walk through every second of a stay and ask what it was.

Nothing of the core's counting, clocks, windows, tiers or limits is used here: a policy's fields, what truly happened
(:class:`tests.support.policy_worlds.Told`), and a clock that ticks. Slow, and meant to be: it is what the interval
pricing is held against. All times are on whole seconds.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

from enforcement.clauses import Clause
from enforcement.policy import Policy
from enforcement.tiers import Tier
from enforcement.windows import Window
from tests.support.policy_worlds import Told

SECOND = timedelta(seconds=1)
# What each kind counts by itself; the clock's start and stop add to it.
COUNTED = {"unplugged": "U", "idle": "I", "overstaying": "O", "overtime": "CI"}


@dataclass
class Tick:
    """One second of fee time: when, how much of the clock had run before it, and its local day."""

    at: datetime
    held: int
    day: date


@dataclass(frozen=True)
class Bill:
    """What a violation costs, by the naive way. ``billable`` in seconds."""

    billable: int
    net_minor: int
    taxes: tuple[int, ...]
    exact: Fraction
    violated: bool


def bill(told: Told, policy: Policy, clause: Clause, taxes: list[Fraction], spent: dict[date, Fraction]) -> Bill:
    """Price a stay under one clause of a policy."""
    seconds, violated = _fee_time(told, clause)
    seconds = _whole_units(seconds, clause, told)
    cost = _cost(seconds, told, clause)
    lines = _lines(seconds, cost, told, clause)
    if clause.money == "line":
        lines = [(day, Fraction(_half_up(amount * 100), 100)) for day, amount in lines]
    net = _half_up(_limited(lines, clause, spent) * 100)
    if policy.tax_included:
        base = Fraction(net) / (1 + sum(taxes, Fraction(0)))
        each = tuple(_half_up(base * rate) for rate in taxes)
        return Bill(len(seconds), net - sum(each), each, sum((a for _, a in lines), Fraction(0)), violated)
    each = tuple(_half_up(net * rate) for rate in taxes)
    return Bill(len(seconds), net, each, sum((a for _, a in lines), Fraction(0)), violated)


def _fee_time(told: Told, clause: Clause) -> tuple[list[Tick], bool]:
    """The seconds that cost money, and whether there was a violation at all."""
    counted = COUNTED[clause.kind] + ("O" if clause.stops == "vacated" else "")
    counted += {"soc": "CI", "arrival": "U"}.get(clause.starts, "")
    trigger = _trigger(told, clause)
    clock = Clock(told)
    held = past_limit = 0
    within_grace: list[Tick] = []
    beyond: list[Tick] = []
    violated = lost = False
    at = told.arrived
    while at < told.left:
        clock.tick(at)
        condition = _condition(told, at)
        if condition in counted and trigger is not None and at >= trigger:
            allowed = held < clause.start_after.total_seconds()
            held += 1
            waits = clause.grace_anchor == "warning" and (told.warned is None or at < told.warned)
            if not allowed and not waits:
                is_beyond = past_limit >= clause.grace.total_seconds()
                past_limit += 1
                is_open = not clause.windows or any(clock.is_in(w, told.calendar) for w in clause.windows)
                spared = condition == "O" and told.stopped_by_operator and clause.spares_operator_stop
                tick = Tick(at, held - 1, clock.day)
                violated |= is_beyond and is_open
                lost |= is_beyond and is_open and not spared
                if is_open and not spared:
                    (beyond if is_beyond else within_grace).append(tick)
        at += SECOND
    if clause.grace_mode == "waive" and lost:
        return within_grace + beyond, violated
    return beyond, violated


class Clock:
    """The local clock. Its highest reading decides about windows: when it is set back, no hour begins twice."""

    def __init__(self, told: Told) -> None:
        self.zone = ZoneInfo(told.zone)
        self.highest = datetime.min
        at = told.arrived - timedelta(hours=4)
        while at < told.arrived:
            self.tick(at)
            at += timedelta(minutes=1)

    def tick(self, at: datetime) -> None:
        shown = at.astimezone(self.zone).replace(tzinfo=None)
        self.day = shown.date()
        self.highest = max(self.highest, shown)

    def is_in(self, window: Window, calendar: frozenset[date] | None) -> bool:
        for back in (0, 1):
            day = self.highest.date() - timedelta(days=back)
            opens = datetime.combine(day, window.start)
            closes = datetime.combine(day if window.end > window.start else day + timedelta(days=1), window.end)
            if opens <= self.highest < closes and self._is_held_on(window, day, calendar):
                return True
        return False

    def _is_held_on(self, window: Window, day: date, calendar: frozenset[date] | None) -> bool:
        if window.holidays == "include":
            return day.weekday() in window.weekdays
        if calendar is None:
            return False
        if window.holidays == "only":
            return day in calendar
        return day.weekday() in window.weekdays and day not in calendar


def _condition(told: Told, at: datetime) -> str:
    dead = told.outage is not None and told.outage[0] <= at < told.outage[1]
    if told.plugged is None or at < told.plugged:
        return "dead" if dead else "U"
    if told.unplugged is not None and at >= told.unplugged:
        return "dead" if dead else "O"
    if told.finished is None or at < told.finished:
        return "C"
    return "dead" if dead else "I"


def _trigger(told: Told, clause: Clause) -> datetime | None:
    if clause.starts == "arrival":
        return told.arrived
    if clause.starts == "plug_in":
        return told.plugged
    if clause.starts == "session_end":
        return told.unplugged
    if clause.starts == "charging_end":
        return told.finished or told.unplugged
    return next((at for at, percent in told.soc if percent >= (clause.soc or 0)), None)


def _whole_units(seconds: list[Tick], clause: Clause, told: Told) -> list[Tick]:
    unit = int(clause.unit.total_seconds())
    if clause.rounding == "down":
        return seconds[: len(seconds) // unit * unit]
    seconds = list(seconds)
    while clause.rounding == "up" and seconds and len(seconds) % unit:
        last = seconds[-1]
        seconds.append(Tick(last.at + SECOND, last.held + 1, last.day))  # nobody stood there: no new day begins
    return seconds


def _cost(seconds: list[Tick], told: Told, clause: Clause) -> list[tuple[int | None, Fraction | None, Fraction]]:
    """Tier, occupancy and price of each second."""
    in_tier: dict[int, int] = {}
    out: list[tuple[int | None, Fraction | None, Fraction]] = []
    for index, tick in enumerate(seconds):
        share = next((s for a, b, s in told.occupancy if a <= tick.at < b), None)
        run = tick.held if clause.tier_clock == "trigger" else index
        which = _tier(clause, run, share)
        if which is None:
            out.append((None, share, Fraction(0)))
            continue
        tier, before = clause.tiers[which], in_tier.get(which, 0)
        in_tier[which] = before + 1
        price = tier.flat if before == 0 else Fraction(0)
        if tier.step is None:
            price += tier.rate / int(tier.per.total_seconds())
        elif before % int(tier.step.total_seconds()) == 0:  # a step begins, and counts whole
            price += tier.rate * int(tier.step.total_seconds()) / int(tier.per.total_seconds())
        out.append((which, share, price))
    return out


def _tier(clause: Clause, run: int, share: Fraction | None) -> int | None:
    asking: list[tuple[Fraction, Fraction, int]] = []
    for index, tier in enumerate(clause.tiers):
        if run < tier.start.total_seconds() or (tier.end is not None and run >= tier.end.total_seconds()):
            continue
        if not _asks(tier):
            return index
        if share is None:
            asking.append((tier.rate / int(tier.per.total_seconds()), tier.flat, index))
        elif tier.occupancy_from <= share and (tier.occupancy_to is None or share < tier.occupancy_to):
            return index
    return min(asking)[2] if asking and clause.occupancy_unknown == "cheapest" else None


def _asks(tier: Tier) -> bool:
    return tier.occupancy_from > 0 or tier.occupancy_to is not None


def _lines(
    seconds: list[Tick], cost: list[tuple[int | None, Fraction | None, Fraction]], told: Told, clause: Clause
) -> list[tuple[date, Fraction]]:
    """Seconds that follow each other at one price, one occupancy and on one local day are one line."""
    lines: list[tuple[date, Fraction]] = []
    for index, (tick, (tier, share, price)) in enumerate(zip(seconds, cost, strict=True)):
        before = seconds[index - 1] if index else None
        same = before is not None and before.at + SECOND == tick.at and before.day == tick.day
        if same and cost[index - 1][:2] == (tier, share):
            lines[-1] = (tick.day, lines[-1][1] + price)
        else:
            lines.append((tick.day, price))
    return lines


def _limited(lines: list[tuple[date, Fraction]], clause: Clause, spent: dict[date, Fraction]) -> Fraction:
    limits = clause.limits
    days: dict[date, Fraction] = {}
    for day, amount in lines:
        days[day] = days.get(day, Fraction(0)) + amount
    room: Fraction | None = Fraction(0)  # of all days together; None: without end
    for day, amount in days.items():
        bounds = [] if limits.cap_day is None else [limits.cap_day]
        if limits.cap_driver_day is not None:
            bounds.append(max(Fraction(0), limits.cap_driver_day - spent.get(day, Fraction(0))))
        days[day] = min([amount, *bounds])
        room = room + min(bounds) if bounds and room is not None else None
    whole = sum(days.values(), Fraction(0))
    if whole and limits.minimum is not None and whole < limits.minimum:
        whole = limits.minimum if room is None else min(limits.minimum, room)
    return whole if limits.cap is None else min(whole, limits.cap)


def _half_up(amount: Fraction) -> int:
    """By decimals with many digits, where they are exact; else by comparing with the half."""
    floor = amount.numerator // amount.denominator
    rest = amount - floor
    exact = Context(prec=60)
    as_decimal = exact.divide(Decimal(rest.numerator), Decimal(rest.denominator))
    if Fraction(as_decimal) != rest:
        return floor + (1 if rest > Fraction(1, 2) else 0)
    assert as_decimal.to_integral_value(ROUND_FLOOR) == 0
    return floor + int(as_decimal.to_integral_value(ROUND_HALF_UP))
