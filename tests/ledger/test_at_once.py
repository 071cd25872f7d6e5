"""Two at the same moment, on PostgreSQL: what either says stands, as if one had come after the other."""

import random
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, func, select, text, update

from enforcement.facts import OccupancyRead
from enforcement.intervals import Span
from enforcement.rules import PlaceKind
from enforcement.rules.attesting import PlaceLand, SignSeen
from enforcement.violations import State
from ledger import (
    assess,
    attestations,
    attested_signs,
    changed_circumstances,
    claims,
    disputes,
    due,
    feeds,
    judgements,
    memberships,
    notices,
    partners,
    registrations,
    registry_changes,
    traits,
)
from ledger.assess import assess_due
from ledger.bay_ties import BayTie
from ledger.database import Ledger, Tx, registry_changed, table
from ledger.drivers import known_by
from ledger.plates import PlateRead, forget_plates, is_kept, plate_key, see_plates
from ledger.record import record, record_due
from ledger.registry import EvseFields, import_bays, put_evse
from ledger.sensors import SensorHeard, touch_sensors
from models import BayState, Dispute, EvseWord, Network, Partner, Sensor, ViolationRow
from tests.conftest import empty_ledger, minutes
from tests.ledger.test_main_way import STATION, TOKEN, heard, story
from tests.ledger.test_main_way import town as _town
from tests.support.at_once import Beside
from tests.support.lots import BEN, seen

IDLE = "ca*abc*x/idle"
build: Callable[[Ledger], Ledger] = _town.__wrapped__  # type: ignore[attr-defined]


@pytest.fixture
def town(postgres_url: str) -> Iterator[Ledger]:
    """One bay, one EVSE, one sensor, one driver (test_main_way)."""
    with empty_ledger(postgres_url) as ledger:
        yield build(ledger)


def settle(ledger: Ledger, now: float = 400) -> None:
    while assess_due(ledger, minutes(now)):
        pass


def test_what_a_driver_contests_stays_contested_while_it_is_settled(
    town: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The decision has read the violation; a driver contests it before it is written."""
    with town.write(minutes(100)) as tx:
        record(tx, [fact for fact in story() if fact.at <= minutes(100)])
    with town.read() as conn:
        driver = conn.execute(text("SELECT id FROM driver")).scalar_one()
    beside: list[Beside] = []
    write = judgements.write_violations  # type: ignore[attr-defined]

    def contest_first(tx: Tx, written: Any) -> None:
        if any(each.row["key"] == IDLE and "state" in each.changed for each in written) and not beside:
            contest = lambda other: disputes.contest(other, IDLE, driver, "It was stuck.", None)  # noqa: E731
            beside.append(Beside(town, tx.now, contest))
        write(tx, written)

    monkeypatch.setattr(judgements, "write_violations", contest_first)
    with town.write(minutes(135)) as tx:
        record(tx, story())
    settle(town)
    for each in beside:
        each.end()
    settle(town, 500)
    assert beside
    with town.read() as conn:
        assert conn.execute(select(func.count()).select_from(table(Dispute))).scalar_one() == 1
        rows = table(ViolationRow).c
        assert conn.execute(select(rows.state).where(rows.key == IDLE)).scalar_one() is State.DISPUTED


def sign(**said: Any) -> SignSeen:
    return SignSeen(station=STATION, kind=PlaceKind.LOT, land=PlaceLand.PUBLIC, **said)


def test_of_two_who_attest_a_place_one_ends_what_the_other_saw(town: Ledger) -> None:
    def attest(at: float) -> Callable[[Tx], str]:
        return lambda tx: attestations.attest(tx, sign(), minutes(at), f"login:{at}")

    with town.write(minutes(20)) as tx:
        attest(10)(tx)
        other = Beside(town, minutes(20), attest(5))
    other.end()
    with town.read() as conn:
        spans = [(each.attested.since, each.attested.until) for each in attested_signs.of_station(conn, STATION)]
    assert spans == [(minutes(5), minutes(10)), (minutes(10), None)]


def test_a_sign_is_attested_while_somebody_says_that_it_is_gone(town: Ledger) -> None:
    """It was seen before it went, so what was seen then ended when it went."""
    with town.write(minutes(0)) as tx:
        first = attestations.attest(tx, sign(), minutes(0), "login:a")
    with town.write(minutes(60)) as tx:
        attestations.end(tx, first, minutes(50), "login:b")
        other = Beside(town, minutes(60), lambda tx: attestations.attest(tx, sign(), minutes(30), "login:c"))
    other.end()
    with town.read() as conn:
        spans = [(each.attested.since, each.attested.until) for each in attested_signs.of_station(conn, STATION)]
    assert spans == [(minutes(0), minutes(30)), (minutes(30), minutes(50))]


def test_of_two_new_texts_of_a_notice_none_is_lost(town: Ledger) -> None:
    def publish(words: str) -> Callable[[Tx], object]:
        return lambda tx: notices.publish(tx, "test@1", {"en": words}, minutes(1000))

    with town.write(minutes(0)) as tx:
        publish("one")(tx)
        other = Beside(town, minutes(0), publish("two"))
    other.end()
    with town.read() as conn:
        assert [each.texts["en"] for each in notices.of_policy(conn, "test@1")][1:] == ["one", "two"]


def test_of_two_lists_of_a_group_the_later_one_counts(town: Ledger) -> None:
    def put(token: str) -> Callable[[Tx], object]:
        member = memberships.MembershipFields(name="staff", holder=token, holder_kind="token")
        return lambda tx: changed_circumstances.put_members(tx, "staff", [member], is_permit=False)

    with town.write(minutes(0)) as tx:
        put(TOKEN)(tx)
        other = Beside(town, minutes(0), put(BEN))
    other.end()
    with town.read() as conn:
        assert memberships.of_tokens(conn, [TOKEN, BEN]).keys() == {BEN}


def stand(ledger: Ledger) -> None:
    with ledger.write(minutes(10)) as tx:
        record(tx, [fact for fact in story() if fact.at <= minutes(10)])


def test_a_driver_claims_a_stay_once_however_often_at_once(town: Ledger) -> None:
    stand(town)

    def claim(tx: Tx) -> object:
        return claims.claim(tx, "lot-1", minutes(10), known_by(tx, "+15145550100", "en"), "en", "page")

    with town.write(minutes(11)) as tx:
        claim(tx)
        other = Beside(town, minutes(11), claim)
    other.end()
    with town.read() as conn:
        assert len(claims.of_driver(conn, conn.execute(text("SELECT id FROM driver")).scalar_one())) == 1


def test_no_more_strangers_claim_a_stay_than_may_at_once(town: Ledger) -> None:
    stand(town)
    with town.write(minutes(11)) as tx:
        people = [known_by(tx, f"+1514555011{number}", "en") for number in range(5)]

    def claim(driver: int) -> Callable[[Tx], object]:
        return lambda tx: claims.claim(tx, "lot-1", minutes(10), driver, "en", "page")

    for driver in people[:3]:
        with town.write(minutes(11)) as tx:
            assert claim(driver)(tx)
    with town.write(minutes(11)) as tx:
        assert claim(people[3])(tx)
        other = Beside(town, minutes(11), claim(people[4]))
    other.end()
    with town.read() as conn:
        assert conn.execute(text("SELECT count(DISTINCT driver) FROM stay_claim")).scalar_one() == 4


def heard_at(at: float) -> Callable[[Tx], object]:
    return lambda tx: record_due(tx, [heard(at)])


def test_a_network_that_two_processes_hear_was_heard_at_both_moments(town: Ledger) -> None:
    with town.write(minutes(0)) as tx:
        heard_at(0)(tx)
    with town.write(minutes(1)) as tx:
        heard_at(0.9)(tx)
        other = Beside(town, minutes(1), heard_at(0.5))
    other.end()
    with town.read() as conn:
        assert feeds.load(conn, ["ca*abc"], None) == {"ca*abc": [(minutes(0), minutes(0.9))]}


def test_a_network_that_is_heard_while_a_bay_is_judged_wakes_it(town: Ledger, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever judges has read that nothing was heard; what it writes then, nobody sees yet who hears the network."""
    with town.write(minutes(-100)) as tx:
        record(tx, [heard(-100)])
    beside: list[Beside] = []
    read = feeds.load

    def hear_then(*asked: Any) -> dict[str, list[Span]]:
        spans = read(*asked)
        beside.append(Beside(town, minutes(1), heard_at(1)))
        return spans

    with monkeypatch.context() as judging, town.write(minutes(1)) as tx:
        judging.setattr(feeds, "load", hear_then)
        record(tx, [fact for fact in story() if fact.at <= minutes(0) and isinstance(fact, OccupancyRead)])
    for each in beside:
        each.end()
    states = table(BayState).c
    with town.read() as conn:
        state = conn.execute(select(states.reason, states.due_at).where(states.bay == "lot-1")).one()
    assert (state.reason, state.due_at) == ("feed_silent", minutes(1)), "it is looked at again, now that it was heard"
    settle(town, 1)
    with town.read() as conn:
        assert conn.execute(select(states.reason).where(states.bay == "lot-1")).scalar_one() != "feed_silent"


BAYS = [f"lot-{number}" for number in range(2, 22)]


def many_bays(ledger: Ledger) -> None:
    """Twenty more bays, whose rows lie in the table in no order."""
    shuffled = random.Random(3).sample(BAYS, len(BAYS))
    with ledger.write(minutes(-900)) as tx:
        for bay in shuffled:
            put_evse(tx, EvseFields(key=f"{STATION}*{bay}", station=STATION, uid=bay))
        ties = [
            BayTie(bay=bay, station=STATION, name=bay, evses=(f"{STATION}*{bay}",), sensors=(f"s-{bay}",))
            for bay in shuffled
        ]
        import_bays(tx, ties)
    settle(ledger, -900)
    with ledger.write(minutes(-900)) as tx:
        for bay in shuffled:
            tx.conn.execute(update(table(BayState)).where(table(BayState).c.bay == bay).values(due_at=None))


MARKS: dict[str, Callable[[Tx], object]] = {
    "what is said of a network": lambda tx: traits.judge_again(tx, "ca*abc"),
    "an owner's description": lambda tx: import_bays(
        tx,
        [
            BayTie(bay=bay, station=STATION, name="x", evses=(f"{STATION}*{bay}",), sensors=(f"s-{bay}",))
            for bay in reversed(BAYS)
        ],
    ),
    "a network that is heard late": heard_at(-500),
}


@pytest.mark.parametrize("mark", MARKS)
def test_who_makes_many_bays_due_never_waits_for_who_waits_for_them(town: Ledger, mark: str) -> None:
    """Everybody takes bays in one order. Somebody has the first one; behind them wait a recorder, and who marks all."""
    many_bays(town)
    with town.write(minutes(0)) as tx:
        heard_at(0)(tx)
    first = select(table(BayState)).where(table(BayState).c.bay == min(BAYS)).with_for_update()
    with town.write(minutes(1)) as tx:
        tx.conn.execute(first)
        recorder = Beside(town, minutes(1), lambda other: assess.assess(other, {bay: [] for bay in BAYS}))
        marking = Beside(town, minutes(1), MARKS[mark], waiting=2)
    recorder.end()
    marking.end()


@pytest.mark.parametrize("first", [registry_changes.standing, lambda conn: conn.execute(text("SELECT 1"))])
def test_reading_sees_one_moment(town: Ledger, first: Callable[[Connection], object]) -> None:
    """Whichever way it is asked first: by a statement that was made, or by SQLAlchemy's own."""
    names = select(table(Network).c.name)
    with town.read() as conn:
        first(conn)
        before = ["Abc"]
        with town.write(minutes(0)) as tx:
            tx.conn.execute(update(table(Network)).values(name="Other"))
        assert conn.execute(names).scalars().all() == before
    with town.read() as conn:
        assert conn.execute(names).scalars().all() == ["Other"]


def test_an_evse_that_two_bays_reach_is_blocked_once_both_are_taken(town: Ledger) -> None:
    """Each of two recorders sees the other's bay free."""
    evse = f"{STATION}*e9"
    bays = [f"{STATION}/{name}" for name in ("left", "right")]
    with town.write(minutes(-10)) as tx:
        put_evse(tx, EvseFields(key=evse, station=STATION, uid="E9", status="AVAILABLE"))
        import_bays(
            tx, [BayTie(bay=bay, station=STATION, name=bay, evses=(evse,), sensors=(f"s-{bay}",)) for bay in bays]
        )
        registrations.invite(tx, "App")
        partners.want_statuses(tx, "App", partners.OTHERS)
        tx.conn.execute(update(table(Partner)).values(status=partners.REGISTERED))
        registry_changed(tx)
    with town.write(minutes(-9)) as tx:
        record(tx, [seen(bay, -9, occupied=False) for bay in bays])
    with town.write(minutes(1)) as tx:
        record(tx, [seen(bays[0], 1, occupied=True)])
        other = Beside(town, minutes(1), lambda tx: record(tx, [seen(bays[1], 1, occupied=True)]))
    other.end()
    with town.read() as conn:
        words = table(EvseWord).c
        assert conn.execute(select(words.status).where(words.evse == evse)).scalar_one() == "BLOCKED"


def test_of_two_batches_with_batteries_neither_waits_for_the_other(town: Ledger) -> None:
    """Either has a reading of one sensor and a battery report of the other; somebody has the first."""
    with town.write(minutes(0)) as tx:
        touch_sensors(tx, {sensor: said_at(0) for sensor in ("a", "b")})
    first = select(table(Sensor).c.id).where(table(Sensor).c.id == "a").with_for_update()
    with town.write(minutes(1)) as tx:
        tx.conn.execute(first)
        one = Beside(town, minutes(1), lambda other: touch_sensors(other, {"a": said_at(1)}, {"b": "low"}))
        two = Beside(town, minutes(1), lambda other: touch_sensors(other, {"b": said_at(1)}, {"a": "20 %"}), waiting=2)
    one.end()
    two.end()
    with town.read() as conn:
        rows = table(Sensor).c
        assert {row.id: row.battery for row in conn.execute(select(rows.id, rows.battery))} == {"a": "20 %", "b": "low"}


def said_at(at: float) -> SensorHeard:
    return SensorHeard(model=None, watchdog=timedelta(hours=2), occupied=True, at=minutes(at), seen_at=minutes(at))


def test_a_plate_that_a_camera_reads_again_is_not_forgotten(town: Ledger) -> None:
    """Whoever forgets it has the bay that the camera's reading is about."""
    said = {"at": minutes(0), "seen_at": minutes(0), "source": "mqtt", "source_id": "1", "subject": "sensor:cam"}
    read = PlateRead(**said, text="ABC 123", jurisdiction="CA-QC", confidence=90)  # type: ignore[arg-type]

    def forget(tx: Tx) -> None:
        due.hold(tx.conn, ["lot-1"])
        forget_plates(tx, {plate_key(tx.vault, "ABC 123", "CA-QC")})

    with town.write(minutes(0)) as tx:
        (fact,) = see_plates(tx, [read])
    with town.write(minutes(1)) as tx:
        see_plates(tx, [read])
        other = Beside(town, minutes(1), forget)
        due.hold(tx.conn, ["lot-1"])
    other.end()
    with town.read() as conn:
        assert is_kept(conn, fact.plate)
    with town.write(minutes(2)) as tx:
        forget(tx)
        assert not is_kept(tx.conn, fact.plate)
