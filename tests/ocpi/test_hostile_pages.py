"""Whatever a page that is fetched holds: what can be read is taken, all else refused in words, and nothing is a fault."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from ledger.database import Ledger, table
from ledger.partners import KnownPartner
from models import Reject
from ocpi.fetched import take_page
from ocpi.puller import Puller
from ocpi.wire import decode, encode
from tests.conftest import minutes
from tests.ocpi.conftest import Clock
from tests.ocpi.test_hostile import HOSTILE, documents

MODULES = ("locations", "sessions", "tariffs", "cdrs")


@pytest.mark.parametrize("version", ["2.1.1", "2.2.1", "2.3.0"])
def test_no_page_is_a_fault_of_ours(
    ledger: Ledger, partner: KnownPartner, puller: Puller, clock: Clock, version: str
) -> None:
    clock.now = minutes(90)
    speaks = replace(partner, connection={**partner.connection, "version": version})

    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(st.sampled_from(MODULES), st.lists(documents() | HOSTILE, min_size=1, max_size=5))
    def take(module: str, items: list[Any]) -> None:
        sent = decode(encode(items))
        pulled = take_page(puller, speaks, module, sent)
        assert pulled.taken + pulled.refused == len(items)

    take()
    rows = table(Reject)
    with ledger.read() as conn:
        reasons = set(conn.execute(select(rows.c.reason)).scalars())
    assert reasons and not [reason for reason in reasons if "fault of ours" in reason]
