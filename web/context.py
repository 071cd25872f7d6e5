"""What every view needs: the ledger, the clock and the options, handed in once by the composition root."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from flask import current_app

from ledger.database import Ledger
from ledger.dispute_news import AnswerText

EXTENSION = "baywarden.web"


@dataclass(frozen=True, slots=True, kw_only=True)
class WebOptions:
    """How the pages and the API are served.

    ``secret_key`` signs sessions and forms and is the same in all processes. ``secure_cookies``: the service is
    reached by HTTPS only (cookies are marked Secure, and HSTS is sent). The rates are texts of the ``limits``
    package (``5 per minute``; several are separated by ``;``), counted in each process: per address and name for
    log-ins, per client for the API. ``foreign`` are the paths of other doors, whose errors are theirs to word.
    ``public_url`` is how drivers reach the service, ``sign_phone`` the number that signs name. ``code_text`` gives the
    words of an SMS with a code (code, language), ``answer_text`` those that bring the answer to a dispute; codes go to
    numbers of ``phone_countries`` only, and at most ``phone_codes_an_hour`` in all.
    ``webhooks_private``: clients may name private addresses for webhooks.
    """

    secret_key: str = field(repr=False)
    secure_cookies: bool = True
    login_rate: str = "5 per minute; 30 per hour"
    api_rate: str = "240 per minute"
    public_url: str = "http://127.0.0.1:8000"
    sign_phone: str = ""
    code_text: Callable[[str, str], str] = field(repr=False)
    answer_text: AnswerText = field(repr=False)
    phone_countries: tuple[str, ...] = ("CA", "US")
    phone_codes_an_hour: int = 300
    webhooks_private: bool = False
    foreign: tuple[str, ...] = ("/ocpi", "/hooks")


@dataclass(frozen=True, slots=True)
class Context:
    """One registered web door."""

    ledger: Ledger
    clock: Callable[[], datetime]
    options: WebOptions


def current() -> Context:
    """The context of the app that serves this request."""
    return cast(Context, current_app.extensions[EXTENSION])
