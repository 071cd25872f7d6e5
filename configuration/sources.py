"""Where settings come from: the environment, one file of settings, and files that hold one secret each."""

import difflib
from collections.abc import Mapping
from pathlib import Path

PREFIX = "BAYWARDEN_"
ENV_FILE = f"{PREFIX}ENV_FILE"
_FILE = "_FILE"


def gather(
    environ: Mapping[str, str], known: Mapping[str, bool], faults: list[str], files: dict[str, Path]
) -> dict[str, str]:
    """What was said of each known setting. ``known``: name to whether it is a secret. Faults are appended.

    ``files`` is told where each secret lies that has a file of its own.
    """
    said = {name: value for name, value in environ.items() if name.startswith(PREFIX)}
    if ENV_FILE in said:
        said = {**_settings_file(Path(said.pop(ENV_FILE)), faults), **said}
    given: dict[str, str] = {}
    for name, value in said.items():
        target = name.removesuffix(_FILE)
        if name in known:
            given[name] = value
        elif name.endswith(_FILE) and known.get(target, False):
            if target in said:
                faults.append(f"{target} and {name} are both set: give one of them.")
            files[target] = Path(value)
            given[target] = _secret_file(name, files[target], faults)
        else:
            close = difflib.get_close_matches(name, known, n=1)
            faults.append(f"{name} is not a setting" + (f"; did you mean {close[0]}?" if close else "."))
    return given


def _settings_file(path: Path, faults: list[str]) -> dict[str, str]:
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        faults.append(f"{ENV_FILE} = '{path}' can't be read.")
        return {}
    found: dict[str, str] = {}
    for number, line in enumerate(lines, start=1):
        name, equals, value = line.strip().removeprefix("export ").partition("=")
        if not line.strip() or name.startswith("#"):
            continue
        if equals and name.strip().startswith(PREFIX):
            found[name.strip()] = value.strip().strip("\"'")
        else:
            faults.append(f"{path}, line {number}, is not {PREFIX}NAME=value.")
    return found


def _secret_file(name: str, path: Path, faults: list[str]) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        faults.append(f"{name} = '{path}' can't be read.")
        return ""
