"""What is kept of a driver."""

Words = dict[str, str]

WORDS: dict[str, Words] = {
    "my_phone_title": {
        "en": "Your data",
        "fr": "Vos données",
        "es": "Sus datos",
    },
    "my_phone_lead": {
        "en": "Confirm your phone to see, take along or delete everything that is kept of you.",
        "fr": "Confirmez votre téléphone pour voir, emporter ou effacer tout ce qui est gardé sur vous.",
        "es": "Confirme su teléfono para ver, llevarse o borrar todo lo que se guarda de usted.",
    },
    "known_since": {
        "en": "Known since",
        "fr": "Connu depuis",
        "es": "Conocido desde",
    },
    "cards": {
        "en": "Cards or apps",
        "fr": "Cartes ou applications",
        "es": "Tarjetas o aplicaciones",
    },
    "messages": {
        "en": "Messages",
        "fr": "Textos",
        "es": "Mensajes",
    },
    "reads": {
        "en": "Times it was read",
        "fr": "Consultations",
        "es": "Veces que se leyó",
    },
    "stays": {
        "en": "Stays",
        "fr": "Stationnements",
        "es": "Estancias",
    },
    "consents": {
        "en": "What you agreed to",
        "fr": "Ce que vous avez accepté",
        "es": "Lo que usted aceptó",
    },
    "none": {
        "en": "None.",
        "fr": "Aucun.",
        "es": "Nada.",
    },
    "download": {
        "en": "Download everything (JSON)",
        "fr": "Tout télécharger (JSON)",
        "es": "Descargar todo (JSON)",
    },
    "forget_here": {
        "en": "Forget my phone in this browser",
        "fr": "Oublier mon téléphone dans ce navigateur",
        "es": "Olvidar mi teléfono en este navegador",
    },
    "delete_title": {
        "en": "Delete me",
        "fr": "M'effacer",
        "es": "Borrarme",
    },
    "delete_lead": {
        "en": "Your number, your claims and your words are erased. What sensors and networks said stays; it"
        " does not know you.",
        "fr": "Votre numéro, vos déclarations et vos mots sont effacés. Ce qu'ont dit capteurs et réseaux "
        "reste; cela ne vous connaît pas.",
        "es": "Se borran su número, sus estancias y sus palabras. Lo que dijeron sensores y redes queda; no"
        " sabe quién es usted.",
    },
    "delete_open": {
        "en": "Delete my data…",
        "fr": "Effacer mes données…",
        "es": "Borrar mis datos…",
    },
    "delete": {
        "en": "Delete my data now",
        "fr": "Effacer mes données maintenant",
        "es": "Borrar mis datos ahora",
    },
    "held": {
        "en": "A case is still open, so the law holds your data until it is closed.",
        "fr": "Un dossier est encore ouvert: la loi retient vos données jusqu'à sa clôture.",
        "es": "Hay un caso abierto: la ley retiene sus datos hasta que se cierre.",
    },
    "erased_title": {
        "en": "Deleted",
        "fr": "Effacé",
        "es": "Borrado",
    },
    "erased": {
        "en": "Nothing is kept by which you could be found.",
        "fr": "Rien n'est gardé qui permette de vous retrouver.",
        "es": "No se guarda nada con lo que se le pudiera encontrar.",
    },
}
