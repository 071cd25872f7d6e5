"""What each code of a quirk (:mod:`ledger.quirks`) means, and what the standard says of it."""

from collections.abc import Mapping

# OCPI 2.2.1 where no other version is named.
WORDS: Mapping[str, tuple[str, str]] = {
    "cdr_again": ("A CDR was posted more than once.", "10.2.2.2: a CDR is posted once"),
    "cdr_at_id": ("A CDR was posted to the address of one.", "10.2.2.2: POST to the endpoint itself"),
    "clock_ahead": ("last_updated lies in the future: a clock runs ahead.", "17.4: the time of the change, in UTC"),
    "coordinates_zero": ("The coordinates of a location are 0, 0.", "8.4.12 GeoLocation"),
    "empty_connector": ("connector_id is empty.", "9.3.1: required; #NA where it can't be known"),
    "energy_too_large": ("kwh is larger than any battery: perhaps it counts Wh.", "9.3.1: kwh, in kWh"),
    "evse_unreadable": ("An EVSE inside a location can't be read and is left out.", "8.3.2 EVSE"),
    "moved_undated": ("A status moved although last_updated did not.", "8.3.2: last_updated moves with any change"),
    "negative_time": ("A period has a negative time.", "10.4.2: volumes are not negative"),
    "no_last_updated": ("last_updated is missing.", "required in every object"),
    "no_time_zone": ("time_zone is missing or no IANA zone; UTC is assumed.", "8.3.1: required since 2.2.1"),
    "no_token": ("cdr_token is missing: nobody can be warned or billed.", "9.3.1, 10.3.1: required"),
    "number_as_text": ("A number is written as a text.", "17.5 number: a JSON number"),
    "offset_in_time": ("A time is written with an offset from UTC.", "17.4: UTC, with Z or nothing"),
    "older_word": ("An object came that is older than what was sent before.", "last_updated only grows"),
    "paid_parking_only": ("The periods hold less PARKING_TIME than total_parking_time says.", "10.3.1, 10.4.2"),
    "patch_before_put": ("A PATCH came for something that was never PUT.", "4.1.3: PUT first, then PATCH"),
    "patch_undated": ("A PATCH came without last_updated and was refused.", "9.2.2.3: SHALL hold last_updated"),
    "pending_for_long": ("A session is PENDING for more than a day.", "9.4.2: it has not started yet"),
    "period_before_start": ("A charging period begins before its session.", "10.4.4: start_date_time of the period"),
    "power_too_large": ("max_electric_power is above a megawatt: perhaps it counts mW.", "8.3.3: in W"),
    "price_per_minute": ("A price of time is so low that it may be one for a minute.", "11.4.2: per hour"),
    "refused": ("An object could not be understood and was refused.", "the reason is in each example"),
    "reopened": ("A session that was COMPLETED or INVALID came back as another state.", "9.4.2: both are final"),
    "replayed_periods": ("A PATCH repeats charging periods that were sent before.", "9.2.2.3: they are added"),
    "restrictions_list": ("restrictions of a tariff element are a list.", "11.4.4: one object"),
    "session_without_end": ("A session is ACTIVE for more than three days.", "9.4.2: COMPLETED when it is over"),
    "tariff_inline": ("Tariffs are written inside an EVSE or connector.", "8.3.3: tariff_ids"),
    "time_on_wall_clock": ("TIME is counted for the whole stay although the vehicle parked.", "10.4.2: charging"),
    "time_with_seconds": ("A time of day is written with seconds.", "11.4.6: HH:MM"),
    "token_without_party": ("cdr_token does not name its party; the network's is taken.", "10.4.5: required"),
    "unknown_value": ("A status is none that the standard knows; it concludes nothing.", "8.4.22, 9.4.2"),
}  # fmt: skip
