"""What we take in: routes for what networks send us as an eMSP, and for what eMSPs send us as a CPO."""

from collections.abc import Mapping

from ocpi.calls import Handler
from ocpi.errors import UNKNOWN_LOCATION
from ocpi.modules import locations, money, sessions, tokens
from ocpi.pushing_commands import take_result
from ocpi.receivers.cdrs import post_cdr
from ocpi.receivers.clients import put_client, show_client
from ocpi.receivers.driver_tokens import authorize_token, list_own_tokens, show_token
from ocpi.receivers.objects import push_session, remove_tariff, take_connector, take_evse, taking
from ocpi.receivers.showing import show_inside, showing

_OBJECT, _EVSE, _CONNECTOR = 3, 4, 5
_SHOW_LOCATION = showing(locations.MODULE, "location", UNKNOWN_LOCATION)

# Module -> number of segments after its name -> method -> handler. What a version offers of it, the version says.
ROUTES: Mapping[str, Mapping[int, Mapping[str, Handler]]] = {
    "locations": {
        _OBJECT: {"GET": _SHOW_LOCATION, "PUT": taking(locations.take), "PATCH": taking(locations.take_part)},
        _EVSE: {"GET": show_inside, "PUT": take_evse, "PATCH": take_evse},
        _CONNECTOR: {"GET": show_inside, "PUT": take_connector, "PATCH": take_connector},
    },
    "sessions": {
        _OBJECT: {
            "GET": showing(sessions.MODULE, "session"),
            "PUT": push_session,
            "PATCH": push_session,
        },
    },
    "tariffs": {
        _OBJECT: {
            "GET": showing(money.TARIFFS, "tariff"),
            "PUT": taking(money.take_tariff, is_live=False),
            "PATCH": taking(money.take_tariff_part, is_live=False),
            "DELETE": remove_tariff,
        },
    },
    "tokens": {0: {"GET": list_own_tokens}, 2: {"POST": authorize_token}},
    "hubclientinfo": {2: {"GET": show_client, "PUT": put_client}},
    "cdrs": {
        0: {"POST": post_cdr},
        1: {"POST": post_cdr},
        _OBJECT: {"GET": showing(money.CDRS, "CDR")},
    },
    "commands": {2: {"POST": take_result}},
}

# As a CPO we are told of drivers' tokens, by whoever issued them.
CPO_ROUTES: Mapping[str, Mapping[int, Mapping[str, Handler]]] = {
    "tokens": {
        _OBJECT: {
            "GET": show_token,
            "PUT": taking(tokens.take, is_live=False),
            "PATCH": taking(tokens.take_part, is_live=False),
        },
    },
}
