"""What a process takes, and what the system says of a TCP connection, read where it is known.

Linux says all of it. Elsewhere processor time is to a hundredth of a second, and what is not known
is 0.
"""

import os
import socket
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

from wirescope.lab.ends.orders import Tcp, Usage

_PROCESS = Path("/proc/self")

_INFO_BYTES = 192
# struct tcp_info of linux/tcp.h: where the fields are that are read, by name
_WORDS = {"mss": 16, "unacked": 24, "rtt": 68, "cwnd": 80, "retransmits": 100, "unsent": 144}
_LONGS = {"busy": 168, "receive_window": 176, "send_buffer": 184}


def usage() -> Usage:
    """Read what this process has taken so far, and begin with its peak of memory anew."""
    status = _status()
    memory = status.get("VmRSS", 0)
    peak = status.get("VmHWM", memory)
    with suppress(OSError):  # proc(5): 5 sets the peak to what it is now
        (_PROCESS / "clear_refs").write_text("5")
    return Usage(cpu_s=cpu_s(), memory_bytes=memory, peak_memory_bytes=peak)


def cpu_s() -> float:
    """Read the processor time of this process, user and system, of all its threads."""
    try:
        import resource
    except ImportError:
        times = os.times()
        return times.user + times.system
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def _status() -> dict[str, int]:
    """Read the sizes of proc(5)'s `status`, in bytes."""
    found = {}
    with suppress(OSError):
        for line in (_PROCESS / "status").read_text().splitlines():
            name, _, value = line.partition(":")
            if value.endswith(" kB"):
                found[name] = int(value[:-3]) << 10
    return found


def tcp_facts(sock: Any) -> Tcp | None:
    """Ask the system about a TCP connection; None where it does not say, or it is over."""
    if sock is None or not hasattr(socket, "TCP_CONGESTION"):
        return None
    try:
        name = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
        info = sock.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, _INFO_BYTES)
    except OSError:
        return None
    info = info.ljust(_INFO_BYTES, b"\0")  # what an older system does not know
    words = {each: struct.unpack_from("=I", info, at)[0] for each, at in _WORDS.items()}
    longs = {each: struct.unpack_from("=Q", info, at)[0] for each, at in _LONGS.items()}
    return Tcp(
        congestion_control=name.partition(b"\0")[0].decode("ascii", "replace"),
        retransmits=words["retransmits"],
        rtt_us=words["rtt"],
        congestion_window_bytes=words["cwnd"] * words["mss"],
        unacknowledged_bytes=words["unacked"] * words["mss"],
        unsent_bytes=words["unsent"],
        busy_us=longs["busy"],
        receive_window_limited_us=longs["receive_window"],
        send_buffer_limited_us=longs["send_buffer"],
    )
