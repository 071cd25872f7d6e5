"""How full a site was: from the use of all its bays, in any order, and to the cent."""

import random

import pytest
from sqlalchemy import func, select

from ledger import policies, rebuild, traits
from ledger.database import Ledger, table
from models import BayUse, SiteChange
from models.places import Trait
from tests.conftest import minutes
from tests.support.lots import ANNA, BEN, CARL, HEAD, build, charger, fees, free_from, heard, play, pour, seen, stays

BUSY = (
    HEAD
    + """
[[clause]]
kind = "idle"
occupancy_unknown = "free"
[[clause.tier]]
occupancy_from = "0.5"
occupancy_to = "1"
rate = "0.50"
per = "1m"
[[clause.tier]]
occupancy_from = "1"
rate = "1.00"
per = "1m"
"""
)
PLAIN = HEAD + '[[clause]]\nkind = "idle"\nrate = "0.10"\nper = "1m"\n'


def told() -> list:
    """Anna is done at 30 and leaves at 90. From 40 to 70 Ben is there too (2 of 3), from 50 to 60 Carl (3 of 3)."""
    return [
        *free_from(-10),
        *stays("a1", "x", ANNA, 0, 30, 90),
        *stays("a2", "y", BEN, 40, 69, 70),
        *stays("a3", "z", CARL, 50, 59, 60),
        *heard(-10, 240),
    ]


# Anna: 10 minutes with 2 of 3 taken, 10 with 3 of 3, 10 with 2 of 3; each of the others is done a minute before it goes.
EXPECTED = {"ca*abc*x/idle": 10 * 50 + 10 * 100 + 10 * 50, "ca*abc*y/idle": 50, "ca*abc*z/idle": 100}


def uses(ledger: Ledger) -> int:
    with ledger.read() as conn:
        return int(conn.scalar(select(func.count()).select_from(table(BayUse))) or 0)


def test_each_minute_costs_what_the_site_was_full(ledger: Ledger) -> None:
    build(ledger, BUSY)
    play(ledger, told(), until=240)
    assert fees(ledger) == EXPECTED
    assert list(rebuild.differences(ledger, minutes(240))) == []
    with ledger.read() as conn:
        assert conn.scalar(select(func.count()).select_from(table(SiteChange))) == 0


@pytest.mark.parametrize("seed", range(4))
def test_any_order_gives_the_same(ledger: Ledger, seed: int) -> None:
    build(ledger, BUSY)
    facts = [*told(), *told()[::5]]
    random.Random(seed).shuffle(facts)
    pour(ledger, facts, at=240)
    assert fees(ledger) == EXPECTED
    assert list(rebuild.differences(ledger, minutes(240))) == []


def test_a_late_word_on_one_bay_corrects_a_settled_fee_in_another(ledger: Ledger) -> None:
    build(ledger, BUSY)
    late = [fact for fact in told() if fact.source_id in ("a3:50", "z:50", "z:59", "z:60", "a3:60")]
    play(ledger, [fact for fact in told() if fact not in late], until=240)
    assert fees(ledger) == {"ca*abc*x/idle": 30 * 50, "ca*abc*y/idle": 50}
    pour(ledger, late, at=300)
    assert fees(ledger) == EXPECTED
    assert list(rebuild.differences(ledger, minutes(300))) == []


def test_bays_of_several_networks_at_one_place_are_one_site(ledger: Ledger) -> None:
    build(ledger, BUSY)
    with ledger.write(minutes(-4000)) as tx:
        traits.say(tx, "ca*xyz*l9", Trait.SITE, "ca*abc*l1")
    play(ledger, told(), until=240)
    # Four bays: two of them are half, three are three quarters; it is never full
    assert fees(ledger) == {"ca*abc*x/idle": 30 * 50, "ca*abc*y/idle": 50, "ca*abc*z/idle": 50}
    assert list(rebuild.differences(ledger, minutes(240))) == []


def test_what_is_not_known_of_a_bay_is_free_unless_it_makes_no_difference(ledger: Ledger) -> None:
    build(ledger, BUSY)
    facts = [fact for fact in told() if fact.source_id != "a2:-10"]  # nothing is known of a2 before 40
    play(ledger, facts, until=240)
    assert fees(ledger)["ca*abc*x/idle"] == EXPECTED["ca*abc*x/idle"]
    # Before 40 one of three is taken, or two: nobody knows, and it costs nothing; afterwards a2 is seen free again


def test_a_bay_without_a_sensor_is_what_its_charger_says(ledger: Ledger) -> None:
    build(ledger, BUSY, sensors=False)
    without = [fact for fact in told() if not fact.source_id.startswith("a")]
    words = [charger("a1", -10, "AVAILABLE"), charger("a1", 0, "CHARGING"), charger("a1", 90, "AVAILABLE")]
    words += [charger("a2", -10, "AVAILABLE"), charger("a2", 40, "CHARGING"), charger("a2", 70, "AVAILABLE")]
    words += [charger("a3", -10, "AVAILABLE"), charger("a3", 50, "CHARGING"), charger("a3", 60, "AVAILABLE")]
    play(ledger, [*without, *words], until=240)
    assert fees(ledger)["ca*abc*x/idle"] == EXPECTED["ca*abc*x/idle"]
    assert list(rebuild.differences(ledger, minutes(240))) == []


def test_a_sensor_whose_word_has_run_out_says_nothing(ledger: Ledger) -> None:
    build(ledger, BUSY)
    late = 3 * 24 * 60
    facts = [seen("a2", 0, True), *free_from(late - 10)[:1], seen("a3", late - 10, False)]
    facts += [*stays("a1", "x", ANNA, late, late + 30, late + 60), *heard(late - 20, late + 90)]
    play(ledger, facts, until=late + 200)
    assert fees(ledger) == {"ca*abc*x/idle": 0}  # a2's sensor has been silent for days: 1 of 3, or 2
    assert list(rebuild.differences(ledger, minutes(late + 200))) == []


def test_where_no_price_asks_nothing_is_written_down(ledger: Ledger) -> None:
    build(ledger, PLAIN)
    play(ledger, told(), until=240)
    assert fees(ledger)["ca*abc*x/idle"] == 60 * 10
    assert uses(ledger) == 0


def test_a_policy_that_asks_from_now_on_knows_what_was_before(ledger: Ledger) -> None:
    build(ledger, PLAIN)
    play(ledger, [fact for fact in told() if fact.at < minutes(-5)], until=-5)
    with ledger.write(minutes(-4)) as tx:
        document = BUSY.replace("version = 1", "version = 2").replace("2020-01-01T00:00:00Z", "2026-03-02T16:58:00Z")
        policies.publish(tx, document)
    play(ledger, [fact for fact in told() if fact.at >= minutes(-5)], until=240)
    assert fees(ledger) == EXPECTED
    assert list(rebuild.differences(ledger, minutes(240))) == []
