"""Where each version of a policy holds, with a policy for one EVSE of a station."""

from ledger.database import Ledger
from ledger.queries.policies import standing
from tests.conftest import minutes
from tests.support.lots import BAYS, HEAD, build

CLAUSE = '[[clause]]\nkind = "idle"\ngrace = "10m"\nrate = "1"\nper = "1m"\nunit = "1m"\n'


def _held(ledger: Ledger) -> dict[str, tuple[str, ...]]:
    with ledger.read() as conn:
        return {each.policy.id: each.stations for each in standing(conn, minutes(0))}


def _document(name: str, *evses: str) -> str:
    scope = f"evses = [{', '.join(repr(evse) for evse in evses)}]\n".replace("'", '"') if evses else ""
    return HEAD.replace('"test"', f'"{name}"', 1) + scope + CLAUSE


def test_a_station_is_under_each_policy_that_holds_at_any_of_its_evses(ledger: Ledger) -> None:
    build(ledger, _document("wide"), _document("narrow", "ca*abc*l1*e2"))
    assert _held(ledger) == {"narrow": ("Lot",), "wide": ("Lot", "Lot")}


def test_a_station_whose_evses_are_all_named_is_under_no_other(ledger: Ledger) -> None:
    build(
        ledger,
        _document("wide"),
        _document("narrow", *(evse for _, evse in BAYS.values() if evse.startswith("ca*abc"))),
    )
    assert _held(ledger) == {"narrow": ("Lot",), "wide": ("Lot",)}
