"""The web application: pages, API, OCPI and the call-backs of the SMS provider, on one Flask app."""

from collections.abc import Callable
from datetime import datetime

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

import ocpi
from commands.context import open_ledger
from commands.listening import mapping_of
from commands.parties import our_party
from ledger.database import Ledger
from notifications.texts import compose_answer, compose_code
from settings import Settings
from web import WebOptions, register
from web.limits import limiter

# By address: a busy gate sees a plate a second; who tries keys gets no further.
_CAMERA_RATE = "300/minute"


def make_app(settings: Settings, clock: Callable[[], datetime]) -> Flask:
    """A new app with a ledger of its own: one for each process, made after forking."""
    app = Flask("baywarden", static_folder=None)
    ledger = open_ledger(settings)
    is_secure = settings.public_url.startswith("https://")
    options = WebOptions(
        secret_key=settings.session_secret,
        secure_cookies=is_secure,
        public_url=settings.public_url,
        sign_phone=settings.sign_phone,
        code_text=compose_code,
        answer_text=compose_answer,
        phone_countries=settings.phone_countries,
        phone_codes_an_hour=settings.phone_codes_an_hour,
        webhooks_private=settings.webhooks_private,
        foreign=("/ocpi", "/hooks"),
    )
    register(app, ledger, clock, options)
    app.register_blueprint(ocpi.blueprint(ledger, clock, settings.public_url, our_party(settings)))
    if settings.sms_channel == "twilio":
        from notifications import hooks  # noqa: PLC0415 - the SDK costs each worker 0.3 s

        account = hooks.HookSettings(auth_token=settings.twilio_auth_token, public_url=settings.public_url)
        app.register_blueprint(hooks.blueprint(ledger, clock, account))
    if settings.camera_secret:
        _add_cameras(app, ledger, clock, settings)
    if settings.trusted_proxies:
        count = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=count, x_proto=count, x_host=count)  # type: ignore[method-assign]
    return app


def _add_cameras(app: Flask, ledger: Ledger, clock: Callable[[], datetime], settings: Settings) -> None:
    """Webhooks of cameras, where the mapping has any."""
    from sensors.webhooks import blueprint  # noqa: PLC0415 - only who has cameras pays for it

    webhooks = mapping_of(settings).webhooks
    if webhooks:
        limit = limiter.limit(_CAMERA_RATE)
        app.register_blueprint(blueprint(ledger, clock, webhooks, settings.camera_secret, limit))
