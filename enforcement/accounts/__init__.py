"""Why a fee is what it is: piece by piece, as data and in words for a driver, an owner and an officer.

``account_of`` turns a fee into an :class:`Account`; ``driver_text``, ``owner_text`` and ``officer_text`` say it in
English or French, the first in Spanish too; ``grounds`` names the facts that a piece rests on.
"""

from enforcement.accounts.account import Account, AccountLine, account_of
from enforcement.accounts.grounds import grounds
from enforcement.accounts.voices import driver_text, officer_text, owner_text

__all__ = ["Account", "AccountLine", "account_of", "driver_text", "grounds", "officer_text", "owner_text"]
