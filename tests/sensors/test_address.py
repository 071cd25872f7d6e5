"""The broker's URL."""

import pytest

from sensors.address import AddressError, BrokerAddress


def test_all_parts_are_read() -> None:
    address = BrokerAddress.parse("mqtts://bay:p%40ss@broker.example:8884?version=3.1.1&ca=/etc/ca.pem")
    assert address == BrokerAddress(
        "broker.example", 8884, tls=True, username="bay", password="p@ss", version="3.1.1", ca="/etc/ca.pem"
    )


@pytest.mark.parametrize(("url", "port"), [("mqtt://h", 1883), ("mqtts://h", 8883), ("mqtt://[::1]:7", 7)])
def test_ports_have_defaults(url: str, port: int) -> None:
    assert BrokerAddress.parse(url).port == port


@pytest.mark.parametrize(
    "url",
    [
        "", "h:1883", "http://h", "mqtt://", "mqtt://h:99999", "mqtt://h:x", "mqtt://h/topic", "mqtt://h?version=4",
        "mqtt://h?retain=1", "mqtt://h?ca=/x", "mqtt://[h",
    ],
)  # fmt: skip
def test_a_wrong_url_is_refused(url: str) -> None:
    with pytest.raises(AddressError):
        BrokerAddress.parse(url)


def test_the_password_is_never_shown() -> None:
    address = BrokerAddress.parse("mqtt://bay:secret@h")
    assert "secret" not in f"{address} {address!r}"
    with pytest.raises(AddressError) as refused:
        BrokerAddress.parse("mqtt://bay:secret@h:port")
    assert "secret" not in str(refused.value)
