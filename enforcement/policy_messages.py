"""Reading a policy's ``[messages]`` table (see docs/policies.md)."""

from datetime import timedelta
from typing import Any

from enforcement import readings as read
from enforcement import readings_of_time as times
from enforcement.documents import Table
from enforcement.telling import USUAL, Quiet, Telling

_SHORTEST = timedelta(minutes=1)
_SHORTEST_EVERY = timedelta(minutes=5)
_LONGEST = timedelta(hours=24)


def read_messages(document: Table) -> Telling:
    """What drivers are told under this policy; the usual messages where it says nothing."""
    t = document.table("messages")
    if t is None:
        return USUAL
    found: dict[str, Any] = {
        "about_to_finish": t.take("about_to_finish", _between(_SHORTEST, timedelta(hours=1)), None),
        "finished": t.take("finished", read.flag, True),
        "fee_in": t.take("fee_in", _between(_SHORTEST, _LONGEST), None),
        "fee_runs": t.take("fee_runs", read.flag, True),
        "every": t.take("every", _between(_SHORTEST_EVERY, _LONGEST), None),
        "left": t.take("left", read.flag, True),
        "quiet": t.take("quiet", _quiet, None),
        "quiet_starts_no_fee": t.take("quiet_starts_no_fee", read.flag, False),
    }
    if found["quiet_starts_no_fee"] and "quiet" not in t.values:
        t.fault('quiet_starts_no_fee goes with quiet hours, like quiet = "22:00-07:00"', "quiet_starts_no_fee")
    t.close()
    return Telling(**found)


def _between(low: timedelta, high: timedelta) -> Any:
    def duration(value: Any) -> timedelta:
        found = times.duration(value)
        if not low <= found <= high:
            raise ValueError(f"not from {_words(low)} to {_words(high)}")
        return found

    return duration


def _words(length: timedelta) -> str:
    return f"{length // timedelta(minutes=1)} minutes"


def _quiet(value: Any) -> Quiet:
    start, dash, end = read.text_value(value).partition("-")
    if not dash:
        raise ValueError('not local times like "22:00-07:00"')
    quiet = Quiet(times.wall_time(start.strip()), times.wall_time(end.strip()))
    if quiet.start == quiet.end:
        raise ValueError("begins when it ends")
    return quiet
