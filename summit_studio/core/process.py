"""Is the process that wrote a row still the one that has its number?"""

import os
import socket
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final

_LONG: Final = timedelta(days=1)


def identity(pid: int) -> str | None:
    """Return what tells process `pid` from every other that had or will have its number.

    Returns:
        When it started, by the system's own account; None where there is no such process.
    """
    if sys.platform == "win32":
        return _from_windows(pid)
    if Path("/proc/self/stat").exists():
        return _from_proc(pid)
    command = ["/bin/ps", "-o", "lstart=", "-p", str(pid)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)  # noqa: S603
    return done.stdout.strip() or None


def own_identity() -> str:
    """Return the identity of this process."""
    return identity(os.getpid()) or ""


def memory_bytes() -> int | None:
    """Return what this process holds in main memory; None where the system does not say."""
    try:
        pages = Path("/proc/self/statm").read_text().split()[1]
        return int(pages) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, AttributeError):
        return None


def own_name() -> str:
    """Return what names this process among those of all machines."""
    return "|".join((socket.gethostname(), str(os.getpid()), own_identity()))


def is_alive(name: str) -> bool | None:
    """Return whether the process of a name still runs; None of one on another machine."""
    host, _, rest = name.partition("|")
    pid, _, known = rest.partition("|")
    if host != socket.gethostname() or not pid.isdigit():
        return None
    return identity(int(pid)) == known


def is_gone(name: str, since: datetime) -> bool:
    """Return True of a process that no longer runs; of one elsewhere, once it is a day old."""
    alive = is_alive(name)
    return datetime.now(UTC) - since > _LONG if alive is None else not alive


def _from_proc(pid: int) -> str | None:
    try:
        # The name in brackets may hold spaces; what follows it does not.
        fields = Path(f"/proc/{pid}/stat").read_text(errors="replace").rpartition(")")[2].split()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    except OSError:
        return None
    state, ticks = fields[0], fields[19]
    return None if state in {"Z", "X"} else f"{boot}:{ticks}"


if sys.platform == "win32":

    def _from_windows(pid: int) -> str | None:
        import ctypes

        kernel = ctypes.WinDLL("kernel32", use_last_error=True)
        kernel.OpenProcess.restype = ctypes.c_void_p
        handle = kernel.OpenProcess(0x1000, False, pid)  # PROCESS_QUERY_LIMITED_INFORMATION
        if not handle:
            return None
        times = [ctypes.c_uint64() for _ in range(4)]
        code = ctypes.c_uint32()
        place = ctypes.c_void_p(handle)
        kernel.GetProcessTimes(place, *(ctypes.byref(t) for t in times))
        kernel.GetExitCodeProcess(place, ctypes.byref(code))
        kernel.CloseHandle(place)
        still_active = 259
        return str(times[0].value) if code.value == still_active else None
