"""What EVSEs are, told to the partners that want to know: noted when it changes, in the transaction of the change."""

from collections.abc import Collection
from datetime import timedelta

from sqlalchemy import Connection, select

from enforcement.availability import BayView, evse_status
from enforcement.traces import PLUGGED, is_over
from ledger import kept_evidence, partners, pushes
from ledger.batches import Rows
from ledger.database import Tx, table, upsert
from ledger.habits import network_of
from ledger.partners import ALL, KnownPartner
from models import BayEvse, BayState, Evse, EvseWord

# After so long a status is worth nothing; whoever was away fetches the locations.
_WORTH = timedelta(minutes=10)
# Databases take so many parameters in one statement, and no end of them.
_BATCH = 500
_EVSES, _WORDS = table(Evse), table(EvseWord)
_BEGIN = Rows(EvseWord, ["evse"], update=False)


def note(tx: Tx, bays: Collection[str]) -> None:
    """Note what the EVSEs at these bays are now, and tell the partners that want it of what changed."""
    wanting = _remembered(tx)
    if not wanting or not bays:
        return
    ties = table(BayEvse)
    query = select(ties.c.evse).where(ties.c.bay.in_(sorted(bays))).distinct()
    evses = sorted(tx.conn.execute(query).scalars())
    for evse, status in _changed(tx, evses).items():
        for partner in wanting:
            if is_shown(partner, network_of(evse)):
                _tell(tx, partner, evse, status)


def note_all(tx: Tx) -> None:
    """Note what all EVSEs are, and tell nobody: who begins to want them fetches them."""
    evses = sorted(tx.conn.execute(select(_EVSES.c.key)).scalars())
    for start in range(0, len(evses), _BATCH):
        _changed(tx, evses[start : start + _BATCH])


def is_shown(partner: KnownPartner, network: str) -> bool:
    """Whether a partner wants to know of a network's EVSEs; of its own only if it asked for them."""
    wants = partner.settings.statuses
    return wants == ALL or (wants != partners.NONE and network not in partner.parties)


def _changed(tx: Tx, evses: list[str]) -> dict[str, str]:
    """Which of these EVSEs are no longer what was last noted, and what they are; noted from now on."""
    before = _held(tx, evses)
    now = _statuses(tx.conn, evses)
    changed = {evse: status for evse, status in now.items() if before.get(evse) != status}
    rows = [{"evse": evse, "status": status, "changed_at": tx.now} for evse, status in sorted(changed.items())]
    upsert(tx.conn, EvseWord, ["evse"], rows)
    return changed


def _held(tx: Tx, evses: list[str]) -> dict[str, str]:
    """What was last noted of these EVSEs, empty for none. Nobody else notes anything of them until this ends.

    An EVSE is what several bays together say, of which each may be somebody else's at this moment.
    """
    _BEGIN.write(tx.conn, [{"evse": evse, "status": "", "changed_at": tx.now} for evse in evses])
    query = select(_WORDS.c.evse, _WORDS.c.status).where(_WORDS.c.evse.in_(evses)).order_by(_WORDS.c.evse)
    return {row.evse: row.status for row in tx.conn.execute(query.with_for_update())}


def _statuses(conn: Connection, evses: list[str]) -> dict[str, str]:
    ties, states = table(BayEvse), table(BayState)
    query = (
        select(ties.c.evse, states.c.condition, states.c.reason, states.c.evidence)
        .join(states, states.c.bay == ties.c.bay)
        .where(ties.c.evse.in_(evses))
    )
    bays: dict[str, list[BayView]] = {}
    for row in conn.execute(query):
        bays.setdefault(row.evse, []).append(BayView(row.condition, _in_session(row.evidence), row.reason))
    said = select(_EVSES.c.key, _EVSES.c.status).where(_EVSES.c.key.in_(evses))
    return {row.key: evse_status(row.key, row.status, bays.get(row.key, ())) for row in conn.execute(said)}


def _in_session(evidence: str) -> frozenset[str]:
    known = kept_evidence.read(evidence)
    sessions = () if known is None else known.sessions.values()
    return frozenset(s.evse for s in sessions if not is_over(s) and s.status in PLUGGED)


def _tell(tx: Tx, partner: KnownPartner, evse: str, status: str) -> None:
    push = pushes.OutgoingPush(
        identity=f"status:{partner.id}:{evse}",
        kind=pushes.STATUS,
        subject=evse,
        chain=f"status:{evse}",
        partner=partner.id,
        document=status,
        not_after=tx.now + _WORTH,
    )
    pushes.enqueue(tx, push, replaces=True)


def _remembered(tx: Tx) -> list[KnownPartner]:
    """The partners that want statuses, read once while the registry stands; their settings are part of it."""
    if tx.memory.wanting is None:
        found = [p for p in partners.known(tx.conn) if p.is_registered and p.settings.statuses != partners.NONE]
        tx.memory.wanting = found
    wanting: list[KnownPartner] = tx.memory.wanting
    return wanting
