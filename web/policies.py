"""The published policies: where each version holds, since when, and its sign; and the law of places beside them."""

from flask.typing import ResponseReturnValue

from enforcement.signs import sign_lines
from ledger.queries import laws, places
from ledger.queries import policies as query
from web.blueprint import page, pages
from web.context import current
from web.told import LANGUAGES


@pages.get("/policies")
def policies() -> ResponseReturnValue:
    """All versions, newest first; those that hold somewhere now are marked."""
    now = current().clock()
    with current().ledger.read() as conn:
        found = query.standing(conn, now)
        signs = {
            each.policy.name: {language: sign_lines(each.policy, language) for language in LANGUAGES} for each in found
        }
        return page(
            conn,
            "policies",
            policies=found,
            signs=signs,
            rules=laws.stations_by_rule(conn, now),
            zone=places.zone_of(conn, None),
            now=now,
        )
