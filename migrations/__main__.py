"""``python -m migrations "what changes"``: draft the next revision from how models differ from migrations."""

import sys
import tempfile
from pathlib import Path

from alembic import command
from sqlalchemy import create_engine

from migrations.standing import newest
from migrations.upgrade import configure


def main() -> None:
    """Write the draft; whoever asked for it reads it, corrects it and gives it a telling file name."""
    with tempfile.TemporaryDirectory() as folder:
        engine = create_engine(f"sqlite:///{Path(folder) / 'draft.db'}")
        with engine.begin() as conn:
            command.upgrade(configure(conn), "head")
            command.revision(configure(conn), message=" ".join(sys.argv[1:]), autogenerate=True, rev_id=_next())


def _next() -> str:
    return f"{int(newest()) + 1:04d}"


if __name__ == "__main__":
    main()
