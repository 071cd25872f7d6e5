"""A driver texts the code of a bay's sign to our number: that phone is told about the stay in that bay."""

import re
from datetime import datetime
from itertools import pairwise

from enforcement import bay_codes, reaching
from ledger import attempts
from ledger.bay_codes import bay_with
from ledger.consents import Terms
from ledger.database import Ledger
from ledger.drivers import driver_for_phone, known_by
from ledger.tying import tie
from notifications.texts import SERVICE

Words = dict[str, str]

CLAIMED: Words = {
    "en": "you will be told before this stay costs anything. Code {code} opens its page. Reply STOP to opt out.",
    "fr": "vous serez averti avant tous frais. Le code {code} ouvre votre page. ARRET pour se désabonner.",
    "es": "se le avisa antes de que esto le cueste. La clave {code} abre su web. BAJA para no recibir.",
}
NO_VEHICLE: Words = {
    "en": "no vehicle is seen in this bay now. Text the code again once you are parked.",
    "fr": "aucun véhicule n'est vu ici maintenant. Renvoyez le code une fois garé.",
    "es": "no se ve un auto en esta plaza ahora. Mande la clave otra vez al estacionar.",
}
NO_SUCH_CODE: Words = {
    "en": "no sign has this code. Compare each letter.",
    "fr": "aucun panneau n'a ce code. Comparez chaque lettre.",
    "es": "no hay letrero que lleve esta clave. Compare cada letra.",
}
TERMS = Terms(
    {
        "stay": {
            "en": "Texted the code of the bay's sign to be told about this stay.",
            "fr": "A envoyé par texto le code du panneau pour être averti de ce stationnement.",
            "es": "Mandó por texto la clave del letrero para que se le avise de esta estancia.",
        }
    },
    "text message",
)
_FRENCH = frozenset({"PLACE", "BORNE", "CODE:", "BONJOUR", "SVP", "MERCI", "ALLO", "SALUT"})


def code_in(text: str) -> str | None:
    """The code of a sign in a message, alone or among words, in one piece or in the two that signs print."""
    words = re.findall(r"[A-Za-z0-9]+", text[:200])
    pieces = [*words, *(first + second for first, second in pairwise(words))]
    return next((code for piece in pieces if (code := bay_codes.read(piece)) is not None), None)


def claim_by_text(ledger: Ledger, now: datetime, phone: str, code: str, text: str) -> str | None:
    """Tie the sender's phone to the stay, and say what came of it; None (no answer) for who texts too often."""
    with ledger.write(now) as tx:
        if not attempts.take(tx, "text", phone, reaching.CLAIMS_BY_PHONE):
            return None
        known = driver_for_phone(tx.conn, tx.vault, phone)
        language = _language(text) if known is None else known.language
        bay = bay_with(tx.conn, code)
        if bay is None:
            return _said(NO_SUCH_CODE, language)
        driver = known_by(tx, phone, language)
        claim = tie(tx, driver, bay, now, language, TERMS, remember=False, how="text")
    return _said(NO_VEHICLE, language) if claim is None else _said(CLAIMED, language, code=claim.code)


def _language(text: str) -> str:
    return "fr" if _FRENCH & set(text.upper().split()) else "en"


def _said(words: Words, language: str, **values: str) -> str:
    return f"{SERVICE}: {words[language].format(**values)}"
