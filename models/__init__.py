"""The rows: one module an aggregate, no behaviour. Only ``ledger`` reads and writes them.

SQLModel table models do not validate: rows are built in the ledger's mapping modules only, from values validated at
the edge, and CHECK constraints hold what must always hold.
"""

from models.access import AccessLog, Act, ApiClient, Login
from models.base import METADATA
from models.bays import Bay, BayEvse, BayState, BayUse, EndedTie, Plate, SiteChange
from models.drivers import Driver, DriverToken, Suppression, Token, TokenMembership
from models.facts import FactRow, FeedSpan, ForgottenFacts, Reject
from models.findings import ChargeRecordRow, FindingRow
from models.networks import Evse, Network, OcpiObject, Partner, RemovedObject, Station
from models.outbox import Message, OperatorAlert, Pace
from models.partners import OcpiPull, OcpiQuirk, OcpiWanted
from models.places import PlaceTrait
from models.policies import PolicyNotice, PolicyVersion
from models.postings import Entry, Posting
from models.reaching import Attempt, BayCode, Consent, Dispute, PhoneCode, StayClaim, TokenAlert
from models.registry import RegistryChange, RegistryVersion
from models.sensors import BaySensor, Sensor, SensorDebounce, SparkplugBirth, SparkplugNode
from models.settlement import Cdr, Command, EvseWord, Push
from models.signs import SignAttestation
from models.tariffs import TariffVersion
from models.violations import StayRow, ViolationRow, ViolationStep
from models.waiting import WaitingFact
from models.webhooks import Subscription

__all__ = [
    "METADATA",
    "AccessLog",
    "Act",
    "ApiClient",
    "Attempt",
    "Bay",
    "BayCode",
    "BayEvse",
    "BaySensor",
    "BayState",
    "BayUse",
    "Cdr",
    "ChargeRecordRow",
    "Command",
    "Consent",
    "Dispute",
    "Driver",
    "DriverToken",
    "EndedTie",
    "Entry",
    "Evse",
    "EvseWord",
    "FactRow",
    "FeedSpan",
    "FindingRow",
    "ForgottenFacts",
    "Login",
    "Message",
    "Network",
    "OcpiObject",
    "OcpiPull",
    "OcpiQuirk",
    "OcpiWanted",
    "OperatorAlert",
    "Pace",
    "Partner",
    "PhoneCode",
    "PlaceTrait",
    "Plate",
    "PolicyNotice",
    "PolicyVersion",
    "Posting",
    "Push",
    "RegistryChange",
    "RegistryVersion",
    "Reject",
    "RemovedObject",
    "Sensor",
    "SensorDebounce",
    "SignAttestation",
    "SiteChange",
    "SparkplugBirth",
    "SparkplugNode",
    "Station",
    "StayClaim",
    "StayRow",
    "Subscription",
    "Suppression",
    "TariffVersion",
    "Token",
    "TokenAlert",
    "TokenMembership",
    "ViolationRow",
    "ViolationStep",
    "WaitingFact",
]
