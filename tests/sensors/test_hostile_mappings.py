"""Mapping files with wrong types, absurd sizes and odd values: clear words, soon, and never a fault of ours."""

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sensors.mapping_document import MappingError, parse_mapping, read_mapping
from sensors.mapping_table import KNOWN_KEYS

PLAIN = '[[subscription]]\ntopic = "b/{device}"\nenvelope = "plain"\n'
SPARKPLUG = '[[subscription]]\ntopic = "spBv1.0/#"\nenvelope = "sparkplug"\n'
WEBHOOK = '[[webhook]]\nname = "x"\nenvelope = "rekor"\n'


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("a = " + "[" * 5000 + "]" * 5000, "it is nested too deep"),
        ('[subscription]\ntopic = "a"\n', "`subscription` must be a table in double brackets: [[subscription]]"),
        ('[webhook]\nname = "a"\n', "`webhook` must be a table in double brackets: [[webhook]]"),
        (WEBHOOK + 'topic = "a/b"\n', "`topic` has no meaning"),
        (PLAIN + 'model = "a\\u0000b"\n', "must be a name of 1 to 40 printable characters, not 'a\\x00b'"),
        (PLAIN + f'model = "{"x" * 41}"\n', "must be a name of 1 to 40 printable characters"),
        (PLAIN + "occupied = [nan]\n", "nan can't be compared"), (PLAIN + "free = [inf]\n", "inf can't be compared"),
        (PLAIN + 'edge = { path = "a", is = [] }\n', "`edge` must be"),
        (PLAIN + 'edge = { path = "a", is = "b", or = "c" }\n', "`edge` must be"),
        (PLAIN + f'value = "a[{"9" * 5000}]"\n', "is not a path"), (PLAIN + 'watchdog = "٣h"\n', "`watchdog` must be"),
        (SPARKPLUG + 'value = "{bay}/{bay}"\n', "may have {bay} once, and no other braces"),
        (SPARKPLUG + 'value = "Bays/{bays}"\n', "may have {bay} once, and no other braces"),
        (SPARKPLUG + 'value = ""\n', "must be the name of a metric"), (SPARKPLUG + "value = 5\n", "must be the name of a metric"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said(text: str, why: str) -> None:
    with pytest.raises(MappingError) as raised:
        parse_mapping(text)
    assert why in str(raised.value)


@pytest.mark.parametrize("given", ["a." * 50_000 + "a!", "a" * 50_000 + "..", "[0]" * 50_000 + "[", "\\u0001" * 9_000])
def test_what_is_long_is_not_repeated_whole(given: str) -> None:
    for text in (
        PLAIN + f'value = "{given}["\n',
        PLAIN.replace("b/", f"{given}/#/"),
        PLAIN + f'occupied = [["{given}"]]\n',
    ):
        with pytest.raises(MappingError) as raised:
            parse_mapping(text)
        assert len(str(raised.value)) < 1_000


def test_absurd_numbers_of_subscriptions_are_refused_at_once() -> None:
    text = "\n".join(PLAIN.replace("b/", f"b{number}/") for number in range(10_000))
    began = time.process_time()
    with pytest.raises(MappingError, match="more than 1000 subscriptions"):
        parse_mapping(text)
    assert time.process_time() - began < 10
    assert len(parse_mapping("\n".join(PLAIN.replace("b/", f"b{n}/") for n in range(1_000))).subscriptions) == 1_000


def test_an_absurdly_large_file_is_not_read(tmp_path: Path) -> None:
    file = tmp_path / "mapping.toml"
    file.write_text(PLAIN + "#" * 1_048_576)
    with pytest.raises(MappingError, match="is larger than 1048576 bytes"):
        read_mapping(file)


@pytest.mark.parametrize("name", ["Lot.7", "a..b", "Bay [1]", "$x", "Bays/{bay}/In Use?"])
def test_a_metric_may_have_any_name(name: str) -> None:
    assert parse_mapping(SPARKPLUG + f'value = "{name}"\n').subscriptions[0].value.text == name


VALUES = st.sampled_from(
    ['""', '"a"', '"#"', '"{device}"', '"1h"', "0", "-1", "1e400", "nan", "true", "[]", "[[]]", "[{}]", "{}", "{ a = [] }",
     '["a", 1]', "2026-01-01", "1979-05-27T07:32:00Z", '{ path = "a" }', '{ arrival = "1s" }', '"\\u0000"', '"[0]"']
)  # fmt: skip


@given(
    envelope=st.sampled_from(["plain", "tts", "sparkplug", "frigate", "statestream", "zigbee2mqtt", "nothing"]),
    settings=st.dictionaries(st.sampled_from(sorted(KNOWN_KEYS - {"envelope"})), VALUES, max_size=5),
    webhook=st.booleans(),
)
def test_any_values_give_a_mapping_or_what_is_wrong(envelope: str, settings: dict[str, str], webhook: bool) -> None:
    head = WEBHOOK if webhook else f'[[subscription]]\nenvelope = "{envelope}"\n'
    keys = {key: value for key, value in settings.items() if not (webhook and key == "name")}
    try:
        parse_mapping(head + "".join(f"{key} = {value}\n" for key, value in keys.items()))
    except MappingError as error:
        assert all(problem and len(problem) < 600 for problem in error.problems)
