"""Reasons in words, English and French: every code that a decision can carry."""

from enforcement.fees import Treatment

Words = dict[str, str]

REASONS: dict[str, Words] = {
    "session_active": {
        "en": "The network reports an active session.",
        "fr": "Le réseau signale une session en cours.",
    },
    "finished_reported": {
        "en": "The network reported that the vehicle no longer asks for energy.",
        "fr": "Le réseau a signalé que le véhicule ne demande plus d'énergie.",
    },
    "finished_inferred": {
        "en": "Energy stopped growing over several updates; the network did not say why.",
        "fr": "L'énergie n'augmente plus depuis plusieurs relevés; le réseau n'a pas dit pourquoi.",
    },
    "session_over": {
        "en": "The session is over and the bay sensor still sees a vehicle.",
        "fr": "La session est terminée et le capteur voit encore un véhicule.",
    },
    "session_stopped": {
        "en": "The session was stopped; the vehicle is still there and may still be plugged in.",
        "fr": "La session a été arrêtée; le véhicule est encore là, peut-être toujours branché.",
    },
    "operator_stopped": {
        "en": "The operator ended the session; the bay sensor still sees a vehicle.",
        "fr": "L'exploitant a mis fin à la session; le capteur voit encore un véhicule.",
    },
    "exempt_group": {
        "en": "The driver belongs to a group that the policy spares.",
        "fr": "Le conducteur appartient à un groupe exempté.",
    },
    "exempt_permit": {
        "en": "The driver holds a permit that the policy honours.",
        "fr": "Le conducteur detient un permis que le reglement reconnait.",
    },
    "not_warned": {
        "en": "The grace begins with a warning, and none was delivered: nothing is due.",
        "fr": "Le delai de grace commence par un avertissement, et aucun n'a ete recu: rien n'est du.",
    },
    "no_session": {
        "en": "The bay sensor sees a vehicle and the live network feed shows no session.",
        "fr": "Le capteur voit un véhicule et le réseau, en direct, ne montre aucune session.",
    },
    "charger_down": {"en": "The charger was out of service.", "fr": "La borne était hors service."},
    "sensor_contradicts": {
        "en": "The network reports a plugged vehicle, the bay sensor a free bay.",
        "fr": "Le réseau signale un véhicule branché, le capteur une place libre.",
    },
    "no_sensor_word": {
        "en": "No sensor's word holds for this time.",
        "fr": "Aucun capteur ne renseigne sur ce moment.",
    },
    "sensor_flapping": {
        "en": "The bay sensor changed its word too often to be believed.",
        "fr": "Le capteur a changé d'avis trop souvent pour être cru.",
    },
    "sensor_stuck_occupied": {
        "en": "The bay sensor saw no vehicle leave between two drivers' sessions: it is not believed.",
        "fr": "Le capteur n'a vu partir personne entre les sessions de deux conducteurs: il n'est pas cru.",
    },
    "sensor_missed_change": {
        "en": "The bay sensor had to correct itself: it had missed an arrival or a departure.",
        "fr": "Le capteur a dû se corriger: il avait manqué une arrivée ou un départ.",
    },
    "sensor_too_long_alone": {
        "en": "Only the bay sensor knew of a vehicle for more than a day: a person must look.",
        "fr": "Seul le capteur signalait un véhicule depuis plus d'un jour: une personne doit vérifier.",
    },
    "sensor_inaccurate": {
        "en": "Sessions have shown that the bay sensor is wrong too often.",
        "fr": "Les sessions ont montré que le capteur se trompe trop souvent.",
    },
    "sensor_tilt": {"en": "The bay sensor was tilted.", "fr": "Le capteur était incliné."},
    "sensor_interference": {
        "en": "A foreign magnetic field disturbed the bay sensor.",
        "fr": "Un champ magnétique étranger perturbait le capteur.",
    },
    "sensor_not_calibrated": {"en": "The bay sensor was not calibrated.", "fr": "Le capteur n'était pas calibré."},
    "sensor_fault": {"en": "A part of the bay sensor had failed.", "fr": "Un élément du capteur était en panne."},
    "sensor_obstructed": {"en": "Something lay on the bay sensor.", "fr": "Quelque chose recouvrait le capteur."},
    "sensor_drifting": {
        "en": "The clock of the bay sensor was far off.",
        "fr": "L'horloge du capteur était très décalée.",
    },
    "sensor_silent": {
        "en": "The bay sensor has been silent for longer than its model ever is.",
        "fr": "Le capteur se tait depuis plus longtemps que son modèle ne le fait jamais.",
    },
    "sensor_dead_battery": {
        "en": "The bay sensor said that its battery is low, and then fell silent.",
        "fr": "Le capteur a signalé une pile faible, puis s'est tu.",
    },
    "sensor_low_battery": {
        "en": "The bay sensor says that its battery is low; it still works.",
        "fr": "Le capteur signale une pile faible; il fonctionne encore.",
    },
    "sensor_stuck_free": {
        "en": "The bay sensor says free while energy flows.",
        "fr": "Le capteur indique libre alors que l'énergie circule.",
    },
    "sensor_blink": {
        "en": "The bay sensor did not see the vehicle for a moment too short to leave.",
        "fr": "Le capteur n'a pas vu le véhicule pendant un instant trop court pour partir.",
    },
    "shared_session": {
        "en": "A session of a shared or void record may have been this vehicle's.",
        "fr": "Une session partagée ou annulée pouvait être celle de ce véhicule.",
    },
    "feed_silent": {
        "en": "The network's feed was silent, so a missing session is not known.",
        "fr": "Le réseau était muet: l'absence de session n'est pas établie.",
    },
    "session_silent": {
        "en": "The session has had no news for too long.",
        "fr": "La session est sans nouvelles depuis trop longtemps.",
    },
    "within_grace": {"en": "The grace is running.", "fr": "Le délai de grâce court."},
    "beyond_grace": {"en": "The grace is used up and the time is chargeable.", "fr": "Le délai de grâce est passé."},
    "ended_in_time": {"en": "It ended before any chargeable time.", "fr": "Terminé avant tout temps facturable."},
    "waiting_for_late_facts": {
        "en": "It is over; late facts are still waited for.",
        "fr": "C'est terminé; des faits tardifs peuvent encore arriver.",
    },
    "final": {"en": "It is over and the fee is final.", "fr": "C'est terminé et les frais sont définitifs."},
    "late_facts": {
        "en": "Late facts took the ground away: it is withdrawn.",
        "fr": "Des faits tardifs l'ont infirmé: retiré.",
    },
    "warned": {"en": "The driver has been sent a warning.", "fr": "Le conducteur a été averti."},
    "driver_contests": {"en": "The driver contests it.", "fr": "Le conducteur le conteste."},
    "dispute_upheld": {
        "en": "A person looked at what the driver says; the fee stands.",
        "fr": "Une personne a examiné la contestation; les frais sont maintenus.",
    },
    "dispute_waived": {
        "en": "A person looked at what the driver says and waived the fee.",
        "fr": "Une personne a examiné la contestation et annulé les frais.",
    },
    "sensor_free": {"en": "The bay sensor reports a free bay.", "fr": "Le capteur signale une place libre."},
    "charger_available": {
        "en": "The network reports the charger as available.",
        "fr": "Le réseau signale la borne disponible.",
    },
}

TREATMENTS: dict[Treatment, Words] = {
    Treatment.BILLED: {"en": "Counted.", "fr": "Compté."},
    Treatment.GRACE: {"en": "Free: within the grace.", "fr": "Gratuit: délai de grâce."},
    Treatment.OUTSIDE_WINDOW: {"en": "Free: outside the hours.", "fr": "Gratuit: hors des heures."},
    Treatment.NOT_COUNTED: {"en": "Not counted.", "fr": "Non compté."},
    Treatment.UNCONFIRMED: {
        "en": "Not counted yet: no evidence reaches this far.",
        "fr": "Pas encore compté: rien ne l'atteste à ce jour.",
    },
    Treatment.SPARED: {
        "en": "Not billed: the policy spares it for this reason.",
        "fr": "Non facturé: la politique l'exempte pour cette raison.",
    },
    Treatment.NETWORK_BILLED: {
        "en": "Not billed again: the charging network billed this time itself.",
        "fr": "Non facturé de nouveau: le réseau a facturé ce temps lui-même.",
    },
    Treatment.ALLOWED: {"en": "Free: within the allowed time.", "fr": "Gratuit: durée permise."},
    Treatment.ROUNDED_OFF: {"en": "Free: less than a whole unit.", "fr": "Gratuit: moins d'une unité entière."},
}

CONDITIONS: dict[str, Words] = {
    "charging": {"en": "charging", "fr": "en recharge"},
    "idle": {"en": "plugged in, charging finished", "fr": "branché, recharge terminée"},
    "overstaying": {"en": "session over, still parked", "fr": "session terminée, toujours garé"},
    "unplugged": {"en": "parked, not plugged in", "fr": "garé, non branché"},
    "unusable": {"en": "charger out of service", "fr": "borne hors service"},
    "unknown": {"en": "not known", "fr": "non connu"},
}

KINDS: dict[str, Words] = {
    "unplugged": {"en": "Parked without charging", "fr": "Stationné sans recharger"},
    "idle": {"en": "Plugged in with charging finished", "fr": "Branché, recharge terminée"},
    "overstaying": {"en": "Parked after the session", "fr": "Stationné après la session"},
    "overtime": {"en": "Over the time limit", "fr": "Durée permise dépassée"},
}

LIMITS: dict[str, Words] = {
    "minimum": {"en": "the minimum", "fr": "le minimum"},
    "cap": {"en": "the cap", "fr": "le plafond"},
    "cap_day": {"en": "the cap of a day", "fr": "le plafond du jour"},
    "cap_driver_day": {"en": "the driver's cap of a day", "fr": "le plafond du jour du conducteur"},
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
