"""Summaries as text: what one policy would have done, or two side by side. At most 100 columns wide."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TypeVar

from enforcement.money import format_minor
from history.summary import Summary, Tally

_REFUSED_SHOWN = 50
_SHOWN, _SHOWN_COMPARED = 5, 10
_LABEL, _KEY = 30, 24
_NOTHING = Tally()

Key = TypeVar("Key", str, int, tuple[str, str])


def report(summary: Summary) -> str:
    """What one policy would have done."""
    return "\n".join([*_one(summary), *_notes(summary), *_refused(summary)])


def comparison(summaries: Sequence[Summary]) -> str:
    """Two policies side by side; the second against the first."""
    one, other = summaries
    return "\n".join([*_two(one, other), *_notes(one), *_notes(other), *_refused(one)])


def changed_drivers(one: Summary, other: Summary) -> tuple[int, int]:
    """How many drivers pay less in all under the other policy, and how many pay more."""
    both = one.drivers.keys() | other.drivers.keys()
    changes = [other.drivers.get(who, 0) - one.drivers.get(who, 0) for who in both]
    return sum(change < 0 for change in changes), sum(change > 0 for change in changes)


def _one(summary: Summary) -> Iterator[str]:
    whole, currency = summary.whole, summary.policy.currency
    kinds = sorted(summary.kinds.items(), key=lambda item: -item[1].violations)
    named = ", ".join(f"{kind} {tally.violations:,}" for kind, tally in kinds)
    yield f"Policy            {summary.policy.name}: {summary.policy.title}"
    yield f"Sessions          {summary.sessions:,}"
    yield f"Violations        {summary.violations:,}{f' ({named})' if named else ''}"
    yield f"Billable minutes  {whole.minutes:,}"
    yield f"Fees              {format_minor(whole.fee_minor, currency)}"
    if whole.tax_minor or summary.policy.taxes or summary.policy.tax_region:
        names = ", ".join(tax.name for tax in summary.policy.taxes) or summary.policy.tax_region
        yield f"Taxes on top      {format_minor(whole.tax_minor, currency)}{f' ({names})' if names else ''}"
    yield f"Bay time freed    {whole.freed_hours:,} h at most"
    if summary.drivers_seen:
        yield f"Drivers           {len(summary.drivers):,} of {len(summary.drivers_seen):,} with a violation"
    if len(summary.kinds) > 1:
        yield from _table("By kind", [summary], [summary.kinds], str, _SHOWN)
    if whole.violations:
        yield from _table("By station", [summary], [summary.stations], _station, _SHOWN)
        yield from _table("By local hour", [summary], [summary.hours], _hour, _SHOWN, in_order=True)


def _two(one: Summary, other: Summary) -> Iterator[str]:
    for letter, summary in (("A", one), ("B", other)):
        yield f"{letter}  {summary.policy.name}: {summary.policy.title}"[:100]
    yield f"{'':<{_LABEL}}{'A':>20}{'B':>20}{'B - A':>20}"
    yield _row("Sessions", one.sessions, other.sessions)
    yield _row("Violations", one.violations, other.violations)
    yield _row("Billable minutes", one.whole.minutes, other.whole.minutes)
    yield _money_row("Fees", one, other, lambda tally: tally.fee_minor)
    yield _money_row("Taxes", one, other, lambda tally: tally.tax_minor)
    yield _row("Bay time freed at most, hours", one.whole.freed_hours, other.whole.freed_hours)
    if one.drivers_seen:
        yield _row("Drivers with a violation", len(one.drivers), len(other.drivers))
    if one.policy.currency == other.policy.currency:
        yield f"Under B {other.cheaper:,} sessions are cheaper and {other.dearer:,} dearer, taxes with them."
        if one.drivers_seen:
            cheaper, dearer = changed_drivers(one, other)
            seen = len(one.drivers_seen)
            yield f"Of {seen:,} drivers {cheaper:,} pay less under B and {dearer:,} more, taxes with them."
    both = [one, other]
    yield from _table("By kind", both, [one.kinds, other.kinds], str, _SHOWN_COMPARED)
    yield from _table("By station", both, [one.stations, other.stations], _station, _SHOWN_COMPARED)
    yield from _table("By local hour", both, [one.hours, other.hours], _hour, 24, in_order=True)


def _row(label: str, one: int, other: int) -> str:
    return f"{label:<{_LABEL}}{one:>20,}{other:>20,}{other - one:>+20,}"


def _money_row(label: str, one: Summary, other: Summary, of: Callable[[Tally], int]) -> str:
    a, b = of(one.whole), of(other.whole)
    is_one = one.policy.currency == other.policy.currency
    change = format_minor(b - a, one.policy.currency) if is_one else "other currency"
    shown = format_minor(a, one.policy.currency), format_minor(b, other.policy.currency)
    return f"{label:<{_LABEL}}{shown[0]:>20}{shown[1]:>20}{change:>20}"


def _table(
    title: str,
    summaries: Sequence[Summary],
    tallies: Sequence[Mapping[Key, Tally]],
    name: Callable[[Key], str],
    shown: int,
    *,
    in_order: bool = False,
) -> Iterator[str]:
    """The keys with most violations under any policy, with violations, minutes and fees under each."""
    most = {key: max(of.get(key, _NOTHING).violations for of in tallies) for of in tallies for key in of}
    keys = sorted(most, key=lambda key: (-most[key], key))
    head = "".join(f"{'violations':>11}{'minutes':>12}{'fees':>15}" for _ in summaries)
    if keys:
        yield f"{title:<{_KEY}}{head}".rstrip()
    for key in sorted(keys[:shown]) if in_order else keys[:shown]:
        cells = "".join(_cells(of.get(key, _NOTHING), summary) for of, summary in zip(tallies, summaries, strict=True))
        yield f"  {_fitted(name(key)):<{_KEY - 2}}{cells}"
    if len(keys) > shown:
        yield f"  and {len(keys) - shown:,} more"


def _cells(tally: Tally, summary: Summary) -> str:
    return f"{tally.violations:>11,}{tally.minutes:>12,}{format_minor(tally.fee_minor, summary.policy.currency):>15}"


def _fitted(label: str) -> str:
    return label if len(label) <= _KEY - 2 else label[: _KEY - 4] + ".."


def _station(key: tuple[str, str]) -> str:
    return key[1] or "(no station named)"


def _hour(key: int) -> str:
    return f"{key:02}:00"


def _notes(summary: Summary) -> Iterator[str]:
    whose = summary.policy.name
    if summary.reasons["no_policy"]:
        outside = summary.reasons["no_policy"]
        yield f"Note: {outside:,} sessions are outside the dates or places of {whose}: fee 0."
    if summary.without_zone:
        yield f"Note: {summary.without_zone:,} sessions name no time zone; the windows of {whose} were read in UTC."


def _refused(summary: Summary) -> Iterator[str]:
    if summary.ignored_columns:
        yield f"Columns ignored   {', '.join(summary.ignored_columns)}"
    yield f"Rows refused      {len(summary.refused):,}"
    for row in summary.refused[:_REFUSED_SHOWN]:
        yield f"  line {row.line}{f', session {row.session_id}' if row.session_id else ''}: {row.reason}"
    if len(summary.refused) > _REFUSED_SHOWN:
        yield f"  and {len(summary.refused) - _REFUSED_SHOWN:,} more"
