"""The sentences of signs, in English, French and Spanish; :mod:`enforcement.signs` chooses among them."""

from enforcement.clauses import Kind

Words = dict[str, str]

# What a driver may do, by kind, with a grace and without one.
ALLOWED: dict[Kind, Words] = {
    Kind.UNPLUGGED: {
        "en": "Parked without charging: the first {grace} are free. Plug in.",
        "fr": "Stationné sans recharger: gratuit pendant {grace}. Branchez-vous.",
        "es": "Estacionado sin cargar: los primeros {grace} son gratis. Enchufe.",
    },
    Kind.IDLE: {
        "en": "Charging finished: the next {grace} are free. Then move your vehicle.",
        "fr": "Recharge terminée: gratuit encore {grace}. Libérez ensuite la place.",
        "es": "Carga terminada: otros {grace} son gratis. Después retire su vehículo.",
    },
    Kind.OVERSTAYING: {
        "en": "Session over: the next {grace} are free. Then move your vehicle.",
        "fr": "Session terminée: gratuit encore {grace}. Libérez ensuite la place.",
        "es": "Sesión terminada: otros {grace} son gratis. Después retire su vehículo.",
    },
    Kind.OVERTIME: {
        "en": "You may stay {grace}. Then move your vehicle, charged or not.",
        "fr": "Durée permise: {grace}. Libérez ensuite la place, rechargé ou non.",
        "es": "Tiempo permitido: {grace}. Después retire su vehículo, cargado o no.",
    },
}
NO_GRACE: dict[Kind, Words] = {
    Kind.UNPLUGGED: {
        "en": "Parked without charging: a fee runs from arrival.",
        "fr": "Stationné sans recharger: des frais courent dès l'arrivée.",
        "es": "Estacionado sin cargar: la tarifa corre desde la llegada.",
    },
    Kind.IDLE: {
        "en": "Charging finished: a fee runs at once.",
        "fr": "Recharge terminée: des frais courent aussitôt.",
        "es": "Carga terminada: la tarifa corre enseguida.",
    },
    Kind.OVERSTAYING: {
        "en": "Session over: a fee runs at once.",
        "fr": "Session terminée: des frais courent aussitôt.",
        "es": "Sesión terminada: la tarifa corre enseguida.",
    },
    Kind.OVERTIME: {
        "en": "A fee runs from the moment you plug in.",
        "fr": "Des frais courent dès le branchement.",
        "es": "La tarifa corre desde que enchufa.",
    },
}
FREE: dict[Kind, Words] = {
    Kind.UNPLUGGED: {
        "en": "Parked without charging: no fee.",
        "fr": "Stationné sans recharger: sans frais.",
        "es": "Estacionado sin cargar: sin tarifa.",
    },
    Kind.IDLE: {
        "en": "Plugged in with charging finished: no fee.",
        "fr": "Branché, recharge terminée: sans frais.",
        "es": "Enchufado con la carga terminada: sin tarifa.",
    },
    Kind.OVERSTAYING: {
        "en": "Parked after your session: no fee.",
        "fr": "Stationné après la session: sans frais.",
        "es": "Estacionado después de la sesión: sin tarifa.",
    },
    Kind.OVERTIME: {
        "en": "No limit on how long you charge.",
        "fr": "Aucune limite à la durée de la recharge.",
        "es": "Puede cargar el tiempo que quiera.",
    },
}
SOC: Words = {
    "en": "From {soc} % state of charge on:",
    "fr": "À partir de {soc} % de charge:",
    "es": "A partir del {soc} % de carga:",
}
WHO: Words = {"en": "For {who}:", "fr": "Pour {who}:", "es": "Para {who}:"}
WAIVED: Words = {
    "en": "Stay longer, and those {grace} count too.",
    "fr": "Au-delà, ces {grace} comptent aussi.",
    "es": "Si se queda más, esos {grace} también cuentan.",
}
AFTER_WARNING: Words = {
    "en": "Nothing is due before we have reached you with a warning.",
    "fr": "Rien n'est dû avant qu'un avertissement vous soit parvenu.",
    "es": "No se debe nada antes de que le llegue un aviso.",
}
MINIMUM: Words = {
    "en": "At least {amount} once anything is due{tax}.",
    "fr": "Au moins {amount} dès que des frais sont dus{tax}.",
    "es": "Al menos {amount} en cuanto se deba algo{tax}.",
}
CAP_DAY: Words = {
    "en": "At most {cap} a day{tax}.",
    "fr": "Au plus {cap} par jour{tax}.",
    "es": "Como mucho {cap} al día{tax}.",
}
CAP_DRIVER_DAY: Words = {
    "en": "At most {cap} a day for one driver in one bay{tax}.",
    "fr": "Au plus {cap} par jour pour un conducteur et une place{tax}.",
    "es": "Como mucho {cap} al día por conductor y plaza{tax}.",
}
SPARED: Words = {"en": "No fee for: {groups}.", "fr": "Sans frais pour: {groups}.", "es": "Sin tarifa para: {groups}."}
INCLUDED: Words = {"en": "Taxes are included.", "fr": "Taxes comprises.", "es": "Impuestos incluidos."}
UNTIL: dict[str, Words] = {
    "plug_in": {"en": "until you plug in", "fr": "jusqu'au branchement", "es": "hasta que enchufe"},
    "unplug": {"en": "until you unplug", "fr": "jusqu'au débranchement", "es": "hasta que desenchufe"},
    "vacated": {
        "en": "until the bay is free",
        "fr": "jusqu'à ce que la place soit libre",
        "es": "hasta que la plaza quede libre",
    },
}
FEE: Words = {"en": "Fee: {price}, {until}.", "fr": "Frais: {price}, {until}.", "es": "Tarifa: {price}, {until}."}
UNIT: dict[str, Words] = {
    "down": {
        "en": "Only each full {unit} counts.",
        "fr": "Seule chaque {unit} complète compte.",
        "es": "Solo cuenta cada {unit} completo.",
    },
    "up": {
        "en": "Each {unit} counts from its beginning.",
        "fr": "Chaque {unit} entamée compte.",
        "es": "Cuenta cada {unit} desde que empieza.",
    },
}
CAP: Words = {
    "en": "At most {cap} each time{tax}.",
    "fr": "Au plus {cap} chaque fois{tax}.",
    "es": "Como mucho {cap} cada vez{tax}.",
}
BEFORE_TAX: Words = {"en": ", before taxes", "fr": ", avant taxes", "es": ", sin impuestos"}
HOURS: Words = {
    "en": "This fee runs only: {hours}.",
    "fr": "Ces frais ne courent que: {hours}.",
    "es": "Esta tarifa solo corre: {hours}.",
}
TAXES_OF_PLACE: Words = {
    "en": "The place's taxes are added.",
    "fr": "Taxes du lieu en sus.",
    "es": "Se suman los impuestos del lugar.",
}
TAXES: Words = {
    "en": "Taxes are added: {taxes}.",
    "fr": "Taxes en sus: {taxes}.",
    "es": "Se suman impuestos: {taxes}.",
}

MINUTE: Words = {"en": "minute", "fr": "minute", "es": "minuto"}
PIECE: Words = {"en": "{length}", "fr": "tranche de {length}", "es": "tramo de {length}"}
