"""SMS through Twilio, by its official SDK.

Messages there have no idempotency key, so what happened decides whether a message may be tried again: an answer that
refuses it, or no connection at all, means that it has not left; anything else means that nobody knows.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from requests.exceptions import ConnectionError as RequestsConnectionError
from requests.exceptions import ConnectTimeout
from twilio.base.exceptions import TwilioRestException, TwilioServiceException  # type: ignore[import-untyped]
from twilio.http.http_client import TwilioHttpClient  # type: ignore[import-untyped]
from twilio.rest import Client  # type: ignore[import-untyped]
from urllib3.exceptions import MaxRetryError, NewConnectionError

from ledger.deliveries import Outcome
from models.outbox import Delivery
from notifications.channels import twilio_words
from notifications.channels.base import Letter, NoAnswerError, TransportError

STATUS_PATH = "/hooks/twilio/status"
_LOG = logging.getLogger(__name__)
_SECONDS_VALID = (1, 36_000)
# Twilio's clock and ours may differ.
_CLOCK_SLACK = timedelta(minutes=1)

# At INFO the SDK logs the query of a listing, and at DEBUG urllib3 does: numbers, which belong in no log.
_SILENT = logging.Logger("silent", logging.CRITICAL + 1)
logging.getLogger("urllib3.connectionpool").setLevel(logging.INFO)


@dataclass(frozen=True, slots=True, kw_only=True)
class TwilioAccount:
    """Whose account sends, and how. ``sender``: a number in E.164, or a Messaging Service (``MG…``).

    ``public_url``: where Twilio reaches us for call-backs, None if it can't. ``redact``: Twilio keeps neither text nor
    full number; Message Redaction must be enabled in the account. ``base_url``: another server that speaks the API.
    Time-outs are seconds; together they must stay well below :data:`ledger.claimed_messages.LEASE`.
    """

    sid: str
    auth_token: str = field(repr=False)
    sender: str
    public_url: str | None = None
    redact: bool = True
    base_url: str | None = None
    connect_timeout_s: float = 5
    read_timeout_s: float = 20


class TwilioChannel:
    """Sends by Twilio's Messages resource, and finds there what became of a message."""

    def __init__(self, account: TwilioAccount) -> None:
        http = TwilioHttpClient(logger=_SILENT)
        http.timeout = (account.connect_timeout_s, account.read_timeout_s)
        no_environment = {"TWILIO_EDGE": "", "TWILIO_REGION": ""}
        self._client = Client(account.sid, account.auth_token, http_client=http, environment=no_environment)
        if account.base_url:
            self._client.api.base_url = account.base_url
        self._account = account
        self._session = http.session

    def send(self, letter: Letter) -> Outcome:
        """Create the message at Twilio. Raises TransportError if it has not left, NoAnswerError if it may have."""
        low, high = _SECONDS_VALID
        wanted: dict[str, Any] = {
            "to": letter.phone,
            "body": letter.text,
            "validity_period": min(max(int(letter.valid_for.total_seconds()), low), high),
        }
        is_service = self._account.sender.startswith("MG")
        wanted["messaging_service_sid" if is_service else "from_"] = self._account.sender
        if self._account.public_url:
            wanted["status_callback"] = f"{self._account.public_url.rstrip('/')}{STATUS_PATH}?oid={letter.id}"
        if self._account.redact:
            wanted |= {"content_retention": "discard", "address_retention": "obfuscate"}
        with self._exchange():
            created = self._client.messages.create(**wanted)
            outcome = twilio_words.outcome(created.status, created.sid, created.error_code)
        return outcome or Outcome(Delivery.SENT, created.sid)

    def find(self, phone: str, text: str, since: datetime) -> Sequence[Outcome]:
        """Twilio's messages to this number with exactly this text since then, oldest first.

        What Twilio has redacted is not found: then only the call-back tells.
        """
        with self._exchange():
            listed = self._client.messages.list(to=phone, date_sent_after=since - _CLOCK_SLACK, limit=100)
        same = [m for m in listed if m.body == text and m.direction == "outbound-api" and m.sid]
        same.sort(key=lambda m: m.date_created)
        outcomes = (twilio_words.outcome(m.status, m.sid, m.error_code) for m in same)
        return [outcome for outcome in outcomes if outcome is not None]

    @contextmanager
    def _exchange(self) -> Iterator[None]:
        """One exchange on a connection of its own: messages are minutes apart, and on a kept connection that died
        meanwhile, nobody would know whether the next message left."""
        try:
            with _translated():
                yield
        finally:
            self._session.close()


@contextmanager
def _translated() -> Iterator[None]:
    """Turn what the SDK raises into what it means for the message; the originals quote numbers and are let go."""
    try:
        yield
    except (TwilioRestException, TwilioServiceException) as error:
        raise _refusal(int(error.status), _code(error.code)) from None
    except ConnectTimeout:
        raise TransportError("Twilio could not be reached in time", permanent=False, of_all=True) from None
    except RequestsConnectionError as error:
        if _never_connected(error):
            raise TransportError("Twilio could not be reached", permanent=False, of_all=True) from None
        raise NoAnswerError("the connection to Twilio broke") from None
    except Exception as error:  # whatever else it was, the request may have been out
        raise NoAnswerError(f"no answer from Twilio ({type(error).__name__})") from None


def _refusal(status: int, code: int) -> TransportError | NoAnswerError:
    reason = twilio_words.meaning(code)
    if status >= 500 or status < 400:
        return NoAnswerError(f"Twilio answered with HTTP {status}")
    if status == 429 or code == twilio_words.TOO_MANY:
        return TransportError(reason, permanent=False, of_all=True)
    if status in (401, 404) or code in twilio_words.OUR_SETUP:
        _LOG.error("messages wait: %s (HTTP %d)", reason, status)
        return TransportError(reason, permanent=False, alert=f"twilio-{code or status}", of_all=status in (401, 404))
    return TransportError(
        reason,
        permanent=True,
        opted_out=code == twilio_words.OPTED_OUT,
        unusable=code in twilio_words.UNUSABLE,
        alert=f"twilio-{code}" if code in twilio_words.TELL_OPERATOR else None,
    )


def _never_connected(error: RequestsConnectionError) -> bool:
    cause = error.args[0] if error.args else None
    return isinstance(cause, MaxRetryError) and isinstance(cause.reason, NewConnectionError)


def _code(code: Any) -> int:
    return int(code) if str(code).isdecimal() else 0
