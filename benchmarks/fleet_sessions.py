"""``python -m benchmarks.fleet_sessions PORT TOKEN BAYS``: pushes what a network says of sessions, at a steady rate.

Asked for ``rate`` (a second), ``seconds`` and ``start`` (seconds since 1970), it answers how many it sent and what it
was answered. Each update holds the moment at which it should leave, so that one that waits for
its turn is late.
"""

import base64
import selectors
import sys
import time
from collections import Counter, deque
from datetime import UTC, datetime
from itertools import count

from benchmarks.asking import answer_all
from benchmarks.fleet_readings import A_SESSION_IN
from benchmarks.fleet_requests import Peer, patch, put

# A network pushes from several of its own processes.
_CONNECTIONS = 8
# A session is told of for an hour, each minute.
_UPDATES = 60


class Sessions:
    """All sessions of a fleet, told of in turn."""

    def __init__(self, bays: int) -> None:
        self._bays = range(0, bays, A_SESSION_IN)
        self._begun: dict[int, str] = {}
        self._turns = count()

    def next(self, due: float) -> tuple[str, str, bytes]:
        """Method, path and body of the next update. Every other network's systems send whole objects each time."""
        turn, place = divmod(next(self._turns), len(self._bays))
        bay, at = self._bays[place], _stamp(due)
        number, age = divmod(turn + place, _UPDATES)
        is_new = age == 0 or turn == 0
        if is_new:
            self._begun[bay] = at
        session, is_over = f"S{bay}-{number}", age == _UPDATES - 1
        if is_new or place % 2:
            return put(bay, session, self._begun[bay], at, age, is_over=is_over)
        return patch(session, at, age, is_over=is_over)


def main(port: str, token: str, bays: str) -> None:
    """Push as asked."""
    secret = base64.b64encode(token.encode()).decode()
    peers, sessions = [Peer(int(port), secret) for _ in range(_CONNECTIONS)], Sessions(int(bays))

    def push(rate: float, seconds: float, start: float, most: int = sys.maxsize) -> dict[str, object]:
        began, answers = time.process_time(), Counter[str]()
        sent = _push(peers, sessions, answers, rate, start, start + seconds, most)
        return {"sent": sent, "answers": dict(answers), "cpu": time.process_time() - began}

    answer_all(push)


def _push(
    peers: list[Peer], sessions: Sessions, answers: Counter[str], rate: float, start: float, end: float, most: int
) -> int:
    """Whatever is due leaves as soon as a connection is free; what has not left at the end, stays. Counts them."""
    free, sent = deque(peers), 0
    with selectors.DefaultSelector() as waiting:
        while (may_send := sent < most and time.time() < end) or waiting.get_map():
            due = start + sent / rate
            if may_send and free and due <= time.time():
                peer = free.popleft()
                waiting.register(peer.send(*sessions.next(due)), selectors.EVENT_READ, peer)
                sent += 1
                continue
            patience = max(0.0, due - time.time()) if may_send and free else 1.0
            for key, _ in waiting.select(patience) if waiting.get_map() else _pause(patience):
                answer = key.data.receive()
                if answer is not None:
                    waiting.unregister(key.fileobj)
                    answers[answer] += 1
                    free.append(key.data)
    return sent


def _pause(seconds: float) -> list[tuple[selectors.SelectorKey, int]]:
    time.sleep(seconds)
    return []


def _stamp(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


if __name__ == "__main__":
    main(*sys.argv[1:])
