"""What keeps a driver's data from being erased for now: a violation that is not over for everybody."""

from enforcement.violations import State

# It runs, its fee is not final, a person has yet to answer, or a city has it.
HELD = frozenset({State.RUNNING, State.ENDED, State.DISPUTED, State.REFERRED})


def holds_erasure(state: State) -> bool:
    """Whether a violation in this state needs its driver (a legal hold)."""
    return state in HELD
