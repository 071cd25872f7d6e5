"""Where sensors are heard and how they are read, as the settings say."""

from commands.context import CommandError
from sensors.address import AddressError, BrokerAddress
from sensors.mapping import Mapping
from sensors.mapping_document import DEFAULT_FILE, MappingError, read_mapping
from settings import Settings


def sources(settings: Settings) -> tuple[BrokerAddress, Mapping]:
    """The broker and the mapping. Raises :class:`CommandError` with all that is wrong."""
    try:
        address = BrokerAddress.parse(settings.mqtt_url)
    except AddressError as error:
        raise CommandError(f"BAYWARDEN_MQTT_URL: {error}.") from error
    return address, mapping_of(settings)


def mapping_of(settings: Settings) -> Mapping:
    """The mapping alone. Raises :class:`CommandError` with all that is wrong."""
    try:
        return read_mapping(settings.mqtt_mapping or DEFAULT_FILE)
    except MappingError as error:
        faults = "".join(f"\n  {problem}" for problem in error.problems)
        raise CommandError(f"BAYWARDEN_MQTT_MAPPING: this mapping can't be used:{faults}") from error
