"""Telephone numbers as people type them."""

from collections.abc import Sequence

import phonenumbers
from phonenumbers import PhoneNumberFormat, PhoneNumberType

_CAN_GET_SMS = (PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE)
_LONGEST = 40


def read(typed: str, countries: Sequence[str]) -> str | None:
    """The number in E.164; None if it is none, can't get an SMS, or is of a country that is not served.

    A number without a country's code is one of the first country.
    """
    if len(typed) > _LONGEST:
        return None
    try:
        number = phonenumbers.parse(typed, countries[0])
    except phonenumbers.NumberParseException:
        return None
    is_served = phonenumbers.is_valid_number(number) and phonenumbers.region_code_for_number(number) in countries
    if not is_served or phonenumbers.number_type(number) not in _CAN_GET_SMS:
        return None
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)
