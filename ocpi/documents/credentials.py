"""Credentials (OCPI 2.2.1, 7): a token, the URL of the versions, and the parties behind it."""

import re
from urllib.parse import urlsplit

from ocpi.errors import bad_content
from ocpi.reading import child, children, enum, needed, text
from ocpi.vocabulary import Credentials, Role
from ocpi.wire import Document

_TOKEN = re.compile(r"[\x21-\x7e]{1,64}", re.ASCII)
_COUNTRY = re.compile(r"[A-Za-z]{2}", re.ASCII)
_PARTY = re.compile(r"[A-Za-z0-9]{3}", re.ASCII)
_URL = re.compile(r"https?://\S{1,2000}", re.IGNORECASE)
_MAX_ROLES = 500


def read_credentials(document: Document) -> Credentials:
    """Read a Credentials object. In 2.3.0 a hub is named by ``hub_party_id``, before by the role HUB (2.3.0, 7.5)."""
    token, url = read_token(document), read_url(document)
    roles = tuple(read_role(role) for role in children(document, "roles", _MAX_ROLES))
    if not roles:
        raise bad_content("roles must name at least one party")
    hub = text(document, "hub_party_id", 6)
    if hub is None:
        hub = next((role.country_code + role.party_id for role in roles if role.role == "HUB"), None)
    elif not (_COUNTRY.fullmatch(hub[:2]) and _PARTY.fullmatch(hub[2:])):
        raise bad_content("hub_party_id must be two letters and three letters or digits")
    return Credentials(token, url, roles, hub)


def write_credentials(ours: Credentials) -> Document:
    """Write our own Credentials object."""
    roles = [{"role": role.role, **write_details(role)} for role in ours.roles]
    return {"token": ours.token, "url": ours.url, "roles": roles}


def write_details(role: Role) -> Document:
    """What a Credentials object says of a party in every version."""
    return {
        "country_code": role.country_code,
        "party_id": role.party_id,
        "business_details": {"name": role.name},
    }


def read_token(document: Document) -> str:
    """The credentials token (OCPI 2.2.1, 7.3: printable, without spaces)."""
    token = document.get("token")
    if not isinstance(token, str) or not _TOKEN.fullmatch(token.strip()):
        raise bad_content("token must be 1 to 64 printable ASCII characters without spaces")
    return token.strip()


def read_role(document: Document) -> Role:
    """One party and its role."""
    country_code, party_id = read_party(document.get("country_code"), document.get("party_id"))
    details = child(document, "business_details") or {}
    return Role(
        role=needed(enum(document, "role", 10), "roles: role"),
        country_code=country_code,
        party_id=party_id,
        name=text(details, "name", 100) or f"{country_code}*{party_id}".upper(),
    )


def read_party(country_code: object, party_id: object) -> tuple[str, str]:
    """The country code and the id of a party, as they are spelled."""
    if not isinstance(country_code, str) or not _COUNTRY.fullmatch(country_code.strip()):
        raise bad_content("country_code must be two letters (ISO 3166 alpha-2)")
    if not isinstance(party_id, str) or not _PARTY.fullmatch(party_id.strip()):
        raise bad_content("party_id must be three letters or digits")
    return country_code.strip(), party_id.strip()


def read_url(document: Document) -> str:
    """The URL of the versions."""
    url = needed(text(document, "url", 256), "url")
    if not is_url(url) or len(url) > 255:
        raise bad_content("url must be an absolute http or https URL of at most 255 characters")
    return url


def is_url(text: str) -> bool:
    """Whether it is an absolute http or https URL that can be asked for, without a user in it."""
    try:
        parts = urlsplit(text)
        parts.port  # noqa: B018 - reading it is what checks it
    except ValueError:
        return False
    return _URL.fullmatch(text) is not None and bool(parts.hostname) and parts.username is None
