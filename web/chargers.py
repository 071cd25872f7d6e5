"""What a charger says of itself (OCPI's status of an EVSE) in words, English, French and Spanish."""

CHARGERS: dict[str, dict[str, str]] = {
    "AVAILABLE": {"en": "available", "fr": "disponible", "es": "disponible"},
    "BLOCKED": {"en": "blocked", "fr": "bloquée", "es": "bloqueado"},
    "CHARGING": {"en": "charging", "fr": "en recharge", "es": "cargando"},
    "INOPERATIVE": {"en": "not in operation", "fr": "pas en service", "es": "no operativo"},
    "OUTOFORDER": {"en": "out of order", "fr": "en panne", "es": "averiado"},
    "PLANNED": {"en": "planned", "fr": "prévue", "es": "previsto"},
    "REMOVED": {"en": "removed", "fr": "retirée", "es": "retirado"},
    "RESERVED": {"en": "reserved", "fr": "réservée", "es": "reservado"},
    "UNKNOWN": {"en": "not known", "fr": "état inconnu", "es": "estado desconocido"},
}


def charger(status: str, language: str = "en") -> str:
    """The words of a status; one that OCPI does not know is shown as it came."""
    return CHARGERS[status][language] if status in CHARGERS else status.lower()
