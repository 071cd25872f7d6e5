"""Commands for the keys of the vault: a new one goes in front and through everything, then the old ones may go."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from commands.context import CommandError, Context
from commands.files import named
from configuration.kept import replace_kept
from configuration.keys import new_vault_key, pseudonym_key_of
from ledger.database import Ledger
from ledger.resealing import reseal


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of ``keys``."""
    actions = parser.add_subparsers(required=True, metavar="ACTION")
    show = actions.add_parser("show", help="where the keys lie, and how many there are")
    show.add_argument("--pseudonym", action="store_true", help="print the key of pseudonyms, to give it as a setting")
    show.set_defaults(run=show_keys)
    rotate = actions.add_parser("rotate", help="put a new key in front and encrypt everything with it")
    rotate.set_defaults(run=rotate_keys)
    retire = actions.add_parser("retire", help="encrypt what is left with the newest key, then forget the others")
    retire.set_defaults(run=retire_keys)


def show_keys(context: Context, args: argparse.Namespace) -> int:
    """Say nothing of the keys themselves, but for the one that is asked for."""
    settings = context.settings
    if args.pseudonym:
        print(settings.pseudonym_key or pseudonym_key_of(settings.vault_keys[-1]))
        return 0
    place = "the environment" if settings.vault_file is None else str(settings.vault_file)
    print(f"{len(settings.vault_keys)} vault key(s) in {place}; the first encrypts, all decrypt.")
    return 0


def rotate_keys(context: Context, _args: argparse.Namespace) -> int:
    """Processes that run read the file again at their next use of it; nothing is stopped."""
    path = _file(context)
    with context.ledger() as ledger:
        _write(path, (new_vault_key(), *context.settings.vault_keys))
        print(f"A new key stands first in {path}. Back it up now; the old ones stay until: baywarden keys retire")
        _reseal(context, ledger)
    return 0


def retire_keys(context: Context, _args: argparse.Namespace) -> int:
    """Twice is once. What no key opens stays as it is, and is no reason to keep a key."""
    path, keys = _file(context), context.settings.vault_keys
    if len(keys) == 1:
        print("There is only one key.")
        return 0
    if not context.settings.pseudonym_key:
        raise CommandError(
            "The last vault key names the drivers in evidence. Set BAYWARDEN_PSEUDONYM_KEY to what "
            "'baywarden keys show --pseudonym' prints, for every process, then retire it."
        )
    with context.ledger() as ledger:
        _reseal(context, ledger)
    _write(path, keys[:1])
    print(f"{len(keys) - 1} old key(s) forgotten. Backups from before today need them: keep those apart.")
    return 0


def _file(context: Context) -> Path:
    path = context.settings.vault_file
    if path is None:
        raise CommandError(
            "The vault keys stand in the environment, which no process reads twice. Put them into a file, newest "
            "first, name it in BAYWARDEN_VAULT_KEYS_FILE, and start the processes again."
        )
    return path


def _write(path: Path, keys: Sequence[str]) -> None:
    with named(path, "written"):
        replace_kept(path, "\n".join(keys) + "\n")


def _reseal(context: Context, ledger: Ledger) -> None:
    for name, renewed in reseal(ledger, context.clock):
        if renewed:
            print(f"{name}: {renewed} row(s) encrypted anew")
