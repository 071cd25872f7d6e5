"""Noise of networks: sessions, or updates of them, that are lost or late."""

import random
from dataclasses import replace
from datetime import timedelta

from benchmarks.boulder import Port
from enforcement.facts import AnyFact, SessionUpdated

_MINUTE = timedelta(minutes=1)


def sessions_lost(facts: list[AnyFact], port: Port, chance: random.Random) -> list[AnyFact]:
    """Of each tenth session nothing is heard at all, though the network is."""
    gone = {v.session for v in port.visits if chance.random() < 0.1}
    return [f for f in facts if not isinstance(f, SessionUpdated) or f.session not in gone]


def updates_lost(facts: list[AnyFact], port: Port, chance: random.Random) -> list[AnyFact]:
    """A fifth of the network's updates never comes, ends of sessions among them."""
    return [f for f in facts if not isinstance(f, SessionUpdated) or chance.random() >= 0.2]


def sessions_late(facts: list[AnyFact], port: Port, chance: random.Random) -> list[AnyFact]:
    """All of the network's updates come up to six hours late."""
    return [
        replace(f, seen_at=f.at + chance.random() * 360 * _MINUTE) if isinstance(f, SessionUpdated) else f
        for f in facts
    ]  # fmt: skip
