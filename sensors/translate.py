"""One message to what it says of a sensor, or to a reject with its reason. Nothing that comes can make it fail."""

import logging
import traceback

from ledger.rejects import Rejected
from sensors.envelopes import ENVELOPES, PRIVATE, WEBHOOKS, Envelope
from sensors.mapping import Mapping, Subscription
from sensors.reading import MOST_BYTES, Message, NotUnderstoodError, Told, shown

MOST_POSTED_BYTES = 8 * 1024 * 1024  # cameras put pictures into what they say
_MOST_TOPIC = 255
_LOG = logging.getLogger(__name__)

Outcome = Told | Rejected


def translate(mapping: Mapping, message: Message) -> Outcome:
    """What a message says; None where it is understood and says nothing of a bay."""
    subscription = mapping.find(message.topic)
    if subscription is None:
        return refused(message, "mqtt", "no subscription of the mapping fits this topic")
    subscription.ear.has_heard = True
    most = MOST_BYTES if len(message.payload) <= MOST_BYTES else mapping.most_bytes(message.topic)
    return _read(ENVELOPES[subscription.envelope], message, subscription, "mqtt", most)


def translate_webhook(subscription: Subscription, message: Message) -> Outcome:
    """The same for what came by HTTP."""
    return _read(WEBHOOKS[subscription.envelope], message, subscription, "http", MOST_POSTED_BYTES)


def _read(envelope: Envelope, message: Message, subscription: Subscription, way: str, most: int) -> Outcome:
    is_too_long = len(message.payload) > most
    try:
        told = envelope(message, subscription)
        if told is None or not is_too_long:  # what says nothing of a bay may be long: a picture, a list of devices
            return told
        why = ""
    except NotUnderstoodError as error:
        why = str(error)
    except Exception as error:  # a fault of ours; the message is kept, and the others go on
        _LOG.error("a message on %s could not be read: %s", shown(message.topic), fault(error))
        why = f"a fault of Baywarden while reading it: {type(error).__name__}"
    if is_too_long:
        why = f"the payload is larger than {most} bytes"
    source, is_private = f"{way}:{subscription.envelope}", subscription.envelope in PRIVATE
    return refused(message, source, why, is_private=is_private)


def refused(message: Message, source: str, reason: str, *, is_private: bool = False) -> Rejected:
    """The reject of a message."""
    return Rejected(source, message.topic[:_MOST_TOPIC], reason, message.payload[:MOST_BYTES], is_private)


def fault(error: BaseException) -> str:
    """What went wrong and where, without the error's own text: that may repeat the input or a row."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{type(error).__name__} at {frames[-1].name}:{frames[-1].lineno}" if frames else type(error).__name__
