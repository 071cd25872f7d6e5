"""Kinds of noise: each makes of what would have been said what is heard instead, here on the way of all messages."""

import random
from dataclasses import replace
from datetime import timedelta

from benchmarks.boulder import Port
from benchmarks.noise import Noise
from benchmarks.noise_of_networks import sessions_late, sessions_lost, updates_lost
from benchmarks.noise_of_sensors import ahead, behind, blinking, inaccurate, lost, lost_unnumbered, stuck
from enforcement.facts import AnyFact

_MINUTE = timedelta(minutes=1)


def none(facts: list[AnyFact], port: Port, chance: random.Random) -> list[AnyFact]:
    """Everything as it was."""
    return facts


def late(facts: list[AnyFact], port: Port, chance: random.Random) -> list[AnyFact]:
    """A fifth of all messages, the network's too, comes up to six hours late."""
    return [replace(f, seen_at=f.at + chance.random() * 360 * _MINUTE) if chance.random() < 0.2 else f for f in facts]


def doubled(facts: list[AnyFact], port: Port, chance: random.Random) -> list[AnyFact]:
    """Half of all messages come twice, the second one later."""
    again = [replace(f, seen_at=f.at + chance.random() * 60 * _MINUTE) for f in facts if chance.random() < 0.5]
    return [*facts, *again]


def reordered(facts: list[AnyFact], port: Port, chance: random.Random) -> list[AnyFact]:
    """All messages come in any order, hours apart from when they were true."""
    return [replace(f, seen_at=f.at + chance.random() * 1440 * _MINUTE) for f in facts]


SESSIONS_INTACT: dict[str, Noise] = {
    "none": none,
    "1 % of the sensor's messages lost": lost(0.01),
    "5 % lost": lost(0.05),
    "20 % lost": lost(0.20),
    "5 % lost, messages not numbered": lost_unnumbered,
    "20 % of all messages up to 6 h late": late,
    "half of all messages twice": doubled,
    "all messages in any order": reordered,
    "95 % accurate sensors": inaccurate,
    "sensors that blink": blinking,
    "clocks up to 10 min behind": behind,
    "clocks that jump": ahead,
    "stuck at occupied": stuck(True),
    "stuck at free": stuck(False),
}
SESSIONS_LOST: dict[str, Noise] = {
    "10 % of the sessions lost": sessions_lost,
    "20 % of the sessions' updates lost": updates_lost,
    "all sessions' updates up to 6 h late": sessions_late,
}
KINDS = SESSIONS_INTACT | SESSIONS_LOST
