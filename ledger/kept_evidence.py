"""A bay's evidence as it is kept between two assessments, so that a fact in order costs no more than itself.

It follows from the facts: whatever becomes of it, they give it again.
"""

import logging

import msgspec
from sqlalchemy import Connection

from enforcement.evidence import Evidence
from enforcement.folding import fold
from ledger import facts as fact_rows
from ledger.forgotten import base_of
from ledger.settings_of_bays import BayContext

_LOG = logging.getLogger(__name__)
_ENCODE = msgspec.json.Encoder().encode
_DECODE = msgspec.json.Decoder(Evidence).decode


def write(evidence: Evidence) -> str:
    """The text that is kept."""
    return _ENCODE(evidence).decode()


def read(text: str) -> Evidence | None:
    """The evidence again; None where none is kept, or none that can be read."""
    if not text:
        return None
    try:
        return _DECODE(text)
    except msgspec.MsgspecError:
        _LOG.exception("kept evidence can't be read")
        return None


def refold(conn: Connection, context: BayContext) -> Evidence:
    """The evidence of a bay from all its facts, and from what is left of those that were forgotten."""
    facts = [fact for fact in fact_rows.load(conn, context.subjects()) if context.admits(fact)]
    return fold(facts, context.setting, base_of(conn, context))
