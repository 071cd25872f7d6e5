"""What single fields of a clause do, in the smallest stays that show it, from facts to fee."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from enforcement.decision import decide
from enforcement.facts import SessionUpdated, evse_subject
from enforcement.fee_lines import Treatment
from enforcement.folding import fold
from enforcement.policy import Policy
from enforcement.policy_document import read_policy
from enforcement.steps import Step
from enforcement.violations import State
from enforcement.warnings import notices
from tests.support.policy_worlds import EVSE, TOKEN, Told, decision, fee, moment, net, stay, violations
from tests.support.random_policies import HEAD

ZONE = "America/Toronto"
IDLE = {"plug": "11:00", "charged": "12:00"}
PRICE = 'rate = "1"\nper = "1m"\n'


def policy(*clauses: str, head: str = "") -> Policy:
    return read_policy(HEAD + head + "".join(f"[[clause]]\n{clause}\n" for clause in clauses))


def idle(more: str = "", head: str = "") -> Policy:
    return policy(f'kind = "idle"\n{PRICE}{more}', head=head)


class TestOccupancy:
    TIER = '[[clause.tier]]\nrate = "{}"\nper = "1m"\noccupancy_from = "{}"\n'

    def tiers(self, unknown: str) -> Policy:
        tiers = self.TIER.format("0.50", "0.5") + 'occupancy_to = "1"\n' + self.TIER.format("1", "1")
        return policy(f'kind = "idle"\noccupancy_unknown = "{unknown}"\n{tiers}')

    def test_the_cheapest_tier_holds_where_occupancy_is_not_known_and_none_where_it_is_low(self) -> None:
        # 12:00-12:10 known to be quiet, 12:10-12:30 not known
        said = {**IDLE, "unplug": "12:30", "occupancy": (("11:00", "12:10", "0.2"),)}
        assert net(self.tiers("free"), **said) == 0
        assert net(self.tiers("cheapest"), **said) == 1000

    def test_it_is_the_cheapest_of_those_that_hold_at_that_fee_time(self) -> None:
        early = self.TIER.format("1", "0.5") + 'to = "10m"\n'
        late = self.TIER.format("0.25", "0.5") + 'from = "10m"\n'
        both = policy(f'kind = "idle"\noccupancy_unknown = "cheapest"\n{early}{late}')
        assert net(both, **IDLE, unplug="12:20") == 1000 + 250

    def test_a_flat_amount_of_a_tier_is_charged_once_known_or_not(self) -> None:
        flat = policy(
            'kind = "idle"\noccupancy_unknown = "cheapest"\n[[clause.tier]]\nflat = "5"\noccupancy_from = "0.5"\n'
        )
        assert net(flat, **IDLE, unplug="12:30", occupancy=(("11:00", "12:10", "0.9"),)) == 500


class TestWaivedGrace:
    """Minutes within a waived grace cost nothing until time past the grace is itself proven."""

    WAIVED = idle('grace = "5m"\ngrace_mode = "waive"\n')

    def at(self, now: str, told: Told) -> list[tuple[str, int]]:
        known = [fact for fact in told.facts() if fact.seen_at <= moment(now, ZONE)]
        found = decision(told, self.WAIVED, now=moment(now, ZONE), facts=known).violations
        return [(v.state.value, v.fee.net_minor) for v in found]

    def test_silence_past_the_grace_bills_nothing(self) -> None:
        told = stay(**IDLE, unplug="13:00")
        assert self.at("12:10", told) == [("running", 0)]
        assert self.at("13:00", told) == [("ended", 6000)]

    def test_neither_do_words_from_within_the_grace(self) -> None:
        told = stay(**IDLE, unplug="13:00")
        at = moment("12:04", ZONE)
        word = SessionUpdated(
            at=at, seen_at=at, source="ocpi", source_id="w", subject=evse_subject(EVSE), session="x", token=TOKEN
        )
        facts = [*(fact for fact in told.facts() if fact.at < at), word]
        (found,) = decision(told, self.WAIVED, now=moment("12:10", ZONE), facts=facts).violations
        assert (found.state, found.fee.net_minor) == (State.RUNNING, 0)

    def test_spared_time_past_the_grace_does_not_bill_the_grace(self) -> None:
        """Three minutes idle, then the operator stopped the session and the vehicle stayed."""
        both = idle('grace = "5m"\ngrace_mode = "waive"\nstops = "vacated"\n')
        assert net(both, **IDLE, unplug="12:03", left="13:00", stopped_by_operator=True) == 0
        assert net(both, **IDLE, unplug="12:03", left="13:00") == 6000


def test_overtime_counts_plugged_time_whether_or_not_the_end_of_charging_was_only_inferred() -> None:
    told = stay(plug="11:00", unplug="13:00")
    flat = []
    for minute in ("11:10", "11:20", "11:30", "11:40", "11:50"):
        at = moment(minute, ZONE)
        flat.append(
            SessionUpdated(
                at=at,
                seen_at=at,
                source="ocpi",
                source_id=f"{minute}",
                subject=evse_subject(EVSE),
                session="x",
                token=TOKEN,
                energy_wh=1000,
            )
        )
    overtime = policy(f'kind = "overtime"\nstart_after = "1h"\n{PRICE}')
    (found,) = decision(told, overtime, facts=[*told.facts(), *flat]).violations
    assert {line.reason for line in found.fee.lines} >= {"finished_inferred"}
    assert found.fee.net_minor == 6000
    (spared,) = decision(told, idle(), facts=[*told.facts(), *flat]).violations
    assert spared.fee.net_minor == 0
    (billed,) = decision(told, idle('min_confidence = "inferred"\n'), facts=[*told.facts(), *flat]).violations
    assert billed.fee.net_minor == 10_000  # flat since 11:20


class TestWarning:
    WARNED = idle('grace = "5m"\ngrace_anchor = "warning"\n')

    def test_a_warning_is_due_although_its_grace_has_no_end_yet(self) -> None:
        told = stay(**IDLE, unplug="13:00")
        now = moment("12:20", ZONE)
        known = [fact for fact in told.facts() if fact.seen_at <= now]
        found = decision(told, self.WARNED, now=now, facts=known)
        (violation,) = found.violations
        assert violation.state is State.WATCHED
        assert [notice.step for notice in notices(violation, now)] == [Step.GRACE_RUNNING]
        # Delivered now, it would be over five minutes later (the core sees what begins at this moment too)
        in_five_minutes = moment("12:25", ZONE) + timedelta(microseconds=1)
        assert violation.grace_ends_at == in_five_minutes
        assert found.next_look is not None and now < found.next_look <= in_five_minutes

    def test_grace_begins_with_its_delivery(self) -> None:
        assert net(self.WARNED, **IDLE, unplug="13:00") is None
        assert net(self.WARNED, **IDLE, unplug="13:00", warned="12:40") == 1500
        assert net(self.WARNED, **IDLE, unplug="13:00", warned="11:30") == 5500


class TestHolidays:
    EXCLUDED = '[[clause.window]]\nfrom = "08:00"\nto = "20:00"\nholidays = "{}"\n'
    DAY = frozenset({date(2026, 3, 2)})

    @pytest.mark.parametrize(
        ("on", "calendar", "expected"),
        [
            ("exclude", frozenset(), 6000),
            ("exclude", DAY, None),
            ("exclude", None, None),
            ("only", frozenset(), None),
            ("only", DAY, 6000),
            ("only", None, None),
            ("include", None, 6000),
        ],
    )
    def test_an_unknown_calendar_opens_no_window_that_asks_for_it(
        self, on: str, calendar: frozenset[date] | None, expected: int | None
    ) -> None:
        asking = idle(self.EXCLUDED.format(on), head='holidays = "CA-QC"\n')
        assert net(asking, **IDLE, unplug="13:00", calendar=calendar) == expected

    def test_a_window_over_midnight_belongs_to_the_day_on_which_it_opens(self) -> None:
        night = idle(
            '[[clause.window]]\nfrom = "20:00"\nto = "06:00"\ndays = ["sun"]\nholidays = "exclude"\n',
            'holidays = "CA-QC"\n',
        )
        said = {"plug": "2026-03-02 01:00", "charged": "2026-03-02 05:00", "unplug": "2026-03-02 07:00"}
        assert net(night, **said, calendar=frozenset({date(2026, 3, 2)})) == 6000
        assert net(night, **said, calendar=frozenset({date(2026, 3, 1)})) is None


class TestChangesOfTheClock:
    def window(self, start: str, end: str) -> Policy:
        return idle(f'[[clause.window]]\nfrom = "{start}"\nto = "{end}"\n')

    def test_a_time_that_is_skipped_is_the_moment_of_the_change(self) -> None:
        """2026-03-08: after 01:59:59 comes 03:00:00. No fee at 03:15 for a window that closes at 02:30."""
        said = {"plug": "2026-03-07 20:00", "charged": "2026-03-07 23:00", "unplug": "2026-03-08 05:00"}
        assert net(self.window("02:15", "02:45"), **said) is None
        assert net(self.window("01:00", "02:30"), **said) == 6000
        assert net(self.window("02:30", "04:00"), **said) == 6000

    def test_a_time_that_comes_twice_is_its_first(self) -> None:
        """2026-11-01: 01:00 to 02:00 comes twice."""
        said = {"plug": "2026-10-31 20:00", "charged": "2026-10-31 23:00", "unplug": "2026-11-01 05:00"}
        assert net(self.window("01:00", "02:00"), **said) == 12_000
        assert net(self.window("00:00", "01:30"), **said) == 9000
        assert net(self.window("01:30", "03:00"), **said) == 15_000

    def test_a_cap_of_a_day_holds_for_23_and_25_hours(self) -> None:
        capped = idle('cap_day = "1000"\n')
        for day, after, hours in (("2026-03-08", "2026-03-09", 23), ("2026-11-01", "2026-11-02", 25)):
            said = {"plug": f"{day} 00:00", "charged": f"{day} 00:00", "unplug": f"{after} 00:00"}
            uncapped = net(idle(), **said)
            assert uncapped == hours * 60 * 100
            assert net(capped, **said) == 100_000


class TestLimits:
    def test_the_driver_pays_no_cent_more_than_the_cap_of_a_day(self) -> None:
        """Two violations of one stay, each half a cent under the next: 10.005 would round to 10.01."""
        rates = 'rate = "1.001"\nper = "1m"\ncap_driver_day = "10.00"\n'
        both = policy(f'kind = "idle"\n{rates}', f'kind = "overstaying"\n{rates}')
        told = stay(**IDLE, unplug="12:05", left="12:30")
        found = violations(told, both)
        assert [v.fee.net_minor for v in found] == [501, 499]  # 5.005 -> 5.01; 4.99 are left

    def test_the_minimum_is_under_the_drivers_cap(self) -> None:
        least = idle('minimum = "10"\ncap_driver_day = "10"\n')
        assert net(least, **IDLE, unplug="12:03") == 1000
        assert net(least, **IDLE, unplug="12:03", spent={(TOKEN, date(2026, 3, 2)): 4}) == 600

    def test_a_longer_grace_is_not_dearer_because_another_day_pays(self) -> None:
        """Day by day first, 3 and 3, then the cap: cut to 5 at once the first day would take all of it, and leave 3."""
        under = idle('cap = "5"\ncap_driver_day = "3"\n')
        said = {"plug": "2026-03-02 20:00", "charged": "2026-03-02 23:30", "unplug": "2026-03-03 00:30"}
        assert net(under, **said) == 500

    def test_a_day_of_its_own_on_both_sides_of_midnight(self) -> None:
        capped = idle('cap_day = "20"\n')
        said = {"plug": "2026-03-02 20:00", "charged": "2026-03-02 23:30", "unplug": "2026-03-03 00:30"}
        assert net(capped, **said) == 4000
        assert net(idle('cap_day = "20"\ncap = "30"\n'), **said) == 3000

    def test_an_included_tax_is_within_the_cap(self) -> None:
        taxed = idle('cap = "12"\n[[tax]]\nname = "VAT"\npercent = "19"\n', head="tax_included = true\n")
        assert fee(taxed, **IDLE, unplug="13:00") == (1008, 192)


class TestRounding:
    def test_time_that_is_rounded_up_is_shown_and_priced(self) -> None:
        """61 s in units of a minute are 120 s, the last of them after the stay, when occupancy is not known."""
        up = policy(
            'kind = "idle"\nrounding = "up"\noccupancy_unknown = "cheapest"\n'
            '[[clause.tier]]\nrate = "1"\nper = "1m"\noccupancy_from = "0.5"\n'
        )
        told = stay(**IDLE, unplug="12:01:01", left="12:01:02", occupancy=(("11:00", "12:01:01", "0.9"),))
        (found,) = violations(told, up)
        assert found.fee.net_minor == 200
        assert sum(line.amount for line in found.fee.lines) == 2
        assert all(line.treatment is Treatment.BILLED for line in found.fee.lines if line.amount)

    def test_time_that_is_rounded_up_begins_no_day_on_which_nobody_stood(self) -> None:
        """90 minutes are two hours at 5.00, the last 20 minutes of them after midnight: one day's cap, not two."""
        hours = 'kind = "idle"\nrounding = "up"\nunit = "1h"\nrate = "5"\nper = "1h"\ncap_day = "8"\n'
        said = {"plug": "2026-03-02 20:00", "charged": "2026-03-02 22:20", "unplug": "2026-03-02 23:50"}
        (found,) = violations(stay(**said), policy(hours))
        assert (found.fee.billable, found.fee.net_minor) == (timedelta(hours=2), 800)
        assert found.fee.by_day == {date(2026, 3, 2): 8}

    def test_money_by_line_and_in_total(self) -> None:
        """0.125 a minute on both sides of midnight: 3 min are 0.375 each day; 0.38 + 0.38 by line, 0.75 in total."""
        said = {"plug": "2026-03-02 20:00", "charged": "2026-03-02 23:57", "unplug": "2026-03-03 00:03"}
        for money, expected in (("total", 75), ("line", 76)):
            by = policy(f'kind = "idle"\nrate = "0.125"\nper = "1m"\nmoney = "{money}"\n')
            assert net(by, **said) == expected

    def test_minutes_of_equal_price_do_not_drift(self) -> None:
        """90 minutes at 0.125 are 11.25, not 90 times 0.13, however often occupancy was reported."""
        each = [(f"12:{m:02}", f"12:{m + 1:02}", "0.9") for m in range(59)]
        by_line = policy(
            'kind = "idle"\nmoney = "line"\n[[clause.tier]]\nrate = "0.125"\nper = "1m"\noccupancy_from = "0.5"\n'
        )
        assert net(by_line, **IDLE, unplug="12:59", occupancy=each) == 738  # 59 x 0.125 = 7.375


class TestWhom:
    def both_classes(self, told: Told, under: Policy) -> list[int]:
        """A bay with an AC and a DC plug."""
        setting = replace(told.setting, evses=(EVSE, "ca*abc*l1*e2"), power_classes={EVSE: "AC", "ca*abc*l1*e2": "DC"})
        now = told.left + timedelta(days=1)
        found = decide(fold(told.facts(), setting), setting, told.feeds, (under,), now).violations
        return [v.fee.net_minor for v in found if v.state is not State.CLEARED]

    def test_before_it_plugs_in_a_vehicle_at_two_plugs_is_in_no_class_of_one(self) -> None:
        """Else it would pay both clauses for the same minutes."""
        under = policy(
            f'kind = "unplugged"\n{PRICE}power_classes = ["DC"]',
            f'kind = "overtime"\nstarts = "arrival"\n{PRICE}power_classes = ["AC"]',
        )
        assert self.both_classes(stay(arrived="12:00", left="12:30"), under) == []
        everywhere = policy(f'kind = "unplugged"\n{PRICE}power_classes = ["AC", "DC"]')
        assert self.both_classes(stay(arrived="12:00", left="12:30"), everywhere) == [3000]

    def test_the_plug_that_it_uses_tells_the_class_of_the_whole_stay(self) -> None:
        under = policy(f'kind = "overtime"\nstarts = "arrival"\n{PRICE}power_classes = ["AC"]')
        told = stay(arrived="12:00", plug="12:10", charged="12:20", unplug="12:30")
        assert self.both_classes(told, under) == [3000]

    def test_of_two_clauses_of_a_kind_the_first_that_fits_holds(self) -> None:
        under = policy(f'kind = "idle"\n{PRICE}groups = ["residents"]\ngrace = "30m"', f'kind = "idle"\n{PRICE}')
        assert net(under, **IDLE, unplug="13:00") == 6000
        assert net(under, **IDLE, unplug="13:00", groups=frozenset({"residents"})) == 3000


def test_tiers_are_measured_on_fee_time_or_since_the_trigger() -> None:
    """Free for 30 minutes, then 1 a minute for the tier's first 20 minutes."""
    for clock, start, end in (("fee", "0m", "20m"), ("trigger", "30m", "50m")):
        tier = f'[[clause.tier]]\nfrom = "{start}"\nto = "{end}"\n{PRICE}'
        window = '[[clause.window]]\nfrom = "12:40"\nto = "20:00"\n'
        under = policy(f'kind = "idle"\nstart_after = "30m"\ntier_clock = "{clock}"\n{tier}{window}')
        assert net(under, **IDLE, unplug="14:00") == (2000 if clock == "fee" else 1000)
