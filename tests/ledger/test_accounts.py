"""A stored violation tells how its fee came about, by query and by command."""

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from types import SimpleNamespace
from typing import Any

import pytest
from sqlalchemy import select

from commands import explaining
from commands.context import CommandError
from enforcement.accounts import owner_text
from ledger.database import Ledger, table
from ledger.queries import accounts, case
from ledger.record import record
from models import ViolationRow
from tests.conftest import minutes
from tests.ledger.test_main_way import occupancy, play, story, town

__all__ = ["town"]


def public_id(ledger: Ledger, kind: str) -> str:
    rows = table(ViolationRow)
    with ledger.read() as conn:
        return str(conn.execute(select(rows.c.public_id).where(rows.c.kind == kind)).scalar())


def why(ledger: Ledger, *words: str) -> int:
    @contextmanager
    def opened() -> Iterator[Ledger]:
        yield ledger

    parser = argparse.ArgumentParser()
    explaining.command(parser)
    args = parser.parse_args(words)
    context: Any = SimpleNamespace(ledger=opened, clock=lambda: minutes(300))
    return explaining.run(context, args)


def test_the_account_of_a_stored_violation_comes_to_its_fee(town: Ledger) -> None:
    play(town, story(), until=minutes(200))
    with town.read() as conn:
        found = case.find(conn, public_id(town, "idle"))
        assert found is not None
        told = accounts.account(conn, found)
    assert told is not None
    assert (told.net_minor, told.total_minor) == (1000, 1150)
    assert told.subtotal == 10 and told.clause.kind.value == "idle"
    assert owner_text(told)[-4:] == (
        "Net: 10.00 CAD.",
        "GST 5 %: 0.50 CAD.",
        "QST 9.975 %: 1.00 CAD.",
        "Total: 11.50 CAD.",
    )


@pytest.mark.parametrize(
    ("words", "last"),
    [
        (("--voice", "driver"), "Total: 11.50 CAD."),
        (("--voice", "driver", "--language", "fr"), "Total: 11,50 CAD."),
        (("--voice", "driver", "--language", "es"), "Total: 11.50 CAD."),
        ((), "Total: 11.50 CAD."),
        (("--voice", "officer", "--money"), "Total: 11.50 CAD."),
        (("--json",), "}"),
    ],
)
def test_the_command_tells_it(
    town: Ledger, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], last: str
) -> None:
    play(town, story(), until=minutes(200))
    assert why(town, public_id(town, "idle"), *words) == 0
    assert capsys.readouterr().out.splitlines()[-1] == last


def test_owners_and_officers_are_not_told_in_spanish(town: Ledger) -> None:
    with pytest.raises(CommandError, match="for drivers only"):
        why(town, "any", "--language", "es")


def test_a_withdrawn_violation_has_no_account(town: Ledger) -> None:
    told = [fact for fact in story() if fact.at < minutes(15)]
    play(town, told, until=minutes(16))
    one = public_id(town, "unplugged")
    with town.write(minutes(17)) as tx:
        record(tx, [occupancy(-2, True)])  # it came earlier: the one that stood was never there
    with pytest.raises(CommandError, match="withdrew"):
        why(town, one)
