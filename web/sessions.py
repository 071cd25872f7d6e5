"""Log-in and log-out, and that pages are for those who are logged in."""

import re
from typing import Any
from urllib.parse import urlsplit

from flask import Flask, Request, Response, make_response, redirect, render_template, request, session, url_for
from flask.sessions import SecureCookieSession, SecureCookieSessionInterface
from flask.typing import ResponseReturnValue
from flask_login import LoginManager, UserMixin, current_user, login_user, logout_user  # type: ignore[import-untyped]
from flask_wtf import CSRFProtect, FlaskForm  # type: ignore[import-untyped]
from flask_wtf.csrf import CSRFError  # type: ignore[import-untyped]
from wtforms import PasswordField, StringField  # type: ignore[import-untyped]
from wtforms.validators import InputRequired  # type: ignore[import-untyped]

from ledger import access
from web import limits
from web.blueprint import pages
from web.context import current

_OPEN = frozenset({"web.login", "web.log_in", "web.static", "web.healthz"})
# A bay's page is the same for everybody, so that it may be kept for a moment by whoever stands between.
_IS_FOR_ALL = re.compile(r"/b/[^/]+")
_manager = LoginManager()
_csrf = CSRFProtect()


class User(UserMixin):  # type: ignore[misc]
    """A person in a session. The signed id holds a stamp of the password: a new one ends all sessions."""

    def __init__(self, person: access.Person) -> None:
        self.person = person
        self.id = f"{person.id}.{person.stamp}"


class LoginForm(FlaskForm):  # type: ignore[misc]
    """Name and password."""

    name = StringField("Name", [InputRequired()])
    password = PasswordField("Password", [InputRequired()])


class OurSessions(SecureCookieSessionInterface):
    """Signed cookies for pages; other doors have no sessions, and making one costs them a third of a request."""

    def open_session(self, app: Flask, request: Request) -> SecureCookieSession | None:
        """The session of a request."""
        if request.path.startswith(current().options.foreign) or _IS_FOR_ALL.fullmatch(request.path):
            return self.make_null_session(app)
        return super().open_session(app, request)


def init(app: Flask) -> None:
    """Add sessions and form protection to an app."""
    app.session_interface = OurSessions()
    _manager.init_app(app)
    _csrf.init_app(app)


def protect() -> None:
    """Refuse a form that is not one of ours (``flask_wtf.csrf.CSRFError``)."""
    _csrf.protect()


@_manager.user_loader  # type: ignore[untyped-decorator]
def _load(user_id: str) -> User | None:
    login, _, stamp = user_id.partition(".")
    if not login.isdigit():
        return None
    with current().ledger.read() as conn:
        person = access.person(conn, int(login))
    return User(person) if person is not None and person.stamp == stamp else None


@pages.before_request
def _guard() -> ResponseReturnValue | None:
    if request.endpoint != "web.static":
        _csrf.protect()
    if request.endpoint in _OPEN or current_user.is_authenticated:
        return None
    target = url_for("web.login", next=request.full_path.rstrip("?") if request.method == "GET" else None)
    if request.headers.get("HX-Request"):  # a page that was open when its session ended: the whole page goes
        return Response(status=401, headers={"HX-Redirect": url_for("web.login")})
    return redirect(target, 303)


@pages.get("/login")
def login() -> ResponseReturnValue:
    """The log-in page."""
    if current_user.is_authenticated:
        return redirect(url_for("web.board"), 303)
    return render_template("login.html", form=LoginForm())


@pages.post("/login")
@limits.limiter.limit(limits.login_rate, key_func=limits.by_name)
def log_in() -> ResponseReturnValue:
    """Log in with name and password, and go where one wanted to go."""
    form = LoginForm()
    person = None
    if form.validate_on_submit():
        with current().ledger.read() as conn:
            person = access.check_login(conn, form.name.data, form.password.data)
    if person is None:
        return render_template("login.html", form=form, failed=True), 401
    session.clear()  # nothing that was planted before the log-in outlives it
    session.permanent = True
    login_user(User(person))
    return redirect(_inside(request.args.get("next")) or url_for("web.board"), 303)


@pages.post("/logout")
def logout() -> ResponseReturnValue:
    """Log out."""
    logout_user()
    session.clear()
    return redirect(url_for("web.login"), 303)


@pages.errorhandler(CSRFError)
def _stale_form(_error: Any) -> ResponseReturnValue:
    """A form that was open too long, or that another site sent: shown again, with a fresh token."""
    words = "The form was open for too long. Try again."
    return make_response(render_template("error.html", code=400, title="Try again", words=words), 400)


def _inside(target: str | None) -> str | None:
    """The target if it is a path of ours; a log-in page that leads elsewhere helps phishers."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")) or not target.isprintable():
        return None
    parts = urlsplit(target)
    return target if not parts.scheme and not parts.netloc else None
