"""The file that ties bays: ``bay,station,name,evses,sensors``, one bay a line, several EVSEs or sensors with ``;``."""

from pathlib import Path

from commands.context import CommandError
from commands.tables import rows
from ledger.bay_ties import BayTie

_COLUMNS = ("bay", "station", "name", "evses", "sensors")
_LONGEST_KEY = 100


def read_bays(path: Path) -> list[BayTie]:
    """The bays in a file. Raises :class:`CommandError` naming every line that is wrong."""
    faults: list[str] = []
    ties: dict[str, BayTie] = {}
    for number, row in rows(path, _COLUMNS):
        fault = _fault(row) or ("the bay is in the file twice" if row["bay"] in ties else None)
        if fault is not None:
            faults.append(f"{path}, line {number}: {fault}")
            continue
        ties[row["bay"]] = BayTie(
            bay=row["bay"],
            station=row["station"].casefold(),
            name=row["name"] or row["bay"],
            evses=tuple(key.casefold() for key in _several(row["evses"])),
            sensors=_several(row["sensors"]),
        )
    if faults:
        raise CommandError("\n".join(faults))
    return list(ties.values())


def _fault(row: dict[str, str]) -> str | None:
    if not row["bay"] or len(row["bay"]) > _LONGEST_KEY:
        return f"bay is empty or longer than {_LONGEST_KEY} characters"
    if row["station"].count("*") != 2:
        return f"station {row['station']!r} is not a key like us*cpt*1001 (country*party*location)"
    for evse in _several(row["evses"]):
        if evse.count("*") < 3:
            return f"EVSE {evse!r} is not a key like us*cpt*1001*2 (country*party*location*evse)"
    if not row["evses"] and not row["sensors"]:
        return "neither an EVSE nor a sensor"
    if any(len(key) > _LONGEST_KEY for key in (*_several(row["evses"]), *_several(row["sensors"]))):
        return f"a key is longer than {_LONGEST_KEY} characters"
    return None


def _several(cell: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(part.strip() for part in cell.split(";") if part.strip()))
