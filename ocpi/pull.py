"""Pulls: what pushes may have missed is fetched again (OCPI 2.2.1, 4.1.3: a receiver must be able to get in sync).

From one partner, and when: after each handshake, after an outage of either side, and at an interval. How one module
is pulled is said in :mod:`ocpi.pulling_modules`, how many partners are at once in :mod:`ocpi.rounds`.

Most pulls ask for what was updated since the last one. What moved without its ``last_updated``, or was stored long
after the moment that it bears, is not among that, so about once a day each module is pulled whole, as at first.
"""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection

from ledger import pulls
from ledger.failures import PASSING
from ledger.partners import KnownPartner, PartnerError
from ledger.pulls import PullState
from ocpi import hubs
from ocpi.answers import PeerError
from ocpi.fetched import Pulled
from ocpi.modules import locations, money, sessions
from ocpi.puller import Puller, client_of
from ocpi.pulling_modules import endpoint, pull_module

_LOG = logging.getLogger(__name__)
# A peer may store an object a little after the moment that it writes into it.
_OVERLAP = timedelta(minutes=5)
# A clock that is off by more is none: some peers copy their time from the standard's examples.
_SLOWEST_CLOCK = timedelta(days=1)
_WHOLE_EVERY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Pace:
    """``first``: how far back a module is pulled at first and when whole (None: all), ``every``: so many intervals."""

    first: timedelta | None = None
    every: int = 1


# In this order: who the parties are, where their EVSEs are, what it costs there, what happened, what was billed.
_PACES: Mapping[str, _Pace] = {
    hubs.MODULE: _Pace(every=12),
    locations.MODULE: _Pace(),
    money.TARIFFS: _Pace(every=12),
    sessions.MODULE: _Pace(first=timedelta(days=1)),
    money.CDRS: _Pace(first=timedelta(days=7), every=12),
}


def due(conn: Connection, partner: KnownPartner, now: datetime) -> Sequence[str]:
    """The modules that are to be pulled from a partner by now."""
    if not (partner.is_registered and partner.parties):
        return ()
    return pulls.due(conn, partner, [module for module in _PACES if endpoint(partner, module) is not None], now)


def pull_due(puller: Puller, partner: KnownPartner) -> int:
    """Pull what is due from a partner; returns from how many modules.

    What fails is noted and asked for again later and later; other modules are not held up by it.
    """
    now = puller.clock()
    with puller.ledger.read() as conn:
        modules = due(conn, partner, now)
        states = {state.module: state for state in pulls.states(conn, partner.id)}
    # What takes long is no news: it comes last.
    modules = sorted(modules, key=lambda each: each in states and _is_whole_again(partner, states[each], now))
    return sum(_pull_once(puller, partner, module) for module in modules)


def _pull_once(puller: Puller, partner: KnownPartner, module: str) -> int:
    now = puller.clock()
    with puller.ledger.write(now) as tx:
        state = pulls.claim(tx, partner, module)
        is_whole = state is not None and (state.until is None or _is_whole_again(partner, state, now))
        if is_whole:
            pulls.begin_whole(tx, partner, module)
    if state is None:
        return 0
    every = puller.interval * _PACES[module].every
    try:
        pulled = _pull(puller, partner, state, _since(state, now, is_whole=is_whole), now)
    except PASSING:
        raise
    except Exception as error:
        reason = _reason(partner, module, error)
        with puller.ledger.write(puller.clock()) as tx:
            pulls.failed(tx, partner, state, reason, every)
    else:
        next_at = now + _spread(partner, module, every)
        with puller.ledger.write(now) as tx:
            pulls.succeeded(tx, partner, module, (pulled.taken, pulled.refused), _until(pulled, now), next_at)
    return 1


def _pull(puller: Puller, partner: KnownPartner, state: PullState, since: datetime | None, now: datetime) -> Pulled:
    return pull_module(
        puller,
        client_of(puller, partner),
        partner,
        state.module,
        since,
        now,
        may_go_on=lambda tx: pulls.keep(tx, partner, state.module),
    )


def _reason(partner: KnownPartner, module: str, error: Exception) -> str:
    """Why a module could not be pulled, which is written in the log, too."""
    is_theirs = isinstance(error, PeerError | PartnerError)
    reason = str(error) if is_theirs else f"a fault of ours ({type(error).__name__})"
    trace = None if is_theirs else error
    _LOG.warning("partner %s: its %s can't be pulled: %s", partner.name, module, reason, exc_info=trace)
    return reason


def _until(pulled: Pulled, now: datetime) -> datetime:
    """Up to when all is known: a peer whose clock is slow will date what happens now before now."""
    return pulled.at if pulled.at is not None and now - _SLOWEST_CLOCK < pulled.at < now else now


def _is_whole_again(partner: KnownPartner, state: PullState, now: datetime) -> bool:
    """Whether it is time for all of a module that was pulled whole before. One that failed is made once a day, too: it
    may be what its peer can't give, and what is new is more important.
    """
    if state.until is None:
        return False
    every = _spread(partner, state.module, _WHOLE_EVERY)
    # A clock that was ahead for a while must not put it off until then.
    return state.whole_at is None or not now - every < state.whole_at <= now


def _since(state: PullState, now: datetime, *, is_whole: bool) -> datetime | None:
    first, news = _PACES[state.module].first, now if state.until is None else state.until - _OVERLAP
    if not is_whole:
        return news
    return None if first is None else min(news, now - first)


def _spread(partner: KnownPartner, module: str, every: timedelta) -> timedelta:
    """Up to a tenth less, each partner and module its own, so that they don't all come at once (OCPI 2.2.1, 4.1.3)."""
    share = hashlib.sha256(f"{partner.id} {module}".encode()).digest()[0] / 2560
    return every * (1 - share)
