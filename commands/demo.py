"""The demo town's side inside: the owner who publishes its policy, invites its networks and ties its bays.

The town itself is :mod:`outside.town`; it comes in through the doors like anybody else.
"""

import argparse
import logging
import threading
from collections.abc import Mapping
from pathlib import Path

import httpx

from commands.bays_csv import read_bays
from commands.context import Context
from commands.inviting import invite_again
from commands.logs import log_to_stderr
from commands.stopping import end_with_parent, stop_on_signals
from ledger import bay_codes, drivers, policies, registry
from ledger.database import Ledger, Tx
from ledger.vault import token_key
from outside.bays import Publisher
from outside.map import BAYS, COUNTRY, DRIVERS, DRIVERS_PARTY, NETWORKS, TownNetwork, ties_csv
from outside.network import Network
from outside.town import Town

_LOG = logging.getLogger(__name__)
_POLICY = Path(__file__).parent.parent / "policies" / "demo-town.toml"
_BROKER_PATIENCE_S = 30.0


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.set_defaults(run=run)


def prepare(tx: Tx) -> None:
    """What must be there before the town's first vehicle: its policy, and the telephones of its drivers."""
    try:
        policies.publish(tx, _POLICY.read_text(encoding="utf-8"))
    except policies.PublishError as error:
        _LOG.warning("the town goes on under the policy that this database has: %s", error)
    for driver in DRIVERS:
        drivers.add_driver(tx, driver.phone, driver.language, [token_key(tx.vault, COUNTRY, DRIVERS_PARTY, driver.uid)])


def run(context: Context, _args: argparse.Namespace) -> int:
    """Run the town until stopped."""
    settings = context.settings
    log_to_stderr("town", settings.log_level)
    end_with_parent()
    stop = stop_on_signals()
    folder = settings.data_dir / "town"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    publisher = Publisher(settings.mqtt_url, context.clock)
    networks = {town.party: _network(town, folder, context, stop) for town in NETWORKS}
    try:
        with context.ledger() as ledger:
            if _wait_for_service(settings.public_url, stop) and publisher.wait_connected(stop, _BROKER_PATIENCE_S):
                town = Town(networks, publisher, context.clock)
                _connect(ledger, networks, context)
                town.open()
                _tie_bays(ledger, folder / "bays.csv", context)
                _LOG.info("a bay's page, as its sign's QR code opens it: %s", _bay_page(ledger, context))
                _LOG.info("the demo town is open: all of it is synthetic")
                town.play(stop)
    finally:
        publisher.close()
        for network in networks.values():
            network.close()
    return 0


def _wait_for_service(url: str, stop: threading.Event) -> bool:
    """Whether the service answered before we were told to stop."""
    while not stop.is_set():
        try:
            if httpx.get(f"{url}/healthz", timeout=2.0, trust_env=False).is_success:
                return True
        except httpx.TransportError:
            pass
        stop.wait(0.2)
    return False


def _network(town: TownNetwork, folder: Path, context: Context, stop: threading.Event) -> Network:
    return Network(COUNTRY, town.party, town.name, folder / f"network-{town.party}.json", context.clock, stop)


def _connect(ledger: Ledger, networks: Mapping[str, Network], context: Context) -> None:
    """Invite each network that has no credentials yet, or whose credentials ended, and let it register."""
    for network in networks.values():
        if network.is_welcome():
            continue
        with ledger.write(context.clock()) as tx:
            token = invite_again(tx, network.name)
        network.register(f"{context.settings.public_url}/ocpi/versions", token)


def _tie_bays(ledger: Ledger, path: Path, context: Context) -> None:
    """What an owner does with ``baywarden import``."""
    path.write_text(ties_csv(), encoding="utf-8")
    with ledger.write(context.clock()) as tx:
        registry.import_bays(tx, read_bays(path))


def _bay_page(ledger: Ledger, context: Context) -> str:
    """The address of the page of the town's first bay, to look at without a log-in."""
    station = BAYS[0].station
    with ledger.write(context.clock()) as tx:
        found = bay_codes.ensure(tx, f"{COUNTRY}*{station.network.party}*{station.id}".casefold())
    return f"{context.settings.public_url}/b/{found[0].code}"
