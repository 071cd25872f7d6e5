"""The facts that a piece of an account rests on."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from enforcement.facts import AnyFact, ChargerStatusSeen, NetworkBilled, OccupancyRead, PlateSeen, SessionUpdated
from enforcement.fee_lines import Treatment


def grounds(
    start: datetime, end: datetime, treatment: Treatment, session: str | None, facts: Iterable[AnyFact]
) -> tuple[AnyFact, ...]:
    """What was said that this piece of time follows from, oldest first.

    Of each sensor, camera, EVSE and the ``session``: the word that held when the piece began, the first and the last
    within it, and the next one after it, which shows how far the words before it held. Records that billed it, where
    they are why it was not billed again.
    """
    by_voice: dict[tuple[str, str], list[AnyFact]] = {}
    out: list[AnyFact] = []
    for fact in sorted(facts, key=lambda each: (each.at, each.source, each.source_id)):
        match fact:
            case OccupancyRead() | ChargerStatusSeen() | PlateSeen():
                by_voice.setdefault((type(fact).__name__, fact.subject), []).append(fact)
            case SessionUpdated() if fact.session == session:
                by_voice.setdefault(("session", fact.session), []).append(fact)
            case NetworkBilled() if treatment is Treatment.NETWORK_BILLED:
                out += [fact] if any(span.start < end and start < span.end for span in fact.spans) else []
    for said in by_voice.values():
        out += _telling(said, start, end)
    return tuple(sorted(out, key=lambda each: (each.at, each.source, each.source_id)))


def _telling(said: Sequence[AnyFact], start: datetime, end: datetime) -> list[AnyFact]:
    before = [fact for fact in said if fact.at <= start][-1:]
    inside = [fact for fact in said if start < fact.at < end]
    after = [fact for fact in said if fact.at >= end][:1]
    return [*before, *inside[:1], *inside[1:][-1:], *(fact for fact in after if fact not in before)]
