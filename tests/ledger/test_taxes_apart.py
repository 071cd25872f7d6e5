"""One account for each tax in the ledger, each rounded once, on top of the price or inside it."""

import pytest

from ledger import policies, rebuild
from ledger.database import Ledger
from tests.conftest import minutes
from tests.ledger.test_main_way import NETWORK, POLICY, TOKEN, balances, play, story, town

__all__ = ["town"]
# Fees of 10.00, 15.00 and 15.00 as their prices are stated (idle, overstaying, unplugged).
UNTAXED = POLICY.split("[[tax]]")[0].replace("version = 1", "version = 2")


def taxed(ledger: Ledger, *lines: str) -> dict[str, int]:
    """What each account comes to under the policy with these lines on its taxes."""
    with ledger.write(minutes(-900)) as tx:
        policies.publish(tx, UNTAXED.replace('currency = "CAD"\n', 'currency = "CAD"\n' + "\n".join(lines) + "\n"))
    play(ledger, story(), until=minutes(200))
    assert list(rebuild.differences(ledger, minutes(300))) == []
    return balances(ledger)


@pytest.mark.parametrize(
    ("lines", "taxes"),
    [
        # 5 % of 10 and twice of 15: 0.50 + 2 x 0.75
        (['tax_region = "ca-ab"'], {"GST": 200}),
        (['tax_region = "ca-on"'], {"HST": 130 + 2 * 195}),
        (['tax_region = "ca-ns"'], {"HST": 140 + 2 * 210}),
        # 9.975 % of 10 is 0.9975, of 15 1.49625
        (['tax_region = "ca-qc"'], {"GST": 200, "QST": 100 + 2 * 150}),
        (['tax_region = "ca-bc"'], {"GST": 200}),
        (['tax_region = "ca-bc"', 'taxes_charged = ["PST"]'], {"GST": 200, "PST": 70 + 2 * 105}),
        (['tax_region = "ca-mb"', 'taxes_charged = ["RST"]'], {"GST": 200, "RST": 70 + 2 * 105}),
        (['tax_region = "ca-sk"', 'taxes_charged = ["PST"]'], {"GST": 200, "PST": 60 + 2 * 90}),
        (['tax_region = "none"'], {}),
    ],
)
def test_taxes_on_top_of_the_price(town: Ledger, lines: list[str], taxes: dict[str, int]) -> None:
    assert taxed(town, *lines) == {
        f"driver:{TOKEN}": 4000 + sum(taxes.values()),
        f"operator:{NETWORK}": -4000,
        **{f"tax:{name}": -amount for name, amount in taxes.items()},
    }


@pytest.mark.parametrize(
    ("lines", "taxes"),
    [
        # 10.00 holds 8.6975.. net: 0.43 and 0.87; 15.00 holds 13.0463..: 0.65 and 1.30
        (['tax_region = "ca-qc"'], {"GST": 43 + 2 * 65, "QST": 87 + 2 * 130}),
        # 10.00 holds 8.8495..: 1.15; 15.00 holds 13.2743..: 1.73
        (['tax_region = "ca-on"'], {"HST": 115 + 2 * 173}),
        # 10.00 holds 8.9285..: 0.4464.. and exactly 0.625; 15.00 holds 13.3928..: 0.67 and 0.94
        (['tax_region = "ca-bc"', 'taxes_charged = ["PST"]'], {"GST": 45 + 2 * 67, "PST": 63 + 2 * 94}),
    ],
)
def test_taxes_inside_the_price(town: Ledger, lines: list[str], taxes: dict[str, int]) -> None:
    assert taxed(town, *lines, "tax_included = true") == {
        f"driver:{TOKEN}": 4000,
        f"operator:{NETWORK}": -4000 + sum(taxes.values()),
        **{f"tax:{name}": -amount for name, amount in taxes.items()},
    }
