"""What each command gets from the composition root: settings, the clock, and how to make what it needs.

The database is imported by whoever opens it: a back-test has none, and should not wait for it.
"""

import getpass
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from settings import Settings

if TYPE_CHECKING:
    from flask import Flask

    from ledger.database import Ledger


class CommandError(Exception):
    """A command that can't do what it was asked; the message is a sentence for whoever asked."""


@dataclass(frozen=True, slots=True)
class Context:
    """Everything that a command may use of the world. ``make_web`` is ``app.create_app``."""

    settings: Settings
    clock: Callable[[], datetime]
    make_web: Callable[[Settings], "Flask"]

    @contextmanager
    def ledger(self) -> Iterator["Ledger"]:
        """The ledger, given back at the end. Raises :class:`CommandError` if its database is not to be used."""
        ledger = open_ledger(self.settings)
        try:
            _require_current(ledger)
            _require_pseudonym_key(ledger, self.clock())
            yield ledger
        finally:
            ledger.close()


def operator() -> str:
    """Who is at the command line, as logs of acts and of reads name them."""
    return f"operator:{getpass.getuser()}"[:60]


def _require_current(ledger: "Ledger") -> None:
    from sqlalchemy.exc import OperationalError  # noqa: PLC0415

    from migrations.standing import current, newest  # noqa: PLC0415

    try:
        with ledger.read() as conn:
            standing = current(conn)
    except OperationalError as error:
        raise CommandError(f"The database can't be reached: {error.orig}") from error
    if standing != newest():
        raise CommandError("The database is not up to date with this version. Run: baywarden migrate")


def _require_pseudonym_key(ledger: "Ledger", now: datetime) -> None:
    from ledger.pseudonyms import adopt, is_of_this_database  # noqa: PLC0415

    with ledger.read() as conn:
        fits = is_of_this_database(conn, ledger.vault)
    if fits is None:
        with ledger.write(now) as tx:
            adopt(tx)
    elif not fits:
        raise CommandError(
            "BAYWARDEN_PSEUDONYM_KEY is not the key that drivers are named with in this database (without it, the last "
            "of BAYWARDEN_VAULT_KEYS makes it): no driver would be found again."
        )


def open_ledger(settings: Settings) -> "Ledger":
    """A ledger on the database that the settings name."""
    from configuration.keys import KeyFile  # noqa: PLC0415
    from ledger.database import Ledger  # noqa: PLC0415
    from ledger.vault import Vault  # noqa: PLC0415
    from notifications.texts import compose  # noqa: PLC0415

    reread = None if settings.vault_file is None else KeyFile(settings.vault_file)
    return Ledger(settings.database_url, Vault(settings.vault_keys, settings.pseudonym_key, reread), compose)
