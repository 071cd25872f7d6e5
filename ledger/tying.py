"""Tying a phone that was proved to be at hand to a stay and, if its driver wants that, to the stay's token."""

from datetime import datetime

from ledger import claims
from ledger.assess import assess
from ledger.consents import Terms, record
from ledger.database import Tx
from ledger.token_ties import confirm_scanned


def tie(
    tx: Tx, driver: int, bay: str, at: datetime, language: str, terms: Terms, *, remember: bool, how: str
) -> claims.Claim | None:
    """Claim the stay that a bay had at ``at``, keep the consents, and tell the driver what there is to tell now.

    ``remember``: the stay's token too, from now on. None if there was no stay, or too many have claimed it.
    """
    claim = claims.claim(tx, bay, at, driver, language, how)
    if claim is None:
        return None
    record(tx, driver, "stay", None, language, terms)
    stay = claims.stay_at(tx.conn, bay, at)
    if stay is not None and stay.token is not None:
        confirm_scanned(tx, driver, stay.token, remember=remember)
        if remember:
            record(tx, driver, "token", stay.token, language, terms)
    assess(tx, {bay: []})
    return claim
