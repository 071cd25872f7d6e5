"""The real policies that limit the time since plug-in, priced by hand. Amounts in minor units; times are local."""

from datetime import date

import pytest

from tests.support.policy_worlds import POLICIES, decision, fee, moment, net, shipped, stay

BERLIN, LONDON, PARIS = "Europe/Berlin", "Europe/London", "Europe/Paris"


class TestChargePointSite:
    def price(self, until: str) -> int | None:
        return net("05-chargepoint-site", plug="08:00", unplug=until)

    def test_one_dollar_an_hour_for_four_hours_then_five(self) -> None:
        assert self.price("09:00") == 100
        assert self.price("12:00:00") == 400
        # 4 x 1 + 1/60 x 5 = 4.0833..
        assert self.price("12:01:00") == 408
        # 4 + 0.5 x 5 = 6.50; 4 + 8 x 5 = 44
        assert self.price("12:30") == 650
        assert self.price("20:00") == 4400

    def test_parts_of_minutes_are_free(self) -> None:
        assert self.price("12:00:59") == 400
        assert self.price("08:00:59") == 0


class TestEnbw:
    def price(self, plug: str, unplug: str) -> tuple[int, int, str] | None:
        policies = tuple(shipped(f"06-enbw{suffix}") for suffix in (".v1", ".v2", ""))
        found = decision(stay(zone=BERLIN, plug=plug, unplug=unplug), *policies).violations
        return next(((v.fee.net_minor, v.fee.tax_minor, v.policy) for v in found if v.violated_at), None)

    def test_after_four_hours_the_minute_costs_ten_cents_with_vat_in_it(self) -> None:
        assert self.price("2026-03-02 08:00", "2026-03-02 12:00:00") is None
        # 1 min: 0.10 in all; net 0.10 / 1.19 = 0.0840.., VAT 0.01597 -> 0.02, net 0.08
        assert self.price("2026-03-02 08:00", "2026-03-02 12:01") == (8, 2, "enbw@3")
        # 60 min: 6.00; VAT 6 x 19 / 119 = 0.957.. -> 0.96
        assert self.price("2026-03-02 08:00", "2026-03-02 13:00") == (504, 96, "enbw@3")

    def test_a_session_costs_twelve_euros_at_most(self) -> None:
        # 120 min are 12.00 exactly, 121 min are cut; VAT 12 x 19 / 119 = 1.9159.. -> 1.92
        assert self.price("2026-03-02 08:00", "2026-03-02 14:00") == (1008, 192, "enbw@3")
        assert self.price("2026-03-02 08:00", "2026-03-02 14:01") == (1008, 192, "enbw@3")
        assert self.price("2026-03-02 08:00", "2026-03-04 14:01") == (1008, 192, "enbw@3")
        assert self.price("2026-03-02 08:00", "2026-03-02 13:59") == (1000, 190, "enbw@3")  # 11.90

    def test_in_the_second_half_of_2020_vat_was_16_percent(self) -> None:
        # 60 min x 0.0975 = 5.85; VAT 5.85 x 16 / 116 = 0.8069 -> 0.81
        assert self.price("2020-09-01 08:00", "2020-09-01 13:00") == (504, 81, "enbw@2")
        # cap 11.70; VAT 1.6138 -> 1.61
        assert self.price("2020-09-01 08:00", "2020-09-01 20:00") == (1009, 161, "enbw@2")
        # 1 min: 9.75 ct -> 10 ct in all; VAT 1.379 -> 0.01
        assert self.price("2020-09-01 08:00", "2020-09-01 12:01") == (9, 1, "enbw@2")

    def test_a_stay_is_under_the_version_of_its_beginning(self) -> None:
        assert self.price("2020-06-30 23:59:59", "2020-07-01 23:00") == (1008, 192, "enbw@1")
        assert self.price("2020-07-01 00:00:00", "2020-07-01 23:00") == (1009, 161, "enbw@2")
        assert self.price("2020-12-31 23:59:59", "2021-01-01 23:00") == (1009, 161, "enbw@2")
        assert self.price("2021-01-01 00:00:00", "2021-01-01 23:00") == (1008, 192, "enbw@3")

    def test_a_day_of_23_hours_is_no_shorter_a_stay(self) -> None:
        # 2026-03-29 00:00 to 06:00 by the clock are 5 hours: 60 min beyond 4 hours; 2026-10-25 they are 7: 12.00
        assert self.price("2026-03-29 00:00", "2026-03-29 06:00") == (504, 96, "enbw@3")
        assert self.price("2026-10-25 00:00", "2026-10-25 06:00") == (1008, 192, "enbw@3")


class TestAdac:
    MEMBER = frozenset({"adac-e-charge"})

    def price(self, until: str, groups: frozenset[str] = MEMBER) -> int | None:
        return net("07-adac", zone=BERLIN, plug="08:00", unplug=until, groups=groups)

    def test_beyond_240_minutes(self) -> None:
        assert self.price("12:00:00") is None
        assert self.price("12:00:59") == 0
        assert self.price("12:01:00") == 12
        # 100 min x 0.12 = 12.00, and no more
        assert self.price("13:39") == 1188
        assert self.price("13:40") == 1200
        assert self.price("20:00") == 1200

    def test_it_is_its_own_customers_tariff(self) -> None:
        assert self.price("20:00", frozenset()) is None
        assert self.price("20:00", frozenset({"other"})) is None


def test_shell_recharge_charges_roaming_drivers_only() -> None:
    said = {"zone": BERLIN, "plug": "08:00"}
    assert net("08-shell-recharge", **said, unplug="12:00", contract="roaming") is None
    assert net("08-shell-recharge", **said, unplug="12:01", contract="roaming") == 10
    assert net("08-shell-recharge", **said, unplug="14:00", contract="roaming") == 1200
    assert net("08-shell-recharge", **said, unplug="19:00", contract="roaming") == 1200
    assert net("08-shell-recharge", **said, unplug="19:00", contract="contract") is None
    assert net("08-shell-recharge", **said, unplug="19:00", contract="adhoc") is None
    assert net("08-shell-recharge", **said, unplug="19:00") is None  # not known: not charged


class TestAllego:
    @pytest.mark.parametrize(
        ("region", "tax"),
        # 60 min x 0.207 = 12.42 net; 19 % 2.3598; 21 % 2.6082; 20 % 2.484; 8.1 % 1.00602
        [("de", 236), ("nl", 261), ("fr", 248), ("ch", 101), (None, 0), ("no-such-place", 0)],
    )
    def test_one_net_price_and_the_vat_of_the_country(self, region: str | None, tax: int) -> None:
        said = {"zone": BERLIN, "plug": "08:00", "unplug": "09:45", "power_class": "HPC"}
        assert fee("09-allego-hpc", **said, tax_region=region) == (1242, tax)

    def test_from_45_minutes_at_high_power_chargers(self) -> None:
        said = {"zone": BERLIN, "plug": "08:00", "tax_region": "de"}
        assert fee("09-allego-hpc", **said, unplug="08:45:00", power_class="HPC") is None
        # 1 min: 0.207 -> 0.21, VAT 0.0399 -> 0.04
        assert fee("09-allego-hpc", **said, unplug="08:46:00", power_class="HPC") == (21, 4)
        assert fee("09-allego-hpc", **said, unplug="12:00", power_class="AC") is None
        assert fee("09-allego-hpc", **said, unplug="12:00") is None


class TestEnercity:
    def price(self, plug: str, unplug: str) -> int | None:
        return net("10-enercity-ac", zone=BERLIN, plug=plug, unplug=unplug, power_class="AC")

    def test_beyond_an_hour_by_day(self) -> None:
        assert self.price("10:00", "11:00:00") is None
        assert self.price("10:00", "11:01:00") == 2
        assert self.price("10:00", "13:00") == 240

    def test_none_at_night(self) -> None:
        # plugged in at 20:30: fee time 21:30-22:00 and 08:00-08:10, 40 min x 0.02
        assert self.price("20:30", "2026-03-03 08:10") == 80
        assert self.price("21:00:00", "2026-03-03 08:00:00") is None
        assert self.price("20:59:00", "2026-03-03 08:00:00") == 2
        # The hour runs at night: from 06:00 it is over at 07:00, fee time begins at 08:00
        assert self.price("06:00", "08:05") == 10
        assert self.price("07:30", "08:35") == 10

    def test_a_night_is_a_night_when_the_clock_changes(self) -> None:
        # Saturday 20:30 to Sunday 09:00, both changes: 21:30-22:00 and 08:00-09:00, 90 min
        assert self.price("2026-03-28 20:30", "2026-03-29 09:00") == 180
        assert self.price("2026-10-24 20:30", "2026-10-25 09:00") == 180


def test_leipzig_and_berlin_are_free_from_20_to_8() -> None:
    # plugged in at 15:00, four hours end at 19:00: 19:00-20:00 and 08:00-08:30 are 90 min x 0.10
    assert net("11-leipzig-berlin", zone=BERLIN, plug="15:00", unplug="2026-03-03 08:30") == 900
    assert net("11-leipzig-berlin", zone=BERLIN, plug="16:00:00", unplug="2026-03-03 08:00:00") is None
    assert net("11-leipzig-berlin", zone=BERLIN, plug="15:59:00", unplug="2026-03-03 08:00:00") == 10


@pytest.mark.parametrize(
    ("power_class", "free", "first"), [("AC", "13:00", "13:01"), ("DC", "09:00", "09:01"), ("HPC", "08:45", "08:46")]
)
def test_ouest_charge_by_power_class(power_class: str, free: str, first: str) -> None:
    said = {"zone": PARIS, "plug": "08:00", "power_class": power_class}
    assert net("12-ouest-charge", **said, unplug=free) is None
    assert net("12-ouest-charge", **said, unplug=first) == 20


def test_ouest_charge_by_day_only() -> None:
    # DC from 19:30: fee time 20:30-21:00 and 07:00-07:10: 40 x 0.20
    said = {"zone": PARIS, "plug": "19:30", "unplug": "2026-03-03 07:10"}
    assert net("12-ouest-charge", **said, power_class="DC") == 800
    assert net("12-ouest-charge", **said, power_class="AC") == 200  # 5 h end at 00:30: 10 min in the morning
    assert net("12-ouest-charge", **said) is None
    assert net("12-ouest-charge", **said, power_class="lamp post") is None


def test_totalenergies_from_45_minutes() -> None:
    assert net("13-totalenergies", zone=PARIS, plug="08:00", unplug="08:45:00") is None
    assert net("13-totalenergies", zone=PARIS, plug="08:00", unplug="08:46:00") == 40
    assert net("13-totalenergies", zone=PARIS, plug="08:00", charged="08:20", unplug="09:45") == 2400


def test_bp_pulse_fleet_puts_vat_on_top() -> None:
    said = {"zone": LONDON, "plug": "08:00", "power_class": "rapid"}
    assert fee("14-bp-pulse-fleet", **said, unplug="09:30:00") is None
    # 1 h: 8.33, VAT 1.666 -> 1.67; 1 min: 0.13883.. -> 0.14, VAT 0.028 -> 0.03; 90 min: 12.495 -> 12.50, VAT 2.50
    assert fee("14-bp-pulse-fleet", **said, unplug="10:30") == (833, 167)
    assert fee("14-bp-pulse-fleet", **said, unplug="09:31") == (14, 3)
    assert fee("14-bp-pulse-fleet", **said, unplug="11:00") == (1250, 250)
    assert fee("14-bp-pulse-fleet", **said | {"power_class": "fast"}, unplug="11:00") is None


class TestEvaScotland:
    def price(self, until: str) -> int | None:
        return net("16-eva-scotland", zone=LONDON, plug="08:00", unplug=until)

    def test_within_the_grace_nothing(self) -> None:
        assert self.price("09:00:00") is None
        assert self.price("09:10:00") is None

    def test_beyond_it_from_the_first_minute_and_ten_pounds_at_least(self) -> None:
        assert self.price("09:10:01") == 1000
        assert self.price("09:11:00") == 1100
        assert self.price("09:45:59") == 4500

    def test_the_local_penalty_is_the_most(self) -> None:
        assert self.price("10:39") == 9900
        assert self.price("10:40") == 10000
        assert self.price("18:00") == 10000

    def test_time_at_a_dead_charger_is_not_counted(self) -> None:
        """Idle from 09:00, out of order from 09:04 to 09:38: 4 + 7 min beyond the hour at 09:45, 4 + 6 at 09:44."""
        dead = (moment("09:04", LONDON), moment("09:38", LONDON))
        for unplug, expected in (("09:44:00", None), ("09:44:01", 1000), ("09:45:00", 1100)):
            assert (
                net("16-eva-scotland", zone=LONDON, plug="08:00", charged="09:00", unplug=unplug, outage=dead)
                == expected
            )


def test_orkney_charges_once() -> None:
    said = {"zone": LONDON, "plug": "08:00"}
    assert net("17-orkney", **said, unplug="09:00:00", power_class="rapid") is None
    assert net("17-orkney", **said, unplug="09:00:01", power_class="rapid") == 500
    assert net("17-orkney", **said, unplug="2026-03-05 09:00", power_class="rapid") == 500
    assert net("17-orkney", **said, unplug="11:00:00", power_class="fast") is None
    assert net("17-orkney", **said, unplug="11:00:01", power_class="fast") == 500
    assert net("17-orkney", **said, unplug="11:00:01") == 500
    assert net("17-orkney", **said, unplug="11:00:00") is None


class TestLudwigsburg:
    def price(self, plug: str, unplug: str) -> int | None:
        return net("21-ludwigsburg-ac", zone=BERLIN, plug=plug, unplug=unplug, power_class="AC")

    def test_between_two_moments_since_plug_in(self) -> None:
        # 14,460 s after 08:00:00 are 12:01:00; 23,460 s are 14:31:00; 4.80 an hour are 0.13 ct a second
        assert self.price("08:00:00", "12:01:00") is None
        assert self.price("08:00:00", "12:01:03") == 0  # 0.4 ct
        assert self.price("08:00:00", "12:01:04") == 1  # 0.533 ct
        assert self.price("08:00:00", "13:01:00") == 480
        assert self.price("08:00:00", "14:31:00") == 1200
        assert self.price("08:00:00", "19:00:00") == 1200

    def test_closed_hours_do_not_push_the_end(self) -> None:
        # Plugged in at 15:30: 19:31-22:01 is the span, 20:00 the edge: 29 min x 0.08; the next morning is past the end
        assert self.price("15:30", "2026-03-03 12:00") == 232
        # Plugged in at 03:00: 07:01-09:31, from 08:00: 91 min x 0.08
        assert self.price("03:00", "12:00") == 728
        # Plugged in at 22:00: 02:01-04:31 is all night
        assert self.price("22:00", "2026-03-03 07:59") is None
        # In the morning the limit is still passed, but no tier holds any more
        assert self.price("22:00", "2026-03-03 12:00") == 0

    def test_ac_only(self) -> None:
        assert net("21-ludwigsburg-ac", zone=BERLIN, plug="08:00", unplug="14:31", power_class="DC") is None


class TestWorkplace:
    def price(self, until: str) -> int | None:
        return net("22-workplace", zone="America/Los_Angeles", plug="08:00", unplug=until)

    def test_each_started_five_minutes_count_and_half_a_dollar_at_least(self) -> None:
        assert self.price("12:00:00") is None
        # 5 min = 0.0833.., less than 0.50; 6 steps = 0.50; 7 steps = 0.58333..
        assert self.price("12:00:01") == 50
        assert self.price("12:30:00") == 50
        assert self.price("12:30:01") == 58
        assert self.price("12:35:00") == 58
        assert self.price("13:00:00") == 100
        assert self.price("13:00:01") == 108


def test_every_document_of_the_folder_is_named_like_its_policy() -> None:
    names = sorted(path.name for path in POLICIES.glob("[0-9]*.toml"))
    assert {name[:2] for name in names} == {f"{number:02}" for number in range(1, 24)}
    for name in names:
        stem = name.removesuffix(".toml")
        policy = shipped(stem)
        assert stem[3:].split(".")[0] == policy.id
        assert date(2014, 1, 1) <= policy.effective_from.date()
