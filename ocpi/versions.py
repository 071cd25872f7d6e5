"""The versions of OCPI that we speak, oldest first."""

from collections.abc import Mapping

from ocpi.v2_1_1 import VERSION as V2_1_1
from ocpi.v2_2_1 import VERSION as V2_2_1
from ocpi.v2_3_0 import VERSION as V2_3_0
from ocpi.vocabulary import Version

VERSIONS: Mapping[str, Version] = {version.number: version for version in (V2_1_1, V2_2_1, V2_3_0)}
