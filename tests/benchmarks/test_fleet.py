"""The bench of a whole fleet, with a small one: everything that was sent is decided, watched and counted."""

import pytest

from benchmarks import fleet, fleet_table
from benchmarks.fleet_carried import Carried, Latency
from tests.conftest import require_tool

pytestmark = pytest.mark.long

BAYS = 200


@pytest.mark.mosquitto
@pytest.mark.timeout(240)
def test_a_small_fleet_is_carried_whole(benched: dict[str, str], capsys: pytest.CaptureFixture[str]) -> None:
    require_tool("mosquitto")
    found = fleet.measure(benched["PostgreSQL"], BAYS, shares=[1.0], trial_s=1.0, seconds=3.0)
    last = found[-1]
    assert not last.refused
    assert last.offered == {"readings": pytest.approx(12.5), "sessions": pytest.approx(3.33, 0.01)}
    for kind, offered in last.offered.items():
        assert 0 < last.kept[kind] <= offered * 1.1
        assert last.latency[kind].watched >= 2
        assert 0 < last.latency[kind].p50 <= last.latency[kind].p99 < 60
    assert {"web", "sensors", "clock", "sender", "mosquitto", "PostgreSQL"} <= last.cpu.keys()
    assert all(memory > 10 * 2**20 for memory in last.memory.values())
    fleet_table.show("small", found)
    assert "sent until decided, p99" in capsys.readouterr().out


def test_what_holds() -> None:
    def carried(kept: float, p99: float, refused: int = 0) -> Carried:
        return Carried(
            share=1, seconds=1, offered={"readings": 100}, kept={"readings": kept}, left={"readings": 0},
            latency={"readings": Latency(9, p99, p99)}, refused=refused, cpu={}, load_cpu=0,
        )  # fmt: skip

    assert carried(99, 0.9).holds
    assert not carried(99, 1.1).holds
    assert not carried(90, 0.9).holds
    assert not carried(100, 0.9, refused=1).holds
    assert Latency.of([]).p99 == float("inf")
    assert Latency.of([0.1] * 98 + [5.0] * 2).p99 == pytest.approx(5.0)
