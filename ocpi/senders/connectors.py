"""Connectors as we write them (mod_locations, Connector). 2.1.1 has other names and fewer standards."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ocpi.senders.fields import whole_of
from ocpi.vocabulary import OLD
from ocpi.wire import Document, stamp

_FORMATS = ("SOCKET", "CABLE")
_POWER = {OLD: ("AC_1_PHASE", "AC_3_PHASE", "DC")}
_ALL_POWER = ("AC_1_PHASE", "AC_2_PHASE", "AC_2_PHASE_SPLIT", "AC_3_PHASE", "DC")
_OLD_STANDARD = re.compile(
    r"CHADEMO|DOMESTIC_[A-L]|IEC_60309_2_(single_16|three_(16|32|64))|IEC_62196_(T1|T1_COMBO|T2|T2_COMBO|T3A|T3C)|TESLA_[RS]"
)
_STANDARD = re.compile(r"[A-Za-z0-9_]{1,36}")


def write_connector(stored: Mapping[str, Any], version: str, at: datetime) -> Document | None:
    """A Connector object, or None where what it needs is not known. 2.1.1 has other names and fewer standards."""
    old = version == OLD
    said = (stored.get(name) for name in ("standard", "format", "power_type"))
    standard, form, power = (value if isinstance(value, str) else "" for value in said)
    volts = whole_of(stored.get("max_voltage", stored.get("voltage")))
    amperes = whole_of(stored.get("max_amperage", stored.get("amperage")))
    if not (_OLD_STANDARD if old else _STANDARD).fullmatch(standard) or form not in _FORMATS:
        return None
    if power not in _ALL_POWER or volts is None or amperes is None or not stored.get("id"):
        return None
    if old and power not in _POWER[OLD]:
        power = "AC_1_PHASE"
    names = ("voltage", "amperage") if old else ("max_voltage", "max_amperage")
    return {
        "id": str(stored["id"])[:36],
        "standard": standard,
        "format": form,
        "power_type": power,
        names[0]: volts,
        names[1]: amperes,
        "last_updated": stamp(at),
    }
