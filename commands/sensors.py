"""``baywarden sensors``: takes in what bay sensors publish by MQTT."""

import argparse

from commands.beginning import begin
from commands.context import CommandError, Context
from commands.stopping import stop_on_signals
from sensors import listener
from sensors.address import AddressError, BrokerAddress
from sensors.mapping import Mapping
from sensors.mapping_document import DEFAULT_FILE, MappingError, read_mapping
from settings import Settings


def command(parser: argparse.ArgumentParser) -> None:
    """What the command line needs to know of it."""
    parser.set_defaults(run=run)


def run(context: Context, _args: argparse.Namespace) -> int:
    """Take in messages until stopped."""
    settings = begin("sensors", context)
    stop = stop_on_signals()
    address, mapping = sources(settings)
    with context.ledger() as ledger:
        try:
            listener.run(ledger, address, mapping, context.clock, stop, settings.mqtt_client_id)
        except listener.ListenerError as error:
            raise CommandError(f"The sensors process ends: {error}.") from error
    return 0


def sources(settings: Settings) -> tuple[BrokerAddress, Mapping]:
    """Where sensors are heard and how they are read. Raises :class:`CommandError` with all that is wrong."""
    try:
        address = BrokerAddress.parse(settings.mqtt_url)
    except AddressError as error:
        raise CommandError(f"BAYWARDEN_MQTT_URL: {error}.") from error
    try:
        return address, read_mapping(settings.mqtt_mapping or DEFAULT_FILE)
    except MappingError as error:
        faults = "".join(f"\n  {problem}" for problem in error.problems)
        raise CommandError(f"BAYWARDEN_MQTT_MAPPING: this mapping can't be used:{faults}") from error
