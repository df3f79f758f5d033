"""Datagrams of one transport, encrypted on the way out, decrypted on the way in.

Media is taken from the socket at once, as waking a task for each packet costs ten times what
decrypting it does; what is left is DTLS's, which aiortc's own task reads. What a handler raises
goes to the loop's handler and never to the socket.
"""

from collections.abc import Callable
from typing import Any

from wirescope.errors import PacketError
from wirescope.transports.webrtc.packets.faults import report
from wirescope.transports.webrtc.packets.sockets import Waits
from wirescope.transports.webrtc.packets.stack import bytes_waiting
from wirescope.wire.rtcp import is_rtcp

MAX_UNSENT = 256 << 10
"""Bytes that wait for a slow socket; beyond that packets are lost, as on any network."""

MAX_UNREAD = 256
"""Datagrams of DTLS that wait to be read."""

OnPacket = Callable[[bytes], None]


class Datagrams:
    """What goes over one transport and is not STUN.

    Attributes:
        lost: packets that were dropped here, since a socket or a queue was full.
        refused: packets that came and could not be decrypted or read.
        waits: know how long what came had waited.
        waited_ns: how long the packet that is being handed over had waited to be read.
    """

    def __init__(self, name: str, *, on_rtp: OnPacket, on_rtcp: OnPacket) -> None:
        self.lost = self.refused = self.waited_ns = 0
        self.waits = Waits()
        self._name = name
        self._on_rtp, self._on_rtcp = on_rtp, on_rtcp
        self._connection: Any = None
        self._rx: Any = None  # the SRTP sessions, while there are any
        self._tx: Any = None

    def join(self, connection: Any) -> None:
        """Use an ICE connection, aioice's."""
        self._connection = connection

    def open(self, dtls: Any) -> None:
        """Begin, with the sessions of SRTP (RFC 3711) that DTLS, aiortc's, has agreed on."""
        self._rx, self._tx = dtls._rx_srtp, dtls._tx_srtp

        # what came during the handshake's last steps is still in the queue
        async def take_rtp(data: bytes, arrival_time_ms: int) -> None:
            del arrival_time_ms
            self._hand_over(self._on_rtp, data)

        async def take_rtcp(data: bytes) -> None:
            self._hand_over(self._on_rtcp, data)

        dtls._handle_rtp_data, dtls._handle_rtcp_data = take_rtp, take_rtcp

    def close(self) -> None:
        """Send and take nothing any more."""
        self._rx = self._tx = None

    @property
    def is_open(self) -> bool:
        """Whether packets can be sent."""
        return self._tx is not None

    def on_datagram(self, data: bytes, component: int) -> None:
        """Take what came (RFC 7983: the first byte tells)."""
        session = self._rx
        self.waited_ns = self.waits.of(data)
        if session is not None and data and 127 < data[0] < 192:
            try:
                if is_rtcp(data):
                    self._on_rtcp(session.unprotect_rtcp(data))
                else:
                    self._on_rtp(session.unprotect(data))
            except Exception as error:  # noqa: BLE001
                self._on_error(error)
        elif data and self._connection._queue.qsize() < MAX_UNREAD:
            self._connection._queue.put_nowait((data, component))
        else:
            self.lost += 1

    def _hand_over(self, take: OnPacket, data: bytes) -> None:
        self.waited_ns = 0
        try:
            take(data)
        except Exception as error:  # noqa: BLE001
            self._on_error(error)

    def send_rtp(self, packet: bytes) -> bool:
        """Send an RTP packet; whether it went out."""
        session = self._tx
        return session is not None and self._send(session.protect, packet)

    def send_rtcp(self, packet: bytes) -> bool:
        """Send an RTCP packet; whether it went out."""
        session = self._tx
        return session is not None and self._send(session.protect_rtcp, packet)

    def _send(self, protect: Callable[[bytes], bytes], packet: bytes) -> bool:
        pair = self._connection._nominated.get(1)
        if pair is None:
            return False
        transport = pair.protocol.transport
        try:
            if bytes_waiting(transport) > MAX_UNSENT:
                self.lost += 1
                return False
            transport.sendto(protect(packet), pair.remote_addr)
        except Exception as error:  # noqa: BLE001
            self.lost += 1
            self._on_error(error)
            return False
        return True

    def _on_error(self, error: Exception) -> None:
        of_srtp = type(error).__module__.startswith("pylibsrtp")
        if of_srtp or isinstance(error, PacketError):
            self.refused += 1  # damaged, repeated, or not for this session
        else:
            self.report(error)

    def report(self, error: Exception) -> None:
        """Say that something of ours has failed, which ends nothing."""
        report(f"Forwarding on {self._name}", error)
