"""Decisions in words: what a treatment, a condition, a kind and a limit are called; reasons: :mod:`reasons`."""

from enforcement.fee_lines import Treatment
from enforcement.reasons import REASONS, Words

TREATMENTS: dict[Treatment, Words] = {
    Treatment.BILLED: {"en": "Counted.", "fr": "Compté.", "es": "Contado."},
    Treatment.GRACE: {
        "en": "Free: within the grace.",
        "fr": "Gratuit: délai de grâce.",
        "es": "Gratis: dentro del tiempo gratis.",
    },
    Treatment.OUTSIDE_WINDOW: {
        "en": "Free: outside the hours.",
        "fr": "Gratuit: hors des heures.",
        "es": "Gratis: fuera del horario.",
    },
    Treatment.NOT_COUNTED: {"en": "Not counted.", "fr": "Non compté.", "es": "No contado."},
    Treatment.UNCONFIRMED: {
        "en": "Not counted yet: no evidence reaches this far.",
        "fr": "Pas encore compté: rien ne l'atteste à ce jour.",
        "es": "Todavía no contado: nada lo confirma hasta ahora.",
    },
    Treatment.SPARED: {
        "en": "Not billed: the policy spares it for this reason.",
        "fr": "Non facturé: la politique l'exempte pour cette raison.",
        "es": "No se cobra: la política lo exime por esta razón.",
    },
    Treatment.NETWORK_BILLED: {
        "en": "Not billed again: the charging network billed this time itself.",
        "fr": "Non facturé de nouveau: le réseau a facturé ce temps lui-même.",
        "es": "No se cobra otra vez: la red ya cobró este tiempo.",
    },
    Treatment.ALLOWED: {
        "en": "Free: within the allowed time.",
        "fr": "Gratuit: durée permise.",
        "es": "Gratis: dentro del tiempo permitido.",
    },
    Treatment.ROUNDED_OFF: {
        "en": "Free: less than a whole unit.",
        "fr": "Gratuit: moins d'une unité entière.",
        "es": "Gratis: menos de una unidad entera.",
    },
}

CONDITIONS: dict[str, Words] = {
    "charging": {"en": "charging", "fr": "en recharge", "es": "cargando"},
    "idle": {
        "en": "plugged in, charging finished",
        "fr": "branché, recharge terminée",
        "es": "enchufado, carga terminada",
    },
    "overstaying": {
        "en": "session over, still parked",
        "fr": "session terminée, toujours garé",
        "es": "sesión terminada, sigue estacionado",
    },
    "unplugged": {"en": "parked, not plugged in", "fr": "garé, non branché", "es": "estacionado, sin enchufar"},
    "unusable": {"en": "charger out of service", "fr": "borne hors service", "es": "cargador fuera de servicio"},
    "unknown": {"en": "not known", "fr": "non connu", "es": "no se sabe"},
}

KINDS: dict[str, Words] = {
    "unplugged": {"en": "Parked without charging", "fr": "Stationné sans recharger", "es": "Estacionado sin cargar"},
    "idle": {
        "en": "Plugged in with charging finished",
        "fr": "Branché, recharge terminée",
        "es": "Enchufado con la carga terminada",
    },
    "overstaying": {
        "en": "Parked after the session",
        "fr": "Stationné après la session",
        "es": "Estacionado después de la sesión",
    },
    "overtime": {"en": "Over the time limit", "fr": "Durée permise dépassée", "es": "Tiempo permitido superado"},
}

LIMITS: dict[str, Words] = {
    "minimum": {"en": "the minimum", "fr": "le minimum", "es": "el mínimo"},
    "cap": {"en": "the cap", "fr": "le plafond", "es": "el máximo"},
    "cap_day": {"en": "the cap of a day", "fr": "le plafond du jour", "es": "el máximo de un día"},
    "cap_driver_day": {
        "en": "the driver's cap of a day",
        "fr": "le plafond du jour du conducteur",
        "es": "el máximo de un día del conductor",
    },
}


def reason_text(code: str, language: str = "en") -> str:
    """The words of a reason code."""
    return words_of(REASONS[code], language)


def treatment_text(treatment: Treatment, language: str = "en") -> str:
    """The words of what pricing made of a piece of time."""
    return words_of(TREATMENTS[treatment], language)


def words_of(words: Words, language: str) -> str:
    """The words in a language; one that is not spoken reads English."""
    return words.get(language, words["en"])
