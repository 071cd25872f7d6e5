"""A whole fleet at once: sensors at a hundred times their real rate, networks with sessions at five times theirs.

All is real: the service's processes as they are installed, mosquitto, the database, on two cores; what is sent comes
from processes of its own, and so does whoever watches when it is decided.
"""

import time
from collections.abc import Sequence

from benchmarks.fleet_carried import Carried
from benchmarks.fleet_readings import A_SESSION_IN
from benchmarks.fleet_stage import PATIENCE_S, Stage, staged
from benchmarks.places import until

BAYS = 33_000
SHARES = (1.0, 0.75, 0.5, 0.25)
_AT_ONCE = 1e6


def measure(
    url: str, bays: int = BAYS, shares: Sequence[float] = SHARES, trial_s: float = 10.0, seconds: float = 60.0
) -> list[Carried]:
    """The largest of these shares that is carried, measured for ``seconds``, after short trials from the first on.

    The trial that comes first of all is not told: it is still of the warming up.
    """
    with staged(url, bays) as stage:
        _warm_up(stage)
        stage.offer(shares[0], trial_s)  # what all said at once is looked at again at once, and cleared away
        found: list[Carried] = []
        for share in shares:
            found.append(stage.offer(share, trial_s))
            if found[-1].holds:
                break
        return [*found, stage.offer(found[-1].share, seconds)]


def _warm_up(stage: Stage) -> None:
    """All sessions begin, and each sensor speaks twice: what processes remember of bays is there then.

    With its first word a sensor becomes known, which changes the registry; only from its second on it is as always.
    """
    _knock(stage)
    first = stage.newest()
    counts = {"readings": 2 * stage.bays, "sessions": len(range(0, stage.bays, A_SESSION_IN))}
    for kind, most in counts.items():
        getattr(stage, kind).ask(rate=_AT_ONCE, seconds=PATIENCE_S, start=time.time(), most=most)
    for kind, most in counts.items():
        if getattr(stage, kind).answer()["sent"] != most:
            raise SystemExit(f"the {kind} did not warm up")
    stage.drain(first, counts)


def _knock(stage: Stage) -> None:
    """Until a reading comes through, the sensors process has not subscribed; it starts in a second or two."""

    def is_heard() -> bool:
        stage.readings.ask(rate=_AT_ONCE, seconds=1.0, start=time.time(), most=1)
        stage.readings.answer()
        time.sleep(0.5)
        return stage.decided(0)["readings"] > 0

    until(is_heard, "the sensors process listens")
