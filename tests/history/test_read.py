"""Reading a history: good rows go on, each bad one is refused with its line and its reason."""

import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from history.keys import fit_id, location_id, network_key, station_key
from history.layouts import HistoryError
from history.read import open_history
from history.rows import HistoryRow, Refused

TIMES = "arrived_at,plugged_in_at,charging_ended_at,unplugged_at,left_at"
GOOD = "a,2024-05-06T09:00:00Z,2024-05-06T10:00:00+00:00,2024-05-06T13:30:00+02:00"
HEADER = "session_id,plugged_in_at,charging_ended_at,unplugged_at"


def read(path: Path, content: str | bytes) -> tuple[list[HistoryRow], list[Refused]]:
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with open_history(path) as history:
        found = list(history.rows)
    return [row for row in found if isinstance(row, HistoryRow)], [row for row in found if isinstance(row, Refused)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "history.csv"


def test_times_are_read_in_any_offset_and_kept_in_utc(path: Path) -> None:
    ((row,), refused) = read(path, f"{HEADER}\n{GOOD}\n")
    assert refused == []
    assert (row.line, row.session_id) == (2, "a")
    assert row.unplugged_at == datetime(2024, 5, 6, 11, 30, tzinfo=UTC)
    assert row.arrived_at is None and row.energy_kwh is None


def test_all_columns_of_the_contract(path: Path) -> None:
    header = f"session_id,network,station,evse,token,{TIMES},energy_kwh,power_kw,tariff_power_class"
    cells = ",".join(f"2024-05-06T{hour:02}:00Z" for hour in range(9, 14))
    ((row,), _) = read(path, f"{header}\nx,US*CPT,Main St,1,T1,{cells},12.5,7.2,AC")
    assert (row.network, row.station, row.evse, row.token) == ("US*CPT", "Main St", "1", "T1")
    assert (row.energy_kwh, row.power_kw, row.tariff_power_class) == (Decimal("12.5"), Decimal("7.2"), "AC")
    assert row.moments == sorted(row.moments) and len(row.moments) == 5


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        ("b,2024-05-06T09:00:00,,", "plugged_in_at: '2024-05-06T09:00:00' has no offset"),
        ("b,yesterday,,", "plugged_in_at: 'yesterday' is not an ISO 8601 time"),
        ("b,2024-05-06T12:00:00Z,,2024-05-06T11:00:00Z", "unplugged_at is before plugged_in_at"),
        ("b,2024-05-06T09:00Z,2024-05-06T12:00Z,2024-05-06T11:00Z", "unplugged_at is before charging_ended_at"),
        ("b,2024-05-06T09:00Z,2024-05-06T08:00Z,2024-05-06T11:00Z", "charging_ended_at is before plugged_in_at"),
        ("b,1970-01-01T00:00Z,,", "is not between 2000 and 2100"),
        ("b,0001-01-01T00:00+23:00,,", "is not between 2000 and 2100"),
        ("b,2024-05-06T09:00Z,,2026-05-06T09:00Z", "longer than 366 days"),
        ("b,2024-05-06T09:00Z", "2 cells, and the header has 4"),
        ("b,2024-05-06T09:00Z,,,,", "6 cells, and the header has 4"),
        ('b,"2024-05-06T09:00Z,,', "broken CSV"),
        ("a,2024-05-06T09:00Z,,", "the session_id is that of line 2 again"),
        ("A,2024-05-06T09:00Z,,", "the session_id is that of line 2 again"),
        ("b" * 300 + ",,,", "longer than 255 characters"),
        ("b" * 70_000 + ",,,", "the line is longer than 65536 bytes"),
        ("\x1b[31m,,,", "can't be printed"),
    ],
)
def test_a_bad_row_is_refused_and_the_rest_goes_on(path: Path, cells: str, reason: str) -> None:
    rows, refused = read(path, f"{HEADER}\n{GOOD}\n{cells}\nc,2024-05-07T09:00Z,,\n")
    assert [row.session_id for row in rows] == ["a", "c"]
    assert [row.line for row in refused] == [3]
    assert reason in refused[0].reason


@pytest.mark.parametrize(
    ("energy", "reason"),
    [
        ("-1", "negative"),
        ("ten", "not a number"),
        ("NaN", "not a number"),
        ("1e999999999", "more than"),
        ("9" * 99, "not"),
    ],
)
def test_energy_must_be_a_believable_number(path: Path, energy: str, reason: str) -> None:
    rows, refused = read(path, f"session_id,energy_kwh\na,{energy}\nb,0\n")
    assert ([row.session_id for row in rows], refused[0].line) == (["b"], 2)
    assert reason in refused[0].reason and len(refused[0].reason) < 200


def test_all_faults_of_a_row_are_named(path: Path) -> None:
    _, (refused,) = read(path, "session_id,plugged_in_at,energy_kwh\na,now,much\n")
    assert "plugged_in_at" in refused.reason and "energy_kwh" in refused.reason


def test_a_line_that_is_not_utf8_is_refused_alone(path: Path) -> None:
    rows, refused = read(path, b"session_id,station\na,Caf\xe9\nb,Caf\xc3\xa9\n")
    assert ([row.station for row in rows], [row.line for row in refused]) == (["Café"], [2])


def test_a_quote_that_is_never_closed_costs_one_row(path: Path) -> None:
    lines = [f"s{n},x" for n in range(100)]
    rows, refused = read(path, 'session_id,station\nbad,"open\n' + "\n".join(lines))
    assert (len(rows), [row.line for row in refused]) == (100, [2])


def test_a_cell_may_hold_commas_quotes_and_lines(path: Path) -> None:
    rows, refused = read(path, 'session_id,station\na,"Main, ""old"" St"\nb,x\n')
    assert ([row.station for row in rows], refused) == (['Main, "old" St', "x"], [])
    rows, _ = read(path, 'session_id,address\na,"one\ntwo"\nb,x\n')
    assert [(row.session_id, row.line) for row in rows] == [("a", 2), ("b", 4)]


def test_unknown_columns_are_named_once_and_ignored(path: Path) -> None:
    path.write_text("session_id,colour,Weather\na,red,fine\n")
    with open_history(path) as history:
        assert history.ignored == ("colour", "Weather")
        assert len(list(history.rows)) == 1


def test_a_row_without_an_id_is_called_by_its_line(path: Path) -> None:
    ((row,), _) = read(path, "plugged_in_at\n2024-05-06T09:00Z\n")
    assert row.session_id == "line-2"


def test_excel_and_windows_are_understood(path: Path) -> None:
    rows, refused = read(path, b"\xef\xbb\xbfsession_id,station\r\na,x\r\n\r\nb,y\r\n")
    assert ([row.session_id for row in rows], refused) == (["a", "b"], [])


def test_gzip_is_known_by_its_bytes(path: Path) -> None:
    rows, refused = read(path, gzip.compress(f"{HEADER}\n{GOOD}\n".encode()))
    assert (len(rows), refused) == (1, [])


def test_a_damaged_archive_gives_what_can_be_read_and_says_where_it_ends(path: Path) -> None:
    whole = gzip.compress("\n".join(["session_id", *map(str, range(200_000))]).encode())
    rows, refused = read(path, whole[: len(whole) // 2])
    assert len(rows) > 1000
    assert [row.line for row in refused] == [len(rows) + 2]
    assert "damaged" in refused[0].reason


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty"),
        ("x;y\n1;2\n", "has no column of a history"),
        ("session_id,session_id\n", "twice"),
        (b"\xff\xfe\n", "UTF-8"),
    ],
)
def test_what_is_no_history_is_refused_as_a_whole(path: Path, content: str | bytes, reason: str) -> None:
    with pytest.raises(HistoryError, match=reason):
        read(path, content)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=150)
@given(st.binary(max_size=200) | st.text(alphabet='a,"\n\r\x00-:TZ019.é', max_size=120).map(str.encode))
def test_no_bytes_whatever_break_the_reader(path: Path, body: bytes) -> None:
    path.write_bytes(f"session_id,plugged_in_at,energy_kwh\n{'x,2024-05-06T09:00Z,1'}\n".encode() + body)
    with open_history(path) as history:
        found = list(history.rows)
    assert isinstance(found[0], HistoryRow)


def test_the_five_malformed_rows_of_boulder_are_refused_each_with_its_reason(shared_data: Path) -> None:
    with open_history(shared_data / "boulder" / "boulder_bad_rows_raw.csv") as history:
        found = list(history.rows)
    assert [(row.line, row.session_id) for row in found] == [
        (2, "508"),
        (3, "20560"),
        (4, "20592"),
        (5, "22733"),
        (6, "23934"),
    ]
    assert all(isinstance(row, Refused) for row in found)
    reasons = [row.reason for row in found if isinstance(row, Refused)]
    assert ["1970" in reason for reason in reasons] == [False, False, False, True, False]
    assert sum("apart, more than whole minutes explain" in reason for reason in reasons) == 4


def test_a_good_row_of_the_raw_export(path: Path) -> None:
    header = (
        "Station_Name,Start_Date___Time,End_Date___Time,Total_Duration__hh_mm_ss_,Charging_Time__hh_mm_ss_,Energy__kWh_,"
        "ObjectId"
    )
    cells = "BOULDER / REC ST1,2020/07/23 23:08:00+00,2020/07/24 01:09:00+00,2:01:25,1:00:10,6.5,77"
    ((row,), _) = read(path, f"{header}\n{cells}\n")
    assert (row.session_id, row.network, row.zone) == ("77", "us*cpt", "America/Denver")
    assert row.charging_ended_at == datetime(2020, 7, 24, 0, 8, 10, tzinfo=UTC)
    assert row.unplugged_at == datetime(2020, 7, 24, 1, 9, 25, tzinfo=UTC)


def test_keys_are_those_of_the_service() -> None:
    assert network_key("US-CPT") == network_key("uscpt") == network_key("us*cpt") == "us*cpt"
    assert network_key(None) == network_key("ChargePoint") == "zz*his"
    assert station_key("us*cpt", "BOULDER / REC ST1") == "us*cpt*boulder-rec-st1"
    assert location_id("us*cpt", "US*CPT*1001") == "1001"
    assert len(fit_id("x y " * 50)) <= 36
    assert fit_id("x y " * 50) != fit_id("x y " * 51)
