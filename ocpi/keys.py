"""Keys: how what a network's documents name is named here, one for all versions of OCPI and all spellings."""

# Keys are joined with "*", and an EVSE's uid may hold one. So that location "A*B" with EVSE "C" never is location
# "A" with EVSE "B*C", a location's own "*" is written with a character that no OCPI identifier can have.
STAR = "\u2217"


def network_key(country_code: str, party_id: str) -> str:
    """The key of a network: OCPI identifiers are case-insensitive, so keys are casefolded."""
    return f"{country_code}*{party_id}".casefold()


def station_key(network: str, location_id: str) -> str:
    """The key of a station."""
    return f"{network}*{location_id.replace('*', STAR)}".casefold()


def evse_key(network: str, location_id: str, evse_uid: str) -> str:
    """The key of an EVSE."""
    return f"{station_key(network, location_id)}*{evse_uid}".casefold()


def session_key(network: str, session_id: str) -> str:
    """The key of a session."""
    return f"{network}*{session_id}".casefold()
