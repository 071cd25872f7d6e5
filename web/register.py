"""Putting the web door on an app."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from flask import Flask

from ledger.database import Ledger
from web import (
    attestations,
    board,
    case_table,
    cases,
    charger,
    contests,
    errors,
    findings,
    headers,
    health,
    limits,
    lists,
    networks,
    partners,
    plates,
    policies,
    sessions,
    signs,
    webhook,
    webhooks,
    words,
)
from web.api import api
from web.blueprint import pages
from web.context import EXTENSION, Context, WebOptions
from web.driver import driver_pages, sorry
from web.driver import words as driver_words

# A working day; then a person logs in again.
_SESSION = timedelta(hours=12)
_VIEWS = (
    attestations,
    board,
    case_table,
    cases,
    charger,
    contests,
    findings,
    health,
    lists,
    networks,
    partners,
    plates,
    policies,
    sessions,
    signs,
    webhook,
    webhooks,
)


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
    with _ours_only(app):
        limits.limiter.init_app(app)
        sessions.init(app)
    words.init(app)
    driver_words.init(app)
    errors.init(app, {driver_pages.name: sorry})
    app.register_blueprint(pages)
    app.register_blueprint(api)
    app.register_blueprint(driver_pages)


@contextmanager
def _ours_only(app: Flask) -> Iterator[None]:
    """Give what extensions hook into every request to our blueprints alone.

    Log-ins and limits are of no use to other doors, and cost each of their requests as much again as Flask itself.
    """
    known = {id(hook) for hooks in _hooks(app) for hook in hooks.setdefault(None, [])}
    yield
    for hooks in _hooks(app):
        added = [hook for hook in hooks[None] if id(hook) not in known]
        hooks[None] = [hook for hook in hooks[None] if id(hook) in known]
        for blueprint in (pages.name, api.name, driver_pages.name):
            hooks.setdefault(blueprint, []).extend(added)


def _hooks(app: Flask) -> tuple[dict[Any, list[Any]], ...]:
    return app.before_request_funcs, app.after_request_funcs
