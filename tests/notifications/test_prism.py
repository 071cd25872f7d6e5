"""The whole way to Twilio, judged by Twilio's own OpenAPI document in both directions, under everything that goes wrong.

Senders in processes of their own send a thousand messages through Prism (a validating proxy) to the stateful fake, which
loses answers, stalls, refuses and fails at random, while the senders are killed: each message leaves once, or nobody
claims to know; none leaves twice.
"""

import json
import random
import time
import urllib.error
import urllib.request
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from multiprocessing.context import ForkServerProcess
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy import select

from ledger.database import Ledger, table
from models import Driver
from notifications.channels.twilio import TwilioAccount
from notifications.hooks import HookSettings, blueprint
from tests.conftest import SHARED_DATA, empty_ledger
from tests.support.forked import end, fork_ready
from tests.support.outbox_rows import messages, put_messages, states
from tests.support.prism import prism
from tests.support.sender_process import send
from tests.support.twilio_server import (
    ACCOUNT,
    AUTH_TOKEN,
    PUBLIC_URL,
    Fault,
    TwilioServer,
    lose,
    problem,
    refuse,
    stall,
)

DOCUMENT = SHARED_DATA / "twilio" / "messages.openapi.json"
MESSAGES = f"/2010-04-01/Accounts/{ACCOUNT}/Messages.json"
COUNT, SENDERS, KILLS = 1000, 3, 4
NOW, PAST_THE_LEASE = timedelta(0), timedelta(minutes=3)
RNG = random.Random(20_261_125)

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(not DOCUMENT.exists(), reason="Twilio's OpenAPI document is not at hand"),
]


@pytest.fixture
def twilio() -> Iterator[TwilioServer]:
    with TwilioServer() as server:
        yield server


@pytest.fixture
def log(tmp_path: Path) -> Path:
    return tmp_path / "prism.log"


@pytest.fixture
def proxy(twilio: TwilioServer, log: Path) -> Iterator[str]:
    with prism(DOCUMENT, twilio.url, log) as url:
        yield url


@pytest.fixture
def sqlite(tmp_path: Path) -> Iterator[tuple[str, Ledger]]:
    url = f"sqlite:///{tmp_path / 'baywarden.db'}"
    with empty_ledger(url) as ledger:
        yield url, ledger


def faults(count: int) -> list[Fault | None]:
    """What happens to the next requests: four in five go well."""
    kinds: list[tuple[int, Fault | None]] = [
        (160, None),
        (8, lose(accepted=True)),
        (6, lose(accepted=False)),
        (1, stall(2.5, accepted=True)),
        (1, stall(2.5, accepted=False)),
        (8, refuse(429, 20429)),
        (4, refuse(503, 20503)),
        (2, problem(500, 20500)),
        (4, refuse(400, 21211)),
        (4, refuse(400, 21610)),
    ]
    weights = [weight for weight, _ in kinds]
    return RNG.choices([fault for _, fault in kinds], weights, k=count)


def start(url: str, proxy: str, ahead: timedelta = NOW) -> ForkServerProcess:
    account = TwilioAccount(
        sid=ACCOUNT, auth_token=AUTH_TOKEN, sender="+13035550198", public_url=PUBLIC_URL, redact=False, base_url=proxy,
        read_timeout_s=1.5,
    )  # fmt: skip
    return fork_ready(send, url, account, ahead)


def work_off(url: str, ledger: Ledger, proxy: str) -> None:
    """Several senders, some of them killed at any moment, until nothing waits that anybody may still send."""
    running = [start(url, proxy) for _ in range(SENDERS)]
    killed, deadline = 0, time.monotonic() + 300
    try:
        while (left := Counter(states(ledger)))["pending"] > 0:
            assert time.monotonic() < deadline, left
            if killed < KILLS and left["pending"] < COUNT * (KILLS - killed) / (KILLS + 1):
                end(running.pop(0), kill=True)
                running.append(start(url, proxy))
                killed += 1
            time.sleep(0.5)
    finally:
        for process in running:
            end(process)
    assert killed == KILLS


@pytest.mark.timeout(400)
def test_a_thousand_messages_leave_once_each_or_nobody_claims_to_know(
    sqlite: tuple[str, Ledger], twilio: TwilioServer, proxy: str, log: Path
) -> None:
    url, ledger = sqlite
    twilio.faults.extend(faults(3 * COUNT))
    put_messages(ledger, COUNT, datetime.now(UTC), lasts=timedelta(hours=2))
    work_off(url, ledger, proxy)
    _resolve(url, ledger, proxy)
    _check(ledger, twilio)
    # The document knows answers of success only; others pass with this remark.
    judged = [
        line for line in log.read_text().splitlines() if "iolation" in line and "returned status code" not in line
    ]
    assert judged == []
    left = len(twilio.forms)
    _call_back(ledger, twilio)
    assert len(twilio.forms) == left, "no word of the provider's sends anything again"


def _resolve(url: str, ledger: Ledger, proxy: str) -> None:
    """Past the lease, what killed senders held is unknown, and Twilio is asked for all that is."""
    process, deadline = start(url, proxy, PAST_THE_LEASE), time.monotonic() + 60
    was: Counter[str] = Counter()
    while time.monotonic() < deadline:
        time.sleep(1.5)
        now = Counter(states(ledger))
        if now["sending"] == 0 and now == was:
            break
        was = now
    end(process)


def _check(ledger: Ledger, twilio: TwilioServer) -> None:
    arrived = Counter(form["Body"] for form in twilio.forms)
    assert max(arrived.values()) == 1, "none left twice"
    for row in messages(ledger):
        count = arrived[row.text]
        match row.state.value:
            case "sent" | "delivered":
                assert count == 1, row.text
            case "failed":
                assert (count == 0) == ("opted out" in row.reason or "not a valid" in row.reason), row.reason
            case "unknown":
                assert count <= 1
            case other:
                pytest.fail(f"{row.text} is {other}")
    found = Counter(states(ledger))
    assert found["sent"] + found["delivered"] > 0.8 * COUNT
    assert found["failed"] > 0


def _call_back(ledger: Ledger, twilio: TwilioServer) -> None:
    """Call-backs come twice and in any order; some tell of opt-outs and numbers that are none."""
    app = Flask(__name__)
    settings = HookSettings(auth_token=AUTH_TOKEN, public_url=PUBLIC_URL)
    app.register_blueprint(blueprint(ledger, lambda: datetime.now(UTC), settings))
    client, last = app.test_client(), ["delivered"] * 46 + ["21610", "21610", "30006", "30003"]
    calls = []
    for number, word in enumerate(last):
        more = {"ErrorCode": word} if word.isdecimal() else {}
        final = ("undelivered" if more else "delivered", more)
        calls += [(number, status, extra) for status, extra in [("queued", {}), ("sent", {}), final, final]]
    for _ in range(2):
        RNG.shuffle(calls)
        for number, status, more in calls:
            to, form, headers = twilio.callback(number, status, **more)
            assert client.post(to.removeprefix(PUBLIC_URL), data=form, headers=headers).status_code == 204
            forged = {"X-Twilio-Signature": headers["X-Twilio-Signature"][::-1]}
            assert client.post(to.removeprefix(PUBLIC_URL), data=form, headers=forged).status_code == 403
    by_text = {row.text: row for row in messages(ledger)}
    told = [by_text[form["Body"]].state.value for form in twilio.forms[: len(last)]]
    assert told == ["delivered"] * 46 + ["failed"] * 4
    with ledger.read() as conn:
        drivers = {row.id: row for row in conn.execute(select(table(Driver)))}
    marked = [drivers[by_text[form["Body"]].driver] for form in twilio.forms[46:50]]
    assert [(row.opted_out_at is not None, row.unusable_at is not None) for row in marked] == [
        *((True, False), (True, False), (False, True), (False, False))
    ]


def _ask(url: str, data: bytes | None = None) -> int:
    request = urllib.request.Request(url, data)
    request.add_header("Authorization", "Basic " + "QUM6eA==")
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return int(answer.status)
    except urllib.error.HTTPError as error:
        with error:
            assert "prism" in json.loads(error.read())["type"]
            return error.code


def test_prism_really_judges_both_directions(twilio: TwilioServer, proxy: str) -> None:
    """A request, and an answer, that Twilio's document does not allow do not get through."""
    assert _ask(f"{proxy}{MESSAGES}", b"Body=no+addressee&ValidityPeriod=soon") == 422
    assert twilio.forms == []
    assert _ask(f"{proxy}/2010-04-01/Nothing.json") == 404
