"""Codes by SMS to whoever asks for one on a page: what they open, and how many may leave."""

from typing import Any

from flask.typing import ResponseReturnValue

from enforcement import reaching
from ledger import phone_codes
from ledger.database import Tx
from ledger.phone_codes import Wish
from web.context import current
from web.driver.blueprint import address, chosen_language, count, go, language, sorry


def wish_for(**wanted: Any) -> Wish:
    """What a code is to open, in the language of the page on which it is asked for."""
    return Wish(language=language(), language_is_chosen=chosen_language() is not None, **wanted)


def send_code(number: str, wish: Wish, bay_code: str | None = None) -> ResponseReturnValue:
    """Send a code to a number, and go to where it is typed; ``bay_code``: where it was asked for at a bay."""
    here = current()
    with here.ledger.write(here.clock()) as tx:
        if not may_send(tx, wish.bay):
            return sorry(429)
        ticket = phone_codes.request(tx, number, wish, here.options.code_text)
    return go("code", ticket=ticket, bay=bay_code)


def may_send(tx: Tx, bay: str | None) -> bool:
    """Whether one more SMS may leave for this address, this bay, and at all; every one of them is counted."""
    checks = [count(tx, "sms-address", address(), reaching.SMS_BY_ADDRESS)]
    if bay is not None:
        checks.append(count(tx, "sms-bay", bay, reaching.SMS_BY_BAY))
    if all(checks):
        checks.append(count(tx, "sms-all", "all", reaching.all_codes(current().options.phone_codes_an_hour)))
    return all(checks)
