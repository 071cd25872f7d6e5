"""The rows of a batch as the core sees them: what each was from when to when, and when it was reported on."""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from enforcement.conditions import Condition
from history.batch import Batch
from history.instants import UNKNOWN, Bools, Ints


class Spans(NamedTuple):
    """Of many rows: from when to when each was in a condition; both 0 where it never was."""

    start: Ints
    end: Ints


@dataclass(frozen=True, slots=True)
class Timelines:
    """Rows as the core sees them: the spans of each condition, the moments of reports, in ticks."""

    spans: dict[Condition, Spans]
    soc: dict[int, Ints]
    warned: Ints | None


def timelines_of(batch: Batch, scale: int) -> tuple[Timelines, Bools, Bools]:
    """The conditions of each row, as :func:`history.judging.judge_row` sees them: two times that belong together.

    Also whether any part of it is unknown, and whether there was a session.
    """
    arrived, plugged, finished, unplugged, left = (_scaled(times, scale) for times in batch.at)
    known = [times != UNKNOWN for times in (arrived, plugged, finished, unplugged, left)]
    is_unplugged = known[0] & ~(known[1] | known[2] | known[3] | batch.is_charged)
    spans = {
        Condition.UNPLUGGED: _span(arrived, np.where(is_unplugged, left, plugged)),
        Condition.CHARGING: _span(plugged, np.where(known[2], finished, unplugged)),
        Condition.IDLE: _span(finished, unplugged),
        Condition.OVERSTAYING: _span(unplugged, left),
    }
    told = sum((span.end - span.start for span in spans.values()), np.zeros(len(batch), np.int64))
    first, last = _scaled(batch.first, scale), _scaled(batch.last, scale)
    soc = {percent: _scaled(times, scale) for percent, times in batch.soc.items()}
    warned = None if batch.warned is None else _scaled(batch.warned, scale)
    return Timelines(spans, soc, warned), (first != UNKNOWN) & (last - first > told), ~is_unplugged


def _scaled(times: Ints, scale: int) -> Ints:
    return times if scale == 1 else np.where(times == UNKNOWN, UNKNOWN, times // scale)


def _span(start: Ints, end: Ints) -> Spans:
    is_known = (start != UNKNOWN) & (end != UNKNOWN)
    return Spans(np.where(is_known, start, 0), np.where(is_known, end, 0))
