"""The words of messages, by step and language: English, French, Spanish, in the characters of GSM-7 only.

That set lacks the circumflexes, the small c with cedilla, and the accents of Spanish but those on e and n: sentences
are built around what it lacks.
"""

from enforcement.clauses import Kind
from enforcement.steps import Step

Words = dict[str, str]

LANGUAGES = ("en", "fr", "es")

ABOUT_TO_FINISH: Words = {
    "en": "charging at {place} should finish at about {ends}. Free until {until}, then a fee may apply.",
    "fr": "fin de charge prévue vers {ends}, {place}. Gratuit jusqu'à {until}, puis frais possibles.",
    "es": "la carga termina hacia las {ends}, {place}. Gratis hasta las {until}, luego puede haber tarifa.",
}
GRACE_RUNNING: dict[Kind, Words] = {
    Kind.IDLE: {
        "en": "charging has finished at {place}. Please move your vehicle: free until {until}, then a fee may apply.",
        "fr": "charge terminée, {place}. Merci de libérer la place: gratuit jusqu'à {until}, puis frais possibles.",
        "es": "carga terminada, {place}. Retire su auto: gratis hasta las {until}, luego puede haber tarifa.",
    },
    Kind.OVERSTAYING: {
        "en": "session over, still parked at {place}. Please move on: free until {until}, then a fee may apply.",
        "fr": "session finie, toujours garé, {place}. Merci de partir: gratuit jusqu'à {until}, puis frais possibles.",
        "es": "desconectado y estacionado, {place}. Retire su auto: gratis hasta las {until}, "
        "luego puede haber tarifa.",
    },
    Kind.UNPLUGGED: {
        "en": "parked but not plugged in at {place}. Plug in or move: free until {until}, then a fee may apply.",
        "fr": "garé sans charger, {place}. Branchez ou partez: gratuit jusqu'à {until}, puis frais possibles.",
        "es": "estacionado sin cargar, {place}. Conecte o salga: gratis hasta las {until}, luego puede haber tarifa.",
    },
    Kind.OVERTIME: {
        "en": "the time limit at {place} ends at {until}. Please move your vehicle by then: a fee may apply after it.",
        "fr": "la durée permise, {place}, finit à {until}. Merci de partir avant: des frais sont possibles ensuite.",
        "es": "el tiempo permitido, {place}, acaba a las {until}. Salga antes: luego puede haber una tarifa.",
    },
}
FEE_NEAR: Words = {
    "en": "a fee may start at {until} at {place}. Move your vehicle before then and you pay nothing.",
    "fr": "des frais peuvent commencer à {until}, {place}. Partez avant et vous ne payez rien.",
    "es": "la tarifa puede empezar a las {until}, {place}. Salga antes y no paga nada.",
}
FEE_STARTED: dict[Kind, Words] = {
    Kind.IDLE: {
        "en": "charging has finished and a fee is running at {place} since {since}. Move your vehicle to stop it.",
        "fr": "charge terminée, des frais courent depuis {since}, {place}. Partez pour y mettre fin.",
        "es": "carga terminada, corre una tarifa desde las {since}, {place}. Retire su auto para pararla.",
    },
    Kind.OVERSTAYING: {
        "en": "session over, still parked: a fee is running at {place} since {since}. Move your vehicle to stop it.",
        "fr": "session finie, toujours garé: des frais courent depuis {since}, {place}. Libérez la place.",
        "es": "desconectado y estacionado: corre una tarifa desde las {since}, {place}. Retire su auto.",
    },
    Kind.UNPLUGGED: {
        "en": "not plugged in: a fee is running at {place} since {since}. Move your vehicle to stop it.",
        "fr": "garé sans charger: des frais courent depuis {since}, {place}. Libérez la place.",
        "es": "estacionado sin cargar: corre una tarifa desde las {since}, {place}. Retire su auto.",
    },
    Kind.OVERTIME: {
        "en": "the time limit has passed: a fee is running at {place} since {since}. Move your vehicle to stop it.",
        "fr": "durée permise dépassée: des frais courent depuis {since}, {place}. Libérez la place.",
        "es": "tiempo permitido agotado: corre una tarifa desde las {since}, {place}. Retire su auto.",
    },
}
FEE_RUNNING: Words = {
    "en": "a fee is running at {place} since {since}: {total}{note} so far. Move your vehicle to stop it.",
    "fr": "des frais courent depuis {since}, {place}: {total}{note} pour le moment. Libérez la place.",
    "es": "corre una tarifa desde las {since}, {place}: {total}{note} hasta ahora. Retire su auto.",
}
FEE_ENDED: Words = {
    "en": "the fee at {place} ended at {ended}: {length}, {total}{note}.",
    "fr": "fin des frais à {ended}, {place}: {length}, {total}{note}.",
    "es": "fin de la tarifa a las {ended}, {place}: {length}, {total}{note}.",
}
# Late facts may still change a sum that is not final, and the driver is told so.
NOT_FINAL: Words = {"en": " (provisional)", "fr": " (provisoire)", "es": " (provisional)"}
TAXES: Words = {"en": " taxes included", "fr": " taxes comprises", "es": " con impuestos"}
# What a driver types on the page that the sign names: no link, but a way to see why.
CODE: Words = {"en": " Code {code}.", "fr": " Code {code}.", "es": " Clave {code}."}
PHONE_CODE: Words = {
    "en": "your code is {code}. It holds for 10 minutes. Type it only on the page where you asked for it.",
    "fr": "votre code est {code}, valable 10 minutes. Ne le tapez que sur la page où vous l'avez demandé.",
    "es": "su clave es {code} y vale 10 minutos. Solo debe usarla donde la ha pedido.",
}
DISPUTE_ANSWERED: dict[str, Words] = {
    "upheld": {
        "en": "we answered what you contested at {place}: the fee stands.",
        "fr": "réponse à votre contestation, {place}: les frais sont maintenus.",
        "es": "respuesta a su reclamo, {place}: la tarifa se mantiene.",
    },
    "waived": {
        "en": "we answered what you contested at {place}: the fee is waived, you pay nothing.",
        "fr": "réponse à votre contestation, {place}: les frais sont annulés, rien à payer.",
        "es": "respuesta a su reclamo, {place}: la tarifa se anula, no paga nada.",
    },
}
BAY: Words = {"en": "bay", "fr": "place", "es": "plaza"}
SOMEWHERE: Words = {"en": "your bay", "fr": "votre place", "es": "su plaza"}
WAY_OUT: Words = {"en": "Reply STOP to opt out", "fr": "ARRET pour se désabonner", "es": "BAJA para no recibir"}


def template(step: Step, kind: Kind) -> Words:
    """The words of a step, of a kind where these differ."""
    match step:
        case Step.ABOUT_TO_FINISH:
            return ABOUT_TO_FINISH
        case Step.GRACE_RUNNING:
            return GRACE_RUNNING[kind]
        case Step.FEE_NEAR:
            return FEE_NEAR
        case Step.FEE_STARTED:
            return FEE_STARTED[kind]
        case Step.FEE_RUNNING:
            return FEE_RUNNING
        case Step.FEE_ENDED:
            return FEE_ENDED
