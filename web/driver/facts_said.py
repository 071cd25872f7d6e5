"""Facts as a driver reads them, English, French and Spanish: no names of devices, no tokens."""

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
from web.chargers import charger

Words = dict[str, str]

_WHO: dict[str, Words] = {
    "sensor": {"en": "Bay sensor", "fr": "Capteur de place", "es": "Sensor de plaza"},
    "evse": {"en": "Charging network", "fr": "Réseau de recharge", "es": "Red de carga"},
    "network": {"en": "Charging network", "fr": "Réseau de recharge", "es": "Red de carga"},
}
_OCCUPIED: dict[bool | None, Words] = {
    True: {"en": "taken", "fr": "occupée", "es": "ocupada"},
    False: {"en": "free", "fr": "libre", "es": "libre"},
    None: {"en": "can't know", "fr": "ne peut le savoir", "es": "no puede saberlo"},
}
_EDGE: dict[bool, Words] = {
    True: {"en": "at the change itself", "fr": "au moment du changement", "es": "en el momento del cambio"},
    False: {"en": "repeated", "fr": "répété", "es": "repetido"},
}
_STATUS: dict[str, Words] = {
    "ACTIVE": {"en": "session active", "fr": "session en cours", "es": "sesión en curso"},
    "COMPLETED": {"en": "session over", "fr": "session terminée", "es": "sesión terminada"},
    "INVALID": {"en": "session void", "fr": "session annulée", "es": "sesión anulada"},
    "PENDING": {"en": "session about to start", "fr": "session à venir", "es": "sesión por empezar"},
    "RESERVATION": {"en": "reservation", "fr": "réservation", "es": "reserva"},
}
_SESSION: Words = {"en": "session", "fr": "session", "es": "sesión"}
_DONE: Words = {"en": "no longer asks for energy", "fr": "ne demande plus d'énergie", "es": "ya no pide energía"}
_CHARGER: Words = {"en": "charger: {status}", "fr": "borne: {status}", "es": "cargador: {status}"}
_DEVICE: Words = {"en": "spoke of itself", "fr": "a parlé de son état", "es": "habló de su estado"}
_PLATE: Words = {"en": "a plate was read", "fr": "une plaque a été lue", "es": "se leyó una placa"}
_BILL: Words = {
    "en": "sent the bill of the session",
    "fr": "a envoyé la facture de la session",
    "es": "envió la factura de la sesión",
}
_HEARD: Words = {"en": "heard", "fr": "entendu", "es": "oída"}


def said_to_driver(fact: AnyFact, language: str) -> tuple[str, str]:
    """Who said it, and what."""
    kind = fact.subject.partition(":")[0]
    who = _WHO[kind][language] if kind in _WHO else kind
    match fact:
        case OccupancyRead():
            return who, f"{_OCCUPIED[fact.occupied][language]}, {_EDGE[fact.edge][language]}"
        case SessionUpdated():
            return who, _session(fact, language)
        case ChargerStatusSeen():
            return who, _CHARGER[language].format(status=charger(fact.status, language))
        case DeviceReported():
            return who, _DEVICE[language]
        case PlateSeen():
            return who, _PLATE[language]
        case NetworkBilled():
            return who, _BILL[language]
        case NetworkHeard():
            return who, _HEARD[language]


def _session(fact: SessionUpdated, language: str) -> str:
    parts = [_STATUS[fact.status][language] if fact.status in _STATUS else _SESSION[language]]
    if fact.energy_wh is not None:
        whole, rest = divmod(fact.energy_wh, 1000)
        point = "," if language == "fr" else "."
        parts.append(f"{whole}{point}{rest // 10:02} kWh")
    if fact.periods and fact.periods[-1].parking:
        parts.append(_DONE[language])
    return ", ".join(parts)
