"""The policies with hours, by hand, on the two nights on which the clock changes (2026-03-29 and 2026-10-25)."""

from tests.support.policy_worlds import net

BERLIN, PARIS, ZURICH = "Europe/Berlin", "Europe/Paris", "Europe/Zurich"
SPRING, AUTUMN = "2026-03-29", "2026-10-25"


def test_leipzig_and_berlin() -> None:
    # From 08:00 to 09:00 by the clock of the morning: 60 x 0.10, whatever the night's length
    assert net("11-leipzig-berlin", zone=BERLIN, plug="2026-03-28 20:30", unplug=f"{SPRING} 09:00") == 600
    assert net("11-leipzig-berlin", zone=BERLIN, plug="2026-10-24 20:30", unplug=f"{AUTUMN} 09:00") == 600


def test_ouest_charge_counts_five_real_hours() -> None:
    said = {"zone": PARIS, "power_class": "AC"}
    # 01:30 and five hours are 07:30, since there is no 02:30: 30 x 0.20 to 08:00
    assert net("12-ouest-charge", **said, plug=f"{SPRING} 01:30", unplug=f"{SPRING} 08:00") == 600
    assert net("12-ouest-charge", **said, plug=f"{SPRING} 01:30", unplug=f"{SPRING} 07:30") is None
    # 01:30 and five hours are 05:30, since 02:30 comes twice: open from 07:00, 10 x 0.20
    assert net("12-ouest-charge", **said, plug=f"{AUTUMN} 01:30", unplug=f"{AUTUMN} 07:10") == 200


def test_ludwigsburg_measures_its_span_in_real_seconds() -> None:
    said = {"zone": BERLIN, "power_class": "AC"}
    # 00:59 and 23,460 s (6 h 31 min) are 08:30 in spring, open from 08:00: 30 x 0.08
    assert net("21-ludwigsburg-ac", **said, plug=f"{SPRING} 00:59", unplug=f"{SPRING} 12:00") == 240
    # ... and 06:30 in autumn: over before it opens
    assert net("21-ludwigsburg-ac", **said, plug=f"{AUTUMN} 00:59", unplug=f"{AUTUMN} 12:00") == 0


def test_lugano_other_stations() -> None:
    # 21:00 to 22:00 and 07:00 to 08:00: 2 x 1.00
    said = {"zone": ZURICH, "plug": "2026-10-24 11:00", "charged": "2026-10-24 21:00"}
    assert net("23-lugano-other", **said, unplug=f"{AUTUMN} 08:00") == 200
