"""What processes use: CPU and memory of a process together with those that it started."""

from pathlib import Path

import psutil


def cpu_seconds(pid: int) -> float:
    """User and system time so far of a process and its descendants, also of those that have ended."""
    return sum(sum(each.cpu_times()[:4]) for each in _family(pid))


def threads_cpu_seconds(pid: int) -> float:
    """The same of the threads that run now, to the nanosecond (Linux): the kernel's other tally counts in ticks."""
    stats = (Path(f"/proc/{each.pid}/task/{thread.id}/schedstat") for each in _family(pid) for thread in each.threads())
    return sum(int(stat.read_text().split()[0]) for stat in stats) / 1e9


def resident_bytes(pid: int) -> int:
    """Resident memory of a process and its descendants; what they share is counted for each."""
    return sum(each.memory_info().rss for each in _family(pid))


def keep_to(pid: int, cores: set[int]) -> None:
    """Let a process and its descendants run on these cores only; what they start later stays there too."""
    for each in _family(pid):
        each.cpu_affinity(sorted(cores))


def _family(pid: int) -> list[psutil.Process]:
    parent = psutil.Process(pid)
    return [each for each in (parent, *parent.children(recursive=True)) if each.is_running()]
