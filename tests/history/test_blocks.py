"""Blocks of plain lines and the careful reader agree on every byte: on rows, on what is refused, and on its reasons."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from history import lines
from history.batch import Batch, Places, batch_of
from history.layouts import HistoryError
from history.read import open_batches, open_history
from history.rows import HistoryRow, Refused
from tests.support.choices import among, between

HEADERS = [
    "session_id,network,station,evse,token,arrived_at,plugged_in_at,charging_ended_at,unplugged_at,left_at,energy_kwh",
    "plugged_in_at,unplugged_at,power_kw,tariff_power_class,zone,colour",
    "session_id,driver,token,groups,contract,tax_region,site,bay,plugged_in_at,soc_80_at,soc_90_at,warned_at,left_at",
    "session_id,station,port_reconstructed,plug_in_utc,plug_out_utc,total_s,charging_s,idle_s,energy_kwh",
    "plug_in_utc,total_s,charging_s",
    "session_id",
]
TIMES = [
    "2024-05-06T09:00:00Z",
    "2024-05-06 09:30:00+00:00",
    "2024-05-06T10:00:00-05:30",
    "2024-05-06T09:00Z",
    "2024-05-06T11:00+02:00",
    "2024-05-06T09:00:00.250Z",
    "2024-05-06T09:00:00.000001+01:00",
    "2024-02-29T23:59:59Z",
    "2023-02-29T00:00:00Z",
    "2024-05-06T24:00:00Z",
    "2024-05-06T09:00:60Z",
    "1999-12-31T23:30:00-01:00",
    "2099-12-31T23:30:00-01:00",
    "2100-01-01T00:00:00Z",
    "2024-05-06T09:00:00",
    "2024-05-06x09:00:00Z",
    "20240506T090000Z",
    "2024-05-06T09:00:00+24:00",
    "2024-05-06T09:00:00+00:60",
    "2024-05-06T09:00:00+0000",
    " 2024-05-06T09:00:00Z ",
    "２024-05-06T09:00:00Z",
]
NUMBERS = [
    "0",
    "0.0",
    "7.5",
    ".5",
    "5.",
    ".",
    "-1",
    "1e3",
    "100000",
    "100000.1",
    "99999.9",
    "1_0",
    "NaN",
    "٣",
    "000",
    "60",
    "120",
]
NAMES = [
    "a",
    "A",
    "Main St",
    " a ",
    "é",
    "x\x00",
    "x\ty",
    "ß",
    "y" * 256,
    "DC",
    "roaming",
    "de",
    "Europe/Paris",
    "staff;x",
    "0" * 70,
]
CELLS = st.one_of(
    st.just(""), st.sampled_from(TIMES), st.sampled_from(TIMES[:7]), st.sampled_from(NUMBERS), st.sampled_from(NAMES)
)
ENDINGS = ["\n"] * 12 + ["\r\n", "\r\r\n", "\r", "\n\n", ",\n", "\n \n"]


@st.composite
def files(draw: st.DrawFn) -> bytes:
    """A header and lines whose cells mostly fit it, then perhaps a few bytes that are changed, put in or taken out."""
    header = draw(among(*HEADERS))
    columns = header.split(",")
    out = header + draw(among("\n", "\r\n"))
    for number in range(draw(between(0, 8))):
        cells = [_cell(draw, column, number) for column in columns]
        out += ",".join(cells) + draw(among(*ENDINGS))
    whole = out.encode()
    for _ in range(draw(among(0, 0, 0, 1, 2))):
        at = draw(between(len(header), len(whole)))
        put = draw(among(b"", b'"', b",", b"\n", b"\xff", b"\xc2\xa0", b"\x1c", b'"a,b"', b"x" * 70))
        whole = whole[:at] + put + whole[at + draw(between(0, 2)) :]
    return gzip.compress(whole) if draw(between(0, 9)) == 0 else whole


def _cell(draw: st.DrawFn, column: str, number: int) -> str:
    if draw(between(0, 9)) == 0:
        return draw(CELLS)
    if column == "session_id":
        return f"s{draw(among(number, number, number, 0))}"
    if column in ("plug_in_utc", "plug_out_utc"):
        return draw(among("2024-05-06T09:00:00Z", "2024-05-06T09:00:00Z", "2024-05-06T09:02:00Z"))
    if column.endswith("_s"):
        return {"total_s": "120", "charging_s": "60", "idle_s": "60"}[column]
    if column.endswith("_at"):
        order = [
            "arrived_at",
            "plugged_in_at",
            "soc_80_at",
            "charging_ended_at",
            "soc_90_at",
            "unplugged_at",
            "left_at",
        ]
        hour = order.index(column) if column in order else 3
        return draw(among("", f"2024-05-06T0{hour}:00:00Z", f"2024-05-06T0{hour}:59:59.500+00:00"))
    if column in ("energy_kwh", "power_kw"):
        return draw(among("", "7.5", "0"))
    words = {"contract": "roaming", "tax_region": "DE", "zone": "Europe/Paris", "groups": "a; b"}
    return draw(among("", words.get(column, "x"), words.get(column, "y")))


def as_read(path: Path) -> tuple[list[HistoryRow], list[Refused]]:
    with open_history(path) as history:
        found = list(history.rows)
    return [r for r in found if isinstance(r, HistoryRow)], [r for r in found if isinstance(r, Refused)]


def together(path: Path) -> list[Batch]:
    with open_batches(path) as history:
        return list(history.batches)


def same(batches: list[Batch], rows: list[HistoryRow], refused: list[Refused]) -> None:
    assert [row for batch in batches for row in batch.refused] == refused
    at = 0
    for batch in batches:
        expected = batch_of(rows[at : at + len(batch)], Places(), [])
        at += len(batch)
        assert batch.session_ids == expected.session_ids
        assert [batch.places.known[n] for n in batch.place] == [expected.places.known[n] for n in expected.place]
        assert (batch.lines == expected.lines).all()
        assert (batch.at == expected.at).all()
        assert (batch.is_charged == expected.is_charged).all()
        assert (list(batch.who) or [None] * len(batch)) == (list(expected.who) or [None] * len(batch))
        assert (batch.row(0) == expected.row(0)) if len(batch) else True
        for percent in (80, 90):
            assert _column(batch, batch.soc.get(percent)) == _column(expected, expected.soc.get(percent))
        assert _column(batch, batch.warned) == _column(expected, expected.warned)
    assert at == len(rows)


def _column(batch: Batch, column: object) -> list[int]:
    return np.full(len(batch), np.iinfo(np.int64).min).tolist() if column is None else column.tolist()  # type: ignore[attr-defined]


@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(files(), st.sampled_from([1, 40, 200, 1 << 20]))
def test_blocks_read_what_the_careful_reader_reads(tmp_path: Path, content: bytes, size: int) -> None:
    path = tmp_path / "history.csv"
    path.write_bytes(content)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(lines, "BLOCK", size)
        try:
            expected = as_read(path)
        except HistoryError:
            with pytest.raises(HistoryError):
                together(path)
            return
        same(together(path), *expected)


@pytest.mark.parametrize("cut", [0.3, 0.7, 0.999])
@pytest.mark.parametrize("broken", [False, True])
def test_a_damaged_archive_is_read_as_far_by_both(tmp_path: Path, cut: float, broken: bool) -> None:
    rows = (f"s{n},2024-05-06T09:00:{n % 60:02}Z" for n in range(60_000))
    whole = bytearray(gzip.compress("\n".join(["session_id,plugged_in_at", *rows]).encode()))
    at = int(len(whole) * cut)
    if broken:
        whole[at : at + 8] = b"\xff" * 8
    else:
        del whole[at:]
    path = tmp_path / "history.csv.gz"
    path.write_bytes(whole)
    rows_read, refused = as_read(path)
    assert "damaged" in refused[-1].reason
    assert rows_read
    same(together(path), rows_read, refused)


def test_a_line_longer_than_any_and_one_without_an_end_cost_themselves_alone(tmp_path: Path) -> None:
    path = tmp_path / "history.csv"
    good = "\n".join(f"s{n}" for n in range(50_000))
    path.write_text(f"session_id\n{good}\n{'x' * 3_000_000}\nafter\n{'y' * 70_000}")
    rows, refused = as_read(path)
    assert (len(rows), [row.line for row in refused]) == (50_001, [50_002, 50_004])
    same(together(path), rows, refused)


def test_the_two_weeks_of_boulder_are_read_the_same(shared_data: Path) -> None:
    for name in ("boulder_demo_2019-10-07_2019-10-20.csv.gz", "boulder_bad_rows_raw.csv"):
        path = shared_data / "boulder" / name
        same(together(path), *as_read(path))
