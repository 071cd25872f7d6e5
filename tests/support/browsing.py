"""The web door on a test's ledger: an app whose clock stands still, and clients that are logged in."""

import re
from collections.abc import Callable, Iterable
from datetime import datetime
from functools import cache
from typing import Any
from unittest.mock import patch

from flask import Flask
from flask.testing import FlaskClient

import web
from ledger import access
from ledger.database import Ledger
from notifications.texts import compose_answer, compose_code

NAME, PASSWORD = "owner", "correct horse battery"


def make_app(ledger: Ledger, clock: Callable[[], datetime], **options: Any) -> Flask:
    """An app with the web door only; errors are answered, as in production."""
    app = Flask("baywarden-test", static_folder=None)
    defaults = {
        "secret_key": "k" * 40,
        "secure_cookies": False,
        "code_text": compose_code,
        "answer_text": compose_answer,
    }
    web.register(app, ledger, clock, web.WebOptions(**{**defaults, **options}))
    return app


def add_owner(ledger: Ledger, now: datetime) -> None:
    """A person who may log in. The hash is the same each time: it is made to take long."""
    with patch.object(access, "generate_password_hash", _hash_once), ledger.write(now) as tx:
        access.add_login(tx, NAME, PASSWORD)


_hash_once = cache(access.generate_password_hash)  # type: ignore[attr-defined]


def log_in(client: FlaskClient, name: str = NAME, password: str = PASSWORD, path: str = "/login") -> Any:
    """Fill in the log-in form."""
    form = {"name": name, "password": password, "csrf_token": csrf_token(client)}
    return client.post(path, data=form)


def csrf_token(client: FlaskClient) -> str:
    """The token in the log-in form."""
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', client.get("/login").text)
    assert found, "the form has no token"
    return found.group(1)


def bearer(ledger: Ledger, now: datetime, scopes: Iterable[str], name: str = "city") -> dict[str, str]:
    """The header of a new API client."""
    with ledger.write(now) as tx:
        return {"Authorization": f"Bearer {access.add_client(tx, name, scopes)}"}
