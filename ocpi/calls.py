"""A request that was let in, and its answer: what Flask knows of it is left behind here."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ledger.database import Ledger
from ledger.partners import KnownPartner, PartnerSettings
from ledger.quirks import QuirkBook
from ocpi.client import PeerClient
from ocpi.errors import bad_content, not_found
from ocpi.hearing import HeardNetworks
from ocpi.modules.taking import Origin, origin_of
from ocpi.reading import identifier
from ocpi.vocabulary import Credentials, Role, Version
from ocpi.wire import Document, decode

SUCCESS = 1000


@dataclass(frozen=True, slots=True)
class OurParty:
    """Who we are to our peers. ``role``: what most networks expect of a party that only receives (2.2.1, 6.3.1)."""

    country_code: str
    party_id: str
    business_name: str
    role: str = "OTHER"


# What we are to a caller, by the beginning of its URLs: 2.1.1 has a versions URL for each of the two.
EMSP, CPO = "emsp", "cpo"
_PREFIXES = {EMSP: "", CPO: "/cpo"}


@dataclass(frozen=True, slots=True)
class Door:
    """What every request needs of the service. ``peer`` makes a client for a token, literal or not."""

    ledger: Ledger
    clock: Callable[[], datetime]
    base_url: str
    us: OurParty
    peer: Callable[[str, bool], PeerClient]
    heard: HeardNetworks = field(default_factory=HeardNetworks)
    quirks: QuirkBook = field(default_factory=QuirkBook)

    @property
    def public_url(self) -> str:
        """How people reach this service."""
        return self.base_url.removesuffix("/ocpi")

    def url(self, side: str, *segments: str) -> str:
        """A URL of ours on one side."""
        return "/".join((self.base_url + _PREFIXES[side], *segments))

    def our_credentials(self, token: str, side: str, settings: PartnerSettings) -> Credentials:
        """How a peer reaches us with this token, and the roles in which we appear to it."""
        roles = tuple(
            Role(role, self.us.country_code, self.us.party_id, self.us.business_name)
            for role in settings.roles or (self.us.role,)
        )
        return Credentials(token, self.url(side, "versions"), roles)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes into the envelope, and what around it."""

    data: Any = None
    http: int = 200
    message: str | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    code: int = SUCCESS


@dataclass(frozen=True, slots=True)
class Call:
    """A request to a ``module``. ``path``: the segments after the module's name; ``token``: the one that was accepted.

    ``side``: what we are to whoever calls, ``emsp`` or ``cpo``.
    ``query``: the URL's parameters; ``url``: the whole of it without them, as the peer knows us.
    """

    door: Door
    version: Version
    partner: KnownPartner
    token: str = field(repr=False)
    method: str = "GET"
    path: tuple[str, ...] = ()
    body: bytes = field(default=b"", repr=False)
    side: str = EMSP
    module: str = ""
    query: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    now: datetime = field(kw_only=True)

    def document(self) -> Document:
        """The body, which must be a JSON object."""
        value = decode(self.body)
        if not isinstance(value, dict):
            raise bad_content("the body must be an object")
        return value

    def origin(self) -> Origin:
        """The party that the path begins with. One that is not this partner's does not exist for it."""
        return self.origin_of(self.path[0], self.path[1])

    def origin_of(self, country_code: str, party_id: str) -> Origin:
        """A party, as this partner's. Another partner's is answered as one that nobody knows."""
        origin = origin_of(self.partner, self.version, country_code, party_id)
        if origin is None:
            raise not_found("this party is not among the roles of your credentials")
        return origin

    def ids(self) -> tuple[str, ...]:
        """The identifiers after the party."""
        return tuple(identifier(segment, "id in the URL", 39) for segment in self.path[2:])


Handler = Callable[[Call], Answer]
