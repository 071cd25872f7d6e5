"""What an owner says of many bays at once: the same as if it had been said bay by bay."""

from dataclasses import replace

from sqlalchemy import select, update

from ledger import registry
from ledger.bay_ties import BayTie
from ledger.database import Ledger, table
from ledger.registry import import_bays
from models import BayEvse, BaySensor, BayState
from tests.conftest import minutes
from tests.support.lots import BAYS, STATION, build, look

E1, E2 = "ca*abc*l1*e1", "ca*abc*l1*e2"
A1 = BayTie(bay="a1", station=STATION, name="a1", evses=(E1,), sensors=("s-a1",))
A2 = BayTie(bay="a2", station=STATION, name="a2", evses=(E2,), sensors=("s-a2",))


def _import(ledger: Ledger, at: float, *ties: BayTie) -> None:
    with ledger.write(minutes(at)) as tx:
        import_bays(tx, ties)


def _homes(ledger: Ledger) -> set[tuple[str, str, bool]]:
    with ledger.read() as conn:
        return {(row.bay, row.evse, row.home) for row in conn.execute(select(table(BayEvse)))}


def _lay(ledger: Ledger, sensor: str) -> list[tuple[str, bool, bool]]:
    """Each bay that the sensor lay in, in order; whether since ever, and whether it still does."""
    rows = table(BaySensor)
    with ledger.read() as conn:
        found = conn.execute(select(rows).where(rows.c.sensor == sensor).order_by(rows.c.since, rows.c.id)).all()
    return [(row.bay, row.since.year == 1970, row.until is None) for row in found]


def test_an_evse_goes_to_its_bay_and_its_implicit_bay_ends(ledger: Ledger) -> None:
    build(ledger)
    assert _homes(ledger) == {(bay, evse, True) for bay, (_, evse) in BAYS.items()}


def test_a_bay_keeps_an_evse_that_another_one_is_tied_to_as_well(ledger: Ledger) -> None:
    build(ledger)
    _import(ledger, 0, BayTie(bay="new", station=STATION, name="new", evses=(E1,)), A1)
    assert {("a1", E1, True), ("new", E1, False)} <= _homes(ledger)
    _import(ledger, 1, replace(A2, evses=(E2, E1)))
    assert {("a1", E1, True), ("a2", E1, False), ("a2", E2, True)} <= _homes(ledger)


def test_an_evse_that_its_bay_gives_up_goes_to_the_first_that_names_it(ledger: Ledger) -> None:
    build(ledger)
    _import(ledger, 0, replace(A1, evses=(E2,)), replace(A2, evses=(E1, E2)))
    assert {("a1", E2, False), ("a2", E1, True), ("a2", E2, True)} <= _homes(ledger)


def test_sensors_change_places_and_what_they_said_before_stays(ledger: Ledger) -> None:
    build(ledger)
    look(ledger, minutes(0))
    _import(ledger, 1, replace(A1, sensors=("s-a2",)), replace(A2, sensors=("s-a1",)))
    assert _lay(ledger, "s-a1") == [("a1", True, False), ("a2", False, True)]
    assert _lay(ledger, "s-a2") == [("a2", True, False), ("a1", False, True)]


def test_a_sensor_named_twice_lies_where_it_was_named_last(ledger: Ledger) -> None:
    build(ledger)
    _import(ledger, 1, replace(A1, sensors=("both",)), replace(A2, sensors=("both",)))
    assert _lay(ledger, "both") == [("a1", True, False), ("a2", False, True)]
    assert _lay(ledger, "s-a1") == [("a1", True, False)]


def test_the_same_again_changes_no_tie(ledger: Ledger) -> None:
    build(ledger)
    before = _homes(ledger)
    _import(ledger, 1, A1, A2)
    assert _homes(ledger) == before
    assert _lay(ledger, "s-a1") == [("a1", True, True)]


def test_a_bay_that_a_sensor_left_is_folded_again(ledger: Ledger) -> None:
    build(ledger)
    states = table(BayState)
    with ledger.write(minutes(0)) as tx:
        tx.conn.execute(update(states).values(stale=False, due_at=None))
    _import(ledger, 1, replace(A1, sensors=("s-a2",)))
    with ledger.read() as conn:
        again = conn.execute(select(states.c.bay).where(states.c.stale).order_by(states.c.bay)).scalars()
        assert list(again) == ["a1", "a2"]


def test_many_at_once(ledger: Ledger) -> None:
    build(ledger)
    ties = [BayTie(bay=f"b{n}", station=STATION, name=str(n), sensors=(f"t{n}",)) for n in range(2_000)]
    _import(ledger, 0, *ties)
    with ledger.read() as conn:
        rows = table(BaySensor)
        assert len(conn.execute(select(rows.c.id).where(rows.c.until.is_(None))).all()) == 2_000 + len(BAYS)


def test_an_unknown_station_is_named(ledger: Ledger) -> None:
    build(ledger)
    try:
        _import(ledger, 0, A1, replace(A2, station="ca*abc*nowhere"))
    except registry.TieError as error:
        assert "ca*abc*nowhere" in str(error)
    else:
        raise AssertionError("it was taken")
