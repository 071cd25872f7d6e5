"""What changes of the registry concern: noted with its version, so that a process need not forget all that it knows.

A version of which nothing is noted changed everything: what is not known for certain, what concerns too much, what is
too long ago, and what an older release of this service did.
"""

from collections.abc import Callable
from dataclasses import dataclass

import msgspec
from sqlalchemy import Connection, bindparam, delete, select

from ledger.batches import Rows
from ledger.statements import Statement
from ledger.tables import insert_in, table
from models import RegistryChange, RegistryVersion

# Who is further behind than so many versions forgets all, as after a change that concerns more than so much.
KEPT, _MOST = 1_000, 1_000

VERSION = select(table(RegistryVersion).c.version)
_STANDING = Statement(lambda _: VERSION)
_HOLD = Statement(lambda _: VERSION.with_for_update())
_RAISED = table(RegistryVersion).c.version + 1
_RAISE = Statement(
    lambda dialect: (
        insert_in(dialect, RegistryVersion)
        .values(id=1, version=1)
        .on_conflict_do_update(index_elements=["id"], set_={"version": _RAISED})
        .returning(table(RegistryVersion).c.version)
    )
)
_CHANGE = table(RegistryChange).c
_NOTE = Rows(RegistryChange)
_SINCE = Statement(
    lambda _: select(_CHANGE.concern).where(_CHANGE.version > bindparam("known"), _CHANGE.version <= bindparam("now"))
)
_PRUNE = Statement(lambda _: delete(table(RegistryChange)).where(_CHANGE.version <= bindparam("old")))


@dataclass(frozen=True, slots=True)
class Concern:
    """What a change is about. ``bays``: whose context is another now; ``subjects``: whose ties are.

    ``words``: of which place and trait a network's last word is another now; ``sites``: whether what a site is may be.
    """

    bays: frozenset[str] = frozenset()
    subjects: frozenset[str] = frozenset()
    words: frozenset[tuple[str, str]] = frozenset()
    sites: bool = True

    def __or__(self, other: "Concern") -> "Concern":
        """What either is about."""
        return Concern(
            self.bays | other.bays,
            self.subjects | other.subjects,
            self.words | other.words,
            self.sites or other.sites,
        )

    def __len__(self) -> int:
        return len(self.bays) + len(self.subjects) + len(self.words)


Find = Callable[[Connection], Concern]
_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(Concern).decode


def standing(conn: Connection) -> int:
    """The version of the registry."""
    row = _STANDING.first(conn, {})
    return row.version if row else 0


def hold(conn: Connection) -> None:
    """Let nobody else change the registry until this transaction ends.

    For who changes it after he has bays: recorders of new sensors change it first and take their bays then, so either
    would wait for the other.
    """
    _HOLD.first(conn, {})


def note(conn: Connection, find: Find | None) -> None:
    """Raise the version. ``find`` tells what the change concerns; without it, everything.

    It is asked after the version was raised: who changes the registry at the same moment waits there until this
    transaction ends, so of two changes the later one sees what the earlier one did.
    """
    version = _RAISE.all(conn, {})[0].version
    concern = None if find is None else find(conn)
    if concern is None or len(concern) > _MOST:
        return
    _NOTE.write(conn, [{"version": version, "concern": _ENCODE(concern).decode()}])
    _PRUNE.run(conn, {"old": version - KEPT})


def since(conn: Connection, known: int, now: int) -> Concern | None:
    """What the versions after ``known`` up to ``now`` concern; None: everything."""
    if not 0 < now - known <= KEPT:
        return None
    noted = [_DECODE(row.concern) for row in _SINCE.all(conn, {"known": known, "now": now})]
    if len(noted) < now - known:
        return None
    return Concern(
        frozenset().union(*(each.bays for each in noted)),
        frozenset().union(*(each.subjects for each in noted)),
        frozenset().union(*(each.words for each in noted)),
        any(each.sites for each in noted),
    )
