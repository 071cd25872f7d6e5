"""Which tax region a place lies in, from what charging networks say of it."""

import unicodedata

from enforcement.taxes.lookup import all_regions

# ISO 3166-1: OCPI writes countries in three letters, tax documents in two, and not all are the first two of three.
# fmt: off
_COUNTRIES = {
    "aut": "at", "bel": "be", "bgr": "bg", "can": "ca", "che": "ch", "cyp": "cy", "cze": "cz", "deu": "de",
    "dnk": "dk", "esp": "es", "est": "ee", "fin": "fi", "fra": "fr", "gbr": "gb", "grc": "gr", "hrv": "hr",
    "hun": "hu", "irl": "ie", "ita": "it", "ltu": "lt", "lux": "lu", "lva": "lv", "mlt": "mt", "nld": "nl",
    "nor": "no", "pol": "pl", "prt": "pt", "rou": "ro", "svk": "sk", "svn": "si", "swe": "se",
}
# fmt: on


def region_of(country: str, state: str = "") -> str | None:
    """The key of the region of a country (ISO 3166-1, three letters or two) and its state or province, by code or name.

    None where it can't be told, or where no document names it.
    """
    code = country.strip().casefold()
    code = _COUNTRIES.get(code, code)
    regions = all_regions()
    if code in regions:
        return code if code in _COUNTRIES.values() else None
    part = _plain(state).removeprefix(f"{code}-")
    inner = (key for key in regions if key.startswith(f"{code}-"))
    return next((key for key in inner if part in (key[len(code) + 1 :], _plain(regions[key].name))), None)


def _plain(name: str) -> str:
    """A name without accents, case and outer spaces."""
    letters = unicodedata.normalize("NFKD", name.strip())
    return "".join(letter for letter in letters if not unicodedata.combining(letter)).casefold()
