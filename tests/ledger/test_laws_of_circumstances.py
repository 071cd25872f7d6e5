"""The laws hold with sites, networks, drivers, groups and deliveries: any order, duplicates, lateness; rebuild agrees."""

import random
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from enforcement.facts import AnyFact
from ledger import changed_circumstances, deliveries, rebuild, traits
from ledger.database import Ledger, table
from ledger.drivers import add_driver
from ledger.memberships import MembershipFields
from ledger.record import record, record_due
from models import Message
from models.outbox import Delivery
from models.places import Trait
from tests.conftest import empty_ledger, minutes
from tests.support.choices import EITHER, among, between
from tests.support.lots import ANNA, BAYS, BEN, CARL, HEAD, build, charger, fees, free_from, heard, look, pour, stays

POLICY = (
    HEAD
    + """
[[clause]]
kind = "idle"
exempt_groups = ["members"]
cap_driver_day = "18.00"
[[clause.tier]]
rate = "0.10"
per = "1m"
occupancy_to = "0.5"
[[clause.tier]]
occupancy_from = "0.5"
occupancy_to = "1"
rate = "0.50"
per = "1m"
[[clause.tier]]
occupancy_from = "1"
rate = "1.00"
per = "1m"
[[clause]]
kind = "unplugged"
grace = "5m"
grace_anchor = "warning"
rate = "0.30"
per = "1m"
"""
)
END = 600
LAW = settings(deadline=None, max_examples=8, suppress_health_check=list(HealthCheck))
HARD = settings(LAW, max_examples=3)


@dataclass(frozen=True)
class Lot:
    """What truly happened: stays in the bays of two networks, and which EVSEs failed."""

    facts: tuple[AnyFact, ...]


@st.composite
def lots(draw: st.DrawFn) -> Lot:
    """One to five stays, none before the one before it in its bay has left; a charger that may fail."""
    facts: list[AnyFact] = [*free_from(-10), *heard(-12, END - 100, every=10)]
    ends = dict.fromkeys(BAYS, 0)
    for number in range(draw(between(1, 5))):
        bay = draw(st.sampled_from(sorted(BAYS)))
        plug = ends[bay] + draw(between(1, 40))
        done = plug + draw(between(1, 40))  # at one moment, two updates would have one identity
        unplug = done + draw(between(1, 60))
        ends[bay] = unplug
        facts += stays(bay, f"n{number}", draw(among(ANNA, BEN, CARL)), plug, done, unplug)
    if draw(EITHER):
        down = draw(between(0, 120))
        facts += [charger("a1", down, "OUTOFORDER"), charger("a1", down + 15, "CHARGING")]
    return Lot(tuple(facts))


@contextmanager
def lot_at(url: str) -> Iterator[Ledger]:
    """An empty ledger with the lot: one site of two networks; Anna and Carl are one driver, Ben is a member."""
    with empty_ledger(url) as ledger:
        build(ledger, POLICY)
        with ledger.write(minutes(-4000)) as tx:
            traits.say(tx, "ca*xyz*l9", Trait.SITE, "ca*abc*l1")
            add_driver(tx, "+15145550100", "en", [ANNA, CARL])
            member = MembershipFields(name="members", holder=BEN, holder_kind="token", until=minutes(100))
            changed_circumstances.put_members(tx, "members", [member], is_permit=False)
        yield ledger


def the_order_changes_nothing(url: str, lot: Lot, chance: random.Random) -> None:
    with lot_at(url) as ledger:
        pour_in_time(ledger, lot.facts)
        look(ledger, minutes(END))
        expected = fees(ledger)
        assert list(rebuild.differences(ledger, minutes(END))) == []
    with lot_at(url) as ledger:
        facts = [*lot.facts, *chance.choices(lot.facts, k=4)]
        chance.shuffle(facts)
        cut = chance.randrange(len(facts))
        pour(ledger, facts[:cut], END - 50)
        pour(ledger, facts[cut:], END)
        assert fees(ledger) == expected
        assert list(rebuild.differences(ledger, minutes(END))) == []


@LAW
@given(lots(), st.randoms(use_true_random=False))
def test_any_order_with_duplicates_and_late_facts_gives_the_same(
    tmp_path_factory: pytest.TempPathFactory, lot: Lot, chance: random.Random
) -> None:
    the_order_changes_nothing(f"sqlite:///{tmp_path_factory.mktemp('lot') / 'lot.db'}", lot, chance)


@HARD
@given(lots(), st.randoms(use_true_random=False))
def test_on_postgresql_too(postgres_url: str, lot: Lot, chance: random.Random) -> None:
    the_order_changes_nothing(postgres_url, lot, chance)


@HARD
@given(lots(), st.randoms(use_true_random=False))
def test_whoever_records_and_decides_at_the_same_time(postgres_url: str, lot: Lot, chance: random.Random) -> None:
    """Two processes take in what comes, some of it both of them, while two others decide; nobody is sent away."""
    with lot_at(postgres_url) as ledger:
        pour_in_time(ledger, lot.facts)
        look(ledger, minutes(END))
        expected = fees(ledger)
    with lot_at(postgres_url) as ledger:
        facts = [*lot.facts, *chance.choices(lot.facts, k=6)]
        chance.shuffle(facts)
        halves = facts[::2], facts[1::2]
        work = [partial(_take_in, ledger, half, chance.randint(1, 6), chance.random()) for half in halves]
        with ThreadPoolExecutor(4) as pool:
            for done in [pool.submit(each) for each in [*work, *[partial(look, ledger, minutes(END))] * 2]]:
                done.result(60)
        look(ledger, minutes(END))
        assert fees(ledger) == expected
        assert list(rebuild.differences(ledger, minutes(END))) == []


def _take_in(ledger: Ledger, facts: Sequence[AnyFact], size: int, share: float) -> None:
    """Some at once are decided by who records them, the others later."""
    for start in range(0, len(facts), size):
        take = record if start % 100 < share * 100 else record_due
        with ledger.write(minutes(END)) as tx:
            take(tx, facts[start : start + size])


@LAW
@given(lots(), st.lists(st.tuples(st.integers(0, 200), st.sampled_from(list(Delivery))), min_size=1, max_size=4))
def test_whatever_becomes_of_warnings_rebuild_agrees(
    tmp_path_factory: pytest.TempPathFactory, lot: Lot, receipts: list[tuple[int, Delivery]]
) -> None:
    """Facts in time; receipts come in between, to whichever warning is there then."""
    with lot_at(f"sqlite:///{tmp_path_factory.mktemp('lot') / 'lot.db'}") as ledger:
        left = list(lot.facts)
        for at, state in sorted(receipts, key=lambda receipt: receipt[0]):
            now = [fact for fact in left if fact.at <= minutes(at)]
            left = [fact for fact in left if fact.at > minutes(at)]
            pour_in_time(ledger, now)
            with ledger.write(minutes(at)) as tx:
                found = tx.conn.execute(select(table(Message).c.id).order_by(table(Message).c.id.desc())).scalars()
                for message in list(found)[:1]:
                    deliveries.report(tx, message, deliveries.Outcome(state))
            look(ledger, minutes(at))
        pour_in_time(ledger, left)
        look(ledger, minutes(END))
        assert list(rebuild.differences(ledger, minutes(END))) == []


def pour_in_time(ledger: Ledger, facts: Sequence[AnyFact]) -> None:
    """Each fact when it was true, bays looked at when they are due."""
    in_order = sorted(facts, key=lambda fact: (fact.seen_at, fact.source, fact.source_id))
    for fact in in_order:
        look(ledger, fact.seen_at)
        pour(ledger, [fact], (fact.seen_at - minutes(0)).total_seconds() / 60)
