"""How the driver of a session pays, as far as its CdrToken (OCPI 2.2.1, 10.4.5) tells."""

from enforcement.facts import Contract
from ocpi.keys import network_key


def contract_of(network: str, token: object) -> Contract | None:
    """``adhoc`` without a contract, ``contract`` with the station's own network, ``roaming`` with another party.

    None where the token does not say whose it is: then no clause that asks for a contract holds.
    """
    if not isinstance(token, dict):
        return None
    if str(token.get("type")).strip().upper() == "AD_HOC_USER":
        return "adhoc"
    country, party = token.get("country_code"), token.get("party_id")
    if not isinstance(country, str) or not isinstance(party, str) or not country.strip() or not party.strip():
        return None
    return "contract" if network_key(country.strip(), party.strip()) == network else "roaming"
