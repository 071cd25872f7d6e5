"""Putting the web door on an app."""

from collections.abc import Callable
from datetime import datetime, timedelta

from flask import Flask

from ledger.database import Ledger
from web import board, cases, errors, headers, health, limits, lists, sessions, words
from web.api import api
from web.blueprint import pages
from web.context import EXTENSION, Context, WebOptions

# A working day; then a person logs in again.
_SESSION = timedelta(hours=12)
_VIEWS = (board, cases, health, lists, sessions)


def register(app: Flask, ledger: Ledger, clock: Callable[[], datetime], options: WebOptions) -> None:
    """Add the pages at ``/``, the API at ``/api/v1`` and ``/healthz`` to an app.

    Call it once an app, before the first request. ``clock`` gives aware UTC times.
    """
    app.extensions[EXTENSION] = Context(ledger, clock, options)
    app.config.update(
        SECRET_KEY=options.secret_key,
        SESSION_COOKIE_NAME="baywarden",
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_COOKIE_SECURE=options.secure_cookies,
        PERMANENT_SESSION_LIFETIME=_SESSION,
        # Forms are checked by this door's own hook (web.sessions), so that machines of other doors need no token.
        WTF_CSRF_CHECK_DEFAULT=False,
        RATELIMIT_STORAGE_URI="memory://",
        RATELIMIT_HEADERS_ENABLED=True,
    )
    headers.init(app)  # first: what is registered first runs last
    limits.limiter.init_app(app)
    sessions.init(app)
    words.init(app)
    errors.init(app)
    app.register_blueprint(pages)
    app.register_blueprint(api)
