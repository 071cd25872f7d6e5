"""What we offer to be fetched, as a CPO does: routes as in :mod:`ocpi.receivers`, for the ``cpo`` side."""

from collections.abc import Mapping

from ocpi.calls import Handler
from ocpi.senders.cdrs import list_cdrs
from ocpi.senders.locations import list_locations, show_location

ROUTES: Mapping[str, Mapping[int, Mapping[str, Handler]]] = {
    "cdrs": {0: {"GET": list_cdrs}},
    "locations": {0: {"GET": list_locations}, **{parts: {"GET": show_location} for parts in (1, 2, 3)}},
}
