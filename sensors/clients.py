"""MQTT clients, made for a broker's address: who they are, how they are let in, and what the broker keeps for them."""

import ssl
from typing import Any

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion
from paho.mqtt.packettypes import PacketTypes
from paho.mqtt.properties import Properties

from sensors.address import BrokerAddress, Version
from sensors.client import WatchedClient

KEEPALIVE_S = 30
_CONNECT_S = 10.0
# How long the broker keeps our session, and all that comes for it, while we are away.
_SESSION_KEPT_S = 7 * 86_400
_RECEIVE_MAXIMUM = 65_535


def make_client(address: BrokerAddress, version: Version, client_id: str) -> WatchedClient:
    """A client whose session lasts over its connections; it acknowledges when it is told to. Raises OSError (TLS)."""
    is_5 = version == "5"
    client = WatchedClient(
        CallbackAPIVersion.VERSION2,
        client_id=client_id,
        clean_session=None if is_5 else False,
        protocol=MQTTProtocolVersion.MQTTv5 if is_5 else MQTTProtocolVersion.MQTTv311,
        reconnect_on_failure=False,
        manual_ack=True,
    )
    client.connect_timeout = _CONNECT_S
    identify(client, address)
    return client


def identify(client: Client, address: BrokerAddress) -> None:
    """Name, password and certificates, as the address has them. Raises OSError for certificates that can't be used."""
    if address.username is not None:
        client.username_pw_set(address.username, address.password)
    if address.tls:
        client.tls_set_context(ssl.create_default_context(cafile=address.ca))


def connect(client: Client, address: BrokerAddress) -> None:
    """Connect to the session that is kept. Raises OSError if nobody is there."""
    extra: dict[str, Any] = {}
    if client.protocol == MQTTProtocolVersion.MQTTv5:
        properties = Properties(PacketTypes.CONNECT)  # type: ignore[no-untyped-call]
        properties.SessionExpiryInterval = _SESSION_KEPT_S
        properties.ReceiveMaximum = _RECEIVE_MAXIMUM
        extra = {"clean_start": False, "properties": properties}
    client.connect(address.host, address.port, KEEPALIVE_S, **extra)
