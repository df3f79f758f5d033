"""A link's packets in a file: written by the link process, read by whoever wants to look into them.

The file is what pcap(3) calls a savefile, in the classic format (draft-ietf-opsawg-pcap) with raw
IP packets and times in nanoseconds, so that tshark and Wireshark open it. Times are those of
CLOCK_MONOTONIC, which all hosts of a network share, and not of the calendar: what the ends noted
can be held against them. Not here: what is in a packet.
"""

import contextlib
import struct
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, NamedTuple

from wirescope.clock import SystemClock
from wirescope.errors import UsageError
from wirescope.transports.link.ports import Port
from wirescope.transports.link.records import RecordingReport

MOST_BYTES = 64 << 20
"""Of a file; packets that find no room any more are left out and counted."""

_BUFFER_BYTES = 1 << 18
_LONGEST_PACKET = 1 << 18
_NANOSECONDS = 0xA1B23C4D
_RAW_IP = 101
_FILE_HEAD = struct.Struct("=IHHiIII")
_PACKET_HEAD = struct.Struct("=IIII")
_SECOND_NS = 1_000_000_000


class Recorder:
    """Writes packets into a file, until it is full.

    Args:
        path: the file; one that is there is written anew.
        most_bytes: that the file may have.

    Raises:
        UsageError: it cannot be written.
    """

    def __init__(self, path: str, *, most_bytes: int = MOST_BYTES) -> None:
        self._path = path
        try:
            self._file: IO[bytes] = Path(path).open("wb", buffering=_BUFFER_BYTES)  # noqa: SIM115
        except OSError as error:
            raise UsageError(
                f"The recording {path} cannot be written: {error.strerror}.",
                hint="Name a file in a folder that is there and that this user may write to.",
            ) from None
        self._file.write(_FILE_HEAD.pack(_NANOSECONDS, 2, 4, 0, 0, _LONGEST_PACKET, _RAW_IP))
        self._room = most_bytes - _FILE_HEAD.size
        self._packets = self._left_out = 0
        self._stopped = ""
        self._now_ns = SystemClock().monotonic_ns

    def listen(self, port: Port) -> Port:
        """Give a port that is the same and has what the host sends written down."""
        return replace(port, read=self._recorded(port.read))

    def _recorded(self, read: Callable[[], bytes]) -> Callable[[], bytes]:
        def recorded() -> bytes:
            packet = read()
            self.write(packet, self._now_ns())
            return packet

        return recorded

    def write(self, packet: bytes, at_ns: int) -> None:
        """Write a packet; once one found no room, none is written any more."""
        if self._stopped:
            self._left_out += 1
            return
        length = len(packet)
        self._room -= _PACKET_HEAD.size + length
        if self._room < 0:
            self._left_out += 1
            self._stop("it is as long as it may be")
            return
        try:
            self._file.write(_PACKET_HEAD.pack(*divmod(at_ns, _SECOND_NS), length, length) + packet)
        except OSError as error:
            self._left_out += 1
            self._stop(error.strerror or str(error))
            return
        self._packets += 1

    def _stop(self, why: str) -> None:
        self._stopped = f"Nothing is written to {self._path} any more: {why}."

    def report(self) -> RecordingReport:
        """Say what was written, which is in the file then."""
        try:
            self._file.flush()
        except OSError as error:
            self._stop(error.strerror or str(error))
        return RecordingReport(
            packets=self._packets, left_out=self._left_out, stopped=self._stopped
        )

    def close(self) -> None:
        """Close the file."""
        with contextlib.suppress(OSError):  # as when there is no room, which `report` tells
            self._file.close()


class RecordedPacket(NamedTuple):
    """A packet of a recording.

    Attributes:
        at_ns: when the link had it, on CLOCK_MONOTONIC.
        data: the packet, from the head of IP on.
    """

    at_ns: int
    data: bytes


def read_recording(path: Path) -> Iterator[RecordedPacket]:
    """Yield the packets of a recording; one that was cut short ends with its last whole packet.

    Raises:
        UsageError: the file cannot be read, or is no recording of this machine's link.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"The recording {path} cannot be read: {error.strerror}.") from None
    if len(data) < _FILE_HEAD.size or not _is_ours(data):
        raise UsageError(
            f"{path} is no recording of an emulated link.",
            hint="Those are pcap files of raw IP packets with times in nanoseconds.",
        )
    at = _FILE_HEAD.size
    while at + _PACKET_HEAD.size <= len(data):
        seconds, nanoseconds, length, _ = _PACKET_HEAD.unpack_from(data, at)
        at += _PACKET_HEAD.size + length
        if at > len(data):
            return
        yield RecordedPacket(seconds * _SECOND_NS + nanoseconds, data[at - length : at])


def _is_ours(data: bytes) -> bool:
    magic, *_, kind = _FILE_HEAD.unpack_from(data)
    return (magic, kind) == (_NANOSECONDS, _RAW_IP)
