"""What a driver writes back: a word that stops messages, starts them again, or asks for help, in three languages."""

import re
import unicodedata
from enum import StrEnum


class Wish(StrEnum):
    """What a driver asked for."""

    STOP = "stop"
    START = "start"
    HELP = "help"


_FRENCH = {
    **dict.fromkeys(("ARRET", "ARRETER", "ARRETEZ", "DESABONNER", "DESABONNEMENT", "FIN"), Wish.STOP),
    **dict.fromkeys(("REPRENDRE", "COMMENCER"), Wish.START),
    **dict.fromkeys(("AIDE",), Wish.HELP),
}
_SPANISH = {
    **dict.fromkeys(("BAJA", "PARAR", "ALTO", "DETENER", "CANCELAR", "NOMAS"), Wish.STOP),
    **dict.fromkeys(("ALTA", "REANUDAR", "EMPEZAR", "INICIAR"), Wish.START),
    **dict.fromkeys(("AYUDA",), Wish.HELP),
}
# How a driver chooses the language of messages.
_CHOICES = {
    **dict.fromkeys(("ENGLISH", "ANGLAIS", "INGLES"), "en"),
    **dict.fromkeys(("FRANCAIS", "FRENCH", "FRANCES"), "fr"),
    **dict.fromkeys(("ESPANOL", "SPANISH", "ESPAGNOL"), "es"),
}
# Twilio acts on these by itself and answers them (its default opt-out handling). It knows none of the others.
_TWILIO = {
    **dict.fromkeys(("STOP", "UNSUBSCRIBE", "END", "QUIT", "STOPALL", "REVOKE", "OPTOUT", "CANCEL"), Wish.STOP),
    **dict.fromkeys(("START", "UNSTOP"), Wish.START),
    **dict.fromkeys(("HELP", "INFO"), Wish.HELP),
}
# A message that begins with one of these asks to stop, whatever follows ("stop texting me").
_STOPS_FIRST = ("STOP", "UNSUBSCRIBE", "ARRET", "ARRETER", "ARRETEZ", "BAJA")
_POLITE = ("PLEASE", "PLS", "THANKS", "SVP", "MERCI", "GRACIAS", "FAVOR", "POR")

ANSWERS: dict[Wish, dict[str, str]] = {
    Wish.STOP: {
        "en": "Baywarden: you will get no more messages. Reply START to get them again.",
        "fr": "Baywarden: vous ne recevrez plus de messages. Répondez REPRENDRE pour en recevoir à nouveau.",
        "es": "Baywarden: ya no recibe mensajes. Responda ALTA para recibirlos de nuevo.",
    },
    Wish.START: {
        "en": "Baywarden: you will get messages about your parking at charging bays. Reply STOP to opt out.",
        "fr": "Baywarden: vous recevrez les messages sur vos recharges. Répondez ARRET pour vous désabonner.",
        "es": "Baywarden: recibe mensajes sobre su auto en plazas de carga. Responda BAJA para no recibirlos.",
    },
    Wish.HELP: {
        "en": "Baywarden tells you when parking at a charging bay is about to cost you. Reply STOP to opt out.",
        "fr": "Baywarden vous avertit avant que la place devienne payante. Répondez ARRET pour vous désabonner.",
        "es": "Baywarden le avisa antes de que la plaza de carga le cueste. Responda BAJA para no recibir mensajes.",
    },
}

# What a driver is answered who chose a language.
CHOSEN: dict[str, str] = {
    "en": "Baywarden: messages will come in English. Reply STOP to opt out.",
    "fr": "Baywarden: les messages seront maintenant dans votre langue. Répondez ARRET pour vous désabonner.",
    "es": "Baywarden: los mensajes llegan ahora en español. Responda BAJA para no recibirlos.",
}


def wish(text: str) -> Wish | None:
    """What a message asks for; None if it is none of the words ("don't stop now" asks for nothing)."""
    words = [word for word in _bare(text).split() if word not in _POLITE]
    joined = "".join(words)
    if words and words[0] in _STOPS_FIRST:
        return Wish.STOP
    return _TWILIO.get(joined) or _FRENCH.get(joined) or _SPANISH.get(joined)


def is_answered_by_twilio(text: str) -> bool:
    """Whether Twilio, by default, has acted on the message and answered it; it wants the bare word."""
    return text.strip().upper() in _TWILIO


def language_of_words(text: str) -> str:
    """The language that one of the words is in, for a number that we do not know."""
    words = _bare(text).split()
    if any(word in _FRENCH for word in words):
        return "fr"
    return "es" if any(word in _SPANISH for word in words) else "en"


def language_chosen(text: str) -> str | None:
    """The language that a message asks for by its name alone, None if it asks for none."""
    return _CHOICES.get(_bare(text))


def _bare(text: str) -> str:
    """A message reduced to its letters, upper case and without accents, words parted by one space."""
    plain = "".join(char for char in unicodedata.normalize("NFKD", text) if not unicodedata.combining(char))
    return " ".join(re.findall(r"[A-Z]+", plain.upper()))
