"""What stands on every page, and what is said where something can't be done."""

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
    "try_again": {
        "en": "Try again",
        "fr": "Réessayez",
        "es": "Inténtelo otra vez",
    },
    "stale_form": {
        "en": "The form was open for too long. Go back and try again.",
        "fr": "Le formulaire est resté ouvert trop longtemps. Revenez et réessayez.",
        "es": "El formulario estuvo abierto demasiado tiempo. Vuelva atrás e inténtelo otra vez.",
    },
    "too_many_title": {
        "en": "Too many attempts",
        "fr": "Trop d'essais",
        "es": "Demasiados intentos",
    },
    "too_many": {
        "en": "Wait ten minutes, then try again.",
        "fr": "Attendez dix minutes, puis réessayez.",
        "es": "Espere diez minutos e inténtelo otra vez.",
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
