"""The keys that a history's names become in the service, so that a policy's scope means the same in both."""

import hashlib
import re
from functools import lru_cache

# Where a history does not name the network: ZZ is never a country (ISO 3166-1, user-assigned).
UNNAMED_NETWORK = "zz*his"
UNNAMED_STATION = "unnamed"
_LONGEST_ID = 36


@lru_cache(maxsize=1024)
def network_key(network: str | None) -> str:
    """``country*party``, casefolded; also from ``US-CPT`` or ``USCPT``."""
    match = re.fullmatch(r"([a-z]{2})[*-]?([a-z0-9]{3})", (network or "").casefold())
    return f"{match[1]}*{match[2]}" if match else UNNAMED_NETWORK


@lru_cache(maxsize=4096)
def location_id(network: str | None, station: str | None) -> str:
    """The OCPI Location id of a station: its key's last part, or a name made fit for an id."""
    name = station or UNNAMED_STATION
    prefix = network_key(network) + "*"
    return fit_id(name[len(prefix) :] if name.casefold().startswith(prefix) else name)


def station_key(network: str | None, station: str | None) -> str:
    """``country*party*location``, casefolded."""
    return f"{network_key(network)}*{location_id(network, station)}".casefold()


def fit_id(name: str) -> str:
    """A name as an OCPI id: a CiString of at most 36 characters (OCPI 2.2.1, 16.1), safe in a path.

    A name that is no id as it is becomes one in lower case; if it is too long, a piece of its hash keeps it unique.
    """
    if re.fullmatch(r"[A-Za-z0-9._-]{1,36}", name):
        return name
    slug = re.sub(r"[^a-z0-9._]+", "-", name.casefold()).strip("-") or "x"
    if len(slug) <= _LONGEST_ID and slug != "x":
        return slug
    digest = hashlib.sha256(name.casefold().encode()).hexdigest()[:8]
    return f"{slug[: _LONGEST_ID - 9].strip('-')}-{digest}"
