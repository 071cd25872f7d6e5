"""A local Twilio, judged by Twilio's own OpenAPI document where it is at hand, and a channel to it."""

from collections.abc import Iterator
from datetime import datetime
from itertools import takewhile

import pytest

from ledger.database import Ledger
from notifications.channels.base import Channel
from notifications.channels.twilio import TwilioAccount, TwilioChannel
from notifications.sender import send_next
from tests.conftest import NOON, SHARED_DATA
from tests.support.twilio_contract import Contract
from tests.support.twilio_server import ACCOUNT, AUTH_TOKEN, PUBLIC_URL, TwilioServer


class StandingClock:
    """Time stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOON

    def __call__(self) -> datetime:
        return self.now


def send_due(ledger: Ledger, channel: Channel, clock: StandingClock, limit: int) -> int:
    """Send up to ``limit`` messages that are due. Returns how many were."""
    return sum(1 for _ in takewhile(lambda _: send_next(ledger, channel, clock), range(limit)))


@pytest.fixture
def clock() -> StandingClock:
    return StandingClock()


@pytest.fixture
def twilio(clock: StandingClock) -> Iterator[TwilioServer]:
    document = SHARED_DATA / "twilio" / "messages.openapi.json"
    with TwilioServer(Contract(document) if document.exists() else None, clock) as server:
        yield server


@pytest.fixture
def account(twilio: TwilioServer) -> TwilioAccount:
    return TwilioAccount(
        sid=ACCOUNT,
        auth_token=AUTH_TOKEN,
        sender="+13035550199",
        public_url=PUBLIC_URL,
        redact=False,
        base_url=twilio.url,
        read_timeout_s=0.5,
    )


@pytest.fixture
def channel(account: TwilioAccount) -> TwilioChannel:
    return TwilioChannel(account)
