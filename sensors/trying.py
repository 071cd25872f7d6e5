"""What a message would become, in words for a person. Nothing is recorded, and no plate is shown."""

from collections.abc import Iterator

from enforcement.facts import OccupancyRead
from ledger.facts import clamped
from ledger.rejects import Rejected
from sensors.mapping import Mapping
from sensors.reading import Message, Said
from sensors.translate import translate

_STATES = {True: "taken", False: "free", None: "can't know"}


def told(mapping: Mapping, message: Message) -> str:
    """One message: its topic, and a line for each thing that it says."""
    outcome = translate(mapping, message)
    subscription = mapping.find(message.topic)
    head = message.topic if subscription is None else f"{message.topic}  ({subscription.envelope})"
    return "\n  ".join([head, *(list(_lines(outcome)) or ["understood; it says nothing of a bay"])])


def _lines(outcome: object) -> Iterator[str]:
    if isinstance(outcome, Rejected):
        yield f"refused: {outcome.reason}"
    elif isinstance(outcome, Said) and not _is_note(outcome):
        yield from list(_said(outcome)) or [f"sensor {outcome.sensor} ({outcome.model}): neither taken nor free"]
    elif isinstance(outcome, tuple):
        for each in outcome:
            yield from _lines(each)


def _is_note(said: Said) -> bool:
    """Whether it is only what we keep of a Sparkplug node, for its next messages."""
    is_born = any(birth.is_born for birth in said.births)
    return said.read is None and not is_born and (said.births != () or _is_of_node(said))


def _is_of_node(said: Said) -> bool:
    return said.heard is not None and said.sensor == said.heard.node.casefold()


def _said(said: Said) -> Iterator[str]:
    about = f"sensor {said.sensor} ({said.model})"
    if said.read is not None:
        yield f"{about}: {_STATES[said.read.occupied]}{_when(said.read)}{_quality(said.read.quality)}"
    elif said.report is not None:
        yield f"{about}: spoke of itself at {said.report.at.isoformat()}{_quality(said.report.quality)}"
    for plate in said.plates:
        where = f" of {plate.jurisdiction}" if plate.jurisdiction else ""
        yield f"{about}: a plate{where} of {len(plate.text)} characters, {plate.confidence} % sure"
    for birth in said.births:
        bays = f"{len(birth.bays)} bay{'' if len(birth.bays) == 1 else 's'}"
        if birth.is_born:
            yield f"{about}: born, with {bays}, numbers of {len(birth.aliases)} metrics"
    if said.battery is not None:
        yield f"{about}: battery {said.battery}"


def _when(read: OccupancyRead) -> str:
    kind = "since" if read.edge else "as a heartbeat at"
    at = clamped(read).at
    ahead = "" if at == read.at else f" (its own clock says {read.at.isoformat()}, which is ahead of ours)"
    lasted = "" if read.lasted_s is None else f", the state before lasted {read.lasted_s // 60} min"
    return f", {kind} {at.isoformat()}{ahead}{lasted}"


def _quality(words: tuple[str, ...]) -> str:
    return f" [{', '.join(words)}]" if words else ""
