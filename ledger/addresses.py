"""Which addresses that others name may be sent to at all; where their names lead is looked at when something leaves."""

from urllib.parse import urlsplit


class NotAllowedError(ValueError):
    """An address that nothing may be sent to."""


def check_url(url: str, *, private: bool) -> None:
    """Whether an address may be sent to at all: ``https``; with ``private`` also ``http``. Raises NotAllowedError."""
    parts = urlsplit(url)
    if parts.scheme not in (("https", "http") if private else ("https",)):
        raise NotAllowedError("webhooks go to https addresses")
    if not parts.hostname or parts.username or parts.password or parts.fragment or not url.isascii() or len(url) > 500:
        raise NotAllowedError("not a plain address of at most 500 characters, without user and fragment")
    try:
        _ = parts.port
    except ValueError:
        raise NotAllowedError("not a port") from None
