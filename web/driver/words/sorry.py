"""What is said where something can't be done, by the status of the answer."""

Words = dict[str, str]

WORDS: dict[str, Words] = {
    "sorry_400_title": {
        "en": "Try again",
        "fr": "Réessayez",
        "es": "Inténtelo otra vez",
    },
    "stale_form": {
        "en": "The form was open for too long. Go back and try again.",
        "fr": "Le formulaire est resté ouvert trop longtemps. Revenez et réessayez.",
        "es": "El formulario estuvo abierto demasiado tiempo. Vuelva atrás e inténtelo otra vez.",
    },
    "sorry_429_title": {
        "en": "Too many attempts",
        "fr": "Trop d'essais",
        "es": "Demasiados intentos",
    },
    "sorry_429": {
        "en": "Wait ten minutes, then try again.",
        "fr": "Attendez dix minutes, puis réessayez.",
        "es": "Espere diez minutos e inténtelo otra vez.",
    },
    "sorry_400": {
        "en": "This request can't be understood.",
        "fr": "Cette demande n'a pas été comprise.",
        "es": "No se entiende esta solicitud.",
    },
    "sorry_404_title": {
        "en": "Not found",
        "fr": "Introuvable",
        "es": "No se encuentra",
    },
    "sorry_404": {
        "en": "There is nothing at this address. Your bay and your stay can be found below.",
        "fr": "Il n'y a rien à cette adresse. Votre place et votre stationnement se trouvent ci-dessous.",
        "es": "No hay nada en esta dirección. Abajo puede buscar su plaza y su estancia.",
    },
    "sorry_409_title": {
        "en": "Not possible any more",
        "fr": "Ce n'est plus possible",
        "es": "Ya no es posible",
    },
    "sorry_409": {
        "en": "Something has changed meanwhile. Open the page again to see what holds now.",
        "fr": "Quelque chose a changé entre-temps. Rouvrez la page pour voir ce qui vaut maintenant.",
        "es": "Algo cambió mientras tanto. Abra la página otra vez para ver lo que vale ahora.",
    },
    "sorry_413_title": {
        "en": "Too large",
        "fr": "Trop grand",
        "es": "Demasiado grande",
    },
    "sorry_413": {
        "en": "That is more than is taken here.",
        "fr": "C'est plus que ce qui est accepté ici.",
        "es": "Es más de lo que se acepta aquí.",
    },
    "sorry_500_title": {
        "en": "Something went wrong",
        "fr": "Un problème est survenu",
        "es": "Algo salió mal",
    },
    "sorry_500": {
        "en": "The fault is ours, and it is noted. What was recorded is safe.",
        "fr": "L'erreur est de notre côté, et elle est notée. Ce qui a été enregistré est en sûreté.",
        "es": "El error es nuestro y quedó anotado. Lo que se registró está a salvo.",
    },
    "sorry_503_title": {
        "en": "Away for a moment",
        "fr": "Indisponible un instant",
        "es": "Fuera de servicio un momento",
    },
    "sorry_503": {
        "en": "What was recorded is safe. Try again in a moment.",
        "fr": "Ce qui a été enregistré est en sûreté. Réessayez dans un moment.",
        "es": "Lo que se registró está a salvo. Inténtelo otra vez en un momento.",
    },
}
