"""What Twilio's statuses and error codes mean to us (Twilio, "Message resource" and "Error and Warning Dictionary")."""

from ledger.deliveries import Outcome
from models.outbox import Delivery

STATUSES = {
    **dict.fromkeys(("accepted", "scheduled", "queued", "sending", "sent"), Delivery.SENT),
    **dict.fromkeys(("delivered", "read"), Delivery.DELIVERED),
    **dict.fromkeys(("undelivered", "failed", "canceled"), Delivery.FAILED),
}

OPTED_OUT = 21610
TOO_MANY = 20429
# The number itself takes no SMS, and never will: nothing more is tried there.
UNUSABLE = frozenset({21211, 21614, 21635, 30006})
# Nothing is wrong with these messages but with how we are set up there: they wait until somebody mends it.
OUR_SETUP = {
    20003: "Twilio refused our credentials",
    21212: "Twilio does not accept our sender",
    21603: "Twilio was given no sender",
    21606: "our sender can't send SMS to that country",
    21659: "our sender is not a number of this Twilio account",
    21701: "Twilio does not know our messaging service",
    21703: "our messaging service has no sender",
    30029: "Message Redaction is not enabled in this Twilio account",
    30030: "Message Redaction is not enabled in this Twilio account",
}
# Codes that somebody should look at; as soon as one comes, others will follow.
TELL_OPERATOR = {30007: "filtered by the carrier as spam", 30034: "our sender is not registered (A2P 10DLC)"}
_OTHERS = {
    TOO_MANY: "Twilio takes no more for now",
    OPTED_OUT: "the driver opted out at Twilio",
    21211: "not a valid number",
    21408: "our Twilio account may not send to that country",
    21614: "not a mobile number",
    21635: "a landline can't receive it",
    30003: "the telephone could not be reached",
    30005: "the number is unknown to its carrier",
    30006: "a landline, or a carrier that can't be reached",
    30036: "its time ran out in Twilio's queue",
}
_MEANINGS = OUR_SETUP | TELL_OPERATOR | _OTHERS


def meaning(code: int | None) -> str:
    """A code with its words. Twilio's own words are left out: they may quote the number."""
    return f"Twilio {code}: {_MEANINGS.get(code or 0, 'see the error dictionary of Twilio')}"


def outcome(status: str, sid: str | None, code: int | None) -> Outcome | None:
    """What a status says of a message; None for one that says nothing (``receiving``, or one that came after us)."""
    state = STATUSES.get(status)
    if state is None:
        return None
    return Outcome(state, sid or None, meaning(code) if code else f"Twilio: {status}")
