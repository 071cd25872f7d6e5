"""What stands on every page."""

Words = dict[str, str]

WORDS: dict[str, Words] = {
    "skip": {
        "en": "Skip to content",
        "fr": "Aller au contenu",
        "es": "Ir al contenido",
    },
    "language": {
        "en": "Language",
        "fr": "Langue",
        "es": "Idioma",
    },
    "synthetic": {
        "en": "Made-up data: nobody is billed.",
        "fr": "Données inventées: personne n'est facturé.",
        "es": "Datos inventados: no se cobra a nadie.",
    },
    "made_up": {
        "en": "synthetic",
        "fr": "synthétique",
        "es": "sintético",
    },
    "my_data": {
        "en": "My data",
        "fr": "Mes données",
        "es": "Mis datos",
    },
    "a_bay": {
        "en": "A bay",
        "fr": "Une place",
        "es": "Una plaza",
    },
    "my_stay": {
        "en": "My stay",
        "fr": "Mon stationnement",
        "es": "Mi estancia",
    },
    "from": {
        "en": "From",
        "fr": "De",
        "es": "De",
    },
    "to": {
        "en": "To",
        "fr": "À",
        "es": "A",
    },
    "time": {
        "en": "Time",
        "fr": "Heure",
        "es": "Hora",
    },
    "who": {
        "en": "Who",
        "fr": "Qui",
        "es": "Quién",
    },
    "what": {
        "en": "What",
        "fr": "Quoi",
        "es": "Qué",
    },
}
