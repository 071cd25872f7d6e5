"""What is left of facts that were forgotten: each bay's fold of them, on which those that are kept build."""

from collections.abc import Iterable
from datetime import datetime

import msgspec
from sqlalchemy import Connection, bindparam, select

from enforcement.evidence import Evidence
from ledger.database import table
from ledger.settings_of_bays import BayContext
from ledger.statements import Statement
from models import ForgottenFacts

_rows = table(ForgottenFacts)
_OF_BAY = Statement(lambda _: select(_rows.c.evidence).where(_rows.c.bay == bindparam("of")))
_DECODE = msgspec.json.Decoder(Evidence).decode
_ENCODE = msgspec.json.Encoder().encode


def base_of(conn: Connection, context: BayContext) -> Evidence | None:
    """What a bay's forgotten facts came to; None where none are. Of a sensor that is not tied any more nothing is."""
    row = _OF_BAY.first(conn, {"of": context.setting.bay})
    if row is None or not row.evidence:
        return None
    evidence, subjects = _DECODE(row.evidence), set(context.subjects())
    for by_subject in (evidence.readings, evidence.statuses, evidence.frames, evidence.qualms, evidence.changes):
        for gone in by_subject.keys() - subjects:
            del by_subject[gone]
    return evidence


def encode(base: Evidence) -> str:
    """The text of a base."""
    return _ENCODE(base).decode()


def horizons(conn: Connection, bays: Iterable[str]) -> dict[str, datetime]:
    """For each of these bays of which facts are forgotten, up to which moment."""
    of = _rows.c.bay.in_(sorted(set(bays))), _rows.c.until.is_not(None)
    return {row.bay: row.until for row in conn.execute(select(_rows.c.bay, _rows.c.until).where(*of))}
