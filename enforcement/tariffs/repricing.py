"""A record as its receiver prices it: by its own tariff, with the versions' rules and nothing that only we know."""

from fractions import Fraction

from enforcement.money import Tax, to_minor
from enforcement.settlement import Bill
from enforcement.tariffs.cdrs import read_cdr
from enforcement.tariffs.pricing import price
from enforcement.tariffs.record_objects import Document
from enforcement.tariffs.vocabulary import Version


def repriced(record: Document, bill: Bill, version: Version) -> tuple[Fraction, Fraction]:
    """What the record comes to before and after taxes, in major units."""
    read = read_cdr(record, version)
    # The tariffs that we write have no hours, so any zone prices them.
    priced = price(read, read.tariffs, "UTC", [Tax(tax.name, tax.rate) for tax in bill.taxes])
    return priced.before_taxes or Fraction(0), priced.total


def comes_to(record: Document, bill: Bill, version: Version) -> bool:
    """Whether the record's own tariff gives what is owed, to the minor unit."""
    before, total = repriced(record, bill, version)
    if to_minor(before, bill.currency) != bill.net_minor:
        return False
    return version is Version.V2_1_1 or to_minor(total, bill.currency) == bill.total_minor
