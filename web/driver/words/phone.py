"""Giving a number, and the code that proves it."""

Words = dict[str, str]

WORDS: dict[str, Words] = {
    "warn_me": {
        "en": "Text me before it costs anything",
        "fr": "M'avertir par texto avant que cela coûte",
        "es": "Avísenme por mensaje antes de que cueste algo",
    },
    "warn_me_late": {
        "en": "Text me about this fee",
        "fr": "M'avertir par texto de ces frais",
        "es": "Avísenme por mensaje de esta tarifa",
    },
    "warn_lead": {
        "en": "No account, no app. Your number is used for this alone.",
        "fr": "Sans compte ni application. Votre numéro ne sert qu'à cela.",
        "es": "Sin cuenta ni aplicación. Su número sirve solo para esto.",
    },
    "phone_label": {
        "en": "Mobile number",
        "fr": "Numéro de cellulaire",
        "es": "Número de celular",
    },
    "phone_hint": {
        "en": "We text you a code to see that it is yours. Giving it makes you owe nothing.",
        "fr": "Un code vous est envoyé par texto. Donner votre numéro ne vous engage à rien payer.",
        "es": "Le mandamos una clave para ver que es suyo. Darlo no le obliga a pagar nada.",
    },
    "no_such_phone": {
        "en": "That is not a mobile number that we can text.",
        "fr": "Ce n'est pas un numéro de cellulaire que nous pouvons joindre.",
        "es": "No es un número de celular al que podamos escribir.",
    },
    "remember_hint": {
        "en": "Until you have confirmed it at a second stay, messages don't say where.",
        "fr": "Les textos ne disent pas où, tant que vous ne l'avez pas confirmé à un deuxième arrêt.",
        "es": "Los mensajes no dicen dónde hasta que lo confirme en una segunda estancia.",
    },
    "send_code": {
        "en": "Send me the code",
        "fr": "M'envoyer le code",
        "es": "Mándenme la clave",
    },
    "known_phone": {
        "en": "The phone that you confirmed is told about this stay.",
        "fr": "Le téléphone que vous avez confirmé sera averti.",
        "es": "Se avisará al teléfono que usted confirmó.",
    },
    "agree": {
        "en": "Tell me about this stay",
        "fr": "M'avertir pour ce stationnement",
        "es": "Avísenme de esta estancia",
    },
    "no_vehicle_title": {
        "en": "No stay to be told about",
        "fr": "Aucun stationnement en cours",
        "es": "Ninguna estancia de la que avisar",
    },
    "no_vehicle": {
        "en": "No vehicle is seen in this bay now, or others have claimed its stay. Try again once you are parked.",
        "fr": "Aucun véhicule n'est vu ici maintenant, ou d'autres l'ont déjà déclaré leur. Réessayez une fois garé.",
        "es": "Ahora no se ve ningún vehículo en esta plaza, u otros dijeron ya que la estancia es suya. "
        "Inténtelo otra vez cuando se haya estacionado.",
    },
    "code_title": {
        "en": "Type the code",
        "fr": "Tapez le code",
        "es": "Escriba la clave",
    },
    "code_lead": {
        "en": "If the number can be reached, a code of six digits is on its way. It holds for ten minutes.",
        "fr": "Si le numéro peut être joint, un code de six chiffres est en route. Il est valable dix minutes.",
        "es": "Si el número se puede alcanzar, una clave de seis cifras está en camino. Vale diez minutos.",
    },
    "code_from_sms": {
        "en": "Code from the text message",
        "fr": "Code reçu par texto",
        "es": "Clave del mensaje",
    },
    "confirm": {
        "en": "Confirm",
        "fr": "Confirmer",
        "es": "Confirmar",
    },
    "wrong_code": {
        "en": "That code is wrong or no longer holds. After five tries, ask for a new one.",
        "fr": "Ce code est erroné ou n'est plus valable. Après cinq essais, demandez-en un autre.",
        "es": "Esa clave está mal o ya no vale. Después de cinco intentos, pida otra.",
    },
    "no_sms": {
        "en": "Nothing comes? If you once replied STOP to us, text START first.",
        "fr": "Rien ne vient? Si vous nous avez déjà répondu ARRET, envoyez d'abord REPRENDRE.",
        "es": "¿No llega nada? Si alguna vez nos respondió BAJA, mande primero ALTA.",
    },
    "another_code": {
        "en": "Ask for another code",
        "fr": "Demander un autre code",
        "es": "Pedir otra clave",
    },
    "stay_code_lead": {
        "en": "Our messages carry a code of seven letters and digits.",
        "fr": "Nos textos portent un code de sept lettres et chiffres.",
        "es": "Nuestros mensajes llevan una clave de siete letras y cifras.",
    },
    "stay_code_label": {
        "en": "Code in the message",
        "fr": "Code du texto",
        "es": "Clave del mensaje",
    },
}
