"""The zones of the system are read where they are as new as the package's, else the package's."""

import zoneinfo
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from importlib import resources
from pathlib import Path

import pytest
import tzdata  # type: ignore[import-untyped]

from commands.zones import use_newest_zones, version_in

EVENING = datetime(2026, 11, 26, 20, tzinfo=UTC)


@pytest.fixture
def system(tmp_path: Path) -> Iterator[Path]:
    """The system's zones, in which Vancouver is at Greenwich."""
    (tmp_path / "America").mkdir()
    greenwich = resources.files("tzdata.zoneinfo").joinpath("UTC").read_bytes()
    (tmp_path / "America" / "Vancouver").write_bytes(greenwich)
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath(to=[str(tmp_path / "none"), str(tmp_path)])
    zoneinfo.ZoneInfo.clear_cache()
    yield tmp_path
    zoneinfo.reset_tzpath(to=before)
    zoneinfo.ZoneInfo.clear_cache()


def says(system: Path, words: str) -> None:
    (system / "tzdata.zi").write_text(words, encoding="utf-8")


def in_vancouver() -> timedelta | None:
    return EVENING.astimezone(zoneinfo.ZoneInfo("America/Vancouver")).utcoffset()


def test_older_zones_of_the_system_are_not_read(system: Path) -> None:
    says(system, "# version 2025b\n# This zic input file is in the public domain.\n")
    assert in_vancouver() == timedelta(0)
    assert use_newest_zones() == tzdata.IANA_VERSION
    assert in_vancouver() == timedelta(hours=-7), "British Columbia has not changed its clocks in November 2026"


def test_newer_zones_of_the_system_are(system: Path) -> None:
    says(system, "# version 2999a\n")
    assert use_newest_zones() == "2999a"
    assert in_vancouver() == timedelta(0)


@pytest.mark.parametrize("words", ["", "R d 1916 o - Jun 14 23s 1 S\n", "\ufffd\x00\n"])
def test_zones_of_no_known_age_are_not(system: Path, words: str) -> None:
    says(system, words)
    assert use_newest_zones() == tzdata.IANA_VERSION
    assert in_vancouver() == timedelta(hours=-7)


def test_once_is_as_good_as_twice(system: Path) -> None:
    says(system, "# version 2025b\n")
    assert use_newest_zones() == use_newest_zones()
    assert in_vancouver() == timedelta(hours=-7)


def test_a_machine_without_zones_says_no_version(tmp_path: Path) -> None:
    assert version_in([]) is None
    assert version_in([str(tmp_path / "none")]) is None
    assert version_in([str(tmp_path)]) is None
