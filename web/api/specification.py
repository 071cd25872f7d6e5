"""``/api/v1/openapi.json``: what the API promises. Served without a token; tests hold the answers to it."""

from functools import cache
from pathlib import Path

from flask import Response
from flask.typing import ResponseReturnValue

from web.api.blueprint import api


@api.get("/openapi.json")
def openapi() -> ResponseReturnValue:
    """The OpenAPI 3.1 document."""
    response = Response(_document(), content_type="application/json")
    response.cache_control.no_cache = True
    response.add_etag()
    return response


@cache
def _document() -> bytes:
    return Path(__file__).with_name("openapi.json").read_bytes()
