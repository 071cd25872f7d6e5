"""The power class of an EVSE, from its connectors (OCPI 2.2.1, 8.3.3; 2.1.1 names its fields otherwise).

AC, DC, or HPC: direct current of 150 kW or more. Owners who speak of other classes say so themselves, see
docs/policies.md.
"""

from collections.abc import Sequence
from decimal import Decimal

from ocpi.errors import Refused
from ocpi.reading import enum, number
from ocpi.wire import Document

HPC_FROM_W = 150_000
# AC_3_PHASE states its voltage between a phase and neutral (8.3.3). Only DC needs its power here.
_AC = frozenset({"AC_1_PHASE", "AC_2_PHASE", "AC_2_PHASE_SPLIT", "AC_3_PHASE"})


def power_class(connectors: Sequence[Document]) -> str | None:
    """The class of the strongest connector; None where no connector says what it is."""
    found = [rank for connector in connectors if (rank := _rank(connector)) is not None]
    return None if not found else ("AC", "DC", "HPC")[max(found)]


def _rank(connector: Document) -> int | None:
    try:
        kind = enum(connector, "power_type", 30)
        if kind in _AC:
            return 0
        return None if kind != "DC" else 2 if _watts(connector) >= HPC_FROM_W else 1
    except Refused:  # a field that can't be read says nothing, and is no reason to refuse the EVSE
        return None


def _watts(connector: Document) -> Decimal:
    stated = number(connector, "max_electric_power")
    if stated is not None:
        return stated
    volts = number(connector, "max_voltage") or number(connector, "voltage") or Decimal(0)
    return volts * (number(connector, "max_amperage") or number(connector, "amperage") or Decimal(0))
