"""Who is logged in, and what they may do: owners change things, officers of the city read plates."""

from flask import abort
from flask_login import current_user  # type: ignore[import-untyped]

from ledger import access


def may_change() -> bool:
    """Whether the person who is logged in is an owner."""
    return bool(current_user.person.role == access.OWNER)


def is_officer() -> bool:
    """Whether the person who is logged in is an officer of the city, who may read plates."""
    return bool(current_user.person.role == access.OFFICER)


def owners_only() -> None:
    """Refuse anybody who is no owner (403)."""
    if not may_change():
        abort(403)


def may_attest() -> bool:
    """Whether the person who is logged in may attest signs: owners and municipal officers."""
    return bool(current_user.person.role in access.ROLES)


def attesters_only() -> None:
    """Refuse anybody who may not attest (403)."""
    if not may_attest():
        abort(403)


def actor() -> str:
    """The person who is logged in, as the record of acts and the log of reads name them."""
    return f"login:{current_user.person.name}"[:60]
