"""The broker's configuration for production, as it is shipped: encrypted, named users, topics by user, nothing lost."""

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from ledger.database import Ledger
from models import FactRow
from sensors.mapping_document import read_mapping
from sensors.topics import TopicPattern
from tests.conftest import require_tool
from tests.sensors.conftest import count
from tests.support.brokers import free_port, wait_for

pytestmark = pytest.mark.mosquitto
SHIPPED = Path(__file__).parents[2] / "deploy" / "mosquitto"
EXAMPLE = Path(__file__).parents[2] / "docs" / "mapping.example.toml"
USERS = {"baywarden": "b-secret", "things-stack": "t-secret", "bay-7": "7-secret"}
BODY = json.dumps({"occupied": True, "at": "2026-03-02T17:00:00Z"})


def _version(file: Path) -> tuple[int, int] | None:
    return ((found := file.stat()).st_ino, found.st_mtime_ns) if file.exists() else None


class Broker:
    """mosquitto with the shipped files, in a folder with a certificate and passwords made for the test."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        shutil.copytree(SHIPPED, folder, dirs_exist_ok=True)
        config = (folder / "mosquitto.conf").read_text()
        assert config.count("listener 8883") == 1  # the one thing that a test on a shared machine must change
        (folder / "mosquitto.conf").write_text(config.replace("listener 8883", f"listener {self.port}"))
        for name in ("certs", "data", "conf.d"):
            (folder / name).mkdir()
        (folder / "conf.d" / "user.conf").write_text("user root\n")
        self.ca = folder / "certs" / "broker.crt"
        subprocess.run(
            [require_tool("openssl"), "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=localhost",
             "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1", "-keyout", folder / "certs" / "broker.key", "-out", self.ca],
            check=True, capture_output=True,
        )  # fmt: skip
        (folder / "passwords").touch(0o600)
        for user, password in USERS.items():
            subprocess.run(
                [require_tool("mosquitto_passwd"), "-b", "passwords", user, password],
                cwd=folder,
                check=True,
                capture_output=True,
            )
        self.start()

    def start(self) -> None:
        self.process = subprocess.Popen(
            [require_tool("mosquitto"), "-c", "mosquitto.conf"], cwd=self.folder, stderr=subprocess.DEVNULL
        )
        wait_for(lambda: self.answer("baywarden") == "Success", "the broker answers")

    def wait_saved(self) -> None:
        """Wait until all that was acknowledged is on disk.

        mosquitto has one thread, and replaces its whole database at each save: what was acknowledged before is in the
        next one. It counts in whole seconds, so that a save comes between one and two seconds after the last.
        """
        database = self.folder / "data" / "mosquitto.db"
        before = _version(database)
        wait_for(lambda: _version(database) != before, "the broker saves what it holds")

    def url(self, user: str) -> str:
        return f"mqtts://{user}:{USERS[user]}@localhost:{self.port}?ca={self.ca}"

    def answer(self, user: str, password: str | None = None, *, tls: bool = True) -> str:
        """What the broker says to somebody who connects."""
        said: list[str] = []
        client = self.client(user, USERS.get(user) if password is None else password, tls=tls)
        client.on_connect = lambda _c, _d, _f, reason, _p: said.append(str(reason))
        client.on_disconnect = lambda _c, _d, _f, reason, _p: said.append(str(reason))
        try:
            client.connect("localhost", self.port)
        except OSError as error:
            return type(error).__name__
        client.loop_start()
        wait_for(lambda: said, "the broker says something")
        client.disconnect()
        client.loop_stop()
        return said[0]

    def client(self, user: str, password: str | None, *, tls: bool = True, **more: object) -> mqtt.Client:
        client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=mqtt.MQTTv5, reconnect_on_failure=False, **more)  # type: ignore[arg-type]
        client.username_pw_set(user, password)
        if tls:
            client.tls_set(ca_certs=str(self.ca))
        return client

    def publish(self, user: str, topic: str, body: str = BODY) -> str:
        """Publish with QoS 1; gives what the broker says to it."""
        said: list[str] = []
        client = self.client(user, USERS[user])
        client.on_publish = lambda _c, _d, _m, reason, _p: said.append(str(reason))
        client.connect("localhost", self.port)
        client.loop_start()
        client.publish(topic, body, qos=1)
        wait_for(lambda: said, "the broker acknowledges")
        client.disconnect()
        client.loop_stop()
        return said[0]


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Broker]:
    running = Broker(tmp_path_factory.mktemp("broker"))
    yield running
    running.process.terminate()
    running.process.wait(10)


def test_without_the_right_name_and_password_nobody_gets_in(broker: Broker) -> None:
    assert broker.answer("baywarden", "wrong") == "Not authorized"
    assert broker.answer("nobody", "x") == "Not authorized"


def test_without_tls_nobody_gets_in(broker: Broker) -> None:
    assert broker.answer("baywarden", tls=False) != "Success"


def test_each_may_publish_on_its_own_topics_only(broker: Broker) -> None:
    assert broker.publish("bay-7", "lot/bays/bay-7") != "Not authorized"
    assert broker.publish("bay-7", "lot/bays/bay-8") == "Not authorized"
    assert broker.publish("bay-7", "v3/a/devices/d/up") == "Not authorized"
    assert broker.publish("things-stack", "v3/a/devices/d/up", "{}") != "Not authorized"
    assert broker.publish("things-stack", "lot/bays/bay-7") == "Not authorized"
    assert broker.publish("baywarden", "lot/bays/bay-7") == "Not authorized"


def test_the_service_may_hear_every_envelope() -> None:
    """What the list leaves out is not refused, it just never comes."""
    acl = (SHIPPED / "acl").read_text().partition("user baywarden\n")[2].partition("\n\n")[0]
    may = [TopicPattern.parse(line.removeprefix("topic read ")) for line in acl.splitlines()]
    for item in read_mapping(EXAMPLE).subscriptions:
        topic = item.topic.filter.replace("+", "x").replace("#", "x")
        assert item.envelope == "plain" or any(each.fits(topic) for each in may), item.topic.text
    assert all(each.filter in {item.filter for item in may} for each in [i.topic for i in read_mapping().subscriptions])


def test_a_sensor_may_hear_nothing(broker: Broker) -> None:
    heard: list[str] = []
    client = broker.client("bay-7", USERS["bay-7"])
    client.on_message = lambda _c, _d, message: heard.append(message.topic)
    client.on_connect = lambda c, _d, _f, _r, _p: c.subscribe("#", qos=1)
    client.connect("localhost", broker.port)
    client.loop_start()
    broker.publish("bay-7", "lot/bays/bay-7")
    client.disconnect()
    client.loop_stop()
    assert heard == []


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_published_while_we_are_away_waits_for_us_even_over_a_killed_broker(
    broker: Broker, ledger: Ledger, listen: object, caplog: pytest.LogCaptureFixture
) -> None:
    """More than mosquitto keeps by default (1000), published before we come back, and the broker killed in between."""
    listening = listen(ledger, broker.url("baywarden")).wait_listening(caplog)  # type: ignore[operator]
    listening.stop()
    client = broker.client("bay-7", USERS["bay-7"])
    client.max_inflight_messages_set(500)
    client.connect("localhost", broker.port)
    client.loop_start()
    sent = [
        client.publish("lot/bays/bay-7", json.dumps({"occupied": n % 2 == 0, "at": 1_700_000_000 + n}), qos=1)
        for n in range(1500)
    ]
    for each in sent:
        each.wait_for_publish(30)
    client.disconnect()
    client.loop_stop()
    broker.wait_saved()
    broker.process.kill()
    broker.process.wait(10)
    broker.start()
    listen(ledger, broker.url("baywarden"))  # type: ignore[operator]
    wait_for(lambda: count(ledger, FactRow) >= 1500, "all is recorded")
    assert count(ledger, FactRow) >= 1500
