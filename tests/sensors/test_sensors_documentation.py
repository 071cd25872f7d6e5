"""What docs/sensors.md shows works."""

import re
from pathlib import Path

import pytest

from ledger.rejects import Rejected
from sensors import decoders
from sensors.mapping_document import parse_mapping
from sensors.mapping_table import KNOWN_KEYS
from sensors.reading import Message
from sensors.translate import translate
from tests.conftest import NOON

TEXT = (Path(__file__).parents[2] / "docs" / "sensors.md").read_text()


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", TEXT, re.DOTALL)
    assert found
    return found[1]


def test_the_mapping_is_one() -> None:
    mapping = parse_mapping(block("toml"))
    assert [item.envelope for item in mapping.subscriptions] == ["plain", "tts", "chirpstack4"]


def test_each_message_beside_a_mapping_is_read_by_it() -> None:
    """A message stands in a comment as "# payload on topic", before the subscription that takes it."""
    beside = [
        (text, payload, topic)
        for text in re.findall(r"```toml\n(.*?)```", TEXT, re.DOTALL)
        for payload, topic in re.findall(r"^# (\{.*\}) on (\S+)$", text, re.MULTILINE)
    ]
    assert [topic for _, _, topic in beside] == ["city/bay-7/state", "parks/p1/places"]
    for text, payload, topic in beside:
        outcome = translate(parse_mapping(text), Message(topic, payload.encode(), NOON))
        assert not isinstance(outcome, Rejected), outcome
        assert outcome


def test_the_decoder_is_one_in_about_twenty_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoders, "MODELS", {})
    monkeypatch.setattr(decoders, "_NAMES", {})
    source = block("python")
    assert len(source.splitlines()) <= 20
    exec(compile(source, "acme_puck2.py", "exec"), {})
    decoded = decoders.MODELS["acme_puck2"].decode(5, b"\x03\x5d")
    assert decoded.occupancy == decoders.Occupancy(occupied=True, edge=True)
    assert decoded.battery == "93 %"


def test_every_key_and_every_decoder_is_documented() -> None:
    table = TEXT[TEXT.index("| key | meaning |") : TEXT.index("### Give plain")]
    assert [key for key in sorted(KNOWN_KEYS) if f"`{key}`" not in table] == []
    assert [name for name in decoders.MODELS if f"`{name}`" not in TEXT] == []
