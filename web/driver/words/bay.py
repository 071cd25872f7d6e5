"""A bay, and finding it by its code."""

Words = dict[str, str]

WORDS: dict[str, Words] = {
    "find_title": {
        "en": "Which bay?",
        "fr": "Quelle place?",
        "es": "¿Qué plaza?",
    },
    "find_lead": {
        "en": "The code has seven letters and digits. It stands on the bay's sign.",
        "fr": "Le code a sept lettres et chiffres. Il figure sur le panneau de la place.",
        "es": "La clave tiene siete letras y cifras. Está en el letrero de la plaza.",
    },
    "code_label": {
        "en": "Code on the sign",
        "fr": "Code du panneau",
        "es": "Clave del letrero",
    },
    "open": {
        "en": "Open",
        "fr": "Ouvrir",
        "es": "Abrir",
    },
    "no_such_code": {
        "en": "No sign has this code. Compare each letter.",
        "fr": "Aucun panneau n'a ce code. Comparez chaque lettre.",
        "es": "Ningún letrero lleva esta clave. Compare cada letra.",
    },
    "have_sms_code": {
        "en": "I have a code from a text message",
        "fr": "J'ai un code reçu par texto",
        "es": "Tengo una clave de un mensaje",
    },
    "bay": {
        "en": "Bay {name}",
        "fr": "Place {name}",
        "es": "Plaza {name}",
    },
    "since": {
        "en": "since {at}",
        "fr": "depuis {at}",
        "es": "desde {at}",
    },
    "free_until": {
        "en": "Free until {at}. A fee may run after that.",
        "fr": "Gratuit jusqu'à {at}. Des frais sont possibles ensuite.",
        "es": "Gratis hasta {at}. Después puede correr una tarifa.",
    },
    "counting": {
        "en": "The clock has run since {at}.",
        "fr": "Le compteur tourne depuis {at}.",
        "es": "El contador corre desde {at}.",
    },
    "fee_since": {
        "en": "A fee has been running since {at}.",
        "fr": "Des frais courent depuis {at}.",
        "es": "Corre una tarifa desde {at}.",
    },
    "no_clock": {
        "en": "No clock is running.",
        "fr": "Aucun compteur ne tourne.",
        "es": "No corre ningún contador.",
    },
    "what_holds": {
        "en": "What is allowed, what it costs",
        "fr": "Ce qui est permis, ce que cela coûte",
        "es": "Qué se permite y cuánto cuesta",
    },
    "no_policy": {
        "en": "No fee applies here at present.",
        "fr": "Aucuns frais ici pour le moment.",
        "es": "Por ahora aquí no hay tarifa.",
    },
    "policy": {
        "en": "Policy {name}",
        "fr": "Tarif {name}",
        "es": "Política {name}",
    },
}
