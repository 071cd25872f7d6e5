"""What a network's session end means: set by a person, or learnt; every stay there is judged by it, early ones too."""

from dataclasses import replace

import pytest
from sqlalchemy import select, update

from enforcement.facts import AnyFact
from enforcement.session_ends import Learnt
from enforcement.setting import SessionEnd
from ledger import rebuild
from ledger.assess import assess_due
from ledger.database import Ledger, table
from ledger.habits import UnknownNetworkError
from ledger.session_ends import Meaning, learn_all, meaning_of, set_session_end
from models import Network, ViolationRow
from tests.conftest import minutes
from tests.ledger.test_main_way import NETWORK, heard, occupancy, play, session, story, town

__all__ = ["town"]


def fees(ledger: Ledger) -> dict[str, int]:
    rows = table(ViolationRow)
    with ledger.read() as conn:
        return {row.kind: row.fee_minor for row in conn.execute(select(rows)) if row.fee_minor}


def settle(ledger: Ledger, at: float) -> None:
    while assess_due(ledger, minutes(at)):
        pass


def meaning(ledger: Ledger) -> Meaning:
    with ledger.read() as conn:
        return meaning_of(conn.execute(select(table(Network).c.habits)).scalar_one())


def visits(count: int, stays_for: float) -> list[AnyFact]:
    """Vehicles that charge for an hour and leave so long after their sessions, four hours apart."""
    found: list[AnyFact] = []
    for number in range(count):
        at = 1_000 + 240 * number
        key = f"ca*abc*v{number}"
        started = session(at, status="ACTIVE", started_at=minutes(at))
        ended = session(at + 60, status="COMPLETED", ended_at=minutes(at + 60))
        found += [occupancy(at, True)]
        for each in (started, ended):
            found.append(replace(each, session=key, token=None))
        found += [occupancy(at + 60 + stays_for, False), heard(at + 70 + stays_for)]
    return found


def test_setting_it_judges_settled_stays_again(town: Ledger) -> None:
    play(town, story(), until=minutes(600))
    settle(town, 600)
    before = fees(town)
    assert set(before) == {"unplugged", "idle", "overstaying"}
    for end, expected in (
        (SessionEnd.STOPPED, {kind: before[kind] for kind in ("unplugged", "idle")}),
        (SessionEnd.UNPLUGGED, before),
    ):
        with town.write(minutes(700)) as tx:
            set_session_end(tx, NETWORK, end)
        settle(town, 700)
        assert fees(town) == expected
        assert list(rebuild.differences(town, minutes(700))) == []


def test_it_is_learnt_from_sensors_and_makes_stays_cheaper_only(town: Ledger) -> None:
    play(town, [*story(), *visits(24, 40)], until=minutes(8_000))
    settle(town, 8_000)
    assert fees(town)["overstaying"] > 0
    learn_all(town, minutes(8_000))
    assert meaning(town) == Meaning(SessionEnd.STOPPED, "learnt", Learnt(25, 25))
    settle(town, 8_000)
    assert "overstaying" not in fees(town)
    assert list(rebuild.differences(town, minutes(8_000))) == []
    with town.write(minutes(8_001)) as tx:  # as if all of it had been otherwise: it is not unlearnt
        tx.conn.execute(
            update(table(Network)).values(habits='{"session_end_learnt": "stopped", "session_ends": [99, 0]}')
        )
    learn_all(town, minutes(8_001))
    assert meaning(town).end is SessionEnd.STOPPED


def test_a_person_counts_for_more_than_what_is_learnt(town: Ledger) -> None:
    with town.write(minutes(-900)) as tx:
        set_session_end(tx, NETWORK, SessionEnd.UNPLUGGED)
    play(town, visits(24, 40), until=minutes(8_000))
    learn_all(town, minutes(8_000))
    assert meaning(town) == Meaning(SessionEnd.UNPLUGGED, "person", Learnt(24, 24))
    with town.write(minutes(8_001)) as tx:
        set_session_end(tx, NETWORK, None)
    assert meaning(town) == Meaning(SessionEnd.STOPPED, "learnt", Learnt(24, 24))


def test_few_observations_decide_nothing(town: Ledger) -> None:
    play(town, visits(5, 40), until=minutes(8_000))
    learn_all(town, minutes(8_000))
    assert meaning(town) == Meaning(SessionEnd.UNPLUGGED, "assumed", Learnt(5, 5))


def test_an_unknown_network_is_named(town: Ledger) -> None:
    with pytest.raises(UnknownNetworkError, match=r"no network 'us\*xyz'"), town.write(minutes(0)) as tx:
        set_session_end(tx, "us*xyz", None)
