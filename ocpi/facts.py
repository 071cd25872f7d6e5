"""What networks say, as facts. Independent of OCPI's version: it reads the vocabulary only."""

import hashlib
from datetime import UTC, datetime
from typing import cast, get_args

import msgspec

from enforcement.facts import (
    ChargerStatusSeen,
    Contract,
    NetworkHeard,
    Period,
    SessionStatus,
    SessionUpdated,
    evse_subject,
    network_subject,
)
from ocpi.keys import evse_key, session_key
from ocpi.vocabulary import SessionNews

_STATUSES = frozenset(get_args(SessionStatus))
_ENCODE = msgspec.json.Encoder().encode


def source_of(network: str) -> str:
    """The source of a network's facts."""
    return f"ocpi:{network}"


def session_fact(
    network: str,
    session_id: str,
    news: SessionNews,
    evse: tuple[str, str],
    token: str | None,
    seen_at: datetime,
    *,
    is_whole: bool,
    contract: Contract | None = None,
) -> SessionUpdated:
    """A session's update. ``evse``: its location's id and EVSE's uid; ``token``: the keyed hash of the driver's.

    ``is_whole``: the whole object came (PUT, pull), so its periods are all there are (OCPI 2.2.1, 9.2.2.2: without a
    list, the periods "SHALL be removed"). The fact's identity is what it says, so that the same update pushed, pushed
    again and pulled is one fact; a status that is not in the standard is not said.
    """
    status = cast(SessionStatus, news.status) if news.status in _STATUSES else None
    key = evse_key(network, *evse)
    said: tuple[object, ...] = (
        key,
        token,
        status,
        news.started_at,
        news.ended_at,
        news.energy_wh,
        tuple(_said(period) for period in news.periods),
        is_whole,
    )
    said += tuple(value for value in (news.soc, contract) if value is not None)
    digest = hashlib.sha256(_ENCODE(said)).hexdigest()[:16]
    return SessionUpdated(
        at=news.last_updated,
        seen_at=seen_at,
        source=source_of(network),
        source_id=f"session:{session_id.casefold()}:{_iso(news.last_updated)}:{digest}",
        subject=evse_subject(key),
        session=session_key(network, session_id),
        token=token,
        status=status,
        started_at=news.started_at,
        ended_at=news.ended_at,
        energy_wh=news.energy_wh,
        periods=news.periods,
        periods_complete=is_whole,
        soc=news.soc,
        contract=contract,
    )


def _said(period: Period) -> dict[str, object]:
    said: dict[str, object] = {"start": period.start, "parking": period.parking}
    return {**said, "vague": True} if period.vague else said


def status_fact(
    network: str, location_id: str, uid: str, status: str, at: datetime, seen_at: datetime
) -> ChargerStatusSeen:
    """An EVSE's state; ``at`` is its last_updated, or ``seen_at`` where the state moved without that."""
    key = evse_key(network, location_id, uid)
    return ChargerStatusSeen(
        at=at,
        seen_at=seen_at,
        source=source_of(network),
        source_id=f"status:{key.split('*', 2)[2]}:{status}:{_iso(at)}",
        subject=evse_subject(key),
        status=status,
    )


def heard_fact(network: str, at: datetime, seen_at: datetime, word: str = "heard") -> NetworkHeard:
    """The network's feed was alive. ``word`` tells an answered pull from a push."""
    source_id = f"{word}:{_iso(at)}"
    return NetworkHeard(
        at=at, seen_at=seen_at, source=source_of(network), source_id=source_id, subject=network_subject(network)
    )


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
