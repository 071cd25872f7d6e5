"""Where the broker is: one URL says it all."""

from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import parse_qsl, unquote, urlsplit

Version = Literal["5", "3.1.1"]
_PORTS = {"mqtt": 1883, "mqtts": 8883}


class AddressError(ValueError):
    """A broker's URL that can't be used; says what is wrong, never the password."""


@dataclass(frozen=True, slots=True)
class BrokerAddress:
    """``mqtt[s]://[user[:password]@]host[:port][?version=5|3.1.1&ca=FILE]``.

    ``version`` None: MQTT 5 if the broker speaks it, else 3.1.1. ``ca``: a PEM file with the authority that signed the
    broker's certificate, without it the system's.
    """

    host: str
    port: int
    tls: bool = False
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    version: Version | None = None
    ca: str | None = None

    @classmethod
    def parse(cls, url: str) -> "BrokerAddress":
        """Raises AddressError."""
        try:
            parts = urlsplit(url)
            port = parts.port
        except ValueError as error:
            raise AddressError("the broker's URL has a wrong host or port") from error
        if parts.scheme not in _PORTS or not parts.hostname or parts.path not in ("", "/") or parts.fragment:
            raise AddressError("the broker's URL must be such as mqtt://host:1883 or mqtts://user:password@host")
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        if options.keys() - {"version", "ca"}:
            raise AddressError("the broker's URL takes no other options than version and ca")
        if options.get("ca") and parts.scheme != "mqtts":
            raise AddressError("the broker's URL has a ca, but only mqtts:// is encrypted")
        return cls(
            host=parts.hostname,
            port=port or _PORTS[parts.scheme],
            tls=parts.scheme == "mqtts",
            username=unquote(parts.username) if parts.username else None,
            password=unquote(parts.password) if parts.password else None,
            version=_version(options.get("version")),
            ca=options.get("ca"),
        )

    def __str__(self) -> str:
        """As it may stand in a log."""
        return f"{'mqtts' if self.tls else 'mqtt'}://{self.host}:{self.port}"


def _version(text: str | None) -> Version | None:
    match text:
        case None:
            return None
        case "5" | "3.1.1":
            return text
        case _:
            raise AddressError("the version in the broker's URL must be 5 or 3.1.1")
