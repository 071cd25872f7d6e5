"""Prices that depend on the driver, the calendar, the place and what was delivered: in the live ledger, in any order."""

import random
from collections.abc import Sequence
from contextlib import suppress
from typing import ClassVar

import pytest
from sqlalchemy import select, update

from enforcement.facts import AnyFact
from ledger import (
    changed_circumstances,
    command_answers,
    commands,
    deliveries,
    notices,
    policies,
    rebuild,
    registrations,
    traits,
)
from ledger.database import Ledger, registry_changed, table
from ledger.drivers import add_driver, known_by, remove_driver
from ledger.memberships import MembershipFields
from ledger.token_ties import confirm_scanned, untie_token
from models import Command, Message, PolicyNotice, StayRow, ViolationRow
from models.outbox import Delivery
from models.places import Trait
from tests.conftest import minutes
from tests.support.lots import (
    ANNA,
    BEN,
    CARL,
    HEAD,
    STATION,
    build,
    charger,
    fees,
    free_from,
    heard,
    look,
    play,
    pour,
    said,
    seen,
    states,
    stays,
)

IDLE = '[[clause]]\nkind = "idle"\nrate = "1.00"\nper = "1m"\n'


def told() -> list[AnyFact]:
    """Anna is done at 30 and leaves at 60."""
    return [*free_from(-10), *stays("a1", "x", ANNA, 0, 30, 60), *heard(-10, 300)]


def nothing_differs(ledger: Ledger, at: float) -> bool:
    return list(rebuild.differences(ledger, minutes(at))) == []


def warn(ledger: Ledger, at: float, state: Delivery) -> None:
    """The provider tells what became of the message *grace is running*."""
    with ledger.write(minutes(at)) as tx:
        rows = table(Message)
        found = tx.conn.execute(select(rows.c.id).where(rows.c.step == "grace_running")).scalar_one()
        assert deliveries.report(tx, found, deliveries.Outcome(state))
    look(ledger, minutes(at))


class TestWarnings:
    """Grace begins when the warning was delivered."""

    POLICY = HEAD + IDLE + 'grace = "5m"\ngrace_anchor = "warning"\n'

    def town(self, ledger: Ledger) -> Ledger:
        build(ledger, self.POLICY)
        with ledger.write(minutes(-1000)) as tx:
            add_driver(tx, "+15145550100", "en", [ANNA])
        return ledger

    def test_a_receipt_begins_the_grace(self, ledger: Ledger) -> None:
        self.town(ledger)
        before = [fact for fact in told() if fact.at < minutes(36)]
        play(ledger, before, until=36)
        warn(ledger, 36, Delivery.DELIVERED)
        play(ledger, [fact for fact in told() if fact not in before], until=300)
        assert fees(ledger) == {"ca*abc*x/idle": (60 - 36 - 5) * 100}
        assert nothing_differs(ledger, 300)

    def test_a_receipt_that_comes_before_the_facts_is_the_same(self, ledger: Ledger) -> None:
        self.town(ledger)
        before = [fact for fact in told() if fact.at < minutes(36)]
        play(ledger, before, until=36)
        warn(ledger, 36, Delivery.DELIVERED)
        rest = [fact for fact in told() if fact not in before]
        random.Random(1).shuffle(rest)
        pour(ledger, rest, at=300)
        assert fees(ledger) == {"ca*abc*x/idle": (60 - 36 - 5) * 100}
        assert nothing_differs(ledger, 300)

    @pytest.mark.parametrize("state", [Delivery.FAILED, Delivery.EXPIRED, Delivery.UNKNOWN, Delivery.SENT])
    def test_without_a_receipt_nothing_is_due(self, ledger: Ledger, state: Delivery) -> None:
        self.town(ledger)
        before = [fact for fact in told() if fact.at < minutes(36)]
        play(ledger, before, until=36)
        warn(ledger, 36, state)
        play(ledger, [fact for fact in told() if fact not in before], until=300)
        assert fees(ledger) == {}
        assert states(ledger)["ca*abc*x/idle"] == ("cleared", "not_warned")
        assert nothing_differs(ledger, 300)

    def test_a_driver_who_cannot_be_reached_owes_nothing(self, ledger: Ledger) -> None:
        build(ledger, self.POLICY)
        play(ledger, told(), until=300)
        assert states(ledger)["ca*abc*x/idle"] == ("cleared", "not_warned")

    def test_a_receipt_after_the_end_changes_nothing(self, ledger: Ledger) -> None:
        self.town(ledger)
        play(ledger, told(), until=200)
        warn(ledger, 200, Delivery.DELIVERED)
        assert fees(ledger) == {}
        assert nothing_differs(ledger, 300)


class TestGroups:
    """Whom a clause is for, and whom it spares."""

    POLICY = HEAD + IDLE + 'exempt_groups = ["members"]\nexempt_permits = ["resident"]\n'

    def put(self, ledger: Ledger, at: float, name: str, *, is_permit: bool = False, **said: object) -> None:
        fields = {"name": name, "holder": ANNA, "holder_kind": "token", "is_permit": is_permit, **said}
        member = MembershipFields(**fields)  # type: ignore[arg-type]
        with ledger.write(minutes(at)) as tx:
            changed_circumstances.put_members(tx, name, [member], is_permit=is_permit)
        look(ledger, minutes(at))

    @pytest.mark.parametrize("is_permit", [False, True])
    def test_a_member_and_a_holder_of_a_permit_are_spared(self, ledger: Ledger, is_permit: bool) -> None:
        build(ledger, self.POLICY)
        self.put(ledger, -100, "resident" if is_permit else "members", is_permit=is_permit)
        play(ledger, told(), until=300)
        reason = "exempt_permit" if is_permit else "exempt_group"
        assert states(ledger)["ca*abc*x/idle"] == ("waived", reason)
        assert fees(ledger) == {"ca*abc*x/idle": 0}
        assert nothing_differs(ledger, 300)

    def test_a_group_is_no_permit_of_the_same_name(self, ledger: Ledger) -> None:
        build(ledger, self.POLICY)
        self.put(ledger, -100, "members", is_permit=True)
        play(ledger, told(), until=300)
        assert fees(ledger) == {"ca*abc*x/idle": 3000}

    @pytest.mark.parametrize(
        ("said", "fee"),
        [
            ({"since": minutes(-1)}, 0),
            ({"since": minutes(1)}, 3000),
            ({"until": minutes(1)}, 0),
            ({"until": minutes(0)}, 3000),
            ({"place": STATION}, 0),
            ({"place": "ca*abc"}, 0),
            ({"place": "ca*abc*l"}, 3000),
            ({"place": "ca*xyz"}, 3000),
        ],
    )
    def test_what_counts_is_when_and_where_the_stay_began(
        self, ledger: Ledger, said: dict[str, object], fee: int
    ) -> None:
        build(ledger, self.POLICY)
        self.put(ledger, -100, "members", **said)
        play(ledger, told(), until=300)
        assert fees(ledger) == {"ca*abc*x/idle": fee}

    def test_a_list_that_comes_late_or_is_taken_back_corrects(self, ledger: Ledger) -> None:
        build(ledger, self.POLICY)
        play(ledger, told(), until=300)
        assert fees(ledger) == {"ca*abc*x/idle": 3000}
        self.put(ledger, 310, "members")
        assert states(ledger)["ca*abc*x/idle"] == ("waived", "exempt_group")
        assert nothing_differs(ledger, 310)
        with ledger.write(minutes(320)) as tx:
            changed_circumstances.put_members(tx, "members", [], is_permit=False)
        look(ledger, minutes(320))
        assert fees(ledger) == {"ca*abc*x/idle": 3000}
        assert nothing_differs(ledger, 320)


class TestDriversDay:
    """One driver in one bay on one day, whichever network: never above the cap."""

    POLICY = HEAD + IDLE + 'cap_driver_day = "40.00"\n'

    def told(self) -> list[AnyFact]:
        """In bay a1: Anna's 30 minutes, then Ben's 5, then 25 of a card of another network that is Anna's too."""
        return [
            *free_from(-10),
            *stays("a1", "x", ANNA, 0, 30, 60),
            *stays("a1", "y", BEN, 90, 95, 100),
            *stays("a1", "z", CARL, 130, 145, 170),
            *heard(-10, 300),
        ]

    EXPECTED: ClassVar = {"ca*abc*x/idle": 3000, "ca*abc*y/idle": 500, "ca*abc*z/idle": 1000}

    def town(self, ledger: Ledger, tokens: Sequence[str] = (ANNA, CARL)) -> None:
        build(ledger, self.POLICY)
        with ledger.write(minutes(-1000)) as tx:
            add_driver(tx, "+15145550100", "en", tokens)

    def test_the_later_stay_gets_what_the_cap_leaves(self, ledger: Ledger) -> None:
        self.town(ledger)
        play(ledger, self.told(), until=300)
        assert fees(ledger) == self.EXPECTED
        assert nothing_differs(ledger, 300)

    @pytest.mark.parametrize("seed", range(3))
    def test_any_order_gives_the_same(self, ledger: Ledger, seed: int) -> None:
        self.town(ledger)
        facts = self.told()
        random.Random(seed).shuffle(facts)
        pour(ledger, facts, at=300)
        assert fees(ledger) == self.EXPECTED
        assert nothing_differs(ledger, 300)

    def test_a_late_change_of_the_earlier_stay_changes_the_later_one(self, ledger: Ledger) -> None:
        self.town(ledger)
        late = [fact for fact in self.told() if fact.source_id == "x:30"]
        play(ledger, [fact for fact in self.told() if fact not in late], until=300)
        assert fees(ledger) == {"ca*abc*y/idle": 500, "ca*abc*z/idle": 2500}
        pour(ledger, late, at=310)
        assert fees(ledger) == self.EXPECTED
        assert nothing_differs(ledger, 310)

    def test_tokens_that_turn_out_to_be_one_drivers_share_the_day(self, ledger: Ledger) -> None:
        self.town(ledger, [ANNA])
        play(ledger, self.told(), until=300)
        assert fees(ledger)["ca*abc*z/idle"] == 2500
        with ledger.write(minutes(310)) as tx:
            add_driver(tx, "+15145550100", "en", [CARL])
        look(ledger, minutes(310))
        assert fees(ledger) == self.EXPECTED
        assert nothing_differs(ledger, 310)

    def test_a_token_that_is_nobodys_any_more_shares_no_day(self, ledger: Ledger) -> None:
        self.town(ledger)
        play(ledger, self.told(), until=300)
        with ledger.write(minutes(310)) as tx:
            untie_token(tx, CARL)
        look(ledger, minutes(310))
        assert fees(ledger)["ca*abc*z/idle"] == 2500
        assert nothing_differs(ledger, 310)

    def test_a_scan_takes_an_erased_drivers_token_out_of_their_day(self, ledger: Ledger) -> None:
        self.town(ledger)
        play(ledger, self.told(), until=300)
        with ledger.write(minutes(310)) as tx:
            remove_driver(tx, known_by(tx, "+15145550100", "en"))
        assert nothing_differs(ledger, 310)
        with ledger.write(minutes(320)) as tx:
            confirm_scanned(tx, known_by(tx, "+15145550101", "en"), CARL, remember=True)
        look(ledger, minutes(320))
        assert fees(ledger)["ca*abc*z/idle"] == 2500
        assert nothing_differs(ledger, 320)


class TestPlaces:
    """What is said of a place, with its dates."""

    CLASSES = (
        HEAD
        + '[[clause]]\nkind = "idle"\npower_classes = ["HPC"]\nrate = "2.00"\nper = "1m"\n'
        + '[[clause]]\nkind = "idle"\npower_classes = ["rapid"]\nrate = "0.50"\nper = "1m"\n'
    )

    def test_a_clause_is_for_the_class_that_held_when_the_stay_began(self, ledger: Ledger) -> None:
        build(ledger, self.CLASSES)
        with ledger.write(minutes(-900)) as tx:
            traits.hear(tx, "ca*abc*l1*e1", Trait.POWER_CLASS, "HPC")
        play(ledger, [fact for fact in told() if fact.at < minutes(40)], until=40)
        with ledger.write(minutes(40)) as tx:
            traits.hear(tx, "ca*abc*l1*e1", Trait.POWER_CLASS, "AC")
        rest = [fact for fact in told() if fact.at >= minutes(40)]
        play(ledger, [*rest, *stays("a1", "y", BEN, 100, 110, 120)], until=300)
        assert fees(ledger) == {"ca*abc*x/idle": 6000}
        assert nothing_differs(ledger, 300)

    def test_the_owners_word_counts_for_more_and_a_correction_corrects(self, ledger: Ledger) -> None:
        build(ledger, self.CLASSES)
        with ledger.write(minutes(-900)) as tx:
            traits.hear(tx, "ca*abc*l1*e1", Trait.POWER_CLASS, "HPC")
        play(ledger, told(), until=300)
        assert fees(ledger) == {"ca*abc*x/idle": 6000}
        with ledger.write(minutes(310)) as tx:
            traits.say(tx, STATION, Trait.POWER_CLASS, "rapid")
        look(ledger, minutes(310))
        assert fees(ledger) == {"ca*abc*x/idle": 1500}
        assert nothing_differs(ledger, 310)

    def test_taxes_are_the_stations_own_with_what_its_operator_charges(self, ledger: Ledger) -> None:
        build(ledger, HEAD + 'tax_region = "station"\n' + IDLE)
        with ledger.write(minutes(-900)) as tx:
            traits.say(tx, STATION, Trait.TAX_REGION, "ca-bc")
            traits.say(tx, "ca*abc", Trait.TAXES_CHARGED, "PST RST")
        play(ledger, told(), until=300)
        assert taxes(ledger) == 150 + 210
        assert nothing_differs(ledger, 300)

    def test_a_station_whose_region_is_not_known_has_no_tax(self, ledger: Ledger) -> None:
        build(ledger, HEAD + 'tax_region = "station"\n' + IDLE)
        play(ledger, told(), until=300)
        assert taxes(ledger) == 0

    @pytest.mark.parametrize(("calendar", "fee"), [("CA-QC", 0), ("CA-ON", 3000), (None, 0)])
    def test_holidays_are_the_stations_own(self, ledger: Ledger, calendar: str | None, fee: int) -> None:
        """2026-06-24 is a holiday in Quebec and a working day in Ontario."""
        window = '[[clause.window]]\nfrom = "00:00"\nto = "24:00"\nholidays = "exclude"\n'
        build(ledger, HEAD + 'holidays = "station"\n' + IDLE + window)
        with ledger.write(minutes(-900)) as tx:
            traits.hear(tx, STATION, Trait.CALENDAR, calendar)
        day = 114 * 24 * 60
        facts = [*stays("a1", "x", ANNA, day, day + 30, day + 60), *heard(day - 10, day + 200)]
        play(ledger, facts, until=day + 200)
        assert sum(fees(ledger).values()) == fee
        assert nothing_differs(ledger, day + 200)


def taxes(ledger: Ledger) -> int:
    with ledger.read() as conn:
        return sum(conn.execute(select(table(ViolationRow).c.tax_minor)).scalars())


class TestContracts:
    """How the driver pays, as the session tells."""

    POLICY = HEAD + IDLE + 'contracts = ["roaming"]\n'

    @pytest.mark.parametrize(("contract", "expected"), [("roaming", 3000), ("contract", None), (None, None)])
    def test_only_those_it_is_for(self, ledger: Ledger, contract: str | None, expected: int | None) -> None:
        build(ledger, self.POLICY)
        facts = [*told(), said("a1", 1, "x", ANNA, contract=contract)]
        play(ledger, facts, until=300)
        assert fees(ledger).get("ca*abc*x/idle") == expected
        assert nothing_differs(ledger, 300)


class TestStateOfCharge:
    """The clock starts when the network first reports so much."""

    def test_from_ninety_percent(self, ledger: Ledger) -> None:
        document = '[[clause]]\nkind = "overtime"\nstarts = "soc"\nsoc = 90\nrate = "1.00"\nper = "1m"\n'
        build(ledger, HEAD + document)
        facts = [*told(), said("a1", 10, "x", ANNA, soc=70), said("a1", 20, "x", ANNA, soc=91)]
        play(ledger, facts, until=300)
        assert fees(ledger) == {"ca*abc*x/overtime": 4000}
        assert nothing_differs(ledger, 300)


class TestExemptions:
    """Time that is nobody's fault, or the operator's, costs nothing; no field is needed for that."""

    POLICY = HEAD + IDLE.replace("idle", "overstaying")

    def told(self) -> list[AnyFact]:
        """Anna's session is over at 30; she leaves at 60."""
        own = [fact for fact in stays("a1", "x", ANNA, 0, 20, 30) if fact.source_id != "a1:30"]
        return [*free_from(-10), *own, seen("a1", 60, False), *heard(-10, 300)]

    def test_a_session_that_we_stopped_was_stopped_by_the_operator(self, ledger: Ledger) -> None:
        build(ledger, self.POLICY)
        early = [fact for fact in self.told() if fact.at < minutes(29)]
        play(ledger, early, until=29)
        with ledger.write(minutes(29)) as tx:
            registrations.invite(tx, "Abc")
            command = {"uid": "u", "kind": commands.CommandKind.STOP_SESSION, "partner": 1, "asked_by": "owner"}
            command |= {"evse": "ca*abc*l1*e1", "session": "ca*abc*x", "asked_at": tx.now}
            tx.conn.execute(table(Command).insert().values(command))
            assert command_answers.answer(tx, "u", 1, "ACCEPTED", None)
        play(ledger, [fact for fact in self.told() if fact not in early], until=300)
        assert fees(ledger) == {"ca*abc*x/overstaying": 0}
        assert nothing_differs(ledger, 300)

    def test_one_that_the_driver_stopped_is_not_spared(self, ledger: Ledger) -> None:
        build(ledger, self.POLICY)
        play(ledger, self.told(), until=300)
        assert fees(ledger) == {"ca*abc*x/overstaying": 3000}

    def test_while_the_charger_is_down_nothing_runs(self, ledger: Ledger) -> None:
        build(ledger, self.POLICY)
        down = [charger("a1", 40, "OUTOFORDER"), charger("a1", 55, "AVAILABLE")]
        play(ledger, [*self.told(), *down], until=300)
        assert fees(ledger) == {"ca*abc*x/overstaying": 1500}
        assert nothing_differs(ledger, 300)

    def test_while_the_sensor_is_offline_nothing_is_proven(self, ledger: Ledger) -> None:
        build(ledger, self.POLICY)
        silent = [fact for fact in self.told() if fact.source_id != "a1:60"]
        play(ledger, silent, until=300)
        assert fees(ledger) == {"ca*abc*x/overstaying": 0}


class TestNotices:
    """A stay keeps the notice that held when it began."""

    def pinned(self, ledger: Ledger) -> list[tuple[str, str]]:
        rows = table(StayRow)
        with ledger.read() as conn:
            query = select(rows.c.policy, rows.c.notice).order_by(rows.c.arrived_at)
            return [(row.policy, row.notice) for row in conn.execute(query)]

    def test_each_stay_has_its_own(self, ledger: Ledger) -> None:
        build(ledger, HEAD + IDLE)
        play(ledger, [fact for fact in told() if fact.at < minutes(40)], until=40)
        with ledger.write(minutes(40)) as tx:
            with pytest.raises(notices.NoticeError, match="stays have begun"):
                notices.publish(tx, "test@1", {"en": "Move on."}, minutes(-1))
            with pytest.raises(notices.NoticeError, match="no policy test@2"):
                notices.publish(tx, "test@2", {"en": "Move on."}, minutes(50))
            with pytest.raises(notices.NoticeError, match="has a text"):
                notices.publish(tx, "test@1", {"en": " "}, minutes(50))
            notices.publish(tx, "test@1", {"en": "Move on."}, minutes(50))
        rest = [fact for fact in told() if fact.at >= minutes(40)]
        play(ledger, [*rest, *stays("a1", "y", BEN, 100, 110, 120)], until=300)
        assert self.pinned(ledger) == [("test@1", "test@1/1"), ("test@1", "test@1/2")]
        with ledger.read() as conn:
            first, second = notices.of_policy(conn, "test@1")
            assert notices.named(conn, "test@1/2") == second
        assert "1.00 CAD" in first.texts["en"] and first.texts["fr"]
        assert second.texts == {"en": "Move on."}

    def test_a_version_that_was_published_before_notices_were_is_given_its_first(self, ledger: Ledger) -> None:
        build(ledger, HEAD + IDLE)
        with ledger.write(minutes(-900)) as tx:
            tx.conn.execute(table(PolicyNotice).delete())
            tx.conn.execute(update(table(StayRow)).values(notice=None))
            registry_changed(tx)
        play(ledger, told(), until=300)
        assert self.pinned(ledger) == [("test@1", "test@1/1")]

    def test_a_first_notice_that_was_taken_back_is_written_again(self, ledger: Ledger) -> None:
        build(ledger, HEAD + IDLE)
        look(ledger, minutes(-950))
        with ledger.write(minutes(-900)) as tx:
            tx.conn.execute(table(PolicyNotice).delete())
            registry_changed(tx)
        with suppress(ZeroDivisionError), ledger.write(minutes(-800)) as tx:
            assert notices.remembered(tx, policies.remembered(tx)).keys() == {"test@1"}
            raise ZeroDivisionError
        play(ledger, told(), until=300)
        with ledger.read() as conn:
            assert [each.name for each in notices.of_policy(conn, "test@1")] == ["test@1/1"]
