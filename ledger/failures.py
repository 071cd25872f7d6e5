"""Which failures of the database pass by themselves, so that a door may keep what it has and try again."""

from sqlalchemy import exc

# A lost connection, a lock, a full disk; not a refused value.
PASSING = (exc.OperationalError, exc.InterfaceError, exc.InternalError, exc.TimeoutError)
# After so many seconds somebody who was refused because of it may ask again.
TRY_AGAIN_S = 5


def is_passing(error: BaseException) -> bool:
    """Whether the same transaction may succeed later."""
    return isinstance(error, PASSING)


def words_of(error: BaseException) -> str:
    """What the database's driver says of such a failure, in one line: it names no row and no value."""
    said = str(getattr(error, "orig", None) or error).strip()
    return f"{type(error).__name__}: {said.splitlines()[0] if said else 'no word'}"
