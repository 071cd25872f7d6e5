"""Hypothesis strategies for rows of a history with anything unknown, and for policies of several clauses."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import cache
from zoneinfo import ZoneInfo

from hypothesis import strategies as st

from enforcement.policy import Policy
from enforcement.policy_document import PolicyError, read_policy
from history.batch import TIMES
from history.rows import HistoryRow
from tests.support.choices import EITHER, among, between
from tests.support.random_policies import BEGINNINGS, HEAD, SECONDS, clauses

# What the core alone can price; without it, columns must.
NEEDS_CORE = re.compile(r"^(cap_day|cap_driver_day|money|occupancy_from|occupancy_to) = .*\n", re.MULTILINE)
SECOND = timedelta(seconds=1)
APART = st.one_of(st.just(0), SECONDS)
WHO = ['power_classes = ["DC"]', 'contracts = ["roaming"]', 'groups = ["staff"]', 'exempt_groups = ["staff"]']
TAXES = ["", 'tax_region = "de"\n', 'tax_region = "de"\ntax_included = true\n', 'tax_region = "station"\n']
OWN_TAXES = '[[tax]]\nname = "GST"\npercent = "5"\n[[tax]]\nname = "QST"\npercent = "9.975"\n'


@st.composite
def several_clauses(draw: st.DrawFn) -> Policy:
    """A policy of one to three clauses, for some vehicles or all, with any taxes; a document that can be one."""
    head = HEAD.replace("2020-01-01", "2021-01-01") + 'holidays = "CA-QC"\n'
    head += draw(among("", "effective_to = 2026-10-01T00:00:00Z\n", 'stations = ["us*cpt*a"]\n'))
    taxes = draw(among(*TAXES, OWN_TAXES, "tax_included = true\n" + OWN_TAXES))
    is_own = taxes.endswith(OWN_TAXES)
    head += taxes.removesuffix(OWN_TAXES) if is_own else taxes
    body = "".join(_for_some(draw, draw(clauses())) for _ in range(draw(between(1, 3))))
    kept = "[[clause]]\n" + body.split("[[clause]]\n")[1]
    own = OWN_TAXES if is_own else ""
    for candidate in (NEEDS_CORE.sub("", body) if draw(EITHER) else body, NEEDS_CORE.sub("", kept), kept):
        try:
            return read_policy(head + candidate + own)
        except PolicyError:  # two clauses for the same time, or two tiers that only occupancy keeps apart
            continue
    raise AssertionError("a clause by itself is a policy")


def _for_some(draw: st.DrawFn, clause: str) -> str:
    who = draw(among(*[""] * 5, *WHO))
    return clause.replace("[[clause]]\n", f"[[clause]]\n{who}\n" if who else "[[clause]]\n", 1)


@cache
@st.composite
def rows(draw: st.DrawFn, number: int = 0) -> HistoryRow:
    """A row, mostly with whole seconds, at one of two stations."""
    zone, text = draw(among(*BEGINNINGS))
    at = datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    values: dict[str, object] = {}
    for column in TIMES:
        at += timedelta(seconds=draw(APART))
        at += timedelta(days=draw(among(*[0] * 30, 1, 3, 90)))
        if draw(between(0, 9)) == 0:
            at += timedelta(microseconds=draw(among(1, 250_000)))
        if draw(between(0, 5)):
            values[column] = at
    moments = [values[column] for column in TIMES if column in values]
    if moments and draw(EITHER):
        reached = sorted(moments[0] + (moments[-1] - moments[0]) * draw(between(0, 8)) // 8 for _ in range(2))
        values["soc"] = tuple(zip(reached, (80, 90), strict=True))[draw(between(0, 1)) :]
    if moments and draw(EITHER):
        values["warned_at"] = moments[0] + SECOND * draw(SECONDS)
    return HistoryRow(
        line=number + 2,
        session_id=f"s{number}",
        zone=draw(among(zone, zone, None)),
        network="US*CPT",
        station=draw(among("a", "b", None)),
        evse=draw(among("1", "2", None)),
        token=draw(among("me", "you", None)),
        driver=draw(among("anna", None, None)),
        energy_kwh=draw(among(None, Decimal(0), Decimal("7.5"))),
        tariff_power_class=draw(among("AC", "DC", None)),
        contract=draw(among("roaming", "adhoc", None)),
        groups=draw(among(frozenset(), frozenset({"staff"}))),
        tax_region=draw(among("de", "ca-qc", None)),
        **values,
    )


@st.composite
def histories(draw: st.DrawFn) -> list[HistoryRow]:
    """A few rows, each session once."""
    return [draw(rows(number)) for number in range(draw(between(1, 6)))]


@st.composite
def by_occupancy(draw: st.DrawFn) -> Policy:
    """A policy whose price depends on how full the site is, by fee time or on the clock."""
    edge = draw(among(None, 600, 1800))
    bands = ['from = "0s"\n'] if edge is None else [f'to = "{edge}s"\n', f'from = "{edge}s"\n']
    split = draw(among(("0", "0.5"), ("0.5", "1"), ("0.4", "0.8", "1"), ("1",)))
    tiers = ""
    for band in bands:
        for low, high in zip(split, [*split[1:], None], strict=True):
            to = f'occupancy_to = "{high}"\n' if high else ""
            step = draw(among("", 'step = "7m"\n', 'flat = "2"\n'))
            rate = draw(among("0.37", "1", "0.125"))
            tiers += f'[[clause.tier]]\n{band}occupancy_from = "{low}"\n{to}rate = "{rate}"\nper = "1m"\n{step}'
    kind = draw(among('"idle"\nstops = "vacated"', '"overtime"', '"overtime"\nstarts = "arrival"'))
    clock = draw(among("fee", "trigger"))
    more = f'grace = "{draw(among(0, 90, 600))}s"\ngrace_mode = "{draw(among("deduct", "waive"))}"\n'
    more += f'rounding = "{draw(among("down", "exact", "up"))}"\n'
    more += f'occupancy_unknown = "{draw(among("free", "cheapest"))}"\n'
    more += draw(among("", 'minimum = "3"\n', 'cap = "4.35"\n'))
    return read_policy(HEAD + f'[[clause]]\nkind = {kind}\ntier_clock = "{clock}"\n{more}{tiers}')
