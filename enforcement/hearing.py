"""When the networks of a bay were heard: what is not there is known only from one that speaks."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from enforcement.intervals import Span, intersect, merged
from enforcement.setting import BaySetting

# For each network key the spans in which it was heard, oldest first; a span may be one moment.
Feeds = Mapping[str, Sequence[Span]]


def heard(setting: BaySetting, feeds: Feeds, now: datetime) -> tuple[list[Span], list[Span], datetime | None]:
    """When *all* networks of the bay were heard: any of them could have held the missing session.

    As far as their words hold, as far as that is confirmed, and when the first word of them will stop holding.
    """
    held: list[Span] | None = None
    confirmed: list[Span] | None = None
    ends: list[datetime] = []
    for network, habits in setting.networks.items():
        spans, watchdog = feeds.get(network, ()), habits.feed_watchdog
        holding = merged((lo, min(now, hi + watchdog)) for lo, hi in spans)
        sure = merged(spans, watchdog)
        held = holding if held is None else intersect(held, holding)
        confirmed = sure if confirmed is None else intersect(confirmed, sure)
        ends += [max(hi for _, hi in spans) + watchdog] if spans else []
    return held or [], confirmed or [], min(ends, default=None)
