"""Two consumers, each a process: ``python -m benchmarks.consumers service|floor BROKER DATABASE [MEMBER]``.

``service`` is the sensors process as it runs, with ``MEMBER`` as one of several that share the messages. ``floor`` only
receives with the same client library and QoS, and inserts messages in batches into a table without keys: what any
consumer with this broker and database must do.
"""

import queue
import sys
import threading
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties
from sqlalchemy import column, table

from benchmarks.places import make_ledger
from commands.beginning import collect_seldom
from sensors.address import BrokerAddress
from sensors.listener import run
from sensors.mapping_document import read_mapping

_FLOOR = table("floor_fact", column("topic"), column("payload"))
_BATCH = 500


def service(broker: str, database: str, member: str = "") -> None:
    """As ``baywarden sensors`` does; as a ``member``, with ``share`` in its mapping."""
    ledger = make_ledger(database)
    address = BrokerAddress.parse(broker)
    mapping = replace(read_mapping(), share="bench" if member else None)
    run(ledger, address, mapping, lambda: datetime.now(UTC), threading.Event(), f"bench-service{member}")


def floor(broker: str, database: str) -> None:
    """Receive, insert a batch, commit, acknowledge; nothing else."""
    ledger = make_ledger(database)
    waiting: queue.SimpleQueue[mqtt.MQTTMessage] = queue.SimpleQueue()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, "bench-floor", protocol=mqtt.MQTTv5, manual_ack=True)
    client.on_message = lambda _client, _data, message: waiting.put(message)
    client.on_connect = lambda client, *_: client.subscribe("+/bays/+", qos=1)
    properties = Properties(PacketTypes.CONNECT)
    properties.SessionExpiryInterval = 3600
    properties.ReceiveMaximum = 65_535
    parts = urlsplit(broker)
    client.connect(parts.hostname or "", parts.port or 1883, clean_start=False, properties=properties)
    client.loop_start()
    while True:
        batch = [waiting.get()]
        while len(batch) < _BATCH and not waiting.empty():
            batch.append(waiting.get())
        rows: list[dict[str, Any]] = [{"topic": each.topic, "payload": each.payload.decode()} for each in batch]
        with ledger.write(datetime.now(UTC)) as tx:
            tx.conn.execute(_FLOOR.insert(), rows)
        for each in batch:
            client.ack(each.mid, each.qos)


if __name__ == "__main__":
    collect_seldom()
    {"service": service, "floor": floor}[sys.argv[1]](*sys.argv[2:])
