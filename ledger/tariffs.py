"""Tariffs that networks push apart: which one held when, to price charge records by that embed none."""

import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal

from sqlalchemy import Connection, or_, select, update

from enforcement.tariffs.reading import read_tariff
from enforcement.tariffs.vocabulary import Tariff, TariffError
from ledger.database import Tx, table, upsert
from models import TariffVersion

_ROWS = table(TariffVersion)


def keep(tx: Tx, network: str, tariff_id: str, version: str, document: str, since: datetime) -> None:
    """Note a tariff as it is stated from ``since`` on; ``document`` is its JSON in the names of an OCPI ``version``."""
    mine = (_ROWS.c.network == network) & (_ROWS.c.tariff_id == tariff_id.casefold())
    newest = tx.conn.execute(select(_ROWS).where(mine).order_by(_ROWS.c.since.desc()).limit(1)).one_or_none()
    if newest is not None and newest.until is None and newest.document == document:
        return
    tx.conn.execute(update(_ROWS).where(mine, _ROWS.c.until.is_(None), _ROWS.c.since < since).values(until=since))
    row = {"network": network, "tariff_id": tariff_id.casefold(), "version": version, "since": since}
    upsert(tx.conn, TariffVersion, ["network", "tariff_id", "since"], [{**row, "until": None, "document": document}])


def end(tx: Tx, network: str, tariff_id: str) -> None:
    """A tariff was removed: it holds no more."""
    mine = (_ROWS.c.network == network) & (_ROWS.c.tariff_id == tariff_id.casefold()) & _ROWS.c.until.is_(None)
    tx.conn.execute(update(_ROWS).where(mine).values(until=tx.now))


def held_at(conn: Connection, network: str, tariff_ids: Iterable[str], moment: datetime) -> Sequence[Tariff]:
    """Those of a network's tariffs that held at a moment, by what it stated then. What can't be read is left out."""
    wanted = sorted({each.casefold() for each in tariff_ids})
    held = (_ROWS.c.since <= moment) & or_(_ROWS.c.until.is_(None), _ROWS.c.until > moment)
    query = select(_ROWS).where(_ROWS.c.network == network, _ROWS.c.tariff_id.in_(wanted), held)
    found = []
    for row in conn.execute(query.order_by(_ROWS.c.tariff_id)):
        try:
            tariff = read_tariff(json.loads(row.document, parse_float=Decimal), row.version)
        except TariffError:
            continue
        begun = tariff.valid_from is None or tariff.valid_from <= moment
        if begun and (tariff.valid_to is None or moment < tariff.valid_to):
            found.append(tariff)
    return found
