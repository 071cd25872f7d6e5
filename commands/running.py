"""``baywarden run``: everything on one machine under one supervisor, from nothing to a working service."""

import argparse
import fcntl
import os
import sys

from commands import demo
from commands.context import CommandError, Context, open_ledger
from commands.ports import require_free_port
from commands.supervising import Program, write_config
from commands.welcome import prepare_access, welcome
from migrations.upgrade import upgrade
from settings import Settings


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.add_argument("--demo", action="store_true", help="with the demo town: synthetic vehicles, by the doors")
    parser.set_defaults(run=run)


def run(context: Context, args: argparse.Namespace) -> int:
    """Check, prepare, say what runs where, and become the supervisor. Ctrl-C ends all of it."""
    settings, now = context.settings, context.clock()
    _check(settings)
    ledger = open_ledger(settings)
    upgrade(ledger.engine)
    with ledger.write(now) as tx:
        credentials = prepare_access(tx, settings.data_dir / "secrets")
        if args.demo:
            demo.prepare(tx)
    ledger.close()
    config = write_config(settings.data_dir / "supervisord.conf", _programs(settings, is_demo=args.demo))
    print(welcome(settings, credentials, is_demo=args.demo), flush=True)
    _append_to_standard_output()
    os.execv(sys.executable, (sys.executable, "-m", "supervisor.supervisord", "-c", str(config)))  # noqa: S606


def _programs(settings: Settings, *, is_demo: bool) -> list[Program]:
    names = ["web", "sensors", "clock", "sender"]
    if settings.is_broker_ours:
        names.insert(0, "broker")
    if is_demo:
        names.append("town")
    return [Program(name) for name in names]


def _append_to_standard_output() -> None:
    """Where that is a file, the supervisor opens it a second time: neither may write over the other."""
    flags = fcntl.fcntl(sys.stdout.fileno(), fcntl.F_GETFL)
    fcntl.fcntl(sys.stdout.fileno(), fcntl.F_SETFL, flags | os.O_APPEND)


def _check(settings: Settings) -> None:
    """What would otherwise fail later, in the middle of a start. Raises :class:`CommandError`."""
    try:
        settings.data_dir.mkdir(parents=True, exist_ok=True)
        probe = settings.data_dir / ".writable"
        probe.write_text("")
        probe.unlink()
    except OSError as error:
        raise CommandError(f"BAYWARDEN_DATA_DIR = '{settings.data_dir}' can't be written: {error.strerror}.") from error
    require_free_port(settings.web_host, settings.web_port, "BAYWARDEN_WEB_PORT")
    if settings.is_broker_ours:
        require_free_port("127.0.0.1", settings.broker_port, "BAYWARDEN_BROKER_PORT")
