"""Which policy version holds for a stay: by the place that it names, and by its dates."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import NamedTuple

from enforcement.policy import Policy
from enforcement.setting import BaySetting


class Scope(NamedTuple):
    """Where a stay is: its station's key, and the keys of the bay's networks and EVSEs."""

    station: str
    networks: Collection[str]
    evses: Collection[str] = ()


def scope_of(setting: BaySetting) -> Scope:
    """Where a bay is."""
    return Scope(setting.station, setting.networks, setting.evses)


def policy_for(policies: Sequence[Policy], scope: Scope, at: datetime) -> Policy | None:
    """Which version holds for a stay that began at ``at``.

    Of those in effect then and in whose scope the bay lies: the one that names its EVSE before one that names the
    station before one that names a network before one that names nothing; among these the latest effective, then the
    higher version, then the id that sorts last.
    """
    best: tuple[tuple[int, datetime, int, str], Policy] | None = None
    for policy in policies:
        rank = rank_of(policy, scope)
        if rank == 0 or at < policy.effective_from or (policy.effective_to and at >= policy.effective_to):
            continue
        key = (rank, policy.effective_from, policy.version, policy.id)
        if best is None or key > best[0]:
            best = (key, policy)
    return None if best is None else best[1]


def rank_of(policy: Policy, scope: Scope) -> int:
    """How closely a policy names a place: 4 its EVSE, 3 the station, 2 a network, 1 nothing; 0: it is not for there.

    A policy that names several levels holds wherever any of them fits, with the rank of the closest.
    """
    if not policy.evses and not policy.stations and not policy.networks:
        return 1
    if policy.evses.intersection(scope.evses):
        return 4
    if scope.station in policy.stations:
        return 3
    return 2 if policy.networks.intersection(scope.networks) else 0
