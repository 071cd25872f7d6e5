"""Policies written from docs/policies.md alone, on histories of their own; what each session costs is worked by hand."""

import csv
from pathlib import Path

import pytest

from calendars import public_holidays
from enforcement.policy_document import read_policy
from history.backtest import Question, ask

HEAD = 'id = "own"\nversion = 1\ntitle = "Own"\neffective_from = 2024-01-01T00:00:00Z\n'


def priced(folder: Path, policy: str, history: str, *, exact: bool) -> list[tuple[str, str, int, int, int]]:
    """Session, kind, billable seconds, fee and tax of each line; a history is written with blanks and bars."""
    (folder / "history.csv").write_text(
        "\n".join(",".join(map(str.strip, line.split("|"))) for line in _lines(history))
    )
    question = Question(
        history=folder / "history.csv",
        policies=(read_policy(HEAD + policy),),
        zone="America/Toronto",
        holidays={"CA-QC": public_holidays("CA-QC")},
        exact=exact,
    )
    ask(question, folder / "result.csv")
    with (folder / "result.csv").open(newline="") as stream:
        return [
            (r["session_id"], r["kind"], int(r["billable_s"]), int(r["fee_minor"]), int(r["tax_minor"]))
            for r in csv.DictReader(stream)
        ]


def _lines(text: str) -> list[str]:
    return [line for line in text.splitlines() if line.strip()]


CASES = {}

# 107 minutes since plug-in, 47 beyond the hour: 30 in the first tier (two steps of 15 m at 1.00/h, and 2.00 flat), 17 in
# the second (two started steps of 10 m at 6.00/h): 0.50 + 2.00 + 2.00. A minute beyond: one step and the flat amount.
CASES["tiers with steps and a flat amount"] = (
    """currency = "EUR"
[[clause]]
kind = "overtime"
start_after = "1h"
rounding = "exact"
[[clause.tier]]
to = "30m"
flat = "2.00"
rate = "1.00"
per = "1h"
step = "15m"
[[clause.tier]]
from = "30m"
rate = "6.00"
per = "1h"
step = "10m"
""",
    """session_id | plugged_in_at        | unplugged_at
       a       | 2026-05-04T09:00:00Z | 2026-05-04T10:47:00Z
       b       | 2026-05-04T09:00:00Z | 2026-05-04T10:01:00Z
       c       | 2026-05-04T09:00:00Z | 2026-05-04T10:00:00Z""",
    [("a", "overtime", 2820, 450, 0), ("b", "overtime", 60, 225, 0), ("c", "", 0, 0, 0)],
)

# In spring 23:00 to 07:00 has seven hours, in autumn nine; the night that begins on Christmas Day is free: of the 38
# hours only 22:00 to 07:00 of the night before is open.
CASES["nights over both changes of the clock, and a holiday"] = (
    """currency = "CAD"
holidays = "CA-QC"
[[clause]]
kind = "idle"
rate = "0.10"
per = "1m"
[[clause.window]]
from = "22:00"
to = "07:00"
holidays = "exclude"
""",
    """session_id | zone             | plugged_in_at             | charging_ended_at         | unplugged_at
       spring  | America/Montreal | 2026-03-07T20:00:00-05:00 | 2026-03-07T23:00:00-05:00 | 2026-03-08T08:00:00-04:00
       autumn  |                  | 2026-10-31T20:00:00-04:00 | 2026-10-31T23:00:00-04:00 | 2026-11-01T08:00:00-05:00
       yule    |                  | 2026-12-24T20:00:00-05:00 | 2026-12-24T22:00:00-05:00 | 2026-12-26T12:00:00-05:00""",
    [("spring", "idle", 25_200, 4200, 0), ("autumn", "idle", 32_400, 5400, 0), ("yule", "idle", 32_400, 5400, 0)],
)

# 1,770 s at 12.00 an hour are 5.90. b reported only 90 %, later: the driver has the benefit of it. c reported nothing.
CASES["a state of charge, billed by the second"] = (
    """currency = "CAD"
[[clause]]
kind = "overtime"
starts = "soc"
soc = 80
rate = "12.00"
per = "1h"
unit = "1s"
""",
    """session_id | plugged_in_at        | unplugged_at         | soc_80_at            | soc_90_at
       a       | 2026-05-04T09:00:00Z | 2026-05-04T10:30:00Z | 2026-05-04T10:00:30Z | 2026-05-04T10:20:00Z
       b       | 2026-05-04T09:00:00Z | 2026-05-04T10:30:00Z |                      | 2026-05-04T10:20:00Z
       c       | 2026-05-04T09:00:00Z | 2026-05-04T10:30:00Z |                      |""",
    [("a", "overtime", 1770, 590, 0), ("b", "overtime", 600, 200, 0), ("c", "", 0, 0, 0)],
)

# Beyond the hour: 12 minutes are over the grace of 10, so all 12 count, and cost the minimum; 10 are not; 180 are capped.
CASES["a grace that is waived, a minimum and a cap"] = (
    """currency = "GBP"
[[clause]]
kind = "overtime"
start_after = "60m"
grace = "10m"
grace_mode = "waive"
rate = "1.00"
per = "1m"
minimum = "15.00"
cap = "100.00"
[[tax]]
name = "VAT"
percent = "20"
""",
    """session_id | plugged_in_at        | unplugged_at
       a       | 2026-05-04T09:00:00Z | 2026-05-04T10:12:00Z
       b       | 2026-05-04T09:00:00Z | 2026-05-04T10:10:00Z
       c       | 2026-05-04T09:00:00Z | 2026-05-04T13:00:00Z
       d       | 2026-05-04T09:00:00Z | 2026-05-04T10:20:30Z""",
    [
        ("a", "overtime", 720, 1500, 300),
        ("b", "", 0, 0, 0),
        ("c", "overtime", 10_800, 10_000, 2000),
        ("d", "overtime", 1200, 2000, 400),
    ],
)

# Two hours: HPC is 75 minutes over, AC not at all, and whatever is not known falls to the general clause: 30 minutes.
CASES["clauses by power class, the general one last"] = (
    """currency = "EUR"
tax_region = "de"
[[clause]]
kind = "overtime"
power_classes = ["HPC", "DC"]
start_after = "45m"
rate = "0.20"
per = "1m"
[[clause]]
kind = "overtime"
power_classes = ["AC"]
start_after = "4h"
rate = "0.10"
per = "1m"
[[clause]]
kind = "overtime"
start_after = "90m"
rate = "0.15"
per = "1m"
""",
    """session_id | plugged_in_at        | unplugged_at         | tariff_power_class
       a       | 2026-05-04T09:00:00Z | 2026-05-04T11:00:00Z | HPC
       b       | 2026-05-04T09:00:00Z | 2026-05-04T11:00:00Z | AC
       c       | 2026-05-04T09:00:00Z | 2026-05-04T11:00:00Z |
       d       | 2026-05-04T09:00:00Z | 2026-05-04T11:00:00Z | hpc""",
    [
        ("a", "overtime", 4500, 1500, 285),
        ("b", "", 0, 0, 0),
        ("c", "overtime", 1800, 450, 86),  # 85.5
        ("d", "overtime", 1800, 450, 86),
    ],
)

# Staff pay less, residents nothing though it is a violation, all others the full rate.
CASES["token groups"] = (
    """currency = "CAD"
[[clause]]
kind = "idle"
groups = ["staff"]
rate = "0.10"
per = "1m"
exempt_groups = ["residents"]
[[clause]]
kind = "idle"
rate = "0.50"
per = "1m"
exempt_groups = ["residents"]
""",
    """session_id | groups           | plugged_in_at        | charging_ended_at    | unplugged_at
       a       | staff            | 2026-05-04T09:00:00Z | 2026-05-04T10:00:00Z | 2026-05-04T10:30:00Z
       b       | staff; residents | 2026-05-04T09:00:00Z | 2026-05-04T10:00:00Z | 2026-05-04T10:30:00Z
       c       | residents        | 2026-05-04T09:00:00Z | 2026-05-04T10:00:00Z | 2026-05-04T10:30:00Z
       d       |                  | 2026-05-04T09:00:00Z | 2026-05-04T10:00:00Z | 2026-05-04T10:30:00Z""",
    [("a", "idle", 1800, 300, 0), ("b", "idle", 0, 0, 0), ("c", "idle", 0, 0, 0), ("d", "idle", 1800, 1500, 0)],
)

# One bay, two networks, one person with two tokens: 20.00, then 5.00 of what is left; the next day begins anew.
CASES["a driver's day across networks"] = (
    """currency = "CAD"
[[clause]]
kind = "idle"
rate = "1.00"
per = "1m"
cap_driver_day = "25.00"
""",
    """session_id | network | station | evse | bay | driver | token | charging_ended_at         | unplugged_at
       a       | US*CPT  | North   | 1    | B1  | ann    | t1    | 2026-05-04T10:00:00-04:00 | 2026-05-04T10:20:00-04:00
       b       | CA*FLO  | Lot     | 7    | B1  | ann    | t2    | 2026-05-04T15:00:00-04:00 | 2026-05-04T15:20:00-04:00
       c       | CA*FLO  | Lot     | 8    | B2  | ann    | t2    | 2026-05-04T16:00:00-04:00 | 2026-05-04T16:20:00-04:00
       d       | CA*FLO  | Lot     | 7    | B1  | ann    | t2    | 2026-05-05T15:00:00-04:00 | 2026-05-05T15:20:00-04:00
       e       | CA*FLO  | Lot     | 7    | B1  |        | t2    | 2026-05-04T17:00:00-04:00 | 2026-05-04T17:20:00-04:00""",
    [(name, "idle", 1200, fee, 0) for name, fee in zip("abcde", (2000, 500, 2000, 2000, 2000), strict=True)],
)

# 25 minutes are three units of ten, 99 yen with the tax in it: 9 of tax, 90 net. Five minutes: 33, of which 3 is tax.
CASES["yen, taxes included, units rounded up"] = (
    """currency = "JPY"
tax_included = true
[[clause]]
kind = "idle"
rate = "33"
per = "10m"
unit = "10m"
rounding = "up"
[[tax]]
name = "Consumption tax"
percent = "10"
""",
    """session_id | charging_ended_at    | unplugged_at
       a       | 2026-05-04T10:00:00Z | 2026-05-04T10:25:00Z
       b       | 2026-05-04T10:00:00Z | 2026-05-04T10:00:01Z""",
    [("a", "idle", 1800, 90, 9), ("b", "idle", 600, 30, 3)],
)

# Three minutes at 0.1255 are 376.5 fils: 377; 5 % of them 18.85: 19.
CASES["dinars of three decimals"] = (
    """currency = "KWD"
[[clause]]
kind = "overstaying"
rate = "0.1255"
per = "1m"
[[tax]]
name = "VAT"
percent = "5"
""",
    """session_id | plugged_in_at        | unplugged_at         | left_at
       a       | 2026-05-04T09:00:00Z | 2026-05-04T10:00:00Z | 2026-05-04T10:03:59Z
       b       | 2026-05-04T09:00:00Z | 2026-05-04T10:00:00Z |""",
    [("a", "overstaying", 180, 377, 19), ("b", "", 0, 0, 0)],
)

# Two bays of two networks on one lot: a is idle from 10:00 to 11:00, alone until 10:30, then with b beside it: half an
# hour half full at 0.20, half an hour full at 1.00. Without a station nobody knows how full it is: free.
CASES["a site of two networks"] = (
    """currency = "CAD"
[[clause]]
kind = "idle"
[[clause.tier]]
occupancy_to = "1"
rate = "0.20"
per = "1m"
[[clause.tier]]
occupancy_from = "1"
rate = "1.00"
per = "1m"
""",
    """session_id | network | site | station | evse | plugged_in_at        | charging_ended_at    | unplugged_at
       a       | US*CPT  | Lot  | North   | 1    | 2026-05-04T09:00:00Z | 2026-05-04T10:00:00Z | 2026-05-04T11:00:00Z
       b       | CA*FLO  | Lot  | South   | 1    | 2026-05-04T10:30:00Z | 2026-05-04T11:00:00Z | 2026-05-04T11:00:00Z
       c       | CA*FLO  |      |         |      | 2026-05-04T09:00:00Z | 2026-05-04T10:00:00Z | 2026-05-04T10:10:00Z""",
    [("a", "idle", 3600, 3600, 0), ("b", "", 0, 0, 0), ("c", "idle", 600, 0, 0)],
)

# Grace waits for the warning: delivered ten minutes after the end, so fifteen of the thirty minutes are left.
CASES["a warning that was delivered, and one that was not"] = (
    """currency = "CAD"
[[clause]]
kind = "idle"
grace = "5m"
grace_anchor = "warning"
rate = "1.00"
per = "1m"
""",
    """session_id | plugged_in_at        | charging_ended_at    | unplugged_at         | warned_at
       a       | 2026-05-04T09:00:00Z | 2026-05-04T10:00:00Z | 2026-05-04T10:30:00Z | 2026-05-04T10:10:00Z
       b       | 2026-05-04T09:00:00Z | 2026-05-04T10:00:00Z | 2026-05-04T10:30:00Z |""",
    [("a", "idle", 900, 1500, 0), ("b", "", 0, 0, 0)],
)

# Roaming drivers alone, each under the taxes of the station: 5 % and 9.975 % apart in Quebec (50.00: 2.50 and 4.99).
CASES["roaming, and each station's own taxes"] = (
    """currency = "EUR"
tax_region = "station"
[[clause]]
kind = "overtime"
contracts = ["roaming"]
start_after = "1h"
rate = "0.50"
per = "1m"
""",
    """session_id | contract | tax_region | plugged_in_at        | unplugged_at
       a       | roaming  | DE         | 2026-05-04T09:00:00Z | 2026-05-04T11:40:00Z
       b       | roaming  | ca-qc      | 2026-05-04T09:00:00Z | 2026-05-04T11:40:00Z
       c       | roaming  |            | 2026-05-04T09:00:00Z | 2026-05-04T11:40:00Z
       d       | contract | DE         | 2026-05-04T09:00:00Z | 2026-05-04T11:40:00Z
       e       |          | DE         | 2026-05-04T09:00:00Z | 2026-05-04T11:40:00Z""",
    [
        ("a", "overtime", 6000, 5000, 950),
        ("b", "overtime", 6000, 5000, 749),
        ("c", "overtime", 6000, 5000, 0),
        ("d", "", 0, 0, 0),
        ("e", "", 0, 0, 0),
    ],
)

# Thirty minutes before plug-in at 0.20, thirty idle at 0.40, thirty after the session at 1.00, five of grace each.
CASES["every kind in one stay"] = (
    """currency = "CAD"
[[clause]]
kind = "unplugged"
grace = "5m"
rate = "0.20"
per = "1m"
[[clause]]
kind = "idle"
grace = "5m"
rate = "0.40"
per = "1m"
[[clause]]
kind = "overstaying"
grace = "5m"
rate = "1.00"
per = "1m"
""",
    """arrived_at           | plugged_in_at        | charging_ended_at    | unplugged_at         | left_at
       2026-05-04T09:00:00Z | 2026-05-04T09:30:00Z | 2026-05-04T10:00:00Z | 2026-05-04T10:30:00Z | 2026-05-04T11:00:00Z
       2026-05-04T09:00:00Z |                      |                      |                      | 2026-05-04T09:15:00Z""",
    [("line-2", "overstaying", 4500, 4000, 0), ("line-3", "unplugged", 600, 200, 0)],
)

# From 22:00 to 01:10 in Toronto: 120 minutes on the first day, capped at 5.00; 70 on the second at 0.10: 5.00 of 7.00.
CASES["a cap of each local day"] = (
    """currency = "CAD"
[[clause]]
kind = "idle"
stops = "vacated"
rate = "0.10"
per = "1m"
cap_day = "5.00"
""",
    """session_id | plugged_in_at             | charging_ended_at         | unplugged_at              | left_at
       a       | 2026-05-04T20:00:00-04:00 | 2026-05-04T22:00:00-04:00 | 2026-05-04T23:00:00-04:00 | 2026-05-05T01:10:00-04:00
       b       | 2026-05-04T20:00:00-04:00 | 2026-05-04T23:30:00-04:00 | 2026-05-05T00:10:00-04:00 | 2026-05-05T00:20:00-04:00""",
    [("a", "idle", 11_400, 1000, 0), ("b", "idle", 3000, 500, 0)],
)


@pytest.mark.parametrize("exact", [False, True], ids=["columns", "core"])
@pytest.mark.parametrize("name", CASES)
def test_what_was_worked_by_hand(name: str, exact: bool, tmp_path: Path) -> None:
    policy, history, expected = CASES[name]
    assert priced(tmp_path, policy, history, exact=exact) == expected
