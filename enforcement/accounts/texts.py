"""The templates of accounts: English, French and, for drivers, Spanish. Voices put in numbers, times and prices."""

Words = dict[str, str]

# What a driver reads.
BILLED: Words = {
    "en": "{span}: {length} at {price}: {amount}.",
    "fr": "{span}: {length} à {price}: {amount}.",
    "es": "{span}: {length} a {price}: {amount}.",
}
NO_PRICE: Words = {
    "en": "{span}: {length}, no charge: no price holds then.",
    "fr": "{span}: {length}, sans frais: aucun prix ne vaut alors.",
    "es": "{span}: {length}, sin cargo: entonces no rige ningún precio.",
}
FREE: Words = {
    "en": "{span}: {length}, no charge. {why}",
    "fr": "{span}: {length}, sans frais. {why}",
    "es": "{span}: {length}, sin cargo. {why}",
}
LIMITED: dict[bool, Words] = {
    True: {
        "en": "Raised to {limit}: {amount} more.",
        "fr": "Relevé par {limit}: {amount} de plus.",
        "es": "Sube por {limit}: {amount} más.",
    },
    False: {
        "en": "Kept to {limit}: {amount} less.",
        "fr": "Limité par {limit}: {amount} de moins.",
        "es": "Baja por {limit}: {amount} menos.",
    },
}
TAX: Words = {
    "en": "{name} {rate} %: {amount}.",
    "fr": "{name} {rate} %: {amount}.",
    "es": "{name} {rate} %: {amount}.",
}
TAX_INSIDE: Words = {
    "en": "Of that {name} {rate} %: {amount}.",
    "fr": "Dont {name} {rate} %: {amount}.",
    "es": "De ello {name} {rate} %: {amount}.",
}
TOTAL: Words = {"en": "Total: {amount}.", "fr": "Total: {amount}.", "es": "Total: {amount}."}
NOTHING: Words = {"en": "Nothing to pay.", "fr": "Rien à payer.", "es": "Nada que pagar."}

# What an owner reads.
CLAUSE: Words = {
    "en": "{kind}, under {policy}, clause {number} ({code}).",
    "fr": "{kind}, selon {policy}, clause {number} ({code}).",
}
PIECE: Words = {
    "en": "{span} ({length}), {condition}: {treatment} {reason}",
    "fr": "{span} ({length}), {condition}: {treatment} {reason}",
}
PRICED: Words = {
    "en": " Price {number}, {price}{hours}: {amount}.",
    "fr": " Prix {number}, {price}{hours}: {amount}.",
}
IN_HOURS: Words = {"en": ", in the hours {hours}", "fr": ", dans les heures {hours}"}
SUBTOTAL: Words = {"en": "Pieces together: {amount}.", "fr": "Ensemble: {amount}."}
ROUNDING: Words = {"en": "Rounded once: {amount}.", "fr": "Arrondi une fois: {amount}."}
NET: Words = {"en": "Net: {amount}.", "fr": "Net: {amount}."}

# What an officer reads.
SEEN: Words = {
    "en": "{span} ({utc} UTC), {length}: {condition}. {reason}{doubt}",
    "fr": "{span} ({utc} UTC), {length}: {condition}. {reason}{doubt}",
}
DOUBT: Words = {"en": " Not confirmed.", "fr": " Non confirmé."}
RESTS_ON: Words = {"en": "  Rests on: {facts}.", "fr": "  Fondé sur: {facts}."}
ON_NOTHING: Words = {"en": "  No word of a sensor or network.", "fr": "  Aucun message de capteur ou de réseau."}
AT: Words = {"en": "{what} at {time}", "fr": "{what} à {time}"}
SENSOR: dict[bool | None, Words] = {
    True: {"en": "sensor {who}: taken", "fr": "capteur {who}: occupé"},
    False: {"en": "sensor {who}: free", "fr": "capteur {who}: libre"},
    None: {"en": "sensor {who}: can't know", "fr": "capteur {who}: ne sait pas"},
}
NEWS: Words = {"en": "session {who}{status}", "fr": "session {who}{status}"}
PLATE: Words = {
    "en": "camera {who}: a plate{of}, {percent} % sure",
    "fr": "caméra {who}: une plaque{of}, sûre à {percent} %",
}
ISSUED: Words = {"en": " of {place}", "fr": " de {place}"}
CHARGER: Words = {"en": "charger {who}: {status}", "fr": "borne {who}: {status}"}
BILL: Words = {"en": "charge record {who}", "fr": "relevé de charge {who}"}
