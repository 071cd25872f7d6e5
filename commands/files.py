"""Files that a person names: what can't be done with one is said in a sentence that names it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from commands.context import CommandError
from enforcement.policy import Policy
from enforcement.policy_document import PolicyError, read_policy


@contextmanager
def named(path: Path, done: str = "read") -> Iterator[None]:
    """Raise :class:`CommandError` for what goes wrong with this file; ``done``: what can't be done with it."""
    try:
        yield
    except UnicodeDecodeError as error:
        raise CommandError(f"{path} is no text in UTF-8.") from error
    except OSError as error:
        raise CommandError(f"{error.filename or path} can't be {done}: {error.strerror or error}.") from error


def text_of(path: Path) -> str:
    """What is in it, as text in UTF-8."""
    with named(path):
        return path.read_text(encoding="utf-8")


def policy_of(path: Path) -> Policy:
    """The policy in it; where it is none, all its faults are in a :class:`CommandError`."""
    try:
        return read_policy(text_of(path))
    except PolicyError as error:
        raise no_policy(path, error) from error


def no_policy(path: Path, error: PolicyError) -> CommandError:
    """What to say of a file that is no policy: each fault is a line."""
    return CommandError(f"{path} is no policy:\n" + "\n".join(f"  {fault}" for fault in error.faults))
