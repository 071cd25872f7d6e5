"""Hypothesis strategies for policies with one clause of any kind, as documents, and for stays on whole seconds."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import cache
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from enforcement.policy import Policy
from enforcement.policy_document import read_policy
from tests.support.choices import EITHER, among, between
from tests.support.policy_worlds import Told

HEAD = """id = "any"
version = 1
title = "Any"
effective_from = 2020-01-01T00:00:00Z
currency = "CAD"
"""
CLOCKS = [
    ("unplugged", "arrival", "plug_in"),
    ("idle", "charging_end", "unplug"),
    ("idle", "charging_end", "vacated"),
    ("idle", "soc", "unplug"),
    ("idle", "soc", "vacated"),
    ("overstaying", "session_end", "vacated"),
    ("overtime", "plug_in", "unplug"),
    ("overtime", "plug_in", "vacated"),
    ("overtime", "arrival", "unplug"),
    ("overtime", "arrival", "vacated"),
    ("overtime", "soc", "unplug"),
]
# Local beginnings of stays: a plain noon, midnights, and each kind of change of the clock.
BEGINNINGS = [
    ("America/Toronto", "2026-03-02T12:00"),
    ("America/Toronto", "2026-03-06T23:20"),  # into a Saturday
    ("America/Toronto", "2026-03-08T01:10"),  # 02:00 becomes 03:00
    ("America/Toronto", "2026-11-01T00:20"),  # 02:00 becomes 01:00
    ("Europe/Berlin", "2026-10-25T01:30"),
    ("Australia/Lord_Howe", "2026-10-04T01:15"),  # half an hour
    ("Africa/Cairo", "2026-04-23T23:30"),  # midnight is skipped
    ("America/Havana", "2025-11-02T00:10"),  # 01:00 becomes 00:00
]
SECONDS = st.one_of(st.integers(0, 40), st.integers(300, 4000), st.sampled_from([300, 600, 1800, 3600]))
FREE = st.one_of(st.just(0), st.integers(0, 900), st.sampled_from([300, 600, 1800]))
AMOUNTS = st.sampled_from(["0.37", "1", "0.125", "12.77", "0.333333", "0"])
SHARES = st.sampled_from(["0.2", "0.5", "0.75", "1"])
EDGES = st.sets(st.integers(0, 2500), min_size=1, max_size=3)
CUTS = st.sets(st.integers(-600, 9000), max_size=5)
TIMES = st.sampled_from(["00:00", "24:00", "00:30", "01:30", "02:00", "02:15", "03:00", "12:07:30", "13:00", "23:45"])


@cache
@st.composite
def tiers(draw: st.DrawFn) -> str:
    """One rate, or bands of fee time, some of them split by occupancy."""
    if draw(EITHER):
        return f'rate = "{draw(AMOUNTS)}"\nper = "{draw(among("1m", "1h", "7s"))}"\n'
    edges = sorted(draw(EDGES))
    bands: list[tuple[int, int | None]] = list(zip(edges, [*edges[1:], None], strict=True))
    out = []
    for lo, hi in bands:
        if draw(between(0, 4)) == 0:
            continue
        split = draw(among((None, None), (None, "0.5", None), ("0.2", "0.75", "1"), ("0.5", "1", None)))
        for low, high in pairwise(split):
            lines = [f'from = "{lo}s"'] + ([f'to = "{hi}s"'] if hi is not None else [])
            lines += ([f'occupancy_from = "{low}"'] if low else []) + ([f'occupancy_to = "{high}"'] if high else [])
            lines += [f'rate = "{draw(AMOUNTS)}"', f'per = "{draw(among("1m", "1h", "13s"))}"']
            lines += [f'flat = "{draw(among("1", "5", "0.005"))}"'] if draw(EITHER) else []
            lines += [f'step = "{draw(among("5m", "17s", "1h"))}"'] if draw(EITHER) else []
            out.append("[[clause.tier]]\n" + "\n".join(lines))
    return "\n".join(out) + "\n" if out else 'rate = "1"\nper = "1m"\n'


@cache
@st.composite
def clauses(draw: st.DrawFn) -> str:
    """Any clause that a document can hold, without the vehicles that it is for."""
    kind, starts, stops = draw(among(*CLOCKS))
    lines = [f'kind = "{kind}"', f'starts = "{starts}"', f'stops = "{stops}"']
    lines += [f"soc = {draw(among(80, 90))}"] if starts == "soc" else []
    grace = draw(FREE)
    lines += [f'grace = "{grace}s"', f'start_after = "{draw(FREE)}s"']
    lines.append(f'grace_mode = "{draw(among("deduct", "waive"))}"')
    lines += ['grace_anchor = "warning"'] if grace and draw(between(0, 4)) == 0 else []
    lines.append(f'unit = "{draw(among("1s", "1m", "5m", "37s"))}"')
    lines.append(f'rounding = "{draw(among("down", "up", "exact"))}"')
    lines.append(f'money = "{draw(among("total", "total", "line"))}"')
    lines.append(f'tier_clock = "{draw(among("fee", "trigger"))}"')
    lines.append(f'occupancy_unknown = "{draw(among("free", "cheapest"))}"')
    lines += ["spares_operator_stop = false"] if draw(EITHER) else []
    minimum = draw(among(None, "0.50", "3"))
    lines += [f'minimum = "{minimum}"'] if minimum else []
    for cap in ("cap", "cap_day", "cap_driver_day"):
        amount = draw(among(None, None, "3", "4.35", "20"))
        lines += [f'{cap} = "{amount}"'] if amount else []
    return "[[clause]]\n" + "\n".join(lines) + "\n" + _with_windows(draw, draw(tiers()))


def _with_windows(draw: st.DrawFn, prices: str) -> str:
    for _ in range(draw(among(0, 0, 1, 2))):
        days = draw(among("", 'days = ["sat", "sun"]\n', 'days = ["mon", "fri", "thu"]\n'))
        holidays = draw(among("include", "include", "include", "exclude", "only"))
        prices += f'[[clause.window]]\nfrom = "{draw(TIMES)}"\nto = "{draw(TIMES)}"\nholidays = "{holidays}"\n{days}'
    return prices


@st.composite
def policies(draw: st.DrawFn) -> Policy:
    """A policy of one clause, with taxes of its own, included in the price or on top."""
    head = HEAD + 'holidays = "CA-QC"\n' + ("tax_included = true\n" if draw(EITHER) else "")
    taxes = draw(among((), (("GST", "5"), ("QST", "9.975")), (("VAT", "19"),)))
    body = draw(clauses())
    return read_policy(head + body + "".join(f'[[tax]]\nname = "{n}"\npercent = "{p}"\n' for n, p in taxes))


@st.composite
def stays(draw: st.DrawFn) -> Told:
    """A stay of up to about three hours, with everything that a price may depend on, on whole seconds."""
    zone, text = draw(among(*BEGINNINGS))
    begin = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)

    def after(moment: datetime) -> datetime:
        return moment + timedelta(seconds=draw(SECONDS))

    arrived = begin + timedelta(seconds=draw(between(0, 1800)))
    plugged = after(arrived)
    finished = after(plugged) + timedelta(seconds=1)
    unplugged = after(finished) + timedelta(seconds=1)
    left = after(unplugged) + timedelta(seconds=10)  # less is no vehicle
    is_plugged = draw(between(0, 5)) > 0
    days = {(begin + timedelta(days=d)).date() for d in (-1, 0, 1)}
    cuts = sorted(draw(CUTS))
    occupancy = [
        (arrived + timedelta(seconds=a), arrived + timedelta(seconds=b), Fraction(draw(SHARES)))
        for a, b in pairwise(cuts)
        if draw(between(0, 3))
    ]
    outage = None
    if draw(between(0, 2)) == 0:
        starts = after(arrived)
        outage = (starts, after(starts) + timedelta(seconds=1))
    return Told(
        zone=zone,
        arrived=arrived,
        left=left,
        plugged=plugged if is_plugged else None,
        finished=finished if is_plugged and draw(between(0, 4)) else None,
        unplugged=unplugged if is_plugged else None,
        soc=((after(plugged) + timedelta(seconds=1), draw(among(95, 85, 79))),) if is_plugged else (),
        outage=outage,
        stopped_by_operator=draw(between(0, 4)) == 0,
        occupancy=occupancy,
        warned=after(arrived) if draw(EITHER) else None,
        calendar=draw(among(None, frozenset(), frozenset(days))),
        spent={("anna", day): Fraction(draw(among("0", "2.345", "30"))) for day in sorted(days)},
    )
