"""Staying connected to a broker: connecting, connecting again with growing patience, and what each end means."""

import logging
import math
import threading
import time
from collections.abc import Callable
from datetime import datetime

from sensors.address import BrokerAddress, Version
from sensors.connection import Connection
from sensors.lanes import Lanes
from sensors.mapping import Mapping
from sensors.patience import Patience
from sensors.translate import fault
from sensors.unheard import Unheard

_LOOK_S = 0.1
_ANSWER_S = 10.0
_UNHEARD = "nothing has come on %s in the first hour; may %s read it there? try: baywarden sensors try '%s'"
_TAKEN = "connections to %s end as soon as they begin; does another process have the client id %r?"
_LOG = logging.getLogger(__name__)


class ListenerError(RuntimeError):
    """The process must end, with this sentence, and be started again."""


class StayingConnected:
    """One connection after another, as long as all that comes by them is committed."""

    def __init__(
        self,
        broker: BrokerAddress,
        mapping: Mapping,
        clock: Callable[[], datetime],
        stop: threading.Event,
        client_id: str,
        lanes: Lanes,
    ) -> None:
        self._broker, self._clock, self._stop = broker, clock, stop
        self._filters, self._dropped, self._most_bytes = mapping.filters(), mapping.unshared(), mapping.most_bytes
        self._client_id, self._lanes = client_id, lanes
        self._unheard = Unheard(mapping.subscriptions if mapping.share is None else (), time.monotonic())
        self._version: Version = broker.version or "5"
        self._has_been_up = False
        self._was_reached = True
        self._connection: Connection | None = None

    def listen(self) -> None:
        """Connect, and connect again with growing patience."""
        patience = Patience()
        while not self._stop.is_set():
            self._check_lanes()
            connection = self._make_connection()
            began = time.monotonic()
            self._serve(connection)
            if self._stop.is_set():
                return  # whoever called us closes it, when the last batch is acknowledged
            lasted_s = math.inf if connection.hung_up else time.monotonic() - began
            self._judge(connection)
            wait_s = patience.after(was_up=connection.is_up, lasted_s=lasted_s)
            if patience.is_strange:
                _LOG.error(_TAKEN, self._broker, self._client_id)
            self._stop.wait(wait_s)

    def leave(self) -> None:
        """Say good-bye to the broker; it keeps our session."""
        if self._connection is not None:
            self._connection.close()

    def _make_connection(self) -> Connection:
        try:
            self._connection = Connection(
                self._broker, self._version, self._client_id, self._filters, self._lanes, self._clock,
                self._dropped, self._most_bytes,
            )  # fmt: skip
        except OSError as error:
            raise ListenerError(f"the certificates in {self._broker.ca} can't be used: {error}") from error
        return self._connection

    def _check_lanes(self) -> None:
        if not self._lanes.is_alive:
            raise ListenerError("what sensors say can't be recorded any more") from self._lanes.failure

    def _serve(self, connection: Connection) -> None:
        """Until the connection ends, we are asked to stop, or the intake can't go on."""
        try:
            connection.open()
        except OSError as error:
            level = logging.WARNING if self._was_reached else logging.DEBUG
            self._was_reached = False  # said once, not at each attempt
            _LOG.log(level, "the broker at %s can't be reached, trying again: %s", self._broker, error)
            return
        self._was_reached = True
        began, said_so = time.monotonic(), False
        while not self._stop.is_set() and not connection.ended.wait(_LOOK_S):
            self._check_lanes()
            for name in self._unheard.look(time.monotonic()):
                _LOG.warning(_UNHEARD, name, self._broker.username or "us", name)
            if connection.is_up and not said_so:
                _LOG.info("listening at %s to %s", self._broker, ", ".join(self._filters))
                said_so = self._has_been_up = True
            if not connection.is_up and time.monotonic() - began > _ANSWER_S:
                _LOG.warning("the broker at %s does not answer", self._broker)
                connection.close()
        self._has_been_up = self._has_been_up or connection.is_up

    def _judge(self, connection: Connection) -> None:
        """What the end of a connection means."""
        if connection.failure is not None:
            raise ListenerError(f"the network thread died: {fault(connection.failure)}") from connection.failure
        if connection.hung_up:
            _LOG.warning("the database does not keep up; the broker keeps the messages for now")
            while not self._stop.is_set() and self._lanes.is_alive and not self._lanes.wait_drained(_LOOK_S):
                pass
        elif self._may_speak_older(connection):
            self._version = "3.1.1" if self._version == "5" else "5"
            _LOG.info("the broker at %s may not speak that version of MQTT; trying %s", self._broker, self._version)
        elif connection.refusal and not self._has_been_up:
            raise ListenerError(f"the broker at {self._broker} refuses us: {connection.refusal}")
        elif connection.refusal:
            _LOG.warning("the broker at %s refuses us: %s", self._broker, connection.refusal)

    def _may_speak_older(self, connection: Connection) -> bool:
        """Some brokers say that they don't speak MQTT 5, others just hang up on it."""
        if self._broker.version or self._has_been_up:
            return False
        return connection.speaks_other_version or (connection.ended.is_set() and not connection.answered)
