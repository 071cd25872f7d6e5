"""OCPI in: networks connect, and what they say of stations, EVSEs and sessions becomes facts."""

from ocpi.blueprint import blueprint
from ocpi.calls import OurParty

__all__ = ["OurParty", "blueprint"]
