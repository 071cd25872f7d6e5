"""The credit CDR of a CDR (mod_cdrs of 2.2.1 and 2.3.0, Credit CDRs); 2.1.1 has none."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any


def write_credit(document: Mapping[str, Any], credit_id: str, last_updated: str) -> dict[str, Any]:
    """The credit of a CDR document: everything copied, only ``total_cost`` negative."""
    return {
        **document,
        "id": credit_id,
        "credit": True,
        "credit_reference_id": document["id"],
        "total_cost": _negative(document["total_cost"]),
        "last_updated": last_updated,
    }


def _negative(cost: Any) -> Any:
    if isinstance(cost, Mapping):
        return {name: value if name == "percentage" else _negative(value) for name, value in cost.items()}
    if isinstance(cost, list):
        return [_negative(item) for item in cost]
    return -cost if isinstance(cost, Decimal | int) else cost
