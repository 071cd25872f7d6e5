"""Topic filters and patterns (MQTT 5.0, 4.7)."""

import pytest

from sensors.topics import TopicPattern


@pytest.mark.parametrize(
    ("pattern", "topic", "fits"),
    [
        ("a/b", "a/b", True), ("a/b", "a/b/c", False), ("a/b", "a/B", False),
        ("a/+", "a/b", True), ("a/+", "a/", True), ("a/+", "a", False), ("a/+", "a/b/c", False), ("+", "a", True),
        ("a/#", "a", True), ("a/#", "a/b/c", True), ("a/#", "ab", False), ("#", "a/b", True), ("+/b/#", "x/b/c", True),
        ("v3/+/devices/+/up", "v3/app@tenant/devices/d-1/up", True), ("v3/+/devices/+/up", "v3/app/devices/d-1/up", True),
        ("a.b/+", "axb/c", False), ("a/#", "a/b\nc", True),
    ],
)  # fmt: skip
def test_filters_fit_as_the_standard_says(pattern: str, topic: str, fits: bool) -> None:
    assert TopicPattern.parse(pattern).fits(topic) is fits


def test_the_device_is_found_in_its_level() -> None:
    pattern = TopicPattern.parse("+/bays/sensor-{device}/state")
    assert pattern.filter == "+/bays/+/state"
    assert pattern.device("north/bays/sensor-A.7/state") == "A.7"
    assert pattern.device("north/bays/probe-A.7/state") is None
    assert not pattern.fits("north/bays/sensor-/state")


def test_a_device_may_be_named_by_several_levels() -> None:
    pattern = TopicPattern.parse("{device}/bays/{device}/#")
    assert pattern.filter == "+/bays/+/#"
    assert pattern.device("lot-a/bays/7/state") == "lot-a/7"
    assert pattern.device("lot-b/bays/7") == "lot-b/7"


@pytest.mark.parametrize(
    "text", ["", "a/#/b", "a#", "a/b+", "{device}-{device}/a", "a/{dev}", "a\x00", "$share/g/a", "##"]
)
def test_a_wrong_filter_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"must|may"):
        TopicPattern.parse(text)
