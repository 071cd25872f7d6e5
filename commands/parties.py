"""Who we are to OCPI peers."""

from ocpi.calls import OurParty
from settings import Settings


def our_party(settings: Settings) -> OurParty:
    """Our party, from the settings."""
    return OurParty(settings.country_code, settings.party_id, settings.party_name)
