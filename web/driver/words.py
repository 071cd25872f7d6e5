"""The words of the drivers' pages, English and French. Plain words: somebody reads them in the rain, on a phone."""

from datetime import datetime
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from flask import Flask

from enforcement.phrases import tax_name
from enforcement.why import REASONS, reason_text

Words = dict[str, str]

LANGUAGES = ("en", "fr")
# The version of these pages, kept with each consent that is given on them. It changes when the words of TERMS do.
SOURCE = "page 2026-11-25"

TERMS: dict[str, Words] = {
    "stay": {
        "en": "Send me text messages about this stay: before it costs anything, when a fee runs, and what it came to. "
        "I can stop them at any time with STOP.",
        "fr": "Envoyez-moi des textos sur ce stationnement: avant que cela coûte, quand des frais courent, et leur "
        "montant. Je peux les arrêter en tout temps avec ARRET.",
    },
    "token": {
        "en": "Also for the card or app that is charging now, at every bay, from now on.",
        "fr": "Aussi pour la carte ou l'application qui recharge maintenant, à toutes les places, dès maintenant.",
    },
}

CONDITIONS: dict[str, Words] = {
    "free": {"en": "Free", "fr": "Libre"},
    "charging": {"en": "Charging", "fr": "En recharge"},
    "idle": {"en": "Charging finished", "fr": "Recharge terminée"},
    "overstaying": {"en": "Session over", "fr": "Session terminée"},
    "unplugged": {"en": "Not plugged in", "fr": "Non branché"},
    "overtime": {"en": "Time limit passed", "fr": "Durée dépassée"},
    "unusable": {"en": "Out of service", "fr": "Hors service"},
    "unknown": {"en": "Not known", "fr": "Inconnu"},
}
MEANINGS: dict[str, Words] = {
    "free": {"en": "No vehicle stands here.", "fr": "Aucun véhicule ici."},
    "charging": {"en": "A vehicle is charging here.", "fr": "Un véhicule se recharge ici."},
    "idle": {
        "en": "The vehicle here is plugged in and has finished charging.",
        "fr": "Le véhicule est branché et a fini de se recharger.",
    },
    "overstaying": {
        "en": "The charging session is over and the vehicle is still here.",
        "fr": "La session est terminée et le véhicule est encore là.",
    },
    "unplugged": {
        "en": "A vehicle stands here and has not plugged in.",
        "fr": "Un véhicule est garé ici sans être branché.",
    },
    "unusable": {
        "en": "The charger is out of service. Nothing is charged for that time.",
        "fr": "La borne est hors service. Ce temps n'est pas facturé.",
    },
    "unknown": {"en": "Nothing that is known holds now.", "fr": "Rien de connu ne vaut en ce moment."},
}
STATES: dict[str, Words] = {
    "watched": {"en": "Free for now", "fr": "Gratuit pour le moment"},
    "warned": {"en": "Free for now", "fr": "Gratuit pour le moment"},
    "running": {"en": "A fee is running", "fr": "Des frais courent"},
    "ended": {"en": "Ended, not final yet", "fr": "Terminé, pas encore définitif"},
    "settled": {"en": "Final", "fr": "Définitif"},
    "cleared": {"en": "Nothing due", "fr": "Rien à payer"},
    "waived": {"en": "Waived: nothing to pay", "fr": "Annulé: rien à payer"},
    "disputed": {"en": "You contest it", "fr": "Vous le contestez"},
    "referred": {"en": "Referred to the city", "fr": "Transmis à la ville"},
}

WORDS: dict[str, Words] = {
    "skip": {"en": "Skip to content", "fr": "Aller au contenu"},
    "language": {"en": "Language", "fr": "Langue"},
    "synthetic": {
        "en": "Made-up data: nobody is billed.",
        "fr": "Données inventées: personne n'est facturé.",
    },
    "made_up": {"en": "synthetic", "fr": "synthétique"},
    "my_data": {"en": "My data", "fr": "Mes données"},
    "a_bay": {"en": "A bay", "fr": "Une place"},
    "my_stay": {"en": "My stay", "fr": "Mon stationnement"},
    "try_again": {"en": "Try again", "fr": "Réessayez"},
    "stale_form": {
        "en": "The form was open for too long. Go back and try again.",
        "fr": "Le formulaire est resté ouvert trop longtemps. Revenez et réessayez.",
    },
    "too_many_title": {"en": "Too many attempts", "fr": "Trop d'essais"},
    "too_many": {"en": "Wait ten minutes, then try again.", "fr": "Attendez dix minutes, puis réessayez."},
    "find_title": {"en": "Which bay?", "fr": "Quelle place?"},
    "find_lead": {
        "en": "The code has seven letters and digits. It stands on the bay's sign.",
        "fr": "Le code a sept lettres et chiffres. Il figure sur le panneau de la place.",
    },
    "code_label": {"en": "Code on the sign", "fr": "Code du panneau"},
    "open": {"en": "Open", "fr": "Ouvrir"},
    "no_such_code": {
        "en": "No sign has this code. Compare each letter.",
        "fr": "Aucun panneau n'a ce code. Comparez chaque lettre.",
    },
    "have_sms_code": {"en": "I have a code from a text message", "fr": "J'ai un code reçu par texto"},
    "bay": {"en": "Bay {name}", "fr": "Place {name}"},
    "since": {"en": "since {at}", "fr": "depuis {at}"},
    "free_until": {
        "en": "Free until {at}. A fee may run after that.",
        "fr": "Gratuit jusqu'à {at}. Des frais sont possibles ensuite.",
    },
    "counting": {"en": "The clock has run since {at}.", "fr": "Le compteur tourne depuis {at}."},
    "fee_since": {"en": "A fee has been running since {at}.", "fr": "Des frais courent depuis {at}."},
    "no_clock": {"en": "No clock is running.", "fr": "Aucun compteur ne tourne."},
    "what_holds": {"en": "What is allowed, what it costs", "fr": "Ce qui est permis, ce que cela coûte"},
    "no_policy": {"en": "No fee applies here at present.", "fr": "Aucuns frais ici pour le moment."},
    "policy": {"en": "Policy {name}", "fr": "Tarif {name}"},
    "warn_me": {"en": "Text me before it costs anything", "fr": "M'avertir par texto avant que cela coûte"},
    "warn_lead": {
        "en": "No account, no app. Your number is used for this alone.",
        "fr": "Sans compte ni application. Votre numéro ne sert qu'à cela.",
    },
    "phone_label": {"en": "Mobile number", "fr": "Numéro de cellulaire"},
    "phone_hint": {
        "en": "We text you a code to see that it is yours. Giving it makes you owe nothing.",
        "fr": "Un code vous est envoyé par texto. Donner votre numéro ne vous engage à rien payer.",
    },
    "no_such_phone": {
        "en": "That is not a mobile number that we can text.",
        "fr": "Ce n'est pas un numéro de cellulaire que nous pouvons joindre.",
    },
    "remember_hint": {
        "en": "Until you have confirmed it at a second stay, messages don't say where.",
        "fr": "Les textos ne disent pas où, tant que vous ne l'avez pas confirmé à un deuxième arrêt.",
    },
    "send_code": {"en": "Send me the code", "fr": "M'envoyer le code"},
    "known_phone": {
        "en": "The phone that you confirmed is told about this stay.",
        "fr": "Le téléphone que vous avez confirmé sera averti.",
    },
    "agree": {"en": "Tell me about this stay", "fr": "M'avertir pour ce stationnement"},
    "no_vehicle_title": {"en": "No stay to be told about", "fr": "Aucun stationnement en cours"},
    "no_vehicle": {
        "en": "No vehicle is seen in this bay now, or others have claimed its stay. Try again once you are parked.",
        "fr": "Aucun véhicule n'est vu ici maintenant, ou d'autres l'ont déjà déclaré leur. Réessayez une fois garé.",
    },
    "code_title": {"en": "Type the code", "fr": "Tapez le code"},
    "code_lead": {
        "en": "If the number can be reached, a code of six digits is on its way. It holds for ten minutes.",
        "fr": "Si le numéro peut être joint, un code de six chiffres est en route. Il est valable dix minutes.",
    },
    "code_from_sms": {"en": "Code from the text message", "fr": "Code reçu par texto"},
    "confirm": {"en": "Confirm", "fr": "Confirmer"},
    "wrong_code": {
        "en": "That code is wrong or no longer holds. After five tries, ask for a new one.",
        "fr": "Ce code est erroné ou n'est plus valable. Après cinq essais, demandez-en un autre.",
    },
    "no_sms": {
        "en": "Nothing comes? If you once replied STOP to us, text START first.",
        "fr": "Rien ne vient? Si vous nous avez déjà répondu ARRET, envoyez d'abord REPRENDRE.",
    },
    "stay_code_lead": {
        "en": "Our messages end with a code of seven letters and digits.",
        "fr": "Nos textos portent un code de sept lettres et chiffres.",
    },
    "stay_code_label": {"en": "Code in the message", "fr": "Code du texto"},
    "my_phone_title": {"en": "Your data", "fr": "Vos données"},
    "my_phone_lead": {
        "en": "Confirm your phone to see, take along or delete everything that is kept of you.",
        "fr": "Confirmez votre téléphone pour voir, emporter ou effacer tout ce qui est gardé sur vous.",
    },
    "known_since": {"en": "Known since", "fr": "Connu depuis"},
    "cards": {"en": "Cards or apps", "fr": "Cartes ou applications"},
    "messages": {"en": "Messages", "fr": "Textos"},
    "reads": {"en": "Times it was read", "fr": "Consultations"},
    "stays": {"en": "Stays", "fr": "Stationnements"},
    "consents": {"en": "What you agreed to", "fr": "Ce que vous avez accepté"},
    "none": {"en": "None.", "fr": "Aucun."},
    "download": {"en": "Download everything (JSON)", "fr": "Tout télécharger (JSON)"},
    "forget_here": {"en": "Forget my phone in this browser", "fr": "Oublier mon téléphone dans ce navigateur"},
    "delete_title": {"en": "Delete me", "fr": "M'effacer"},
    "delete_lead": {
        "en": "Your number, your claims and your words are erased. What sensors and networks said stays; it does not "
        "know you.",
        "fr": "Votre numéro, vos déclarations et vos mots sont effacés. Ce qu'ont dit capteurs et réseaux reste; cela "
        "ne vous connaît pas.",
    },
    "delete": {"en": "Delete my data now", "fr": "Effacer mes données maintenant"},
    "held": {
        "en": "A case is still open, so the law holds your data until it is closed.",
        "fr": "Un dossier est encore ouvert: la loi retient vos données jusqu'à sa clôture.",
    },
    "erased_title": {"en": "Deleted", "fr": "Effacé"},
    "erased": {
        "en": "Nothing is kept by which you could be found.",
        "fr": "Rien n'est gardé qui permette de vous retrouver.",
    },
    "stay_gone": {
        "en": "What is known now shows no vehicle here at that time. Nothing is due.",
        "fr": "Selon ce qui est connu maintenant, aucun véhicule n'était là. Rien n'est dû.",
    },
    "parked_since": {"en": "Parked since {at}", "fr": "Garé depuis {at}"},
    "left_at": {"en": "left at {at}", "fr": "parti à {at}"},
    "nothing_counts": {"en": "Nothing counts against this stay", "fr": "Rien ne compte contre ce stationnement"},
    "nothing_counts_hint": {
        "en": "You get a text message before anything does.",
        "fr": "Vous recevrez un texto avant que cela change.",
    },
    "cleared": {"en": "It ended in time, or was withdrawn.", "fr": "Terminé à temps, ou retiré."},
    "to_pay": {"en": "In all, taxes included", "fr": "En tout, taxes comprises"},
    "so_far": {"en": "So far, taxes included", "fr": "Jusqu'ici, taxes comprises"},
    "counted_to": {
        "en": "So far: counted to the last evidence, {at}.",
        "fr": "Jusqu'ici: compté jusqu'à la dernière preuve, {at}.",
    },
    "estimate": {
        "en": "If the vehicle is still there, about",
        "fr": "Si le véhicule est encore là, environ",
    },
    "not_final": {
        "en": "Late reports may still lower or raise it for a short while.",
        "fr": "Des relevés tardifs peuvent encore le changer pendant un court moment.",
    },
    "was_waived": {"en": "{sum} was waived.", "fr": "{sum}: annulés."},
    "you_said": {"en": "You said:", "fr": "Vous avez dit:"},
    "answer_upheld": {"en": "Answer: the fee stands.", "fr": "Réponse: les frais sont maintenus."},
    "answer_waived": {"en": "Answer: the fee is waived.", "fr": "Réponse: les frais sont annulés."},
    "no_answer_yet": {
        "en": "A person will answer here. Nothing is collected until then.",
        "fr": "Une personne répondra ici. Rien n'est perçu d'ici là.",
    },
    "why": {"en": "Why", "fr": "Pourquoi"},
    "spared": {"en": "Not billed: {time} in all.", "fr": "Non facturé: {time} en tout."},
    "sum": {"en": "How it adds up", "fr": "Le calcul"},
    "each_minute": {"en": "What each minute cost, before taxes", "fr": "Ce que chaque minute a coûté, avant taxes"},
    "from": {"en": "From", "fr": "De"},
    "to": {"en": "To", "fr": "À"},
    "readings": {"en": "Every reading ({count})", "fr": "Tous les relevés ({count})"},
    "readings_hint": {
        "en": "What the bay's sensor and the charging network said, a quarter of an hour around your stay included.",
        "fr": "Ce qu'ont dit le capteur et le réseau, avec un quart d'heure avant et après.",
    },
    "time": {"en": "Time", "fr": "Heure"},
    "who": {"en": "Who", "fr": "Qui"},
    "what": {"en": "What", "fr": "Quoi"},
    "heard": {"en": "The network was heard:", "fr": "Le réseau était entendu:"},
    "receipt": {"en": "Receipt", "fr": "Reçu"},
    "contest": {"en": "Contest it", "fr": "Contester"},
    "contest_lead": {
        "en": "A person reads it and answers here. Nothing is collected meanwhile.",
        "fr": "Une personne le lit et répond ici. Rien n'est perçu entre-temps.",
    },
    "contest_text": {"en": "What is wrong?", "fr": "Qu'est-ce qui ne va pas?"},
    "contest_photo": {"en": "A photo, if it helps", "fr": "Une photo, si elle aide"},
    "photo_hint": {
        "en": "JPEG, PNG or WebP, up to 10 MB. Where and when it was taken is removed from it.",
        "fr": "JPEG, PNG ou WebP, 10 Mo au plus. Le lieu et l'heure en sont retirés.",
    },
    "send": {"en": "Send", "fr": "Envoyer"},
    "say_why": {"en": "Say in a few words what is wrong.", "fr": "Dites en quelques mots ce qui ne va pas."},
    "no_photo": {"en": "That file is not a photo that can be read.", "fr": "Ce fichier n'est pas une photo lisible."},
    "cant_contest_title": {"en": "It can't be contested", "fr": "Contestation impossible"},
    "cant_contest": {
        "en": "Nothing is due, it was contested before, or it ended more than sixty days ago.",
        "fr": "Rien n'est dû, c'est déjà contesté, ou terminé depuis plus de soixante jours.",
    },
    "start": {"en": "Start charging with my card", "fr": "Lancer la recharge avec ma carte"},
    "start_title": {"en": "Start a session", "fr": "Lancer une session"},
    "start_lead": {
        "en": "The network is asked to start a session at this bay on the card or app that is known to be yours; your "
        "provider bills what you charge. Stand at the charger and plug in.",
        "fr": "Le réseau est prié de lancer une session à cette place avec la carte ou l'application connue comme la "
        "vôtre; votre fournisseur facture la recharge. Restez près de la borne et branchez-vous.",
    },
    "start_now": {"en": "Start now", "fr": "Lancer maintenant"},
    "back_to_bay": {"en": "Back to the bay", "fr": "Retour à la place"},
    "cant_start_title": {"en": "No session can be started here", "fr": "Aucune session à lancer ici"},
    "cant_start": {
        "en": "The vehicle is gone or plugged in, the network takes no requests, or no card is known to be yours. "
        "Nothing was sent.",
        "fr": "Le véhicule est parti ou branché, le réseau n'accepte pas de demandes, ou aucune carte n'est connue "
        "comme la vôtre. Rien n'a été envoyé.",
    },
    "start_waiting": {"en": "On its way", "fr": "En route"},
    "start_waiting_hint": {
        "en": "The charging network has not answered yet.",
        "fr": "Le réseau de recharge n'a pas encore répondu.",
    },
    "start_accepted": {"en": "The network took it", "fr": "Le réseau l'a acceptée"},
    "start_accepted_hint": {
        "en": "The charger has not answered yet. Plug in now.",
        "fr": "La borne n'a pas encore répondu. Branchez-vous maintenant.",
    },
    "start_done": {"en": "The charger accepted", "fr": "La borne a accepté"},
    "start_done_hint": {
        "en": "Plug in if you have not. The clock here stops once the network reports the session.",
        "fr": "Branchez-vous si ce n'est pas fait. Le compteur s'arrête quand le réseau annonce la session.",
    },
    "start_refused": {"en": "Refused", "fr": "Refusée"},
    "start_refused_hint": {
        "en": "No session was started. Use your card or app at the charger.",
        "fr": "Aucune session n'a été lancée. Utilisez votre carte ou application à la borne.",
    },
    "start_timed_out": {"en": "The charger did not answer in time", "fr": "La borne n'a pas répondu à temps"},
    "start_timed_out_hint": {
        "en": "It may still start. Look at the charger, then use your card or app there.",
        "fr": "La session peut encore démarrer. Regardez la borne, puis utilisez-y votre carte ou application.",
    },
    "start_not_sent": {"en": "Not sent", "fr": "Non envoyée"},
    "start_not_sent_hint": {
        "en": "The network could not be reached, so nothing was started. You may try again.",
        "fr": "Le réseau était injoignable; rien n'a été lancé. Vous pouvez réessayer.",
    },
    "start_unknown": {"en": "Not known", "fr": "Inconnu"},
    "start_unknown_hint": {
        "en": "It was sent and no answer came; it may have been carried out. Look at the charger before you try again.",
        "fr": "Elle a été envoyée sans réponse; elle a pu être exécutée. Regardez la borne avant de réessayer.",
    },
    "start_words": {"en": "The network says: {words}", "fr": "Le réseau dit: {words}"},
    "counted_time": {"en": "Counted time", "fr": "Temps compté"},
    "fee": {"en": "Fee", "fr": "Frais"},
    "total": {"en": "Total", "fr": "Total"},
    "number": {"en": "Number", "fr": "Numéro"},
    "policy_word": {"en": "Policy", "fr": "Tarif"},
    "standing": {"en": "Standing", "fr": "État"},
    "entry": {"en": "Posting {number},", "fr": "Écriture {number},"},
    "takes_back": {"en": "takes back posting {number}", "fr": "annule l'écriture {number}"},
    "back": {"en": "Back to the stay", "fr": "Retour au stationnement"},
}
LIMITS: dict[str, Words] = {
    "minimum": {"en": "the minimum", "fr": "le minimum"},
    "cap": {"en": "the cap", "fr": "le plafond"},
    "cap_day": {"en": "the cap of a day", "fr": "le plafond du jour"},
    "cap_driver_day": {"en": "your cap of a day", "fr": "votre plafond du jour"},
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}


def said(key: str, language: str, **values: Any) -> str:
    """Words by their key."""
    return WORDS[key][language].format(**values) if values else WORDS[key][language]


def named(words: dict[str, Words], key: str, language: str) -> str:
    """The word of a condition or state; one that has none is shown as it is."""
    return words[key][language] if key in words else key


def init(app: Flask) -> None:
    """Make the words known to the templates."""
    app.jinja_env.filters.update(
        condition_word=lambda key, language: named(CONDITIONS, key, language),
        meaning=lambda key, language: named(MEANINGS, key, language),
        state_word=lambda key, language: named(STATES, key, language),
        limit_word=lambda key, language: named(LIMITS, key, language),
        because=because,
        exactly=exactly,
        full_time=full_time,
        tax_word=tax_name,
        day_time=day_time,
    )
    app.jinja_env.globals["TERMS"] = TERMS


def because(code: str, language: str) -> str:
    """The words of a reason; a code without words is left out."""
    return reason_text(code, language) if code in REASONS else ""


def exactly(amount: Fraction) -> str:
    """An amount with four decimals: a minute may cost less than the smallest coin."""
    return f"{float(amount):.4f}"


def full_time(at: datetime, zone: str, language: str) -> str:
    """A moment in full, as a receipt has it: ``2 March 2026, 13:45:00 EST``."""
    local = at.astimezone(ZoneInfo(zone))
    clock = f"{local.hour} h {local:%M min %S s %Z}" if language == "fr" else f"{local:%H:%M:%S %Z}"
    return f"{local.day} {_MONTHS[language].split()[local.month - 1]} {local.year}, {clock}"


def day_time(at: datetime, zone: str, now: datetime, language: str) -> str:
    """The station's clock, with the date where it is not today's: ``14:05``, ``2026-03-02 14:05``; ``14 h 05``."""
    local, today = at.astimezone(ZoneInfo(zone)), now.astimezone(ZoneInfo(zone)).date()
    clock = f"{local.hour} h {local:%M}" if language == "fr" else f"{local:%H:%M}"
    return clock if local.date() == today else f"{local:%Y-%m-%d} {clock}"
