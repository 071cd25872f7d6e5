"""A fee's account in the words that its page shows, by voice and language."""

from collections.abc import Sequence

from enforcement.accounts import Account, driver_text, officer_text, owner_text
from enforcement.facts import AnyFact, PlateSeen

LANGUAGES = {"en": "English", "fr": "Français"}
Said = dict[str, tuple[str, ...]]


def best_sight(facts: Sequence[AnyFact], plate: str | None) -> PlateSeen | None:
    """Of the cameras' words on a plate (its pseudonym) the surest one."""
    found = [fact for fact in facts if isinstance(fact, PlateSeen) and fact.plate == plate]
    return max(found, key=lambda fact: (fact.confidence, fact.at), default=None)


def voices(account: Account | None, facts: Sequence[AnyFact], session: str | None) -> dict[str, Said]:
    """For the owner, the driver and an officer, what each reads in each language; nothing without an account."""
    if account is None:
        return {}
    return {
        "The owner": {language: owner_text(account, language) for language in LANGUAGES},
        "The driver": {language: driver_text(account, language) for language in LANGUAGES},
        "An officer": {language: officer_text(account, facts, session, language) for language in LANGUAGES},
    }
