"""Reading a policy document (TOML, see docs/policies.md). One that makes no sense is refused with every fault named."""

from datetime import timedelta
from typing import Any

from enforcement import readings as read
from enforcement.documents import DocumentError, Table, flag, number, open_document, text_value
from enforcement.money import Tax
from enforcement.policy import Clause, Policy
from enforcement.policy_clauses import check_clauses, read_clause
from enforcement.taxes import taxes_on

_DEFAULT_SETTLE_AFTER = timedelta(minutes=15)


class PolicyError(DocumentError):
    """A document that can't be a policy; ``faults`` says all that is wrong, each with its line."""


def read_policy(text: str) -> Policy:
    """Read one policy version from its TOML text.

    Raises :class:`PolicyError` with every fault. Money and rates are strings, so that no float ever holds them.
    """
    try:
        document = open_document(text)
    except DocumentError as error:
        raise PolicyError(error.faults) from error
    values = _values(document)
    _check(document, values)
    document.close()
    if document.faults:
        raise PolicyError(document.faults)
    return Policy(**values)


def _values(d: Table) -> dict[str, Any]:
    return {
        "id": d.take("id", read.name),
        "version": d.take("version", read.whole(1, 1_000_000)),
        "title": d.take("title", text_value),
        "effective_from": d.take("effective_from", read.instant),
        "effective_to": d.take("effective_to", read.instant, None),
        "currency": d.take("currency", read.currency),
        "evses": d.take("evses", read.keys, frozenset()),
        "stations": d.take("stations", read.keys, frozenset()),
        "networks": d.take("networks", read.keys, frozenset()),
        "settle_after": d.take("settle_after", read.duration, _DEFAULT_SETTLE_AFTER),
        "tax_region": d.take("tax_region", text_value, None),
        "taxes_charged": d.take("taxes_charged", read.texts, frozenset()),
        "tax_included": d.take("tax_included", flag, False),
        "holidays": d.take("holidays", text_value, None),
        "taxes": tuple(tax for table in d.tables("tax") if (tax := _tax(table)) is not None),
        "clauses": _clauses(d),
    }


def _clauses(d: Table) -> tuple[Clause, ...]:
    placed = [(table, clause) for table in d.tables("clause") if (clause := read_clause(table)) is not None]
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
    if values["tax_region"] and start:
        try:
            taxes_on(values["tax_region"], start.date(), values["taxes_charged"] or ())
        except ValueError as error:
            d.fault(str(error), "tax_region")
    windows = [window for clause in values["clauses"] for window in clause.windows]
    if any(window.holidays != "include" for window in windows) and not values["holidays"]:
        d.fault('a window asks for holidays: name their calendar, like holidays = "CA-QC"')


def _tax(t: Table) -> Tax | None:
    tax_name, percent = t.take("name", text_value), t.take("percent", number)
    t.close()
    return None if tax_name is None or percent is None else Tax(tax_name, percent / 100)
