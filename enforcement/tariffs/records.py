"""A bill as the priced part of an OCPI CDR: periods of PARKING_TIME alone, the tariff that was applied, and totals.

The periods hold the billed time and nothing else, since a grace after charging can't be said in OCPI. Whoever prices
the record by its own tariff comes to the same minor unit: it is priced so before it is given out.
"""

from enforcement.settlement import Bill
from enforcement.tariffs.record_objects import Document, Frame, totals
from enforcement.tariffs.record_ways import WAYS
from enforcement.tariffs.repricing import comes_to


def write_record(bill: Bill, frame: Frame) -> Document:
    """The fields of a CDR that say what was used and what it costs; numbers are Decimal.

    Raises ArithmeticError if no way of saying it comes to the bill, which no bill is known to do.
    """
    for way in WAYS[frame.version]:
        record = totals(bill, frame) | way(bill, frame)
        if comes_to(record, bill, frame.version):
            return record
    raise ArithmeticError(f"the CDR of {bill.session} can't be priced to {bill.net_minor} {bill.currency}")
