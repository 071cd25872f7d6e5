"""The owners' pages as one blueprint, and how a page is made."""

from typing import Any

from flask import Blueprint, Response, make_response, render_template, request
from sqlalchemy import Connection

from ledger.queries import places

pages = Blueprint("web", __name__, static_folder="static", static_url_path="/assets", template_folder="templates")


def page(conn: Connection, name: str, status: int = 200, **values: Any) -> Response:
    """A page, or, where htmx asks for it, only its live part: templates ``name.html`` and ``_name.html``."""
    if request.headers.get("HX-Request"):
        body = render_template(f"_{name}.html", **values)
    else:
        body = render_template(f"{name}.html", has_synthetic=places.has_synthetic(conn), **values)
    response = make_response(body, status)
    response.vary.add("HX-Request")
    return response
