"""What the law of a place says of a violation, in the API."""

from typing import Any

from enforcement.rules import Penalty, Rule
from enforcement.rules.position import POSITIONS, Standing, forbidden_text


def law_data(standing: Standing) -> dict[str, Any]:
    """A rule with its position and why. It is never a fine: an officer decides."""
    return {
        **rule_data(standing.rule),
        "position": {"code": standing.position.value, "text": POSITIONS[standing.position]},
        "reasons": [{"code": reason.code, "text": {"en": reason.en, "fr": reason.fr}} for reason in standing.reasons],
    }


def rule_data(rule: Rule) -> dict[str, Any]:
    """A rule as its document states it."""
    return {
        "rule": rule.name,
        "title": {"en": rule.title_en, "fr": rule.title_fr},
        "place": rule.place,
        "statute": rule.statute,
        "source": rule.source,
        "uncertain": list(rule.uncertain),
        "penalty": _penalty(rule.penalty),
        "sign": {"required": rule.sign.is_required, "text": {"en": rule.sign.text_en, "fr": rule.sign.text_fr}},
        "forbids": [
            {
                "code": forbidden.offence.value,
                "text": {language: forbidden_text(forbidden, language) for language in ("en", "fr")},
            }
            for forbidden in rule.forbids
        ],
        "exemptions": [{"en": each.text_en, "fr": each.text_fr} for each in rule.exemptions],
    }


def _penalty(penalty: Penalty) -> dict[str, Any]:
    return {
        "text": {"en": penalty.text_en, "fr": penalty.text_fr},
        "currency": penalty.currency,
        "least_minor": penalty.least_minor,
        "most_minor": penalty.most_minor,
    }
