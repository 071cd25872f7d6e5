"""What a law can forbid in a charging bay."""

from enum import StrEnum


class Offence(StrEnum):
    """What a law can forbid. Only the first three can be seen by sensor and network; see :data:`WITNESSED`."""

    NOT_PLUGGED_IN = "not_plugged_in"
    NOT_CHARGING = "not_charging"
    OVER_TIME_LIMIT = "over_time_limit"
    NOT_AN_EV = "not_an_ev"
    NO_E_PLATE = "no_e_plate"
    NO_PARKING_DISC = "no_parking_disc"
    BLOCKING = "blocking"


# No sensor tells an electric vehicle from another one: these need the word of a camera or an officer.
WITNESSED = frozenset({Offence.NOT_AN_EV, Offence.NO_E_PLATE, Offence.NO_PARKING_DISC, Offence.BLOCKING})
