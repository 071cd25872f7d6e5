"""The embedded MQTT broker for one machine: mosquitto where it is installed, else rumqttd from the wheel iotcore.

Both listen on loopback only and let anybody there in. mosquitto keeps its queues on disk; rumqttd keeps them in memory,
so that what nobody has fetched is lost when it is restarted. docs/sensors.md tells how to run a broker in production.
"""

import os
import pwd
import shutil
import sys
from pathlib import Path

_LARGEST_MESSAGE = 1_048_576  # bytes; what is too large for us must still reach us, to be stored as a reject

# autosave: the default of half an hour loses what was acknowledged since when the broker is killed.
# Limits on queues drop acknowledged messages in a burst; ours are kept while we are away, those of QoS 0 too. A limit
# of 0, which means none, lets mosquitto 2.0.21 end connections in a burst (its issue 3244) and 2.1 warn of each message
# (3579), and 65,535 is read as 0.
_MOSQUITTO = """\
listener {port} 127.0.0.1
allow_anonymous true
user {user}
persistence true
persistence_location {folder}/
autosave_interval 1
max_queued_messages 1000000000
max_inflight_messages 65534
queue_qos0_messages true
max_packet_size {largest}
log_dest stderr
log_type error
log_type warning
"""

_RUMQTTD = """\
id = 0

[router]
id = 0
max_connections = 1000
max_outgoing_packet_count = 200
max_segment_size = 104857600
max_segment_count = 10

[v4.1]
name = "v4-1"
listen = "127.0.0.1:{port}"
next_connection_delay_ms = 1

[v4.1.connections]
connection_timeout_ms = 60000
max_payload_size = {largest}
max_inflight_count = 200
dynamic_filters = true
"""


def embedded_command(port: int, data_dir: Path) -> list[str]:
    """The command that runs the broker in the foreground until SIGTERM. Writes its configuration into ``data_dir``."""
    mosquitto = _find_mosquitto()
    return mosquitto_command(mosquitto, port, data_dir) if mosquitto else iotcore_command(port, data_dir)


def embedded_url(port: int) -> str:
    """Where clients find it."""
    return f"mqtt://127.0.0.1:{port}"


def mosquitto_command(program: str, port: int, data_dir: Path) -> list[str]:
    """mosquitto 2. Started by root it would change to a user that can't write here, so it is told to stay."""
    folder = _folder(data_dir, "mosquitto")
    user = pwd.getpwuid(os.geteuid()).pw_name
    config = folder / "mosquitto.conf"
    config.write_text(
        _MOSQUITTO.format(port=port, user=user, folder=folder, largest=_LARGEST_MESSAGE), encoding="utf-8"
    )
    return [program, "-c", str(config)]


def iotcore_command(port: int, data_dir: Path) -> list[str]:
    """rumqttd 0.20 in iotcore. On this port it speaks MQTT 3.1.1, as every client can."""
    config = _folder(data_dir, "rumqttd") / "rumqttd.toml"  # it must end so
    config.write_text(_RUMQTTD.format(port=port, largest=_LARGEST_MESSAGE), encoding="utf-8")
    # rumqttd logs each packet as an error.
    return [sys.executable, "-m", "iotcore", "--config", str(config), "--log-level", "CRITICAL"]


def _find_mosquitto() -> str | None:
    """On the PATH, or where Debian puts it, which is on root's PATH only."""
    return shutil.which("mosquitto") or shutil.which("mosquitto", path="/usr/sbin:/usr/local/sbin")


def _folder(data_dir: Path, name: str) -> Path:
    folder = data_dir.resolve() / name
    folder.mkdir(parents=True, exist_ok=True)
    return folder
