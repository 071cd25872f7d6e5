"""The mapping file: what it says is read, and all that is wrong with it is told at once."""

from datetime import timedelta
from pathlib import Path

import pytest

from sensors.mapping import DEFAULT_WATCHDOG
from sensors.mapping_document import MappingError, parse_mapping, read_mapping

FULL = """
share = "baywarden"

[[subscription]]
topic = "city/{device}/state"
envelope = "plain"
value = "state.taken"
occupied = ["yes"]
free = ["no"]
unknown = ["?"]
time = "at"
edge = true
battery = "battery"
model = "induction loop"
watchdog = "90m"

[[subscription]]
topic = "v3/+/devices/+/up"
envelope = "tts"
model = "bosch_tps110"
models = { "Our NWAVE Profile" = "nwave_nps405" }
"""


def test_everything_is_read() -> None:
    mapping = parse_mapping(FULL)
    assert mapping.filters() == ["$share/baywarden/city/+/state", "$share/baywarden/v3/+/devices/+/up"]
    plain, tts = mapping.subscriptions
    assert plain.watchdog_of(None) == timedelta(minutes=90)
    assert plain.truth.read("YES") is True
    assert (plain.value.text, plain.time and plain.time.text, plain.model) == ("state.taken", "at", "induction loop")
    assert plain.edge.is_edge({})
    assert tts.model_of(("our nwave profile",)) == "nwave_nps405"
    assert tts.model_of(("something else",)) == "bosch_tps110"


def test_a_message_belongs_to_the_first_subscription_that_fits() -> None:
    mapping = parse_mapping(FULL)
    assert mapping.find("city/7/state") is mapping.subscriptions[0]
    assert mapping.find("v3/app@t/devices/7/up") is mapping.subscriptions[1]
    assert mapping.find("city/7/status") is None


def test_the_default_mapping_is_sound_and_knows_the_decoders_by_their_public_names() -> None:
    plain, tts, chirpstack = read_mapping().subscriptions
    assert plain.edge.is_edge({"event": "change"})
    assert not plain.edge.is_edge({"event": "heartbeat"})
    assert not plain.edge.is_edge("on")
    assert tts.model_of(("bosch/tps110",)) == "bosch_tps110"
    assert chirpstack.model_of(("", "Nwave NPS405")) == "nwave_nps405"
    assert chirpstack.model_of(()) is None


def test_watchdogs_go_by_model() -> None:
    tts = read_mapping().subscriptions[1]
    assert tts.watchdog_of("bosch_tps110") > timedelta(hours=48)
    assert tts.watchdog_of("nwave_nps405") == timedelta(hours=26)
    assert tts.watchdog_of(None) == DEFAULT_WATCHDOG == timedelta(hours=2)


def test_all_problems_are_named_at_once() -> None:
    with pytest.raises(MappingError) as refused:
        parse_mapping("""
            share = "a/b"
            colour = "red"
            [[subscription]]
            topic = "city/+/state"
            envelope = "plain"
            value = "a..b"
            occupied = [1]
            free = [1]
            watchdog = "soon"
            edge = "sometimes"
            speed = 3
            [[subscription]]
            topic = "a/#/b"
            envelope = "tts"
            model = "bosh"
            models = { x = "nwav" }
            time = "at"
            [[subscription]]
            envelope = "sigfox"
            [[subscription]]
            topic = "t"
            envelope = "tts"
            [[subscription]]
            topic = "t"
            envelope = "chirpstack4"
        """)
    text = "\n".join(refused.value.problems)
    for part in (
        "`share`", "`colour`", "subscription 1 (city/+/state): `topic` must have {device}", "`value` 'a..b'",
        "1 stands in two lists", "`watchdog`", "`edge` must be", "`speed`", "subscription 2 (a/#/b): `topic` may have #",
        "'bosh'", "'nwav'", "there are bosch_tps110, ", "`time` has no meaning with tts",
        "subscription 3 (no topic): `topic`", "`envelope` must be one of actility, chirpstack3, chirpstack4",
        "the topic t is subscribed to twice",
    ):  # fmt: skip
        assert part in text
    assert len(refused.value.problems) == 15


@pytest.mark.parametrize(
    ("text", "problem"),
    [("", r"neither a \[\[subscription\]\]"), ("[[", "not TOML"), ("subscription = 3", "double brackets"), ("subscription = [3]", "topic"),
     ("[[subscription]]\ntopic = 3\nenvelope = []\nvalue = 3\noccupied = 3\nmodels = 3\nmodel = 3\nwatchdog = 3", "quotes")],
)  # fmt: skip
def test_what_is_no_mapping_is_refused(text: str, problem: str) -> None:
    with pytest.raises(MappingError, match=problem):
        parse_mapping(text)


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(MappingError, match=r"nowhere\.toml"):
        read_mapping(tmp_path / "nowhere.toml")


@pytest.mark.parametrize("watchdog", ["367d", "999999d", "0s", "26"])
def test_a_watchdog_is_a_year_at_most(watchdog: str) -> None:
    text = f'[[subscription]]\ntopic = "bays/{{device}}"\nenvelope = "plain"\nwatchdog = "{watchdog}"'
    with pytest.raises(MappingError, match="such as 26h, and a year at most"):
        parse_mapping(text)
    assert parse_mapping(text.replace(watchdog, "366d")).subscriptions[0].watchdog == timedelta(days=366)
