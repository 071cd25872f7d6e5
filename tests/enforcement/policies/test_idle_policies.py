"""The real policies whose clock starts when charging ends or a state of charge is reached, priced by hand.

Amounts are in minor units, before taxes. Times are local, on Monday 2026-03-02, and the zone has no change of the clock
unless a test says so. ``None``: nothing was broken.
"""

from dataclasses import replace
from typing import ClassVar

from tests.support.policy_worlds import fee, net, shipped, stay, violations

HALF, FULL, QUIET = "0.5", "1", "0.49"
BERLIN, LUGANO = "Europe/Berlin", "Europe/Zurich"


class TestTeslaIdle:
    NAME = "01-tesla-idle"

    def price(self, until: str, *shares: tuple[str, str, str]) -> int | None:
        return net(self.NAME, plug="11:00", charged="12:00", unplug=until, occupancy=shares)

    def test_who_moves_within_five_minutes_pays_nothing(self) -> None:
        assert self.price("12:05:00", ("11:00", "14:00", FULL)) is None

    def test_who_does_not_pays_from_the_first_minute(self) -> None:
        # 5 min 1 s are 5 whole minutes: 5 x 0.50 = 2.50
        assert self.price("12:05:01", ("11:00", "14:00", HALF)) == 250
        # 6 min: 3.00
        assert self.price("12:06:00", ("11:00", "14:00", HALF)) == 300

    def test_a_full_site_costs_twice_as_much(self) -> None:
        # 10 min x 1.00
        assert self.price("12:10", ("11:00", "14:00", FULL)) == 1000

    def test_a_site_less_than_half_full_is_free(self) -> None:
        assert self.price("13:00", ("11:00", "14:00", QUIET)) == 0

    def test_each_minute_has_the_price_of_its_own_occupancy(self) -> None:
        # 12:00-12:04 quiet 0; 12:04-12:10 half 6 x 0.50 = 3.00; 12:10-12:13 full 3 x 1.00 = 3.00; 12:13-12:20 half 3.50
        shares = (
            ("11:00", "12:04", QUIET),
            ("12:04", "12:10", HALF),
            ("12:10", "12:13", FULL),
            ("12:13", "14:00", HALF),
        )
        assert self.price("12:20", *shares) == 950

    def test_just_under_full_is_not_full(self) -> None:
        assert self.price("12:10", ("11:00", "14:00", "0.999")) == 500

    def test_an_unknown_occupancy_costs_nothing(self) -> None:
        assert self.price("13:00") == 0
        # Known from 12:30 only: 30 min x 0.50
        assert self.price("13:00", ("12:30", "14:00", HALF)) == 1500


class TestTeslaCongestion:
    NAME = "02-tesla-congestion"
    BUSY = (("11:00", "14:00", "0.8"),)

    def test_five_minutes_after_the_alert_the_minute_costs_a_dollar(self) -> None:
        said = {"plug": "11:00", "soc": ("12:00", 90), "warned": "12:02", "occupancy": self.BUSY}
        assert net(self.NAME, **said, unplug="12:07:00") is None
        assert net(self.NAME, **said, unplug="12:07:59") == 0
        assert net(self.NAME, **said, unplug="12:08:00") == 100
        assert net(self.NAME, **said, unplug="12:30") == 2300

    def test_it_goes_on_whether_the_vehicle_charges_or_not(self) -> None:
        said = {"plug": "11:00", "soc": ("12:00", 90), "warned": "12:00", "occupancy": self.BUSY}
        assert net(self.NAME, **said, charged="12:10", unplug="12:30") == 2500

    def test_without_alert_state_of_charge_or_busy_site_it_costs_nothing(self) -> None:
        said = {"plug": "11:00", "unplug": "13:00"}
        assert net(self.NAME, **said, soc=("12:00", 90), occupancy=self.BUSY) is None
        assert net(self.NAME, **said, soc=("12:00", 89), warned="12:00", occupancy=self.BUSY) is None
        assert net(self.NAME, **said, warned="12:00", occupancy=self.BUSY) is None
        assert net(self.NAME, **said, soc=("12:00", 90), warned="12:00", occupancy=(("11:00", "14:00", "0.79"),)) == 0
        assert net(self.NAME, **said, soc=("12:00", 90), warned="12:00") == 0

    def test_only_the_busy_minutes_cost(self) -> None:
        # Alert at 12:00, fee time 12:05-13:00; busy 12:20-12:40: 20 x 1.00
        shares = (("11:00", "12:20", "0.5"), ("12:20", "12:40", "0.9"), ("12:40", "14:00", "0.5"))
        assert net(self.NAME, plug="11:00", unplug="13:00", soc=("12:00", 90), warned="12:00", occupancy=shares) == 2000

    def test_an_alert_delivered_before_the_clock_starts_gives_no_less_grace(self) -> None:
        said = {"plug": "11:00", "soc": ("12:00", 90), "warned": "11:30", "occupancy": self.BUSY}
        assert net(self.NAME, **said, unplug="12:10") == 500


class TestBcHydro:
    ZONE = "America/Vancouver"

    def price(self, until: str) -> int | None:
        return net("03-bc-hydro", zone=self.ZONE, plug="11:00", charged="12:00", unplug=until)

    def test_five_minutes_are_free_whatever_follows(self) -> None:
        assert self.price("12:05:00") is None
        # One second is beyond the grace, but no whole minute yet
        assert self.price("12:05:59") == 0
        assert self.price("12:06:00") == 40
        # 55 min x 0.40 = 22.00
        assert self.price("13:00:00") == 2200

    def test_it_holds_for_stays_that_began_since_june_2024(self) -> None:
        before = {"plug": "2024-05-31 23:59:59", "charged": "2024-06-01 01:00", "unplug": "2024-06-01 02:00"}
        assert net("03-bc-hydro", zone=self.ZONE, **before) is None
        # 55 min
        assert net("03-bc-hydro", zone=self.ZONE, **before | {"plug": "2024-06-01 00:00"}) == 2200


def test_circuit_electrique_counts_each_second_from_ninety_percent() -> None:
    # 12.75 $/h: 1 h = 12.75; 1 s = 0.35416.. ct -> 0; 2 s = 0.708 ct -> 1; 1,801 s = 6.3785.. -> 6.38
    said = {"plug": "11:00", "soc": ("12:00", 90)}
    assert net("04-circuit-electrique", **said, unplug="13:00:00") == 1275
    assert net("04-circuit-electrique", **said, unplug="12:00:01") == 0
    assert net("04-circuit-electrique", **said, unplug="12:00:02") == 1
    assert net("04-circuit-electrique", **said, unplug="12:30:01") == 638
    # Charging or not makes no difference, and what was reported above 90 without a report of 90 counts from there
    assert net("04-circuit-electrique", **said, charged="12:10", unplug="13:00") == 1275
    assert net("04-circuit-electrique", plug="11:00", soc=("12:15", 94), unplug="13:00") == 956  # 45 min: 9.5625
    assert net("04-circuit-electrique", plug="11:00", unplug="13:00") is None


def test_jolt_counts_from_a_full_battery() -> None:
    said = {"zone": "Europe/London", "plug": "11:00"}
    assert net("15-jolt-uk", **said, soc=("12:00", 100), unplug="12:17:59") == 1700
    assert net("15-jolt-uk", **said, soc=("12:00", 99), unplug="12:17:59") is None
    assert net("15-jolt-uk", **said, charged="12:00", unplug="13:00") is None  # finished, but not known to be full


class TestWevo:
    def price(self, charged: str, until: str) -> int | None:
        return net("18-wevo", zone=BERLIN, plug="2026-03-02 05:00", charged=charged, unplug=until)

    def test_a_stay_that_crosses_the_edge_is_split(self) -> None:
        # Monday: 17:30-18:30 has 30 min inside: 6.00; 07:30-08:30 too
        assert self.price("17:30", "18:30") == 600
        assert self.price("07:30", "08:30") == 600

    def test_the_edges_are_exact(self) -> None:
        assert self.price("07:00", "08:00:00") is None
        assert self.price("07:00", "08:01:00") == 20
        assert self.price("17:59:00", "19:00") == 20
        assert self.price("18:00:00", "19:00") is None

    def test_night_and_weekend_are_free(self) -> None:
        # Friday 17:00 to Monday 09:00: 60 min + 60 min = 120 x 0.20 = 24.00
        assert self.price("2026-03-06 17:00", "2026-03-09 09:00") == 2400

    def test_a_schedule_is_ten_hours_on_both_sides_of_a_change_of_the_clock(self) -> None:
        # Friday 2026-03-27 18:00 to Monday 2026-03-30 18:00 (summer time began on Sunday): 600 min x 0.20 = 120.00
        assert self.price("2026-03-27 18:00", "2026-03-30 18:00") == 12000


def test_chargefox_and_evie_after_ten_minutes() -> None:
    said = {"zone": "Australia/Sydney", "plug": "11:00", "charged": "12:00"}
    assert net("19-chargefox-evie", **said, unplug="12:10:00") is None
    assert net("19-chargefox-evie", **said, unplug="12:11:00") == 100
    assert net("19-chargefox-evie", **said, unplug="13:00:00") == 5000


class TestElectrifyAmerica:
    NAME = "20-electrify-america"
    SAID: ClassVar = {"zone": "America/Los_Angeles", "plug": "11:00", "unplug": "12:00"}

    def test_ten_minutes_after_the_session_the_bay_must_be_free(self) -> None:
        assert net(self.NAME, **self.SAID, left="12:10:00") is None
        assert net(self.NAME, **self.SAID, left="12:11:00") == 40
        # 50 min x 0.40
        assert net(self.NAME, **self.SAID, left="13:00:00") == 2000

    def test_idle_time_in_the_session_does_not_count(self) -> None:
        assert net(self.NAME, **self.SAID, charged="11:20", left="12:11") == 40

    def test_it_is_waived_for_some_members(self) -> None:
        said = {**self.SAID, "left": "13:00"}
        assert net(self.NAME, **said, groups=frozenset({"waived-members"})) == 0
        found = violations(stay(**said, groups=frozenset({"waived-members"})), shipped(self.NAME))
        assert [(v.state, v.reason) for v in found] == [("waived", "exempt_group")]
        assert net(self.NAME, **said, groups=frozenset({"other"})) == 2000

    def test_who_was_stopped_by_the_operator_is_spared(self) -> None:
        assert net(self.NAME, **self.SAID, left="13:00", stopped_by_operator=True) == 0


class TestLugano:
    def test_two_francs_an_hour_without_grace(self) -> None:
        said = {"zone": LUGANO, "plug": "11:00", "charged": "12:00"}
        # 1 min = 3.33.. Rp -> 0.03; 2 min = 6.67 -> 0.07; 1 h = 2.00; at night too
        assert net("23-lugano", **said, unplug="12:00:59") == 0
        assert net("23-lugano", **said, unplug="12:01") == 3
        assert net("23-lugano", **said, unplug="12:02") == 7
        assert net("23-lugano", **said, unplug="13:00") == 200
        assert net("23-lugano", **said, unplug="2026-03-03 12:00") == 4800

    def test_other_stations_are_free_at_night(self) -> None:
        said = {"zone": LUGANO, "plug": "11:00", "charged": "21:00"}
        # 21:00-22:00 and 07:00-08:00: 2 x 1.00
        assert net("23-lugano-other", **said, unplug="2026-03-03 08:00") == 200
        assert net("23-lugano-other", **said, unplug="22:00") == 100
        # 23 hours and 25 hours: a night with a change of the clock changes nothing by day
        spring = {"plug": "2026-03-28 11:00", "charged": "2026-03-28 21:00", "unplug": "2026-03-29 08:00"}
        assert net("23-lugano-other", zone=LUGANO, **spring) == 200


def test_a_dead_charger_stops_every_clock() -> None:
    """12:00-12:20 idle, 12:20-12:50 out of order, 12:50-13:00 idle: 30 min less 5 of grace are 25 x 0.40."""
    told = stay(zone="America/Vancouver", plug="11:00", charged="12:00", unplug="13:00")
    dead = stay(zone="America/Vancouver", plug="12:20", unplug="12:50")
    (found,) = violations(replace(told, outage=(dead.arrived, dead.left)), shipped("03-bc-hydro"))
    assert found.fee.net_minor == 1000


def test_no_shipped_policy_charges_what_nobody_reported() -> None:
    assert fee("03-bc-hydro", plug="11:00", unplug="13:00") is None
