"""Commands by which an owner says what prices depend on: places, groups, permits, policies and their notices."""

import re
from pathlib import Path

import pytest

from tests.runtime.conftest import Run

PAGE = Path(__file__).resolve().parents[2] / "docs" / "policies.md"
POLICIES = PAGE.parent.parent / "policies"


@pytest.fixture
def run(migrated: Run) -> Run:
    """Run a command on a database of its own that is up to date; gives exit code, output and errors."""
    return migrated


def example(first: str) -> str:
    """The CSV file of the page that begins with this column."""
    found: list[str] = re.findall(rf"```\n({first},.*?)```", PAGE.read_text("utf-8"), re.DOTALL)
    return found[0]


def written(tmp_path: Path, text: str) -> str:
    path = tmp_path / "file"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_the_pages_places_are_imported_once(run: Run, tmp_path: Path) -> None:
    file = written(tmp_path, example("place"))
    assert run("places", "import", file) == (0, "4 places described, 9 things changed.\n", "")
    assert run("places", "import", file) == (0, "4 places described, 0 things changed.\n", "")
    listed = run("places", "list")[1]
    assert re.search(r"^ca\*abc\*l1 +tax_region +ca-bc +owner +from always$", listed, re.MULTILINE)
    assert re.search(
        r"^ca\*abc\*l1\*e3 +power_class +HPC +owner +from 2026-05-01T07:00:00\+00:00$", listed, re.MULTILINE
    )


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ("abc,,,,,,", "'abc' is not the key of a network, a station or an EVSE"),
        ("ca*abc,harbour,,,,,", "site can't be said of ca\\*abc"),
        ("ca*abc*l1*e1,,ca-qc,,,,", "tax_region can't be said of"),
        ("ca*abc*l1,,atlantis,,,,", "unknown tax region 'atlantis'"),
        ("ca*abc*l1,,,CA-XX,,,", "no calendar of public holidays is called 'CA-XX'"),
        ("ca*abc*l1,,,,,AC,yesterday", "'yesterday' is no day"),
        ("ca*abc*l1,,,,,,,atlantis", "no rule is known for a place called 'atlantis'"),
    ],
)
def test_every_wrong_line_is_named(run: Run, tmp_path: Path, line: str, fault: str) -> None:
    head = example("place").splitlines()[0] + ",law"
    code, _, said = run("places", "import", written(tmp_path, f"{head}\n{line}\n"))
    assert code == 1
    assert re.search(f"line 2: .*{fault}", said)


def test_the_pages_groups_and_permits_are_imported(run: Run, tmp_path: Path) -> None:
    assert run("groups", "import", written(tmp_path, example("group")))[0] == 0
    assert run("groups", "list")[1].split() == ["group", "members", "2", "permit", "resident", "1"]


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        (",,ca*abc*1,,,,,", "name a group or a permit"),
        ("a,b,ca*abc*1,,,,,", "name a group or a permit"),
        ("a,,,,,,,", "name a token or a contract"),
        ("a,,1234,,,,,", "A token is written"),
        ("a,,ca*abc*1,,,2026-02-01,2026-01-01,", "to is not after from"),
        ("a,,ca*abc*1,,here,,,", "not the key of a network or a station"),
    ],
)
def test_every_wrong_member_is_named(run: Run, tmp_path: Path, line: str, fault: str) -> None:
    head = example("group").splitlines()[0]
    code, _, said = run("groups", "import", written(tmp_path, f"{head}\n{line}\n"))
    assert code == 1
    assert re.search(f"line 2: .*{fault}", said)


def test_every_shipped_policy_is_checked_published_and_shown(run: Run) -> None:
    for path in sorted(POLICIES.glob("*.toml")):
        assert run("policy", "check", str(path))[0] == 0
        code, said, _ = run("policy", "publish", str(path))
        assert code == 0
        shown = run("policy", "show", said.split()[0])[1]
        assert shown.startswith(path.read_text("utf-8").rstrip())
        assert "# notice " in shown


def test_a_check_says_what_a_policy_asks_for_or_what_is_wrong(run: Run, tmp_path: Path) -> None:
    said = run("policy", "check", str(POLICIES / "02-tesla-congestion.toml"))[1]
    assert "it asks for how full the site is; whether a warning was delivered." in said
    code, _, said = run("policy", "check", written(tmp_path, 'id = "A b"\n'))
    assert code == 1
    assert "line 1: id" in said and "version is missing" in said


def test_a_notice_is_put_up(run: Run, tmp_path: Path) -> None:
    run("policy", "publish", str(POLICIES / "idle-10min.toml"))
    text = written(tmp_path, "Move your vehicle.\n")
    assert run("policy", "notice", "idle-10min@1", "--en", text, "--from", "2030-01-01")[1] == (
        "Notice idle-10min@1/2 is up from 2030-01-01T00:00:00+00:00.\n"
    )
    assert "# Move your vehicle." in run("policy", "show", "idle-10min@1")[1]
    assert "no policy x@1 is published" in run("policy", "notice", "x@1", "--en", text)[2]
    assert run("policy", "show", "x@1")[0] == 1
