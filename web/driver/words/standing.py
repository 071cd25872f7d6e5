"""What a bay is, how a violation stands, and what bounds a sum."""

Words = dict[str, str]

CONDITIONS: dict[str, Words] = {
    "free": {
        "en": "Free",
        "fr": "Libre",
        "es": "Libre",
    },
    "charging": {
        "en": "Charging",
        "fr": "En recharge",
        "es": "Cargando",
    },
    "idle": {
        "en": "Charging finished",
        "fr": "Recharge terminée",
        "es": "Carga terminada",
    },
    "overstaying": {
        "en": "Session over",
        "fr": "Session terminée",
        "es": "Sesión terminada",
    },
    "unplugged": {
        "en": "Not plugged in",
        "fr": "Non branché",
        "es": "Sin enchufar",
    },
    "overtime": {
        "en": "Time limit passed",
        "fr": "Durée dépassée",
        "es": "Tiempo superado",
    },
    "unusable": {
        "en": "Out of service",
        "fr": "Hors service",
        "es": "Fuera de servicio",
    },
    "unknown": {
        "en": "Not known",
        "fr": "Inconnu",
        "es": "No se sabe",
    },
}

MEANINGS: dict[str, Words] = {
    "free": {
        "en": "No vehicle stands here.",
        "fr": "Aucun véhicule ici.",
        "es": "Aquí no hay ningún vehículo.",
    },
    "charging": {
        "en": "A vehicle is charging here.",
        "fr": "Un véhicule se recharge ici.",
        "es": "Aquí carga un vehículo.",
    },
    "idle": {
        "en": "The vehicle here is plugged in and has finished charging.",
        "fr": "Le véhicule est branché et a fini de se recharger.",
        "es": "El vehículo está enchufado y ha terminado de cargar.",
    },
    "overstaying": {
        "en": "The charging session is over and the vehicle is still here.",
        "fr": "La session est terminée et le véhicule est encore là.",
        "es": "La sesión terminó y el vehículo sigue aquí.",
    },
    "unplugged": {
        "en": "A vehicle stands here and has not plugged in.",
        "fr": "Un véhicule est garé ici sans être branché.",
        "es": "Aquí hay un vehículo que no se ha enchufado.",
    },
    "unusable": {
        "en": "The charger is out of service. Nothing is charged for that time.",
        "fr": "La borne est hors service. Ce temps n'est pas facturé.",
        "es": "El cargador está fuera de servicio. Ese tiempo no se cobra.",
    },
    "unknown": {
        "en": "Nothing that is known holds now.",
        "fr": "Rien de connu ne vaut en ce moment.",
        "es": "Nada de lo que se sabe vale en este momento.",
    },
}

STATES: dict[str, Words] = {
    "watched": {
        "en": "Free for now",
        "fr": "Gratuit pour le moment",
        "es": "Gratis por ahora",
    },
    "warned": {
        "en": "Free for now",
        "fr": "Gratuit pour le moment",
        "es": "Gratis por ahora",
    },
    "running": {
        "en": "A fee is running",
        "fr": "Des frais courent",
        "es": "Corre una tarifa",
    },
    "ended": {
        "en": "Ended, not final yet",
        "fr": "Terminé, pas encore définitif",
        "es": "Terminado, aún no definitivo",
    },
    "settled": {
        "en": "Final",
        "fr": "Définitif",
        "es": "Definitivo",
    },
    "cleared": {
        "en": "Nothing due",
        "fr": "Rien à payer",
        "es": "Nada que pagar",
    },
    "waived": {
        "en": "Waived: nothing to pay",
        "fr": "Annulé: rien à payer",
        "es": "Anulado: nada que pagar",
    },
    "disputed": {
        "en": "You contest it",
        "fr": "Vous le contestez",
        "es": "Usted reclama",
    },
    "referred": {
        "en": "Referred to the city",
        "fr": "Transmis à la ville",
        "es": "Enviado a la ciudad",
    },
}

LIMITS: dict[str, Words] = {
    "minimum": {
        "en": "the minimum",
        "fr": "le minimum",
        "es": "el mínimo",
    },
    "cap": {
        "en": "the cap",
        "fr": "le plafond",
        "es": "el máximo",
    },
    "cap_day": {
        "en": "the cap of a day",
        "fr": "le plafond du jour",
        "es": "el máximo de un día",
    },
    "cap_driver_day": {
        "en": "your cap of a day",
        "fr": "votre plafond du jour",
        "es": "su máximo de un día",
    },
}
