"""Facts in words, English and French, as an account of a fee cites them."""

from fractions import Fraction

from enforcement.accounts import texts
from enforcement.accounts.values import clock
from enforcement.facts import AnyFact, ChargerStatusSeen, NetworkBilled, OccupancyRead, PlateSeen, SessionUpdated
from enforcement.phrases import number


def fact_text(fact: AnyFact, zone: str, language: str) -> str:
    """Who said what, at which local time."""
    who = fact.subject.partition(":")[2]
    match fact:
        case OccupancyRead():
            what = texts.SENSOR[fact.occupied][language].format(who=who)
        case SessionUpdated():
            status = "" if fact.status is None else f" {fact.status}"
            energy = "" if fact.energy_wh is None else f" {number(Fraction(fact.energy_wh, 1000), 0, language)} kWh"
            what = texts.NEWS[language].format(who=fact.session.rsplit("*", 1)[-1], status=status + energy)
        case ChargerStatusSeen():
            what = texts.CHARGER[language].format(who=who, status=fact.status)
        case PlateSeen():
            of = texts.ISSUED[language].format(place=fact.jurisdiction.upper()) if fact.jurisdiction else ""
            what = texts.PLATE[language].format(who=who, of=of, percent=fact.confidence)
        case NetworkBilled():
            what = texts.BILL[language].format(who=fact.record.rsplit("*", 1)[-1])
        case _:
            what = who
    return texts.AT[language].format(what=what, time=clock(fact.at, zone))
