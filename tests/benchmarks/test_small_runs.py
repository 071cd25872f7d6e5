"""Each bench with a few of everything, so that it still runs when somebody wants to know. Noise has tests of its own."""

import pytest

from benchmarks import backtesting, core, curve, graces, million, mqtt, ocpi, receivers
from tests.conftest import require_tool


@pytest.mark.mosquitto
@pytest.mark.parametrize("consumer", ["service", "floor"])
def test_messages_through_the_broker(benched: dict[str, str], consumer: str) -> None:
    require_tool("mosquitto")
    assert mqtt.measure(benched["SQLite"], consumer, 200, bays=100) > 0


def test_pushes_of_sessions(benched: dict[str, str]) -> None:
    servers = {"empty": receivers.empty(), "ours": receivers.ours(benched["SQLite"])}
    found = ocpi.measure(servers, 5, known=5)
    for name in servers:
        assert found[name].put > 0
        assert found[name].patch > 0
    assert ocpi.deciding(benched["SQLite"], 5, known=5) > 0


@pytest.mark.parametrize("exact", [False, True])
def test_a_backtest(exact: bool) -> None:
    service, floor = backtesting.measure(backtesting.BY_HOURS, exact=exact, sessions=300)
    assert 0 < service < floor


def test_graces_that_end_at_once(bench_url: str) -> None:
    found = graces.measure(bench_url, 60)
    assert found.cpu > 0
    assert found.seconds > 0


def test_what_a_fact_costs(benched: dict[str, str]) -> None:
    assert curve.by_bays(benched["PostgreSQL"], 50, 100) > 0
    assert curve.by_updates(benched["SQLite"], 3) > 0


@pytest.mark.parametrize("case", core.CASES)
def test_decisions_of_the_core(case: str) -> None:
    assert core.measure(core.CASES[case], 5) > 0


def test_a_process_that_holds_all_bays(benched: dict[str, str]) -> None:
    held = million.measure(benched["PostgreSQL"], 600)
    assert held.memory > 20 * 2**20
    assert min(held.imported, held.kept, held.fact) > 0
