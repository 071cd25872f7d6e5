"""``baywarden broker``: the embedded MQTT broker, on loopback."""

import argparse
import os

from commands.beginning import PORT_PATIENCE_S, begin
from commands.context import Context
from commands.ports import require_free_port
from sensors.broker import embedded_command


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.set_defaults(run=run)


def run(context: Context, _args: argparse.Namespace) -> int:
    """Become the broker."""
    settings = begin("broker", context)
    require_free_port("127.0.0.1", settings.broker_port, "BAYWARDEN_BROKER_PORT", PORT_PATIENCE_S)
    command = embedded_command(settings.broker_port, settings.data_dir / "broker")
    os.execv(command[0], command)  # noqa: S606
