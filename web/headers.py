"""Headers that make a browser careful with what it gets."""

from flask import Flask, Response, request

from web.context import current

# No inline script or style anywhere: what is injected into a page does nothing.
_POLICY = "; ".join(
    (
        "default-src 'self'",
        "img-src 'self' data:",
        "object-src 'none'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    # Forms over HTTPS are checked against their referrer, so it is sent to ourselves, and to nobody else.
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
_HSTS = "max-age=31536000; includeSubDomains"
_ASSETS_KEPT = "public, max-age=31536000, immutable"


def init(app: Flask) -> None:
    """Add the headers to every response of this door."""
    app.after_request(_protect)


def _protect(response: Response) -> Response:
    options = current().options
    if request.path.startswith(options.foreign):
        return response
    for name, value in _HEADERS.items():
        response.headers.setdefault(name, value)
    if response.status_code not in (429, 503):
        response.headers.pop("Retry-After", None)  # the limiter tells everybody, as if they had to wait
    if options.secure_cookies:
        response.headers.setdefault("Strict-Transport-Security", _HSTS)
    if request.endpoint == "web.static" and "v" in request.args and response.status_code == 200:
        response.headers["Cache-Control"] = _ASSETS_KEPT  # the address changes with the content
    elif request.endpoint != "web.static" and not response.cache_control.no_cache:
        response.headers.setdefault("Cache-Control", "no-store")
    return response
