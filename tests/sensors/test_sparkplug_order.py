"""Sparkplug's numbers: where one is missing, nobody knows of any bay of the node until it is spoken of again."""

from datetime import timedelta

import pytest

from enforcement.folding import fold
from enforcement.setting import BaySetting
from ledger import births
from ledger.database import Ledger
from models import SparkplugNode
from sensors.mapping_document import parse_mapping
from sensors.reading import MOST_SENSOR_ID, Said
from tests.conftest import minutes
from tests.sensors.conftest import rows
from tests.sensors.sparkplug import TEXT, Edge, bay, packed, reads, states


def lot(**more: Ledger) -> Edge:
    """An edge node with a device of two bays, numbered 1 and 2, and one of a third."""
    edge = Edge(**more)
    edge.born(0)
    edge.says("DBIRTH/edge/level1", 0, bay(1, True, alias=1), bay(2, False, alias=2))
    edge.says("DBIRTH/edge/level2", 0, bay(3, True, alias=3))
    return edge


def numbered(alias: int, occupied: bool) -> dict[str, object]:
    return {"alias": alias, "boolean_value": occupied}


def lost(said: list[Said]) -> set[str]:
    """The bays of which something may have been lost."""
    return {read.subject.rpartition("/")[2] for read in reads(said) if read.quality == ("lost",)}


def test_while_no_number_is_missing_all_is_known() -> None:
    edge = lot()
    for turn in range(1, 600):
        assert lost(edge.says("DDATA/edge/level1", turn, numbered(1, turn % 2 == 0))) == set()


def test_a_missing_message_makes_every_bay_of_the_node_uncertain_from_the_last_one_on() -> None:
    edge = lot()
    edge.says("NDATA/edge", 5, {"name": "Temperature", "double_value": 4.5})
    edge.lost()
    said = edge.says("DDATA/edge/level1", 30, numbered(2, True))
    assert lost(said) == {"1", "2", "3"}
    assert {read.at for read in reads(said) if read.occupied is None} == {minutes(5)}
    assert states(said) == {"1": None, "2": True, "3": None}
    assert lost(edge.says("DDATA/edge/level1", 31, numbered(1, True))) == set()


def test_that_time_is_nobodys_whatever_the_order_of_facts() -> None:
    """Between the readings around what was lost a vehicle may have left and another come."""
    edge = lot()
    told = reads(edge.says("DDATA/edge/level1", 10, numbered(1, True)))
    edge.lost()
    told += reads(edge.says("DDATA/edge/level2", 40, numbered(3, False)))
    told += reads(edge.says("DDATA/edge/level1", 60, numbered(1, True)))
    of_first = [read for read in told if read.subject.endswith("level1/1")]
    watchdogs = {"lot/edge/level1/1": timedelta(hours=2)}
    setting = BaySetting(bay="b", station="s", zone="UTC", sensors=watchdogs)
    evidence = fold(of_first, setting)
    assert fold(of_first[::-1], setting) == evidence
    runs = evidence.readings["sensor:lot/edge/level1/1"]
    assert [(run.occupied, run.first) for run in runs] == [
        (True, minutes(10)), (None, minutes(10)), (True, minutes(60)),
    ]  # fmt: skip


def test_a_message_that_was_overtaken_is_read_by_its_own_time_and_makes_no_second_gap() -> None:
    edge = lot()
    assert lost(edge.says("DDATA/edge/level1", 2, numbered(1, False), seq=4)) == {"1", "2", "3"}
    late = edge.says("DDATA/edge/level1", 1, numbered(2, True), seq=3)
    assert (lost(late), states(late)) == (set(), {"2": True})
    assert lost(edge.says("DDATA/edge/level1", 3, numbered(1, True), seq=5)) == set()


def test_a_copy_of_a_message_makes_no_gap() -> None:
    edge = lot()
    for _ in range(2):
        assert lost(edge.says("DDATA/edge/level1", 2, numbered(1, False), seq=3)) == set()


def test_a_clock_that_is_put_back_hides_no_gap_for_longer_than_the_next_message() -> None:
    edge = lot()
    edge.says("DDATA/edge/level1", 60, numbered(1, False))
    edge.says("DDATA/edge/level1", 10, numbered(1, True))
    edge.lost()
    assert lost(edge.says("DDATA/edge/level1", 11, numbered(1, False))) == {"1", "2", "3"}


def test_what_was_lost_while_we_were_away_is_noticed_after_a_restart(ledger: Ledger) -> None:
    edge = lot(ledger=ledger)
    edge.says("NDATA/edge", 5)
    assert [(row.node, row.seq, row.at) for row in rows(ledger, SparkplugNode)] == [("lot/edge", 3, minutes(5))]
    edge.mapping = parse_mapping(TEXT)
    with ledger.read() as conn:
        edge.mapping.remember(births.load(conn), births.load_heard(conn))
    edge.lost(2)
    said = edge.says("DDATA/edge/level1", 90, numbered(1, False))
    assert lost(said) == {"1", "2", "3"}
    assert reads(said)[0].at == minutes(5)


def test_after_many_missing_messages_numbers_may_stand_for_other_names() -> None:
    edge = lot()
    edge.lost(20)
    assert states(edge.says("DDATA/edge/level1", 5, numbered(1, False))) == {"1": None, "2": None, "3": None}
    assert "no BIRTH" in edge.refused("DDATA/edge/level1", 6, numbered(1, False))
    edge.born(7)
    edge.says("DBIRTH/edge/level1", 7, bay(2, True, alias=1), bay(1, False, alias=2))
    assert states(edge.says("DDATA/edge/level1", 8, numbered(1, False))) == {"2": False}


def test_of_a_message_that_nobody_understands_behind_a_gap_the_gap_is_told() -> None:
    edge = lot()
    edge.lost()
    assert lost(edge.says("DDATA/edge/level1", 5, {"alias": 1, "string_value": "perhaps"})) == {"1", "2", "3"}


def test_bays_that_are_known_by_name_alone_are_of_the_node_too(ledger: Ledger) -> None:
    edge = Edge(ledger=ledger)
    edge.says("DDATA/edge/level1", 0, bay(1, True))
    edge.says("DDATA/edge/level1", 1, bay(2, True))
    edge.mapping = parse_mapping(TEXT)
    with ledger.read() as conn:
        edge.mapping.remember(births.load(conn), births.load_heard(conn))
    edge.lost()
    assert lost(edge.says("NDATA/edge", 9)) == {"1", "2"}
    assert "no BIRTH" in edge.refused("DDATA/edge/level1", 10, numbered(1, True))


def test_a_node_that_is_born_again_because_it_was_asked_to_has_lost_nothing() -> None:
    edge = lot()
    edge.says("DDATA/edge/level1", 5, numbered(1, False))
    assert lost(edge.born(6)) == set()
    assert lost(edge.says("DBIRTH/edge/level1", 6, bay(1, False, alias=1), bay(2, False, alias=2))) == set()


def test_a_node_that_is_born_again_while_we_may_have_been_away_may_have_lost_something() -> None:
    edge = lot()
    assert lost(edge.born(60, live=False)) == {"1", "2", "3"}


def test_a_node_that_is_born_again_while_no_process_of_ours_ran_may_have_lost_something(ledger: Ledger) -> None:
    """A broker may have kept nothing for us: then what comes after the start is heard as it is sent."""
    edge = lot(ledger=ledger)
    edge.mapping = parse_mapping(TEXT)
    with ledger.read() as conn:
        edge.mapping.remember(births.load(conn), births.load_heard(conn))
    assert lost(edge.born(60)) == {"1", "2", "3"}
    assert lost(edge.born(61)) == set()


def test_a_new_life_without_a_word_of_the_death_before_is_a_gap_and_its_numbers_are_new() -> None:
    edge = lot()
    edge.bd_seq = 1
    assert lost(edge.born(30)) == {"1", "2", "3"}
    assert "no BIRTH" in edge.refused("DDATA/edge/level1", 31, numbered(1, False))


def test_a_new_life_after_a_death_is_no_gap() -> None:
    edge = lot()
    assert states(edge.died(20)) == {"1": None, "2": None, "3": None}
    edge.bd_seq = 1
    assert lost(edge.born(30)) == set()


@pytest.mark.parametrize("kind", ["NDEATH", "DDEATH"])
def test_after_a_death_numbers_stand_for_nothing(kind: str) -> None:
    edge = lot()
    _ = edge.died(20) if kind == "NDEATH" else edge.says("DDEATH/edge/level1", 20)
    assert "no BIRTH" in edge.refused("DDATA/edge/level1", 21, numbered(1, False))
    assert states(edge.says("DDATA/edge/level1", 22, bay(1, False))) == {"1": False}


def test_a_death_that_we_hear_of_later_is_as_old_as_the_last_word_before_it() -> None:
    edge = lot()
    edge.says("NDATA/edge", 5)
    assert {read.at for read in reads(edge.died(90, live=False))} == {minutes(5)}
    edge = lot()
    edge.says("NDATA/edge", 5)
    assert {read.at for read in reads(edge.died(90))} == {minutes(90)}


def test_the_birth_of_a_node_whose_clock_was_never_set_counts_all_the_same() -> None:
    edge = lot()
    edge.died(20)
    edge.bd_seq = 1
    edge.hears("NBIRTH/edge", packed(at=-minutes(0).timestamp() // 60 + 9, seq=0, bd_seq=1), 21)
    assert edge.died(30, bd_seq=0) == []
    edge.hears("DBIRTH/edge/level1", packed(bay(1, True, alias=5), at=-minutes(0).timestamp() // 60 + 9, seq=1), 22)
    edge.seq = 1
    assert states(edge.says("DDATA/edge/level1", 23, numbered(5, True))) == {"1": True}


def test_a_name_that_is_too_long_holds_up_no_other() -> None:
    edge = Edge()
    assert states(edge.says("DBIRTH/edge/level1", 0, bay("x" * MOST_SENSOR_ID, True), bay(2, True))) == {"2": True}
