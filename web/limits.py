"""How often one may ask: log-ins by address and name, the API by client. Counted in each process, in memory."""

from flask import g, request
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

from web.context import current

# A larger number is no row of any table.
LARGEST_ID = 2**63 - 1
limiter = Limiter(key_func=get_remote_address)


def login_rate() -> str:
    """The rate of log-in attempts."""
    return current().options.login_rate


def api_rate() -> str:
    """The rate of API calls."""
    return current().options.api_rate


def by_name() -> str:
    """Who tries to log in: one address can't lock out a name for everybody."""
    return f"{get_remote_address()} {request.form.get('name', '')[:60].casefold()}"


def by_client() -> str:
    """Which client calls the API."""
    return f"client {g.client.id}"
