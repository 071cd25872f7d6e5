"""The order of a Sparkplug node's messages: each has a number, one more than the one before, from 0 to 255 and round.

A node's messages are of all its devices, and what is told is told by exception: as long as no number is missing, all
that was said last still holds. After a missing one any bay of the node may have changed without a word. Source:
Sparkplug 3.0.0, 5.7 (message ordering) and 6.4 (seq).
"""

from collections.abc import Iterator
from datetime import datetime
from typing import Any, NamedTuple

from ledger.births import Birth, Heard
from sensors.mapping import Subscription
from sensors.reading import Message, NotUnderstoodError, Said, occupancy, sensor_id
from sensors.sparkplug_metrics import birth_number, moment_of

_ROUND = 256
# Fewer than that missing, and no node has died and been born again meanwhile: its numbers would have begun anew.
_FEW = 8


class Gap(NamedTuple):
    """What is missing before a message. ``since``: the last one that was heard before it.

    ``is_new_life``: births may be missing, too, so that nobody knows what a metric's number stands for.
    """

    since: datetime
    is_new_life: bool


def gap_before(heard: Heard | None, seq: int, at: datetime) -> Gap | None:
    """What is missing before a message with this number, sent at ``at``; None where nothing is, or it comes late."""
    if heard is None or is_late(heard, seq, at):
        return None
    missing = (seq - heard.seq - 1) % _ROUND
    return Gap(heard.at, is_new_life=missing >= _FEW) if missing else None


def is_late(heard: Heard, seq: int, at: datetime) -> bool:
    """Whether a message is a copy, or was sent before what was heard already. The next number is never late."""
    return seq != (heard.seq + 1) % _ROUND and at <= heard.at


def gap_before_birth(heard: Heard | None, known: Birth | None, bd_seq: int | None, *, live: bool) -> Gap | None:
    """The same for an NBIRTH, whose number begins anew. ``live``: we were listening all the time before it.

    A node that is born again because it was asked to, has lost nothing; one that has connected anew without a word of
    its death, or while we were away, may have.
    """
    if heard is None or (known is not None and not known.is_born):
        return None  # what is known of it has ended already
    is_new_life = known is not None and known.bd_seq != bd_seq
    return Gap(heard.at, is_new_life) if is_new_life or not live else None


def missed(
    kind: str, edge: str, payload: Any, message: Message, subscription: Subscription
) -> tuple[list[Said], list[Birth]]:
    """What is not known any more because messages before this one are missing, and which births hold no more.

    ``edge``: the node that it is of, or of whose device. Its number is noted.
    """
    births = subscription.births
    if not payload.HasField("seq"):
        return [], []
    seq, at, heard = int(payload.seq), sent_at(payload, message), births.last(edge)
    if kind == "NBIRTH":
        has_listened = message.live and births.is_heard_here(edge)
        gap = gap_before_birth(heard, births.find(edge), birth_number(payload), live=has_listened)
    else:
        gap = gap_before(heard, seq, at)
    if kind == "NBIRTH" or heard is None or not is_late(heard, seq, at):
        births.note(Heard(edge, seq, at))
    if gap is None:
        return [], []
    lost = list(doubts(edge, gap.since, message, subscription))
    return lost, births.end(births.under(edge)) if gap.is_new_life else []


def sent_at(payload: Any, message: Message) -> datetime:
    """When a message was sent, not after it came; a clock that was never set tells nothing."""
    try:
        return min(moment_of(payload.timestamp, message.seen_at), message.seen_at)
    except NotUnderstoodError:
        return message.seen_at


def doubts(node: str, since: datetime, message: Message, subscription: Subscription) -> Iterator[Said]:
    """Of each bay of a node: that from ``since`` on nobody knows, until it is spoken of again."""
    model, watchdog = subscription.model or "sparkplug", subscription.watchdog_of(None)
    debounce = subscription.debounce_of(subscription.model)
    for name in subscription.births.sensors(node):
        sensor = sensor_id(name)
        fact = occupancy(
            kind="sparkplug",
            sensor=sensor,
            identity=f"lost:{since.isoformat()}",  # behind a reading of the same moment, in the order of facts
            occupied=None,
            edge=False,
            at=since,
            seen_at=message.seen_at,
            quality=("lost",),
        )
        yield Said(sensor, model, watchdog, fact, debounce=debounce)
