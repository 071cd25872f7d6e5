"""What is odd in what partners send: counted by code, with a few examples, so that an operator can tell the other side.

A quirk never stops anything: what can be understood is taken. Examples hold the field that is odd and nothing personal.
"""

import json
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, select, update

from ledger.database import Tx, insert, table
from models import OcpiQuirk

# What each code means, and what the standard says (OCPI 2.2.1 where no other version is named).
WORDS: Mapping[str, tuple[str, str]] = {
    "cdr_again": ("A CDR was posted more than once.", "10.2.2.2: a CDR is posted once"),
    "cdr_at_id": ("A CDR was posted to the address of one.", "10.2.2.2: POST to the endpoint itself"),
    "clock_ahead": ("last_updated lies in the future: a clock runs ahead.", "17.4: the time of the change, in UTC"),
    "coordinates_zero": ("The coordinates of a location are 0, 0.", "8.4.12 GeoLocation"),
    "empty_connector": ("connector_id is empty.", "9.3.1: required; #NA where it can't be known"),
    "energy_too_large": ("kwh is larger than any battery: perhaps it counts Wh.", "9.3.1: kwh, in kWh"),
    "evse_unreadable": ("An EVSE inside a location can't be read and is left out.", "8.3.2 EVSE"),
    "moved_undated": ("A status moved although last_updated did not.", "8.3.2: last_updated moves with any change"),
    "negative_time": ("A period has a negative time.", "10.4.2: volumes are not negative"),
    "no_last_updated": ("last_updated is missing.", "required in every object"),
    "no_time_zone": ("time_zone is missing or no IANA zone; UTC is assumed.", "8.3.1: required since 2.2.1"),
    "no_token": ("cdr_token is missing: nobody can be warned or billed.", "9.3.1, 10.3.1: required"),
    "number_as_text": ("A number is written as a text.", "17.5 number: a JSON number"),
    "offset_in_time": ("A time is written with an offset from UTC.", "17.4: UTC, with Z or nothing"),
    "older_word": ("An object came that is older than what was sent before.", "last_updated only grows"),
    "paid_parking_only": ("The periods hold less PARKING_TIME than total_parking_time says.", "10.3.1, 10.4.2"),
    "patch_before_put": ("A PATCH came for something that was never PUT.", "4.1.3: PUT first, then PATCH"),
    "patch_undated": ("A PATCH came without last_updated and was refused.", "9.2.2.3: SHALL hold last_updated"),
    "pending_for_long": ("A session is PENDING for more than a day.", "9.4.2: it has not started yet"),
    "period_before_start": ("A charging period begins before its session.", "10.4.4: start_date_time of the period"),
    "power_too_large": ("max_electric_power is above a megawatt: perhaps it counts mW.", "8.3.3: in W"),
    "price_per_minute": ("A price of time is so low that it may be one for a minute.", "11.4.2: per hour"),
    "refused": ("An object could not be understood and was refused.", "the reason is in each example"),
    "reopened": ("A session that was COMPLETED or INVALID came back as another state.", "9.4.2: both are final"),
    "replayed_periods": ("A PATCH repeats charging periods that were sent before.", "9.2.2.3: they are added"),
    "restrictions_list": ("restrictions of a tariff element are a list.", "11.4.4: one object"),
    "session_without_end": ("A session is ACTIVE for more than three days.", "9.4.2: COMPLETED when it is over"),
    "tariff_inline": ("Tariffs are written inside an EVSE or connector.", "8.3.3: tariff_ids"),
    "time_on_wall_clock": ("TIME is counted for the whole stay although the vehicle parked.", "10.4.2: charging"),
    "time_with_seconds": ("A time of day is written with seconds.", "11.4.6: HH:MM"),
    "token_without_party": ("cdr_token does not name its party; the network's is taken.", "10.4.5: required"),
    "unknown_value": ("A status is none that the standard knows; it concludes nothing.", "8.4.22, 9.4.2"),
}  # fmt: skip
_EXAMPLES = 5
_EVERY = timedelta(minutes=1)
_CUT = 160


@dataclass(frozen=True, slots=True)
class Noticed:
    """One quirk: where (the object's module and id, the field) and the odd value, which must not be personal."""

    code: str
    place: str
    field: str = ""
    value: object = None


@dataclass(slots=True)
class Tally:
    """How often a quirk was noticed since it was written down last."""

    first_at: datetime
    last_at: datetime
    count: int = 0
    examples: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Quirk:
    """A quirk of a partner as it stands."""

    code: str
    words: str
    standard: str
    count: int
    first_at: datetime
    last_at: datetime
    examples: list[dict[str, str]]


class QuirkBook:
    """Counts quirks in memory and writes them at most once a minute each: the first one of a kind at once.

    What a process had not written when it is killed is not counted; no object and no fact is lost with it.
    """

    def __init__(self) -> None:
        self._open: dict[tuple[int, str], Tally] = {}
        self._written: dict[tuple[int, str], datetime] = {}
        self._lock = threading.Lock()

    def note(self, tx: Tx, partner: int, noticed: Iterable[Noticed]) -> None:
        """Count these, and write what is due in this transaction."""
        if self.is_due(partner, noticed, tx.now):
            self.write(tx)

    def is_due(self, partner: int, noticed: Iterable[Noticed], now: datetime) -> bool:
        """Count these; whether anything is to be written now."""
        found = list(noticed)
        if not found and not self._open:
            return False
        with self._lock:
            for item in found:
                self._count((partner, item.code), item, now)
            return bool(self._due(now))

    def write(self, tx: Tx) -> None:
        """Write what is due."""
        with self._lock:
            tallies = {key: self._open.pop(key) for key in self._due(tx.now)}
            self._written.update(dict.fromkeys(tallies, tx.now))
        for (whose, code), tally in tallies.items():
            add(tx, whose, code, tally)

    def _due(self, now: datetime) -> list[tuple[int, str]]:
        return sorted(key for key in self._open if now - self._written.get(key, now - _EVERY) >= _EVERY)

    def _count(self, key: tuple[int, str], item: Noticed, now: datetime) -> None:
        tally = self._open.setdefault(key, Tally(now, now))
        tally.count += 1
        tally.last_at = now
        value = "" if item.value is None else str(item.value)
        example = {"at": now.isoformat(), "place": item.place[:_CUT], "field": item.field, "value": value[:_CUT]}
        tally.examples = [*tally.examples, example][-_EXAMPLES:]


_QUIRKS = table(OcpiQuirk)


def add(tx: Tx, partner: int, code: str, tally: Tally) -> None:
    """Add a tally to what is written."""
    is_it = (_QUIRKS.c.partner == partner) & (_QUIRKS.c.code == code)
    empty = {"count": 0, "first_at": tally.first_at, "last_at": tally.last_at, "examples": "[]"}
    tx.conn.execute(insert(tx.conn, OcpiQuirk).values(partner=partner, code=code, **empty).on_conflict_do_nothing())
    row = tx.conn.execute(select(_QUIRKS).where(is_it).with_for_update()).mappings().one()
    values: dict[str, Any] = {
        "count": row["count"] + tally.count,
        "first_at": min(row["first_at"], tally.first_at),
        "last_at": max(row["last_at"], tally.last_at),
        "examples": json.dumps([*json.loads(row["examples"]), *tally.examples][-_EXAMPLES:]),
    }
    tx.conn.execute(update(_QUIRKS).where(is_it).values(values))


def quirks(conn: Connection, partner: int) -> list[Quirk]:
    """All quirks of a partner, the most frequent first."""
    query = select(_QUIRKS).where(_QUIRKS.c.partner == partner).order_by(_QUIRKS.c.count.desc(), _QUIRKS.c.code)
    return [_quirk(row) for row in conn.execute(query).mappings()]


def _quirk(row: RowMapping) -> Quirk:
    words, standard = WORDS.get(row["code"], (row["code"], ""))
    examples = json.loads(row["examples"])
    return Quirk(row["code"], words, standard, row["count"], row["first_at"], row["last_at"], examples)
