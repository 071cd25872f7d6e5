"""A sender in a process of its own, so that a test can kill it: DATABASE-URL TWILIO-URL SECONDS-AHEAD REDACT [TIME-OUT]."""

import sys
from datetime import UTC, datetime, timedelta

from commands.stopping import stop_on_signals
from ledger.database import Ledger
from ledger.vault import Vault
from notifications.channels.twilio import TwilioAccount, TwilioChannel
from notifications.sender import run
from notifications.texts import compose
from tests.support.twilio_server import ACCOUNT, AUTH_TOKEN, PUBLIC_URL


def main() -> None:
    """Send until told to stop."""
    database_url, twilio_url, ahead, redact, *timeout = sys.argv[1:]
    stop = stop_on_signals()
    ledger = Ledger(database_url, Vault(["dGVzdC1rZXktdGVzdC1rZXktdGVzdC1rZXktdGVzdCE="]), compose)
    account = TwilioAccount(
        sid=ACCOUNT,
        auth_token=AUTH_TOKEN,
        sender="+13035550198",
        public_url=PUBLIC_URL,
        redact=redact == "redact",
        base_url=twilio_url,
        read_timeout_s=float(timeout[0]) if timeout else 20,
    )
    later = timedelta(seconds=float(ahead))
    print("ready", flush=True)
    run(ledger, TwilioChannel(account), lambda: datetime.now(UTC) + later, stop)


if __name__ == "__main__":
    main()
