"""A tariff of OCPI 2.1.1, 2.2.1 or 2.3.0 from its decoded JSON.

Unknown fields are no fault (2.3.0 forbids rejecting them). What is known by name but not by value drops the smallest
part that depended on it, never bills by it, and is noted in ``Tariff.notes``.
"""

from collections.abc import Mapping
from typing import Any

from enforcement.tariffs.reading_restrictions import read_restrictions
from enforcement.tariffs.values import (
    number,
    optional_instant,
    optional_number,
    table,
    tables,
    text,
)
from enforcement.tariffs.vocabulary import (
    Component,
    Dimension,
    Element,
    Finding,
    Price,
    Tariff,
    TariffError,
    TaxRule,
    Version,
)

_TAX_RULES: dict[str, TaxRule] = {"YES": "included", "NO": "excluded", "N/A": "none"}


def read_tariff(document: Mapping[str, Any], version: Version | str) -> Tariff:
    """Read one tariff. Raises :class:`TariffError` where it can't be read, naming the place."""
    version = Version(version)
    source = table(document, "tariff")
    notes: list[Finding] = []
    elements = tuple(_elements(source, notes))
    if not elements and not notes:
        raise TariffError("tariff.elements: a tariff has at least one")
    limits = {name: _limit(source, name, version) for name in ("min_price", "max_price")}
    return Tariff(
        id=str(source.get("id") or ""),  # the body of a push may leave it to the address
        currency=text(source, "currency", "tariff").upper(),
        elements=elements,
        matching="element" if version is Version.V2_1_1 else "dimension",
        steps_each=version is Version.V2_1_1,
        tax_rule=_tax_rule(source, notes) if version is Version.V2_3_0 else "excluded",
        unstated_tax=version is not Version.V2_2_1,
        valid_from=optional_instant(source, "start_date_time", "tariff"),
        valid_to=optional_instant(source, "end_date_time", "tariff"),
        notes=tuple(notes),
        **limits,
    )


def read_price(value: Any, version: Version, where: str) -> Price:
    """An amount of any version: a number (2.1.1), Price of 2.2.1, Price or PriceLimit of 2.3.0."""
    if not isinstance(value, Mapping):
        return Price(number(value, where))
    if version is Version.V2_3_0:
        before = number(value.get("before_taxes"), f"{where}.before_taxes")
        taxes = [number(tax.get("amount"), f"{place}.amount") for place, tax in tables(value.get("taxes"), where)]
        return Price(before, before + sum(taxes) if taxes else optional_number(value, "after_taxes", where))
    return Price(number(value.get("excl_vat"), f"{where}.excl_vat"), optional_number(value, "incl_vat", where))


def _elements(source: Mapping[str, Any], notes: list[Finding]) -> list[Element]:
    elements = []
    for where, item in tables(source.get("elements"), "elements"):
        restrictions = read_restrictions(item.get("restrictions"), f"{where}.restrictions", notes)
        listed = tables(item.get("price_components"), f"{where}.price_components")
        components = tuple(filter(None, (_component(part, place, notes) for place, part in listed)))
        if not listed:
            raise TariffError(f"{where}.price_components: an element has at least one")
        if restrictions is not None:
            elements.append(Element(components, restrictions))
    return elements


def _component(source: Mapping[str, Any], where: str, notes: list[Finding]) -> Component | None:
    kind = text(source, "type", where)
    if kind not in Dimension.__members__:
        notes.append(Finding("unknown_dimension", where, f"{kind} is not priced"))
        return None
    step = optional_number(source, "step_size", where)
    if step is not None and (step < 0 or step.denominator != 1):
        raise TariffError(f"{where}.step_size: not a whole number from 0")
    vat = optional_number(source, "vat", where)
    if vat is not None and vat < 0:
        raise TariffError(f"{where}.vat: below 0")
    price = number(source.get("price"), f"{where}.price")
    return Component(Dimension(kind), price, 1 if step is None else int(step), None if vat is None else vat / 100)


def _limit(source: Mapping[str, Any], name: str, version: Version) -> Price | None:
    if source.get(name) is None or version is Version.V2_1_1:
        return None
    return read_price(source[name], version, f"tariff.{name}")


def _tax_rule(source: Mapping[str, Any], notes: list[Finding]) -> TaxRule:
    """2.3.0 requires ``tax_included``, and its own CDR example omits it, with prices that exclude taxes."""
    value = source.get("tax_included")
    if isinstance(value, str) and value in _TAX_RULES:
        return _TAX_RULES[value]
    notes.append(Finding("tax_included_unknown", "tariff.tax_included", f"{value!r}: read as NO"))
    return "excluded"
