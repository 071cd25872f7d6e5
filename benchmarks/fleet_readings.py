"""``python -m benchmarks.fleet_readings BROKER BAYS``: publishes what the sensors of a fleet say, at a steady rate.

Asked for ``rate`` (a second), ``seconds`` and ``start`` (seconds since 1970), it answers how many it sent.
"""

import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import count, islice

from benchmarks.asking import answer_all
from benchmarks.publisher import Publisher

# In one bay of so many, a session runs: its sensor only repeats that it is taken. All others change with each reading.
A_SESSION_IN = 5
_TICK_S, _MOST_AT_ONCE = 0.01, 2_000
# No bay says anything again before all others have; neighbours don't speak one after the other.
_STRIDE = 7_919


def messages(bays: int) -> Iterator[tuple[str, bytes]]:
    """What is said, without end; each message holds the moment at which it is asked for."""
    for number in count():
        turn, place = divmod(number, bays)
        bay = place * _STRIDE % bays
        takes_turns = bay % A_SESSION_IN != 0
        occupied, event = ("false", "change") if takes_turns and turn % 2 else ("true", "change")
        if not takes_turns and turn:
            event = "heartbeat"
        at = datetime.now(UTC).isoformat()
        yield f"fleet/bays/s{bay}", f'{{"occupied":{occupied},"at":"{at}","event":"{event}"}}'.encode()


def main(broker: str, bays: str) -> None:
    """Publish as asked."""
    client, said = Publisher(broker), messages(int(bays))

    def publish(rate: float, seconds: float, start: float, most: int = sys.maxsize) -> dict[str, float]:
        began, sent, end = time.process_time(), 0, start + seconds
        while sent < most and (now := time.time()) < end:
            due = min(most, int(rate * (now - start)), sent + _MOST_AT_ONCE) - sent
            if due > 0:
                client.publish(list(islice(said, due)))
                sent += due
            time.sleep(max(0.0, _TICK_S - (time.time() - now)))
        return {"sent": sent, "cpu": time.process_time() - began}

    answer_all(publish)


if __name__ == "__main__":
    main(*sys.argv[1:])
