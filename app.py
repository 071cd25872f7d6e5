"""The composition root: the web application, and the command line ``baywarden``. Only here is the clock read."""

import argparse
import os
import select
import sys
from collections.abc import Sequence
from datetime import UTC, datetime
from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

from commands.context import CommandError, Context
from commands.zones import use_newest_zones
from settings import Settings, SettingsError, load

if TYPE_CHECKING:
    from flask import Flask

_DESCRIPTION = """\
Baywarden watches charging bays: who blocks one, what that costs, and who is told.

  baywarden run --demo    try it: everything on this machine, with a town of synthetic vehicles
  baywarden run           the same without the town
  baywarden web           one process of a real installation; so are sensors, clock and sender

Settings come from the environment (BAYWARDEN_...); docs/settings.md lists them all."""

# Each command, and the function that tells the command line about it. Its module is loaded only when it is called: six
# processes start at once, and none of them should pay for what another one needs.
_COMMANDS = {
    "run": ("running:command", "run everything on this machine: broker, web, sensors, clock, sender"),
    "web": ("web:command", "serve pages, the API and OCPI"),
    "sensors": ("sensors:command", "take in what bay sensors publish by MQTT"),
    "clock": ("clock:command", "look again at bays whose time has come, and pull from networks"),
    "sender": ("sending:command", "send the messages that wait in the outbox"),
    "broker": ("broker:command", "run the embedded MQTT broker on loopback"),
    "migrate": ("databases:command", "bring the database up to date with this version"),
    "import": ("places:importing", "tie bays to their EVSEs and sensors, from a CSV file"),
    "signs": ("signs:command", "print the signs of a station's bays, with their codes, as a PDF"),
    "sign": ("attesting:command", "attest that somebody saw the sign which the law asks for, or that it is gone"),
    "places": ("describing:places", "say what a price may depend on: sites, tax regions, calendars, power classes"),
    "groups": ("describing:groups", "say who is in a group or holds a permit, from a CSV file"),
    "policy": ("policies:command", "check, publish, list and show versions of policies, and put up notices"),
    "network": ("networks:command", "say how fees at a network are settled, what its sessions' end means"),
    "ocpi": ("connecting:command", "connect charging networks by OCPI, list them, end a connection"),
    "driver": ("people:driver", "tie a phone number to the tokens of a driver"),
    "login": ("people:login", "let a person log in"),
    "client": ("people:client", "let a program call the API"),
    "webhooks": ("webhooks:command", "say which systems are told of violations by webhook"),
    "keys": ("keys:command", "change the keys that encrypt personal data"),
    "privacy": ("privacy:command", "give a driver what is kept of them, erase it, show who read it"),
    "purge": ("purging:command", "remove what was kept long enough"),
    "rebuild": ("rebuild:command", "fold all facts again and compare with what stands"),
    "why": ("explaining:command", "tell how the fee of a violation came about"),
    "backtest": ("backtest:command", "what would this policy have done with this history?"),
    "replay": ("replay:command", "send a history through the real doors into the running service"),
    "town": ("demo:command", "run the demo town against a service with this database"),
}


def utc_now() -> datetime:
    """The one clock."""
    return datetime.now(UTC)


def create_app(settings: Settings) -> "Flask":
    """The web application, for gunicorn or any other WSGI server; one a process, made after forking."""
    from commands.webapp import make_app  # noqa: PLC0415 - the other processes need no Flask

    use_newest_zones()
    return make_app(settings, utc_now)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command. Exit 0: done; 1: it could not be done; 2: it was asked for wrongly."""
    words = sys.argv[1:] if arguments is None else list(arguments)
    args = _parser(words[0] if words else "").parse_args(words)
    use_newest_zones()
    try:
        settings = load()
    except SettingsError as error:
        for fault in error.faults:
            print(f"baywarden: {fault}", file=sys.stderr)
        return 2
    try:
        code: int = args.run(Context(settings, utc_now, create_app), args)
        sys.stdout.flush()
    except CommandError as error:
        print(f"baywarden: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        if not _is_output_closed():
            raise
        return 141
    return code


def _is_output_closed() -> bool:
    """Whether nobody reads what is printed any more, as behind ``| head``; then nothing more is tried to be said."""
    output = select.poll()
    output.register(sys.stdout, 0)  # that it is closed is told unasked
    if not output.poll(0):
        return False
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return True


def _parser(called: str) -> argparse.ArgumentParser:
    """The command line; of its commands, only the one that is called knows its own arguments."""
    parser = argparse.ArgumentParser(
        prog="baywarden", description=_DESCRIPTION, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--version", action="version", version=f"baywarden {version('baywarden')}")
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    for name, (where, words) in _COMMANDS.items():
        command = commands.add_parser(name, help=words, description=_sentence(words))
        if name == called:
            module, _, describe = where.partition(":")
            getattr(import_module(f"commands.{module}"), describe)(command)
    return parser


def _sentence(words: str) -> str:
    return words[0].upper() + words[1:] + ("" if words.endswith("?") else ".")


if __name__ == "__main__":
    sys.exit(main())
