"""Ports: taken or not, said before anything fails on it."""

import errno
import socket
import time

from commands.context import CommandError


def require_free_port(host: str, port: int, setting: str, patience_s: float = 0) -> None:
    """Raises :class:`CommandError` with a sentence if nothing could listen there.

    ``patience_s``: how long to wait for what is left of a process before us, that was killed, to go.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    deadline = time.monotonic() + patience_s
    while True:
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
                return
        except OSError as error:
            is_taken = error.errno == errno.EADDRINUSE
            if not is_taken or time.monotonic() > deadline:
                why = "is taken by another program" if is_taken else f"can't be used: {error.strerror}"
                raise CommandError(f"Port {port} on {host} {why}. Choose another one with {setting}.") from error
        time.sleep(0.1)
