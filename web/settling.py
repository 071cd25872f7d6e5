"""Settlement and commands in words."""

from enforcement.setting import SessionEnd, Settlement
from ledger.command_answers import CommandState
from ledger.commands import CommandKind
from models.outbox import Delivery

SETTLEMENTS = {
    Settlement.NETWORK: "The network bills parking time itself",
    Settlement.US: "We bill, by charge records (CDRs)",
    Settlement.REPORT: "Reported only, nobody is billed by OCPI",
}
SESSION_ENDS = {
    SessionEnd.UNPLUGGED: "Unplugged",
    SessionEnd.STOPPED: "Stopped, maybe plugged in",
}
SAID_BY = {"person": "set by a person", "learnt": "learnt from sensors", "assumed": "assumed"}
PUSHES = {
    None: "offered to be fetched",
    Delivery.PENDING: "waits to be pushed",
    Delivery.SENDING: "is being pushed",
    Delivery.SENT: "pushed",
    Delivery.DELIVERED: "pushed and taken",
    Delivery.UNKNOWN: "pushed, no answer yet",
    Delivery.FAILED: "refused, offered to be fetched",
    Delivery.EXPIRED: "not reached, offered to be fetched",
}
UNBILLED = {
    "goes_on": "Nothing is billed before it is settled.",
    "no_session": "It has no session, so no charge record can name who it is for: it can only be reported.",
    "no_token": "Its session has no token, so no charge record can name who it is for: it can only be reported.",
    "nothing_owed": "Nothing is owed.",
    "session_not_stored": "No charge record can name its session: it is not stored as the network sent it. It was "
    "refused, or its facts came another way.",
}
BY_HAND = "not sent: OCPI 2.1.1 has no corrections, settle it by hand"
COMMANDS = {
    CommandKind.STOP_SESSION: {
        "title": "Stop the session",
        "words": "The network ends the charging session. The vehicle then stands there without one.",
    },
    CommandKind.UNLOCK_CONNECTOR: {
        "title": "Unlock the connector",
        "words": "The charger lets go of the cable. OCPI keeps this for help desks: when somebody stands there whose "
        "plug is stuck, never to take a driver's cable.",
    },
    CommandKind.START_SESSION: {"title": "Start a session", "words": "The network starts a session at this charger."},
}
COMMAND_STATES = {
    CommandState.WAITING: "on its way",
    CommandState.ACCEPTED: "the network took it, the charger has not answered yet",
    CommandState.DONE: "done",
    CommandState.REFUSED: "refused",
    CommandState.TIMED_OUT: "the charger did not answer in time",
    CommandState.NOT_SENT: "not sent",
    CommandState.UNKNOWN: "sent, but the network did not answer; it may have been carried out",
}
WORDS = {
    "SETTLEMENTS": SETTLEMENTS,
    "SESSION_ENDS": SESSION_ENDS,
    "SAID_BY": SAID_BY,
    "PUSHES": PUSHES,
    "BY_HAND": BY_HAND,
    "UNBILLED": UNBILLED,
    "COMMANDS": COMMANDS,
    "COMMAND_STATES": COMMAND_STATES,
}
