"""What we offer to be fetched, as a CPO does: routes as in :mod:`ocpi.receivers`, for the ``cpo`` side."""

from collections.abc import Mapping

from ocpi.calls import Handler

ROUTES: Mapping[str, Mapping[int, Mapping[str, Handler]]] = {}
