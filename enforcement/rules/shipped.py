"""The shipped rule documents, and which of them hold at a place on a day."""

from datetime import date
from functools import cache
from importlib import resources

from enforcement.rules.document import read_rule
from enforcement.rules.rule import Rule

# ISO 3166-1 alpha-3, as OCPI writes countries.
_COUNTRIES = {"can": "ca", "usa": "us", "deu": "de"}
# Some networks write a state's name for its code.
_STATES = {
    "quebec": "qc", "québec": "qc", "ontario": "on", "california": "ca", "washington": "wa", "maryland": "md",
    "colorado": "co", "virginia": "va", "new york": "ny",
}  # fmt: skip


@cache
def all_rules() -> tuple[Rule, ...]:
    """Every shipped rule, by place and name."""
    folder = resources.files("enforcement.rules") / "documents"
    texts = [entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")]
    return tuple(sorted((read_rule(text) for text in texts), key=lambda rule: (rule.place, rule.name)))


def place_of_law(country: str, state: str = "") -> str | None:
    """The key of a place as rules name it (``us-ca``, ``de``), from an OCPI country and state; None: no rule is known.

    A country whose rules are its states' has none without a state.
    """
    code = country.strip().casefold()
    code = _COUNTRIES.get(code, code)
    part = state.strip().casefold()
    part = _STATES.get(part, part).removeprefix(f"{code}-")
    places = {rule.place for rule in all_rules()}
    return next((place for place in (f"{code}-{part}", code) if place in places), None)


def rules_at(place: str | None, day: date) -> tuple[Rule, ...]:
    """The rules of a place that are in force on a local day; one whose first day is not known is taken to be."""
    return tuple(rule for rule in all_rules() if rule.place == place and _holds(rule, day))


def _holds(rule: Rule, day: date) -> bool:
    is_begun = rule.effective_from is None or rule.effective_from <= day
    return is_begun and (rule.effective_to is None or day < rule.effective_to)
