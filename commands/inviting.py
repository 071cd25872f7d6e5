"""Inviting networks of ours that come in by the doors: the demo town's, and those of a replayed history."""

from ledger import partners, registrations
from ledger.database import Tx


def invite_again(tx: Tx, name: str) -> str:
    """A token A for a synthetic network, also where it was registered before and has lost its credentials."""
    for partner in partners.known(tx.conn):
        if partner.name == name and partner.is_registered:
            registrations.close(tx, partner)
    return registrations.invite(tx, name, synthetic=True)
