"""Contacts from partners: how the driver of one of a party's own tokens is reached."""

from sqlalchemy import delete

from ledger.access import AccessError, Client
from ledger.consents import Terms, record
from ledger.database import Tx, table, upsert
from ledger.drivers import add_driver
from ledger.token_ties import untie_token
from ledger.vault import token_key
from models import TokenAlert
from models.drivers import TieSource


def put_phone(tx: Tx, client: Client, uid: str, phone: str, language: str, consent: str) -> None:
    """Reach a token's driver by phone (E.164), under the consent that the partner states.

    Raises ValueError for a language that is not spoken, :class:`AccessError` for a client without a party.
    """
    token = _token(tx, client, uid)
    driver = add_driver(tx, phone, language, [token], TieSource.PARTNER)
    terms = Terms({"contact": {language: consent.strip()}}, f"partner {client.name}")
    record(tx, driver, "contact", token, language, terms)
    tx.conn.execute(delete(table(TokenAlert)).where(table(TokenAlert).c.token == token))


def alert_partner(tx: Tx, client: Client, uid: str) -> None:
    """Alert the partner itself of what concerns a token; a number that was known for it is not used any more."""
    token = _token(tx, client, uid)
    row = {
        "token": token,
        "client": client.id,
        "party": client.party,
        "uid": tx.vault.encrypt(uid),
        "created_at": tx.now,
    }
    upsert(tx.conn, TokenAlert, ["token"], [row])
    untie_token(tx, token)


def remove(tx: Tx, client: Client, uid: str) -> None:
    """Forget how a token's driver is reached."""
    token = _token(tx, client, uid)
    tx.conn.execute(delete(table(TokenAlert)).where(table(TokenAlert).c.token == token))
    untie_token(tx, token)


def _token(tx: Tx, client: Client, uid: str) -> str:
    """A partner speaks for tokens of its own party only: the party is the client's, never the request's."""
    if client.party is None:
        raise AccessError("this client speaks for no party")
    country, _, party = client.party.partition("*")
    return token_key(tx.vault, country, party, uid)
