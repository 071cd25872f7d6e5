"""The message that tells a driver that their dispute was answered: the outcome, once; why is on the stay's page."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from sqlalchemy import select

from ledger import claims, policies
from ledger.composer import Place
from ledger.database import Tx, table
from ledger.outbox import OutgoingMessage, enqueue
from models import Bay, Driver, Station

STEP = "dispute_answered"
# The words of the SMS, from outcome, place and language.
AnswerText = Callable[[str, Place, str], str]

# It tells of something that stays true; after some days it would only puzzle.
_WITHIN = timedelta(days=3)
_driver, _bay, _station = table(Driver).c, table(Bay).c, table(Station).c


def tell(tx: Tx, violation: Any, driver: int | None, outcome: str, text: AnswerText) -> None:
    """Put it into the outbox, in the transaction of the answer; not for a driver who was erased or opted out.

    In quiet hours of the violation's policy it waits there until they end. ``violation``: its row.
    """
    may_be_told = (_driver.id == driver) & (_driver.phone != "") & _driver.opted_out_at.is_(None)
    language = tx.conn.execute(select(_driver.language).where(may_be_told)).scalar()
    if driver is None or language is None:
        return
    place = _place(tx, violation, driver, language)
    quiet = policies.telling_of(tx, violation.policy).quiet_around(tx.now, place.zone)
    leaves_at = tx.now if quiet is None else quiet[1]
    message = OutgoingMessage(
        identity=f"{STEP}/{violation.key}",
        violation=violation.key,
        driver=driver,
        step=STEP,
        language=language,
        text=text(outcome, place, language),
        not_after=leaves_at + _WITHIN,
        created_at=tx.now,
        not_before=leaves_at,
    )
    enqueue(tx, message)


def _place(tx: Tx, violation: Any, driver: int, language: str) -> Place:
    query = select(_station.name.label("station"), _bay.name.label("bay"), _station.zone)
    row = tx.conn.execute(
        query.join(table(Station), _station.key == _bay.station).where(_bay.id == violation.bay)
    ).one()
    claim = claims.claim(tx, violation.bay, violation.clock_started_at, driver, language, "token")
    return Place(row.station, row.bay, row.zone, "" if claim is None else claim.code)
