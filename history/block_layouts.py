"""The two layouts of which blocks are read together: the columns of docs/backtest.md, and Boulder's cleaned file."""

from collections.abc import Callable, Sequence

import numpy as np

from history import boulder
from history.batch import TIMES, Place, Places
from history.block_columns import BlockColumns
from history.columns import READERS, line_name, soc_percent
from history.draft import Draft
from history.instants import MICROSECONDS, UNKNOWN
from history.place_numbers import PlaceNumbers
from history.rows import name
from history.table import Table

Drafting = Callable[[Table], Draft]


def drafting(columns: Sequence[str], places: Places) -> Drafting | None:
    """How the blocks of a file with this header are read; None where only rows by themselves can be."""
    if set(columns) >= boulder.CLEANED_MARKS:
        return _cleaned(places) if set(columns) >= boulder.CLEANED_NEEDS else None
    return None if set(columns) >= boulder.RAW_MARKS else _contract(places)


def _contract(places: Places) -> Drafting:
    """The columns of docs/backtest.md."""
    numbers = PlaceNumbers(places, {column: READERS[column] for column in Place._fields}, Place)

    def draft(table: Table) -> Draft:
        read = BlockColumns(table)
        ids = read.names("session_id") if "session_id" in table.columns else [""] * len(table)
        if "" in ids:
            ids = [text or line_name(line) for text, line in zip(ids, table.lines.tolist(), strict=True)]
        percents = {percent: column for column in table.columns if (percent := soc_percent(column)) is not None}
        soc = {percent: read.instants(column) for percent, column in percents.items()}
        read.amounts("power_kw")  # says nothing of a stay, but has to be right
        is_charged = [read.amounts("energy_kwh"), *(times != UNKNOWN for times in soc.values())]
        return Draft(
            session_ids=ids,
            at=np.array([read.instants(column) for column in TIMES]),
            good=read.good,
            place=numbers.of(table),
            is_charged=np.logical_or.reduce(is_charged),
            who=read.people(),
            warned=read.instants("warned_at") if "warned_at" in table.columns else None,
            soc=soc,
        )

    return draft


def _cleaned(places: Places) -> Drafting:
    """The cleaned file of Boulder; what its cells must be is said in :mod:`history.boulder`."""
    numbers = PlaceNumbers(places, {"station": name, "port_reconstructed": name}, boulder.place)
    most = boulder.MOST_APART.total_seconds() * MICROSECONDS

    def draft(table: Table) -> Draft:
        read = BlockColumns(table)
        start, end = read.instants("plug_in_utc"), read.instants("plug_out_utc")
        stay, charging = read.seconds("total_s"), read.seconds("charging_s")
        ids = read.names("session_id")
        good = read.good
        good &= (start != UNKNOWN) & (end != UNKNOWN) & np.array(list(map(bool, ids)), np.bool_)
        if "idle_s" in table.columns:
            good &= read.seconds("idle_s") == stay - charging
        good &= (charging <= stay) & (np.where(good, abs(end - start - stay), 0) <= most)
        at = np.full((len(TIMES), len(table)), UNKNOWN, np.int64)
        at[1:4, good] = np.array([start, start + charging, start + stay])[:, good]
        return Draft(
            session_ids=ids,
            at=at,
            good=good,
            place=numbers.of(table),
            is_charged=read.amounts("energy_kwh"),
            who=[],
        )

    return draft
