"""Tariffs (OCPI 2.2.1, 11) and charge detail records (10), as far as they must be read to be kept."""

from ocpi.documents.sessions import read_period
from ocpi.reading import child, children, identifier, moment, needed, text
from ocpi.vocabulary import MAX_PERIODS, CdrNews, TariffNews
from ocpi.wire import Document

_MAX_ELEMENTS = 1_000


def read_tariff(document: Document) -> TariffNews:
    """Read a Tariff. ``last_updated`` is required, but the standard's own PUT example leaves it out."""
    needed(text(document, "currency", 3), "currency")
    for element in children(document, "elements", _MAX_ELEMENTS):
        children(element, "price_components", _MAX_ELEMENTS)
    return TariffNews(last_updated=moment(document, "last_updated"))


def read_cdr(document: Document) -> CdrNews:
    """Read a CDR. Its party is None where it does not say one, as in 2.1.1."""
    needed(moment(document, "start_date_time"), "start_date_time")
    needed(moment(document, "end_date_time"), "end_date_time")
    child(document, "cdr_location")
    for period in children(document, "charging_periods", MAX_PERIODS):
        read_period(period)
    return CdrNews(
        party=_party(document),
        id=identifier(document.get("id"), "id", 39),
        last_updated=needed(moment(document, "last_updated"), "last_updated"),
    )


def _party(document: Document) -> tuple[str, str] | None:
    if document.get("country_code") is None and document.get("party_id") is None:
        return None
    country_code = identifier(document.get("country_code"), "country_code", 2)
    return country_code, identifier(document.get("party_id"), "party_id", 3)
