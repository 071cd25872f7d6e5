"""What it takes to start a session in the town: its network takes commands, and a token is known."""

import msgspec

from ledger import tokens
from ledger.database import Ledger
from ledger.partners import by_token
from ledger.registrations import Party, Registration, invite, register
from ledger.vault import token_key
from tests.conftest import NOON


def open_network(ledger: Ledger) -> int:
    """Northshore Charge is connected and takes commands; gives the partner's id."""
    ends = [{"identifier": "commands", "role": "RECEIVER", "url": "https://network.example/commands"}]
    connection = {"version": "2.2.1", "literal": False, "endpoints": ends}
    party = Party(network="ca*nsc", country_code="CA", party_id="NSC", name="Northshore Charge")
    with ledger.write(NOON) as tx:
        found = by_token(tx.conn, invite(tx, "Northshore", synthetic=True))
        assert found is not None
        url = "https://network.example/versions"
        said = Registration(token="B", versions_url=url, connection=connection, parties=[party])
        register(tx, found[0], said)
        return found[0].id


def known_token(ledger: Ledger) -> str:
    """A token of the network, as its Tokens module told of it."""
    with ledger.write(NOON) as tx:
        key = token_key(tx.vault, "CA", "NSC", "04A1B2C3")
        said = {"country_code": "CA", "party_id": "NSC", "uid": "04A1B2C3", "type": "RFID", "contract_id": "CA-NSC-1"}
        tokens.keep_token(tx, key, msgspec.json.encode(said).decode())
        return key
