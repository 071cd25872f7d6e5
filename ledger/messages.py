"""From a violation's due steps to messages in the outbox, for drivers that can be reached."""

from collections.abc import Sequence
from dataclasses import dataclass

from enforcement.violations import Violation
from enforcement.warnings import Step, notices
from ledger.composer import Place
from ledger.database import Tx
from ledger.drivers import driver_for_token
from ledger.outbox import OutgoingMessage, enqueue
from ledger.settings_of_bays import BayContext


@dataclass(frozen=True, slots=True)
class Wanted:
    """A violation that has news, and where it happens."""

    violation: Violation
    context: BayContext


def enqueue_notices(tx: Tx, wanted: Sequence[Wanted]) -> list[str]:
    """Put the due messages into the outbox. Returns the keys of violations whose driver is now warned."""
    warned: list[str] = []
    for item in wanted:
        violation = item.violation
        due = list(notices(violation, tx.now))
        driver = driver_for_token(tx.conn, violation.token) if due and violation.token else None
        if driver is None:
            continue
        place = Place(item.context.station_name, item.context.name, item.context.setting.zone)
        for notice in due:
            message = OutgoingMessage(
                identity=notice.identity(violation),
                violation=violation.key,
                driver=driver.id,
                step=notice.step.value,
                language=driver.language,
                text=tx.composer(notice, violation, place, driver.language, tx.now),
                not_after=notice.not_after,
                created_at=tx.now,
            )
            if enqueue(tx, message) and notice.step is Step.GRACE_RUNNING:
                warned.append(violation.key)
    return warned
