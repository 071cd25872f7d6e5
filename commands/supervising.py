"""The supervisor of ``baywarden run``: supervisord, which starts again whatever dies, and stops all of it at once."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

# A process that has not ended by itself so long after SIGTERM is killed.
_STOP_WAIT_S = 6


@dataclass(frozen=True, slots=True)
class Program:
    """One process; its name is also the command of ours that it runs."""

    name: str


def write_config(path: Path, programs: Sequence[Program]) -> Path:
    """Write supervisord's configuration and return its path.

    One group, so that all programs are told to stop together; their lines go to our standard output as they come.
    """
    names = ",".join(program.name for program in programs)
    sections = [_SUPERVISOR.format(user=_user(), folder=_escaped(str(path.parent)))]
    sections += [_PROGRAM.format(name=p.name, command=_command(p), wait=_STOP_WAIT_S) for p in programs]
    sections.append(f"[group:baywarden]\nprograms={names}\n")
    path.write_text("\n".join(sections), encoding="utf-8")
    return path


# An infinite number of tries, one second more apart each time: what is down now may be up in a minute.
_SUPERVISOR = """[supervisord]
nodaemon=true
{user}logfile=/dev/null
logfile_maxbytes=0
loglevel=warn
pidfile={folder}/supervisord.pid
childlogdir={folder}
"""
_PROGRAM = """[program:{name}]
command={command}
autorestart=true
startsecs=1
startretries=1000000
stopsignal=TERM
stopwaitsecs={wait}
stopasgroup=true
killasgroup=true
redirect_stderr=true
stdout_logfile=/dev/fd/1
stdout_logfile_maxbytes=0
"""


def _command(program: Program) -> str:
    words = (sys.executable, "-u", "-m", "app", program.name)
    return _escaped(" ".join(f'"{word}"' for word in words))


def _user() -> str:
    """supervisord warns of running as root unless it is told that this is meant."""
    return "user=root\n" if os.geteuid() == 0 else ""


def _escaped(text: str) -> str:
    return text.replace("%", "%%")
