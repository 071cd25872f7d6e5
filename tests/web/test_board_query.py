"""The board's queries: what they show, and that there are few of them."""

from typing import Any

from sqlalchemy import event, update

from ledger.bay_ties import BayTie
from ledger.database import Ledger, table
from ledger.queries import board
from ledger.registry import import_bays
from models import Bay, BayState
from tests.conftest import NOON, minutes
from tests.support.town import Town


def count_statements(ledger: Ledger, wanted: board.BoardFilter) -> tuple[int, int]:
    """How many bays come, and how many statements that takes."""
    statements: list[str] = []

    def note(_conn: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(ledger.engine, "before_cursor_execute", note)
    with ledger.read() as conn:
        found = board.load(conn, wanted, NOON)
    event.remove(ledger.engine, "before_cursor_execute", note)
    return sum(len(station.bays) for station in found.stations), sum("SELECT" in each for each in statements)


def test_number_of_queries_does_not_grow_with_bays(ledger: Ledger) -> None:
    Town(ledger, NOON)
    one_station, few = count_statements(ledger, board.BoardFilter(text="gare"))
    all_stations, same = count_statements(ledger, board.BoardFilter())
    assert (one_station, all_stations) == (4, 10)
    assert few == same == 8


def test_bays_come_in_the_order_people_count(ledger: Ledger) -> None:
    Town(ledger, NOON)
    with ledger.write(NOON) as tx:
        bays = table(Bay)
        tx.conn.execute(update(bays).where(bays.c.name == "H6").values(name="H10"))
    with ledger.read() as conn:
        found = board.load(conn, board.BoardFilter(text="harbour"), NOON)
    assert [bay.name for bay in found.stations[0].bays] == ["H1", "H2", "H3", "H4", "H5", "H10"]


def test_implicit_bays_that_lost_their_charger_are_gone(ledger: Ledger) -> None:
    Town(ledger, NOON)
    with ledger.read() as conn:
        found = board.load(conn, board.BoardFilter(), NOON)
    assert found.totals.bays == 10, "each EVSE had an implicit bay before the owner described the real one"


def test_stations_come_in_pages(ledger: Ledger) -> None:
    Town(ledger, NOON)
    with ledger.read() as conn:
        first = board.load(conn, board.BoardFilter(size=1), NOON)
        second = board.load(conn, board.BoardFilter(size=1, page=2), NOON)
    assert [each.name for each in first.stations] == ["Gare du Palais"] and first.has_more
    assert [each.name for each in second.stations] == ["Harbour Street"] and not second.has_more
    assert first.totals == second.totals


def test_silence_is_told(ledger: Ledger) -> None:
    town = Town(ledger, NOON)
    town.occupied("H1", 0)
    town.play(1)
    with ledger.read() as conn:
        word = board.load(conn, board.BoardFilter(text="harbour"), minutes(119)).stations[0].bays[0].sensors[0]
        later = board.load(conn, board.BoardFilter(text="harbour"), minutes(121)).stations[0].bays[0].sensors[0]
    assert word.occupied is True and word.last_at == NOON and not word.is_silent
    assert later.is_silent


def test_only_blocked(ledger: Ledger) -> None:
    Town(ledger, NOON)
    with ledger.write(NOON) as tx:
        states = table(BayState)
        tx.conn.execute(update(states).where(states.c.bay == "ca*elv*gare/G2").values(condition="idle"))
    with ledger.read() as conn:
        found = board.load(conn, board.BoardFilter(only_blocked=True), NOON)
    assert [each.name for each in found.stations] == ["Gare du Palais"] and found.totals.blocked == 1


def test_a_station_with_many_bays_shows_the_first_and_the_rest_on_pages_of_its_own(ledger: Ledger) -> None:
    Town(ledger, NOON)
    station = "ca*elv*gare"
    with ledger.write(NOON) as tx:
        import_bays(tx, [BayTie(bay=f"m{n}", station=station, name=f"M{n}") for n in range(1_100)])
        states = table(BayState)
        tx.conn.execute(update(states).where(states.c.bay.in_(["m1098", "m1099"])).values(condition="idle"))

    def card(**wanted: Any) -> tuple[board.StationCard, bool]:
        with ledger.read() as conn:
            found = board.load(conn, board.BoardFilter(**wanted), NOON)
        return found.stations[0], found.has_more

    overview, _ = card()
    assert len(overview.bays) == 60 and overview.more == 1_104 - 60
    assert overview.counts == {"idle": 2, "unknown": 1_102}
    pages = [card(station=station, page=page) for page in (1, 2, 3)]
    assert [(len(each.bays), has_more) for each, has_more in pages] == [(500, True), (500, True), (104, False)]
    assert len({bay.id for each, _ in pages for bay in each.bays}) == 1_104
    blocked, _ = card(only_blocked=True)
    assert [bay.id for bay in blocked.bays] == ["m1098", "m1099"] and not blocked.more
