"""A difference between what a network billed and what is known of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from enforcement.phrases import duration
from enforcement.reasons import Words
from enforcement.why import words_of


class FindingCode(StrEnum):
    """What differs. The last two are about charge records of our own that can't be made, or can't be corrected."""

    CHARGING_BILLED = "charging_billed"
    VACATED_BILLED = "vacated_billed"
    FAULTED_BILLED = "faulted_billed"
    UNSEEN_BILLED = "unseen_billed"
    MORE_THAN_SEEN = "more_than_seen"
    LESS_THAN_SEEN = "less_than_seen"
    BILLED_TWICE = "billed_twice"
    TOTALS_DIFFER = "totals_differ"
    PUSHED_TARIFF_DIFFERS = "pushed_tariff_differs"
    ENERGY_DIFFERS = "energy_differs"
    TIME_DIFFERS = "time_differs"
    CREDIT_OF_NOTHING = "credit_of_nothing"
    NOT_BILLED = "not_billed"
    CORRECTED_BY_HAND = "corrected_by_hand"


WORDS: dict[FindingCode, Words] = {
    FindingCode.CHARGING_BILLED: {
        "en": "{length} were billed as parking while the vehicle was charging.",
        "fr": "{length} ont été facturées comme stationnement alors que le véhicule se rechargeait.",
    },
    FindingCode.VACATED_BILLED: {
        "en": "{length} were billed as parking after the vehicle was gone.",
        "fr": "{length} ont été facturées comme stationnement après le départ du véhicule.",
    },
    FindingCode.FAULTED_BILLED: {
        "en": "{length} were billed as parking while the charger was out of service.",
        "fr": "{length} ont été facturées comme stationnement alors que la borne était hors service.",
    },
    FindingCode.UNSEEN_BILLED: {
        "en": "{length} were billed as parking of a session that was never seen here.",
        "fr": "{length} ont été facturées comme stationnement d'une session jamais vue ici.",
    },
    FindingCode.MORE_THAN_SEEN: {
        "en": "The record holds {length} more of parking than was seen: {stated} against {computed}.",
        "fr": "Le relevé compte {length} de stationnement de plus que ce qui a été vu: {stated} contre {computed}.",
    },
    FindingCode.LESS_THAN_SEEN: {
        "en": "The record holds {length} less of parking than was seen: {stated} against {computed}.",
        "fr": "Le relevé compte {length} de stationnement de moins que ce qui a été vu: {stated} contre {computed}.",
    },
    FindingCode.BILLED_TWICE: {
        "en": "{length} of parking were billed twice, also by {other}.",
        "fr": "{length} de stationnement ont été facturées deux fois, aussi par {other}.",
    },
    FindingCode.TOTALS_DIFFER: {
        "en": "{field} ({part}) says {stated}; its own tariff gives {computed}.",
        "fr": "{field} ({part}) indique {stated}; son propre tarif donne {computed}.",
    },
    FindingCode.PUSHED_TARIFF_DIFFERS: {
        "en": "{field} ({part}) says {stated}; the record embeds no tariff, and tariff {tariff}, which the "
        "network pushed apart and which held when the session began, gives {computed}.",
        "fr": "{field} ({part}) indique {stated}; le relevé ne contient pas de tarif, et le tarif {tariff}, "
        "transmis à part par le réseau et en vigueur au début de la session, donne {computed}.",
    },
    FindingCode.ENERGY_DIFFERS: {
        "en": "The record says {stated} kWh, the session {computed} kWh.",
        "fr": "Le relevé indique {stated} kWh, la session {computed} kWh.",
    },
    FindingCode.TIME_DIFFERS: {
        "en": "The record's {field} differs from the session's by {length}.",
        "fr": "{field}: le relevé et la session diffèrent de {length}.",
    },
    FindingCode.CREDIT_OF_NOTHING: {
        "en": "A credit that does not name the record that it takes back: nothing is taken back.",
        "fr": "Un avoir qui ne nomme pas le relevé annulé: rien n'est annulé.",
    },
    FindingCode.NOT_BILLED: {
        "en": "The fee is ours to bill, but its session is not stored as the network sent it (it was refused, or its "
        "facts came another way), so no charge record can name it: nothing was billed.",
        "fr": "Les frais sont à facturer par nous, mais la session n'est pas conservée telle que le réseau l'a envoyée "
        "(elle a été refusée, ou ses faits sont venus autrement), donc aucun relevé ne peut la nommer: rien n'a été "
        "facturé.",
    },
    FindingCode.CORRECTED_BY_HAND: {
        "en": "{party} was sent a record of {stated}, and {computed} are owed (with taxes). It speaks OCPI 2.1.1, "
        "which has no corrections: settle the difference with it by hand.",
        "fr": "{party} a reçu un relevé de {stated}, et {computed} sont dus (taxes comprises). Ce partenaire parle "
        "OCPI 2.1.1, qui ne connaît pas de corrections: réglez la différence avec lui.",
    },
}


@dataclass(frozen=True, slots=True, kw_only=True)
class BillFinding:
    """One difference in one record. Of one ``code`` (and ``field``) a record has one, all its times together.

    ``seconds``: how much time it is about; ``amount_minor``: what that cost before taxes, or what a total is off by;
    None where it is no money. ``details``: values of its words, as text.
    """

    code: FindingCode
    record: str
    session: str | None
    start: datetime
    end: datetime
    seconds: int = 0
    amount_minor: int | None = None
    currency: str
    details: Mapping[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Its identity: the same difference found again is the same finding."""
        return "/".join([self.record, self.code, *filter(None, (self.details.get("field"), self.details.get("part")))])


def finding_text(code: FindingCode, seconds: int, details: Mapping[str, str], language: str = "en") -> str:
    """A finding in words."""
    return words_of(WORDS[code], language).format(length=duration(timedelta(seconds=seconds)), **details)
