"""Reading a policy document (TOML, see docs/policies.md). One that makes no sense is refused with every fault named."""

import re
from collections.abc import Callable, Collection
from datetime import date, datetime, timedelta
from typing import Any

from enforcement import readings as read
from enforcement import readings_of_time as times
from enforcement.clauses import Clause
from enforcement.documents import DocumentError, Table, open_document
from enforcement.money import Tax
from enforcement.policy import OF_STATION, Policy
from enforcement.policy_clauses import check_clauses, read_clause
from enforcement.policy_messages import read_messages
from enforcement.taxes import taxes_on

_LONGEST = 262_144
_FURTHEST_WEST = timedelta(hours=12)
_MOST_DOTS = 64
_QUOTED_OR_COMMENT = re.compile(r""""(?:[^"\\]|\\.)*"|'[^']*'|#.*""")
_DEFAULT_SETTLE_AFTER = timedelta(minutes=15)


class PolicyError(DocumentError):
    """A document that can't be a policy; ``faults`` says all that is wrong, each with its line."""


def read_policy(text: str, is_calendar: Callable[[str], bool] | None = None) -> Policy:
    """Read one policy version from its TOML text.

    Raises :class:`PolicyError` with every fault. Money and rates are strings, so that no float ever holds them.
    ``is_calendar`` knows the calendars of holidays; without it, any that could be one is let through.
    """
    document = _open(text)
    values = _values(document)
    _check(document, values)
    name = values["holidays"]
    if is_calendar is not None and name not in (None, OF_STATION) and not is_calendar(name):
        document.fault(f"no calendar of public holidays is called {name!r}", "holidays")
    document.close()
    if document.faults:
        raise PolicyError(document.faults)
    return Policy(**values)


def _open(text: str) -> Table:
    """Whatever the text is, it is a document or a :class:`PolicyError`."""
    if len(text) > _LONGEST:
        raise PolicyError([f"longer than {_LONGEST} characters"])
    if '"""' in text or "'''" in text:
        raise PolicyError(["texts are of one line: no triple quotes"])
    # Python's reader takes minutes for a key of thousands of dots.
    for number, line in enumerate(text.splitlines(), start=1):
        if _QUOTED_OR_COMMENT.sub("", line).count(".") > _MOST_DOTS:
            raise PolicyError([f"line {number}: more than {_MOST_DOTS} dots"])
    try:
        return open_document(text)
    except DocumentError as error:
        raise PolicyError(error.faults) from error
    except RecursionError as error:
        raise PolicyError(["not TOML that anybody could read: nested too deeply"]) from error
    except (ValueError, OverflowError) as error:  # a whole number or a year beyond what Python reads
        raise PolicyError([f"not TOML: {error}"]) from error


def _values(d: Table) -> dict[str, Any]:
    return {
        "id": d.take("id", read.name),
        "version": d.take("version", read.whole(1, 1_000_000)),
        "title": d.take("title", read.text),
        "effective_from": d.take("effective_from", times.instant),
        "effective_to": d.take("effective_to", times.instant, None),
        "currency": d.take("currency", read.currency),
        "evses": d.take("evses", read.keys(4, 9, "ca*abc*l1*e1"), frozenset()),
        "stations": d.take("stations", read.keys(3, 3, "ca*abc*l1"), frozenset()),
        "networks": d.take("networks", read.keys(2, 2, "ca*abc"), frozenset()),
        "settle_after": d.take("settle_after", times.duration, _DEFAULT_SETTLE_AFTER),
        "tax_region": d.take("tax_region", read.text, None),
        "taxes_charged": d.take("taxes_charged", read.texts, frozenset()),
        "tax_included": d.take("tax_included", read.flag, False),
        "holidays": d.take("holidays", times.calendar, None),
        "zone": d.take("zone", times.zone, None),
        "taxes": tuple(tax for table in read.some(d, "tax") if (tax := _tax(table)) is not None),
        "clauses": _clauses(d),
        "messages": read_messages(d),
    }


def _clauses(d: Table) -> tuple[Clause, ...]:
    placed = [(table, clause) for table in read.some(d, "clause") if (clause := read_clause(table)) is not None]
    check_clauses(placed)
    return tuple(clause for _, clause in placed)


def _check(d: Table, values: dict[str, Any]) -> None:
    """What single fields can't tell."""
    start, end = values["effective_from"], values["effective_to"]
    if not values["clauses"] and not d.faults:
        d.fault("no [[clause]]: it would allow everything")
    if start and end and end <= start:
        d.fault("effective_to is not after effective_from", "effective_to")
    if values["taxes"] and values["tax_region"]:
        d.fault("name a tax_region or state [[tax]] tables, not both", "tax_region")
    if values["taxes_charged"] and not values["tax_region"]:
        d.fault("taxes_charged goes with a tax_region", "taxes_charged")
    if values["tax_region"] == OF_STATION and values["taxes_charged"]:
        d.fault("taxes_charged goes with a region that is named", "taxes_charged")
    elif values["tax_region"] and values["tax_region"] != OF_STATION and start:
        _check_rates(d, values["tax_region"], values["taxes_charged"] or (), start, end)
    names = [tax.name for tax in values["taxes"]]
    for name in sorted({name for name in names if names.count(name) > 1}):
        d.fault(f"two taxes are called {name!r}")
    windows = [window for clause in values["clauses"] for window in clause.windows]
    if any(window.holidays != "include" for window in windows) and not values["holidays"]:
        d.fault('a window asks for holidays: name their calendar, like holidays = "CA-QC"')
    warned = any(clause.grace_anchor == "warning" for clause in values["clauses"])
    if warned and not values["messages"].finished:
        d.fault("a grace that begins with the warning needs it: [messages] finished = true", "messages")


def _check_rates(d: Table, region: str, charged: Collection[str], start: datetime, end: datetime | None) -> None:
    """Stays are taxed by their local day, so rates must hold from the first local day anywhere to the last."""
    try:
        taxes_on(region, start.date() if start.year == 1 else (start - _FURTHEST_WEST).date(), charged)
        taxes_on(region, end.date() if end else date.max, charged)
    except ValueError as error:
        d.fault(str(error), "tax_region")


def _tax(t: Table) -> Tax | None:
    tax_name, rate = t.take("name", read.text), t.take("percent", read.percent)
    t.close()
    return None if tax_name is None or rate is None else Tax(tax_name, rate)
