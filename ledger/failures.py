"""Which failures of the database pass by themselves, so that a door may keep what it has and try again."""

from sqlalchemy import exc


def is_passing(error: BaseException) -> bool:
    """Whether the same transaction may succeed later: a lost connection, a lock, a full disk; not a refused value."""
    return isinstance(error, exc.OperationalError | exc.InterfaceError | exc.InternalError | exc.TimeoutError)
