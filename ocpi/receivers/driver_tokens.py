"""Drivers' tokens: those of an eMSP, told to us as a CPO, and those that networks ask us for as an eMSP: none.

Drivers have theirs from networks and eMSPs; we issue no token.
"""

from ocpi.calls import Answer, Call
from ocpi.errors import UNKNOWN_TOKEN, not_found
from ocpi.modules import tokens
from ocpi.modules.taking import unknown
from ocpi.reading import identifier
from ocpi.receivers.showing import show_stored
from ocpi.senders.paging import asked


def show_token(call: Call) -> Answer:
    """GET of a driver's token, by the eMSP that sent it. It is stored by its keyed hash."""
    key = tokens.key_of(call.door.ledger.vault, call.origin(), call.ids()[0])
    return show_stored(call, tokens.MODULE, key, unknown("token", UNKNOWN_TOKEN))


def list_own_tokens(call: Call) -> Answer:
    """GET of the tokens that we issued."""
    return Answer([], headers=asked(call.query).headers(call.url, 0))


def authorize_token(call: Call) -> Answer:
    """POST of the question whether a token of ours may charge (OCPI 2.2.1, 12.2.2.2)."""
    if call.path[1] != "authorize":
        raise not_found("there is no such endpoint")
    identifier(call.path[0], "token_uid")
    if call.body:
        call.document()
    raise unknown("token", UNKNOWN_TOKEN)
