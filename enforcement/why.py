"""Reasons in words, English and French: every code that a decision can carry."""

from enforcement.fees import Treatment

Words = dict[str, str]

REASONS: dict[str, Words] = {
    "session_active": {
        "en": "The network reports an active session.",
        "fr": "Le reseau signale une session en cours.",
    },
    "finished_reported": {
        "en": "The network reported that the vehicle no longer asks for energy.",
        "fr": "Le reseau a signale que le vehicule ne demande plus d'energie.",
    },
    "finished_inferred": {
        "en": "Energy stopped growing over several updates; the network did not say why.",
        "fr": "L'energie n'augmente plus depuis plusieurs releves; le reseau n'a pas dit pourquoi.",
    },
    "session_over": {
        "en": "The session is over and the bay sensor still sees a vehicle.",
        "fr": "La session est terminee et le capteur voit encore un vehicule.",
    },
    "operator_stopped": {
        "en": "The operator ended the session; the bay sensor still sees a vehicle.",
        "fr": "L'exploitant a mis fin a la session; le capteur voit encore un vehicule.",
    },
    "exempt_group": {
        "en": "The driver belongs to a group that the policy spares.",
        "fr": "Le conducteur appartient a un groupe exempte.",
    },
    "no_session": {
        "en": "The bay sensor sees a vehicle and the live network feed shows no session.",
        "fr": "Le capteur voit un vehicule et le reseau, en direct, ne montre aucune session.",
    },
    "charger_down": {"en": "The charger was out of service.", "fr": "La borne etait hors service."},
    "sensor_contradicts": {
        "en": "The network reports a plugged vehicle, the bay sensor a free bay.",
        "fr": "Le reseau signale un vehicule branche, le capteur une place libre.",
    },
    "no_sensor_word": {
        "en": "No sensor's word holds for this time.",
        "fr": "Aucun capteur ne renseigne sur ce moment.",
    },
    "shared_session": {
        "en": "A session of a shared or void record may have been this vehicle's.",
        "fr": "Une session partagee ou annulee pouvait etre celle de ce vehicule.",
    },
    "feed_silent": {
        "en": "The network's feed was silent, so a missing session is not known.",
        "fr": "Le reseau etait muet: l'absence de session n'est pas etablie.",
    },
    "session_silent": {
        "en": "The session has had no news for too long.",
        "fr": "La session est sans nouvelles depuis trop longtemps.",
    },
    "within_grace": {"en": "The grace is running.", "fr": "Le delai de grace court."},
    "beyond_grace": {"en": "The grace is used up and the time is chargeable.", "fr": "Le delai de grace est passe."},
    "ended_in_time": {"en": "It ended before any chargeable time.", "fr": "Termine avant tout temps facturable."},
    "waiting_for_late_facts": {
        "en": "It is over; late facts are still waited for.",
        "fr": "C'est termine; des faits tardifs peuvent encore arriver.",
    },
    "final": {"en": "It is over and the fee is final.", "fr": "C'est termine et les frais sont definitifs."},
    "late_facts": {
        "en": "Late facts took the ground away: it is withdrawn.",
        "fr": "Des faits tardifs l'ont infirme: retire.",
    },
    "warned": {"en": "The driver has been sent a warning.", "fr": "Le conducteur a ete averti."},
    "sensor_free": {"en": "The bay sensor reports a free bay.", "fr": "Le capteur signale une place libre."},
    "charger_available": {
        "en": "The network reports the charger as available.",
        "fr": "Le reseau signale la borne disponible.",
    },
}

TREATMENTS: dict[Treatment, Words] = {
    Treatment.BILLED: {"en": "Counted.", "fr": "Compte."},
    Treatment.GRACE: {"en": "Free: within the grace.", "fr": "Gratuit: delai de grace."},
    Treatment.OUTSIDE_WINDOW: {"en": "Free: outside the hours.", "fr": "Gratuit: hors des heures."},
    Treatment.NOT_COUNTED: {"en": "Not counted.", "fr": "Non compte."},
    Treatment.UNCONFIRMED: {
        "en": "Not counted yet: no evidence reaches this far.",
        "fr": "Pas encore compte: rien ne l'atteste a ce jour.",
    },
    Treatment.SPARED: {
        "en": "Not billed: the policy spares it for this reason.",
        "fr": "Non facture: la politique l'exempte pour cette raison.",
    },
    Treatment.NETWORK_BILLED: {
        "en": "Not billed again: the charging network billed this time itself.",
        "fr": "Non facturé de nouveau: le réseau a facturé ce temps lui-même.",
    },
    Treatment.ALLOWED: {"en": "Free: within the allowed time.", "fr": "Gratuit: duree permise."},
    Treatment.ROUNDED_OFF: {"en": "Free: less than a whole unit.", "fr": "Gratuit: moins d'une unite entiere."},
}


def reason_text(code: str, language: str = "en") -> str:
    """The words of a reason code."""
    words = REASONS[code]
    return words.get(language, words["en"])


def treatment_text(treatment: Treatment, language: str = "en") -> str:
    """The words of what pricing made of a piece of time."""
    words = TREATMENTS[treatment]
    return words.get(language, words["en"])
