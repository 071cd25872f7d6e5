"""``baywarden web``: gunicorn, with synchronous workers; threads cost nearly twice as much CPU a request."""

import argparse
import logging
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication  # type: ignore[import-untyped]
from gunicorn.glogging import Logger  # type: ignore[import-untyped]

from commands.beginning import PORT_PATIENCE_S, begin
from commands.context import Context
from commands.ports import require_free_port
from commands.stopping import end_with_parent

_GRACEFUL_S = 4


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.set_defaults(run=run)


def run(context: Context, _args: argparse.Namespace) -> int:
    """Serve HTTP until stopped."""
    settings = begin("web", context)
    require_free_port(settings.web_host, settings.web_port, "BAYWARDEN_WEB_PORT", PORT_PATIENCE_S)
    with context.ledger():  # says now, once, if the database is not ready
        pass
    _Gunicorn(context).run()
    return 0


class _Logs(Logger):  # type: ignore[misc]
    """gunicorn's own words through our logging."""

    def setup(self, cfg: Any) -> None:
        super().setup(cfg)
        self.error_log.handlers, self.error_log.propagate = [], True
        self.error_log.setLevel(logging.WARNING)
        self.access_log.handlers = []


class _Gunicorn(BaseApplication):  # type: ignore[misc]
    """gunicorn in this process, its workers forked from it; each makes its own app and ledger after the fork."""

    def __init__(self, context: Context) -> None:
        self._context = context
        super().__init__()

    def load_config(self) -> None:
        settings = self._context.settings
        host = f"[{settings.web_host}]" if ":" in settings.web_host else settings.web_host
        for name, value in {
            "bind": f"{host}:{settings.web_port}",
            "workers": settings.web_workers,
            "worker_class": "sync",
            "logger_class": _Logs,
            "graceful_timeout": _GRACEFUL_S,
            "control_socket_disable": True,
            "proc_name": "baywarden-web",
            "post_fork": lambda _server, _worker: end_with_parent(),
        }.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        return self._context.make_web(self._context.settings)
