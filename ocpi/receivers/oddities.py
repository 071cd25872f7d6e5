"""What was odd in a request, for the partner's quirk report: in its document, and in what became of it."""

from collections.abc import Iterator

from ledger.objects import Outcome
from ledger.quirks import Noticed
from ocpi import noticing
from ocpi.calls import Call
from ocpi.errors import Refused
from ocpi.modules import tokens
from ocpi.modules.taking import Taken
from ocpi.noticing.locations import in_connector, in_evse
from ocpi.wire import Document

# What the document is, by how many segments follow its module's name: an EVSE and a Connector are inside a location.
_OBJECT = (0, 1, 3)
_INSIDE = {4: in_evse, 5: in_connector}


def oddities(call: Call, document: Document, became: Taken | Refused) -> Iterator[Noticed]:
    """What was odd in what came, whether it was taken or not."""
    # A token's id is personal.
    object_id = "" if call.module == tokens.MODULE else "/".join(call.path[2:]) or document.get("id", "")
    place = f"{call.module}/{object_id}"
    if isinstance(became, Refused):
        yield _of_refusal(call, document, place, became)
        return
    yield from (Noticed(code, place) for code in became.quirks)
    yield from (Noticed("evse_unreadable", place, value=remark) for remark in became.remarks if "left out" in remark)
    if became.outcome is Outcome.STALE:
        yield Noticed("older_word", place, "last_updated", document.get("last_updated"))
    if len(call.path) in _OBJECT:
        is_whole = call.method != "PATCH"
        yield from noticing.of_object(call.module, document, call.version, call.now, is_whole=is_whole)
    elif len(call.path) in _INSIDE:
        yield from _INSIDE[len(call.path)](document, place)


def is_part_of_unknown(call: Call, refused: Refused) -> bool:
    """Whether it was a part of something that was never put here."""
    return refused.http == 404 and call.method == "PATCH"


def _of_refusal(call: Call, document: Document, place: str, refused: Refused) -> Noticed:
    if is_part_of_unknown(call, refused):
        return Noticed("patch_before_put", place)
    if call.method == "PATCH" and call.version.dates_parts and document.get("last_updated") is None:
        return Noticed("patch_undated", place)
    return Noticed("refused", place, value=refused.message)
