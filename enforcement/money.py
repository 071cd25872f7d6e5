"""Money: integer minor units, exact fractions until the one rounding, never float."""

from collections.abc import Collection
from dataclasses import dataclass
from fractions import Fraction

# ISO 4217 exponents other than 2.
_EXPONENTS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}

# Active codes of ISO 4217 that people pay in: no metals, funds, baskets or tests.
_CODES = """
AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP
CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD
IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR
MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP
SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG
XOF XPF YER ZAR ZMW ZWG
"""
CURRENCIES = frozenset(_CODES.split())


@dataclass(frozen=True, slots=True)
class Tax:
    """One tax on a fee: its name on the receipt and its rate (0.09975 for 9.975 %)."""

    name: str
    rate: Fraction


@dataclass(frozen=True, slots=True)
class TaxLine:
    """What one tax comes to, in minor units."""

    name: str
    rate: Fraction
    amount_minor: int


def exponent(currency: str) -> int:
    """How many decimals a currency has (ISO 4217)."""
    return _EXPONENTS.get(currency, 2)


def to_minor(amount: Fraction, currency: str) -> int:
    """Round an exact amount in major units half up to minor units. This is the one rounding."""
    return _half_up(amount.numerator * int(10 ** exponent(currency)), amount.denominator)


def to_major(amount_minor: int, currency: str) -> Fraction:
    """Minor units as an exact amount in major units."""
    return Fraction(amount_minor, int(10 ** exponent(currency)))


def tax_lines(net_minor: int, taxes: tuple[Tax, ...]) -> tuple[TaxLine, ...]:
    """One amount per tax, each on the same net and rounded half up once (GST and QST are never rounded as one)."""
    if not taxes:
        return ()
    return tuple(
        TaxLine(tax.name, tax.rate, _half_up(net_minor * tax.rate.numerator, tax.rate.denominator)) for tax in taxes
    )


def format_minor(amount_minor: int, currency: str) -> str:
    """An amount for people, in GSM-7 safe characters: ``12.40 CAD``, ``-3 JPY``."""
    digits = exponent(currency)
    sign, whole = ("-" if amount_minor < 0 else ""), abs(amount_minor)
    if digits == 0:
        return f"{sign}{whole} {currency}"
    major, minor = divmod(whole, 10**digits)
    return f"{sign}{major}.{minor:0{digits}d} {currency}"


def half_up(amount: Fraction) -> int:
    """Round to a whole number, a half upwards."""
    return _half_up(amount.numerator, amount.denominator)


def added(amounts: Collection[Fraction]) -> Fraction:
    """The sum of exact amounts; most fees have one alone, which is that sum."""
    return next(iter(amounts)) if len(amounts) == 1 else sum(amounts, Fraction(0))


def _half_up(numerator: int, denominator: int) -> int:
    return (2 * numerator + denominator) // (2 * denominator)
