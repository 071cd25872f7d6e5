"""Rules: what the law of a place forbids in a charging bay, apart from what a policy there costs.

A finished but plugged vehicle is legal in many places: its fee is a contract's affair and no city's. ``read_rule``
reads a rule document, ``judge`` says whether a stay broke it, from when and by what evidence, or why not. A finding
is never a fine: it goes into a referral, and an officer decides. See docs/rules.md.
"""

from enforcement.rules.document import RuleError, read_rule
from enforcement.rules.findings import Breach, Reason, RuleFinding, Verdict
from enforcement.rules.judging import judge
from enforcement.rules.offences import WITNESSED, Offence
from enforcement.rules.place import PlaceFacts, PlaceKind, Seen, Sighting
from enforcement.rules.rule import Exemption, Forbidden, Land, Penalty, Rule, SignRule

__all__ = [
    "WITNESSED",
    "Breach",
    "Exemption",
    "Forbidden",
    "Land",
    "Offence",
    "Penalty",
    "PlaceFacts",
    "PlaceKind",
    "Reason",
    "Rule",
    "RuleError",
    "RuleFinding",
    "Seen",
    "Sighting",
    "SignRule",
    "Verdict",
    "judge",
    "read_rule",
]
