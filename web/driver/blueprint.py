"""The drivers' pages as one blueprint: languages, forms, and how often somebody may try."""

from typing import Any

from flask import (
    Blueprint,
    Response,
    abort,
    current_app,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_limiter.util import get_remote_address
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]

from enforcement import reaching
from ledger import attempts
from ledger.consents import Terms
from ledger.database import Tx
from ledger.queries import places
from web.context import current
from web.driver.words import LANGUAGES, SOURCE, TERMS, WORDS, said
from web.sessions import protect

driver_pages = Blueprint("driver", __name__)
TERMS_SHOWN = Terms(TERMS, SOURCE)
# Forms are a few words; the one that takes a photo says so itself.
_LARGEST_FORM = 20_000
LARGEST_UPLOAD = 10_000_000
# What stays in the address when the language changes: what was typed, and where a code was asked for.
_KEPT = ("code", "bay", "stay")


@driver_pages.before_request
def _guard() -> None:
    """Refuse what is too big before it is read, then check that a form is one of ours."""
    is_upload = request.endpoint == "driver.contest"
    request.max_content_length = LARGEST_UPLOAD if is_upload else _LARGEST_FORM
    if request.content_length is not None and request.content_length > request.max_content_length:
        abort(413)
    protect()


@driver_pages.errorhandler(CSRFError)
def _stale_form(_error: Any) -> ResponseReturnValue:
    return page("sorry", 400, title=say("sorry_400_title"), words=say("stale_form"))


def language() -> str:
    """The language that was chosen (``?lang=fr``), or else the one that the browser asks for."""
    chosen = chosen_language()
    if chosen is not None:
        return chosen
    return request.accept_languages.best_match(LANGUAGES, "en") or "en"


def chosen_language() -> str | None:
    """The language that was chosen on these pages; None where it is only what the browser asks for."""
    chosen = request.args.get("lang")
    return chosen if chosen in LANGUAGES else None


def say(key: str, **values: Any) -> str:
    """Words in the language of this request."""
    return said(key, language(), **values)


def to(endpoint: str, **values: Any) -> str:
    """The address of another of these pages; a language that was chosen stays chosen."""
    return url_for(f"driver.{endpoint}", **values, lang=chosen_language())


def go(endpoint: str, **values: Any) -> ResponseReturnValue:
    """Send the browser to another of these pages."""
    return redirect(to(endpoint, **values), 303)


def page(name: str, status: int = 200, **values: Any) -> Response:
    """A page in the driver's language."""
    if "has_synthetic" not in values:
        with current().ledger.read() as conn:
            values["has_synthetic"] = places.has_synthetic(conn)
    return _in_language(render_template(f"driver/{name}.html", **_frame(), **values), status)


def sorry(status: int) -> Response:
    """An error's page in the driver's language. It asks the database nothing: that may be what is away."""
    known = status if f"sorry_{status}" in WORDS else 400
    shown = {"title": say(f"sorry_{known}_title"), "words": say(f"sorry_{known}")}
    template = current_app.jinja_env.get_template("driver/sorry.html")
    return _in_language(template.render(**_frame(), **shown), status)


def _frame() -> dict[str, Any]:
    """What every page shows."""
    view = request.view_args or {}
    here = str(request.endpoint or "driver.find")
    kept: dict[str, Any] = {name: request.args[name] for name in _KEPT if name in request.args and name not in view}
    switch = [(each, name, url_for(here, **view, **kept, lang=each)) for each, name in LANGUAGES.items()]
    return {"lang": language(), "t": say, "to": to, "switch": switch, "now": current().clock()}


def _in_language(html: str, status: int) -> Response:
    response = make_response(html, status)
    response.vary.add("Accept-Language")
    return response


def count(tx: Tx, what: str, who: str, rates: tuple[reaching.Rate, ...]) -> bool:
    """Whether one more try is within its rates; it is counted."""
    return attempts.take(tx, what, who, rates)


def address() -> str:
    """Where the request comes from."""
    return get_remote_address() or "unknown"


def guess_allowed() -> bool:
    """Whether this address may still try codes; asks and counts nothing."""
    here = current()
    with here.ledger.read() as conn:
        return not attempts.is_spent(
            conn, here.ledger.vault, here.clock(), "guess", address(), reaching.GUESSES_BY_ADDRESS
        )


def wrong_guess() -> None:
    """Count a code that was wrong."""
    here = current()
    with here.ledger.write(here.clock()) as tx:
        attempts.take(tx, "guess", address(), reaching.GUESSES_BY_ADDRESS)
