"""Facts in words: what was said, as a person reads it."""

from enforcement.facts import (
    AnyFact,
    ChargerStatusSeen,
    DeviceReported,
    NetworkBilled,
    NetworkHeard,
    OccupancyRead,
    PlateSeen,
    SessionUpdated,
)
from enforcement.money import format_minor


def said(fact: AnyFact) -> str:
    """One fact in a sentence's words."""
    match fact:
        case OccupancyRead() | DeviceReported() | PlateSeen():
            return _sensor(fact)
        case SessionUpdated():
            return _session(fact)
        case ChargerStatusSeen():
            return f"Charger {fact.status.lower()}"
        case NetworkHeard():
            return "Network heard"
        case NetworkBilled():
            return _bill(fact)


def _sensor(fact: OccupancyRead | DeviceReported | PlateSeen) -> str:
    match fact:
        case OccupancyRead():
            seen = {True: "Taken", False: "Free", None: "Can't know"}[fact.occupied]
            return f"{seen}, {'at the change itself' if fact.edge else 'as a heartbeat'}{_quality(fact.quality)}"
        case DeviceReported():
            return f"Spoke of itself{_quality(fact.quality)}"
        case PlateSeen():
            issued = f" of {fact.jurisdiction.upper()}" if fact.jurisdiction else ""
            return f"A plate{issued} was read, {fact.confidence} % sure"


def _quality(words: tuple[str, ...]) -> str:
    return "".join(f", {word.replace('_', ' ')}" for word in words)


def _session(fact: SessionUpdated) -> str:
    parts = [f"Session {fact.session.rsplit('*', 1)[-1]}"]
    if fact.status is not None:
        parts.append(fact.status.lower())
    if fact.energy_wh is not None:
        whole, rest = divmod(fact.energy_wh, 1000)
        parts.append(f"{whole}.{rest // 10:02} kWh")
    if fact.periods and fact.periods[-1].parking:
        parts.append("no longer asks for energy")
    return ", ".join(parts)


def _bill(fact: NetworkBilled) -> str:
    if fact.takes_back is not None:
        return f"Charge record {fact.takes_back.rsplit('*', 1)[-1]} taken back"
    amount = sum(span.amount_minor for span in fact.spans)
    return f"Parking billed by the network itself: {format_minor(amount, fact.currency)}"
