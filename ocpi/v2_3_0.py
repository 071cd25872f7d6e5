"""OCPI 2.3.0: 2.2.1 with other words for taxes, with parking places, and with hubs that are no role of their own."""

from dataclasses import replace

from ocpi.v2_2_1 import VERSION as V2_2_1
from ocpi.vocabulary import Version

VERSION: Version = replace(V2_2_1, number="2.3.0")
