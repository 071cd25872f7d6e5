"""Pages of a list (4.1.4 Pagination): where one begins, how long it is, and where the next one is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from ocpi.errors import bad_content
from ocpi.reading import moment

_DEFAULT = 50
_MAX = 100
_WHOLE = re.compile(r"\d{1,9}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Asked:
    """A page that is asked for. ``since`` and ``until`` bound ``last_updated``: from 2.2 on the first is within."""

    offset: int
    limit: int
    since: datetime | None
    until: datetime | None

    def headers(self, url: str, total: int) -> dict[str, str]:
        """What tells of the other pages; the link keeps the filters, and the last page has none."""
        found = {"X-Total-Count": str(total), "X-Limit": str(_MAX)}
        after = self.offset + self.limit
        if after < total:
            bounds = {"date_from": self.since, "date_to": self.until}
            said = {name: at.isoformat().replace("+00:00", "Z") for name, at in bounds.items() if at is not None}
            query = urlencode({**said, "offset": after, "limit": self.limit})
            found["Link"] = f'<{url}?{query}>; rel="next"'
        return found


def asked(query: Mapping[str, str]) -> Asked:
    """Read the query of a GET. Raises :class:`ocpi.errors.Refused` (2001)."""
    said = dict(query)
    return Asked(
        offset=_whole(said, "offset", 0),
        limit=max(1, min(_whole(said, "limit", _DEFAULT), _MAX)),
        since=moment(said, "date_from"),
        until=moment(said, "date_to"),
    )


def _whole(query: Mapping[str, str], name: str, fallback: int) -> int:
    value = query.get(name)
    if value is None:
        return fallback
    if not _WHOLE.fullmatch(value):
        raise bad_content(f"{name} must be a whole number")
    return int(value)
