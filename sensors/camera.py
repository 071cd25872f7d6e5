"""What all cameras' words on plates have in common."""

import re
from datetime import datetime

from enforcement.facts import sensor_subject
from ledger.plates import PlateRead, normalised
from sensors.reading import NotUnderstoodError, source_id

_JURISDICTION = re.compile(r"[a-z]{2}(-[a-z0-9]{1,3})?")


def plate_read(
    seen_at: datetime,
    source: str,
    sensor: str,
    at: datetime,
    text: str,
    jurisdiction: str,
    percent: float,
    number: int = 0,
) -> PlateRead:
    """A plate as it was read. Raises NotUnderstoodError if there is none in the text.

    Its identity is the camera, the time and its ``number`` in the message: nothing by which the plate could be found.
    """
    plate = normalised(text)
    if not plate:
        raise NotUnderstoodError("the plate has neither letters nor digits")
    told = jurisdiction.casefold()
    if not 0 <= percent <= 100:
        raise NotUnderstoodError("the confidence is not from 0 to 100 percent")
    return PlateRead(
        at=at,
        seen_at=seen_at,
        source=source,
        source_id=source_id(sensor, f"plate:{at.isoformat()}:{number}"),
        subject=sensor_subject(sensor),
        text=plate,
        jurisdiction=told if _JURISDICTION.fullmatch(told) else "",
        confidence=int(percent),
    )
