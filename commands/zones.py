"""Which zone data the service counts local time with: the newest on the machine.

Prices, free hours and quiet hours are in local time, and laws about it change: British Columbia, Alberta and Manitoba
stopped changing their clocks in 2026 (IANA tz 2026f). Python prefers the system's data to the package's that the lock
file pins, however old it is; an hour off would be billed.
"""

import re
import zoneinfo
from collections.abc import Iterable
from pathlib import Path

import tzdata  # type: ignore[import-untyped]  # it says its version, and has no types

_VERSION = re.compile(r"# version (\d{4}[a-z]*)")


def use_newest_zones() -> str:
    """Read zones from the package ``tzdata`` where the system's are older, or do not say how old they are.

    Returns the version of those that are read (``2026f``).
    """
    system = version_in(zoneinfo.TZPATH)
    packaged: str = tzdata.IANA_VERSION
    if system is not None and system >= packaged:
        return system
    zoneinfo.reset_tzpath(to=())
    zoneinfo.ZoneInfo.clear_cache()
    return packaged


def version_in(folders: Iterable[str]) -> str | None:
    """The version of the first folder that has zones, as ``tzdata.zi`` there says it; None if it does not."""
    for folder in folders:
        if Path(folder).is_dir():
            return _said_in(Path(folder, "tzdata.zi"))
    return None


def _said_in(file: Path) -> str | None:
    try:
        with file.open(encoding="utf-8", errors="replace") as lines:
            found = _VERSION.match(lines.readline())
    except OSError:
        return None
    return found and found[1]
