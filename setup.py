"""Compiles what decides to C where BAYWARDEN_COMPILE=1, with mypyc: the same code, in half the time of a decision.

Everything else of the build is in pyproject.toml. docs/production.md tells how to install it so.
"""

import os

from setuptools import setup

# What a decision runs through, and nothing that reads documents of people's or whose classes are filled from JSON:
# there values may have other types than their annotations say until they are checked, which compiled code refuses.
_DECIDING = """
    calibration charges charging circumstances clauses clocks conditions counting courts debouncing decision doubts
    expecting fee_lines fees finding_stays folding foretelling graces hearing intervals judging lateness limits looking
    mending money needs network_bills pieces policy presence proof pruning qualms reaching scopes sensing setting
    settled settlement sightings stay_view stays steps taxes.amounts taxes.lookup ticking tier_amounts tiers timeline
    traces vehicles violations warnings watching why windows
"""


def _compiled() -> list[object]:
    if os.environ.get("BAYWARDEN_COMPILE", "") not in {"1", "true", "yes", "on"}:
        return []
    from mypyc.build import mypycify  # noqa: PLC0415 - needed, and there, only where something is compiled

    paths = [f"enforcement/{module.replace('.', '/')}.py" for module in _DECIDING.split()]
    return list(mypycify(paths, opt_level="3", debug_level="0"))


setup(ext_modules=_compiled())
