"""The demo town is slow enough for its own sensors to be believed, and quick enough to be watched."""

import random
from datetime import UTC, datetime, timedelta

from enforcement.facts import OccupancyRead, sensor_subject
from enforcement.qualms import Changes, Qualms, note_change
from outside.map import BAYS, DRIVERS
from outside.vehicles import plan

BEGAN = datetime(2026, 3, 2, 12, tzinfo=UTC)
HOURS = 12


def changes(index: int) -> list[tuple[datetime, bool]]:
    """What a bay's sensor tells in some hours: the moments at which its word changes."""
    dice, at, before, out = random.Random(index), BEGAN, None, []
    while at < BEGAN + timedelta(hours=HOURS):
        visit = plan(index, len(out), BAYS[index], list(DRIVERS), dice)
        for pause, is_taken in ((visit.after(before), True), (visit.lasts, False)):
            at += timedelta(seconds=pause)
            out.append((at, is_taken))
        before = visit
    return out


def test_no_sensor_of_the_town_flaps() -> None:
    for index, bay in enumerate(BAYS):
        qualms: Qualms = {}
        seen: Changes = {}
        for at, is_taken in changes(index):
            word = OccupancyRead(
                at=at, seen_at=at, source="sensors", source_id=str(at), subject=sensor_subject(bay.device),
                occupied=is_taken, edge=True,
            )  # fmt: skip
            note_change(qualms, seen, word)
        assert qualms == {}, bay


def test_bays_are_taken_about_every_five_minutes() -> None:
    for index in range(len(BAYS)):
        arrivals = [at for at, is_taken in changes(index) if is_taken]
        assert 9 * HOURS < len(arrivals) < 12 * HOURS


def test_the_town_is_neither_full_nor_empty() -> None:
    told = [changes(index) for index in range(len(BAYS))]
    for minute in range(1, HOURS * 60):
        moment = BEGAN + timedelta(minutes=minute)
        words = [[is_taken for at, is_taken in each if at <= moment] for each in told]
        assert 0 < sum(any(each[-1:]) for each in words) < len(BAYS), minute
