"""Traits of places: power classes, tax regions, calendars, sites. A stay is under those that held when it began."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache, partial
from typing import Any, Literal

from sqlalchemy import Connection, bindparam, or_, select, union

from enforcement.setting import PlaceThen
from ledger import due
from ledger.database import Concern, Tx, insert, registry_changed, table
from ledger.habits import network_of
from ledger.statements import Statement, among
from models import Bay, BayEvse, EndedTie, PlaceTrait
from models.places import Trait

By = Literal["network", "owner"]
# The first word on a place holds for all that ever was there: nobody had said anything else.
ALWAYS = datetime(1970, 1, 1, tzinfo=UTC)

# A station is of the site that it is said to be of now; everything else has its dates.
# By what a network tells of signs nothing is judged.
TOLD = (Trait.RESTRICTIONS, Trait.TIME_LIMIT)
_DATED = frozenset(trait for trait in Trait if trait is not Trait.SITE and trait not in TOLD)
_NO_CLASSES: Mapping[str, str] = {}  # one for all: most places have none
_NOTHING: Mapping[str, Any] = {"power_classes": _NO_CLASSES}
_BY: tuple[By, ...] = ("owner", "network")

_rows = table(PlaceTrait).c
_BAYS_OF = Statement(
    lambda _: union(
        select(table(Bay).c.id.label("bay")).where(table(Bay).c.station == bindparam("place")),
        *(select(ties.bay).where(ties.evse == bindparam("place")) for ties in (table(BayEvse).c, table(EndedTie).c)),
    )
)
_WORDS = Statement(
    lambda dialect: select(table(PlaceTrait)).where(among(dialect, _rows.place, "places")).order_by(_rows.since)
)


@dataclass(frozen=True, slots=True)
class Words:
    """All that was said of some places: by place, then by trait and who said it, oldest first."""

    said: Mapping[str, Mapping[tuple[str, str], Sequence[tuple[datetime, str]]]]

    def at(self, moment: datetime, trait: Trait, *places: str) -> str | None:
        """What held at a moment: the owner's word on the first of these places, else the network's."""
        told = [self.said[place] for place in places if place in self.said]
        for by in _BY:
            for words in told:
                held = [value for since, value in words.get((trait, by), ()) if since <= moment]
                if held and held[-1]:
                    return held[-1]
        return None

    def changes(self, places: Iterable[str]) -> list[datetime]:
        """The moments after the first words at which anything changes at these places."""
        told = (self.said[place].items() for place in places if place in self.said)
        dated = (said for words in told for (trait, _), said in words if trait in _DATED)
        return sorted({since for said in dated for since, _ in said if since > ALWAYS})


def load(conn: Connection, places: Iterable[str]) -> Words:
    """All words on these places."""
    said: dict[str, dict[tuple[str, str], list[tuple[datetime, str]]]] = {}
    for row in _WORDS.all(conn, {"places": sorted(set(places))}):
        said.setdefault(row.place, {}).setdefault((row.trait, row.said_by), []).append((row.since, row.value))
    return Words(said)


def everything(conn: Connection) -> list[tuple[str, str, str, datetime, str]]:
    """All words by place: place, trait, who said it, since when, and what; empty: taken back."""
    query = select(table(PlaceTrait)).order_by(_rows.place, _rows.trait, _rows.said_by.desc(), _rows.since)
    return [(row.place, row.trait, row.said_by, row.since, row.value) for row in conn.execute(query)]


def of_bay(words: Words, station: str, evses: Sequence[str]) -> Mapping[str, Any]:
    """What is said of a bay's place, now and before: the fields of a :class:`~enforcement.setting.BaySetting`."""
    places = (*evses, station, network_of(station))
    if words.said.keys().isdisjoint(places):
        return _NOTHING
    edges = words.changes(places)
    held = [_then(words, station, evses, moment) for moment in (ALWAYS, *edges)]
    earlier = tuple(PlaceThen(until=until, **then) for until, then in zip(edges, held, strict=False))
    return {"earlier": earlier, **held[-1]}


@lru_cache(maxsize=1_000)
def _together(taxes: str) -> frozenset[str]:
    return frozenset(taxes.split())


def _then(words: Words, station: str, evses: Sequence[str], at: datetime) -> dict[str, Any]:
    classes = {evse: words.at(at, Trait.POWER_CLASS, evse, station) for evse in evses}
    return {
        "power_classes": {evse: word for evse, word in classes.items() if word} or _NO_CLASSES,
        "tax_region": words.at(at, Trait.TAX_REGION, station),
        "taxes_charged": _together(words.at(at, Trait.TAXES_CHARGED, station, network_of(station)) or ""),
        "calendar": words.at(at, Trait.CALENDAR, station),
    }


def hear(tx: Tx, place: str, trait: Trait, value: str | None) -> None:
    """Note what a network says of a place: news holds from now on. Saying nothing changes nothing."""
    if value and tx.memory.traits.get((place, trait)) != value:
        say(tx, place, trait, value, by="network")
        tx.memory.traits[place, trait] = value


def say(tx: Tx, place: str, trait: Trait, value: str, *, by: By = "owner", since: datetime | None = None) -> bool:
    """Say something of a place, from ``since`` (now; the first word: always) on. Returns False where that held already.

    Stays that began since then are judged again.
    """
    mine = (_rows.place == place) & (_rows.trait == trait) & (_rows.said_by == by)
    last = tx.conn.execute(select(_rows.since, _rows.value).where(mine).order_by(_rows.since.desc()).limit(1)).first()
    if (value == last.value and (since is None or since >= last.since)) if last else not value:
        return False
    begins = since or (tx.now if last else ALWAYS)
    row = {"place": place, "trait": trait, "said_by": by, "since": begins, "value": value[:200]}
    statement = insert(tx.conn, PlaceTrait).values(row)
    key = ["place", "trait", "said_by", "since"]
    tx.conn.execute(statement.on_conflict_do_update(index_elements=key, set_={"value": value[:200]}))
    registry_changed(tx, None if _is_network(place) else partial(_told_of, place, trait))
    if begins < tx.now and trait not in TOLD:
        judge_again(tx, place)
    return True


def _is_network(place: str) -> bool:
    return place == network_of(place)


def _told_of(place: str, trait: Trait, conn: Connection) -> Concern:
    """The bays of a station or of an EVSE, and the word itself."""
    bays = frozenset(row.bay for row in _BAYS_OF.all(conn, {"place": place}))
    return Concern(bays, words=frozenset({(place, trait.value)}))


def judge_again(tx: Tx, place: str) -> None:
    """Fold the bays of a network, a station or an EVSE anew: what holds there changed for stays that began already."""
    bays, within = table(Bay).c, f"{place}*"
    at_evses = [
        select(ties.bay).where(or_(ties.evse == place, ties.evse.startswith(within, autoescape=True)))
        for ties in (table(BayEvse).c, table(EndedTie).c)
    ]
    at_stations = select(bays.id).where(or_(bays.station == place, bays.station.startswith(within, autoescape=True)))
    due.look_again(tx, tx.conn.execute(union(*at_evses, at_stations)).scalars())
