"""What a policy says that drivers are told, in the live ledger: each message once, and systems by webhook."""

import json

from sqlalchemy import select

from enforcement.facts import AnyFact, Period
from ledger import rebuild
from ledger.database import Ledger, table
from ledger.drivers import add_driver
from ledger.subscriptions import Wish, subscribe
from ledger.webhook_events import EVENTS
from models import Message, Push, ViolationRow
from tests.conftest import minutes
from tests.support.lots import ANNA, HEAD, build, free_from, heard, look, play, said, seen

POLICY = (
    HEAD
    + """
[messages]
about_to_finish = "10m"
fee_in = "5m"
every = "20m"
QUIET
[[clause]]
kind = "idle"
grace = "15m"
rate = "0.40"
per = "1m"
"""
)


def story(start: int = 0) -> list[AnyFact]:
    """A vehicle whose power falls from the 20th minute on, done at 60, gone at 125."""
    facts: list[AnyFact] = [seen("a1", start, True)]
    energy = 0.0
    for at in range(0, 58, 3):
        energy += 0 if at == 0 else 5000 * (1 if at <= 20 else 2.718 ** (-(at - 20) / 9))
        facts.append(
            said("a1", start + at, "x", ANNA, status="ACTIVE", started_at=minutes(start), energy_wh=int(energy))
        )
    done = (Period(start=minutes(start + 60), parking=True),)
    facts += [said("a1", start + at, "x", ANNA, energy_wh=int(energy), periods=done) for at in range(60, 125, 2)]
    facts.append(said("a1", start + 125, "x", ANNA, status="COMPLETED", ended_at=minutes(start + 125)))
    return [*facts, seen("a1", start + 125, False), *free_from(start - 5), *heard(start - 6, start + 240)]


def steps(ledger: Ledger) -> list[str]:
    with ledger.read() as conn:
        rows = conn.execute(select(table(Message)).order_by(table(Message).c.id)).all()
    return [row.identity.partition("/idle/")[2] for row in rows]


def test_every_step_is_told_once(ledger: Ledger) -> None:
    build(ledger, POLICY.replace("QUIET", ""))
    with ledger.write(minutes(-100)) as tx:
        add_driver(tx, "+15145550100", "es", [ANNA])
    play(ledger, story(), 300)
    assert steps(ledger) == [
        *("about_to_finish", "grace_running", "fee_near", "fee_started"),
        *("fee_running/1", "fee_running/2", "fee_ended"),
    ]
    with ledger.read() as conn:
        first = conn.execute(select(table(Message)).order_by(table(Message).c.id)).first()
    assert first is not None
    assert (first.violation, "la carga termina hacia las" in first.text) == (None, True)
    assert list(rebuild.differences(ledger, minutes(400))) == []


def test_nobody_is_woken_and_the_morning_tells_what_is_still_true(ledger: Ledger) -> None:
    """Noon in Toronto is minute 0: quiet from 13:05 to 14:00 are the minutes 65 to 120."""
    build(ledger, POLICY.replace("QUIET", 'quiet = "13:05-14:00"'))
    with ledger.write(minutes(-100)) as tx:
        add_driver(tx, "+15145550100", "en", [ANNA])
    play(ledger, story(), 300)
    with ledger.read() as conn:
        rows = conn.execute(select(table(Message)).order_by(table(Message).c.id)).all()
    assert steps(ledger) == ["about_to_finish", "grace_running", "fee_started", "fee_running/2", "fee_ended"]
    assert [row.created_at >= minutes(120) for row in rows] == [False, False, True, True, True]
    assert rows[1].not_after == minutes(65), "what has not left when quiet hours begin expires"
    assert list(rebuild.differences(ledger, minutes(400))) == []


def test_a_system_is_told_of_a_violation_from_its_opening_to_its_end(ledger: Ledger) -> None:
    build(ledger, POLICY.replace("QUIET", ""))
    with ledger.write(minutes(-100)) as tx:
        subscribe(tx, Wish(name="desk", url="https://desk.example.org/", events=EVENTS[:-1], network="ca*abc"), "us")
    play(ledger, story(), 300)
    look(ledger, minutes(400))
    with ledger.read() as conn:
        told = [json.loads(row.document) for row in conn.execute(select(table(Push)).order_by(table(Push).c.id))]
        row = conn.execute(select(table(ViolationRow)).where(table(ViolationRow).c.kind == "idle")).one()
    kinds = [each["type"].removeprefix("violation.") for each in told]
    assert (kinds[0], kinds[-2:]) == ("opened", ["ended", "settled"])
    assert {each["data"]["id"] for each in told} == {row.public_id}
    assert told[-1]["data"]["fee_minor"] == row.fee_minor
    assert ANNA not in json.dumps(told)
