"""Contesting a violation, and its receipt."""

Words = dict[str, str]

WORDS: dict[str, Words] = {
    "contest": {
        "en": "Contest it",
        "fr": "Contester",
        "es": "Reclamar",
    },
    "contest_lead": {
        "en": "A person reads it and answers here. Nothing is collected meanwhile.",
        "fr": "Une personne le lit et répond ici. Rien n'est perçu entre-temps.",
        "es": "Una persona lo lee y responde aquí. Mientras tanto no se cobra nada.",
    },
    "contest_text": {
        "en": "What is wrong?",
        "fr": "Qu'est-ce qui ne va pas?",
        "es": "¿Qué está mal?",
    },
    "contest_photo": {
        "en": "A photo, if it helps",
        "fr": "Une photo, si elle aide",
        "es": "Una foto, si ayuda",
    },
    "photo_hint": {
        "en": "JPEG, PNG or WebP, up to 10 MB. Where and when it was taken is removed from it.",
        "fr": "JPEG, PNG ou WebP, 10 Mo au plus. Le lieu et l'heure en sont retirés.",
        "es": "JPEG, PNG o WebP, hasta 10 MB. Se quita de ella dónde y cuándo se hizo.",
    },
    "send": {
        "en": "Send",
        "fr": "Envoyer",
        "es": "Enviar",
    },
    "say_why": {
        "en": "Say in a few words what is wrong.",
        "fr": "Dites en quelques mots ce qui ne va pas.",
        "es": "Diga en pocas palabras qué está mal.",
    },
    "no_photo": {
        "en": "That file is not a photo that can be read.",
        "fr": "Ce fichier n'est pas une photo lisible.",
        "es": "Ese archivo no es una foto que se pueda leer.",
    },
    "cant_contest_title": {
        "en": "It can't be contested",
        "fr": "Contestation impossible",
        "es": "No se puede reclamar",
    },
    "cant_contest": {
        "en": "Nothing is due, it was contested before, or it ended more than sixty days ago.",
        "fr": "Rien n'est dû, c'est déjà contesté, ou terminé depuis plus de soixante jours.",
        "es": "No se debe nada, ya se reclamó, o terminó hace más de sesenta días.",
    },
    "counted_time": {
        "en": "Counted time",
        "fr": "Temps compté",
        "es": "Tiempo contado",
    },
    "fee": {
        "en": "Fee",
        "fr": "Frais",
        "es": "Tarifa",
    },
    "total": {
        "en": "Total",
        "fr": "Total",
        "es": "Total",
    },
    "number": {
        "en": "Number",
        "fr": "Numéro",
        "es": "Número",
    },
    "policy_word": {
        "en": "Policy",
        "fr": "Tarif",
        "es": "Política",
    },
    "standing": {
        "en": "Standing",
        "fr": "État",
        "es": "Estado",
    },
    "entry": {
        "en": "Posting {number},",
        "fr": "Écriture {number},",
        "es": "Asiento {number},",
    },
    "takes_back": {
        "en": "takes back posting {number}",
        "fr": "annule l'écriture {number}",
        "es": "anula el asiento {number}",
    },
}
