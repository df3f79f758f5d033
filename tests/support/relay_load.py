"""Load for a TURN server: as many datagrams as it relays, with so many under way at once.

A datagram is sent when another one has arrived, so that nothing is lost but what the server loses,
and the rate is the server's own. Client and peer are plain sockets in this process.
"""

import socket
from contextlib import ExitStack
from dataclasses import dataclass
from typing import Literal

from tests.support.ice_child import PASSWORD, USER
from tests.support.turn_asking import Asking, code_of
from wirescope.clock import SystemClock
from wirescope.wire.stun import (
    ChannelNumber,
    MessageClass,
    Method,
    RequestedTransport,
    StunMessage,
    Value,
    XorPeerAddress,
    XorRelayedAddress,
    build_stun,
    make_message,
    parse_stun,
)
from wirescope.wire.turn import UDP

CHANNEL = 0x4000
WAIT_S = 5.0
LOST_S = 0.5
UNDER_WAY = 64
BUFFER_BYTES = 4 << 20

Way = Literal["to peers", "to clients"]


class PlainClient(Asking):
    """A client on a blocking socket; `relayed` is its relayed address.

    Args:
        port: of the server.
        host: of the server.
        source: the address to come from.
        user: its name.
        password: what belongs to it.
    """

    def __init__(
        self,
        port: int,
        *,
        host: str = "127.0.0.1",
        source: str = "",
        user: str = USER,
        password: str = PASSWORD,
    ) -> None:
        super().__init__(user, password)
        self.socket = _socket(host)
        if source:
            self.socket.bind((source, 0))
        self.socket.connect((host, port))
        self.relayed = ("", 0)
        self._number = 0

    def request(self, method: int, *values: Value) -> bytes:
        """Make a request, signed as soon as the server has asked for that."""
        self._number += 1
        id_ = self._number.to_bytes(12, "big")
        request = make_message(MessageClass.REQUEST, method, id_, *values)
        if self.nonce:
            request = self.sign(request)
        return build_stun(request)

    def ask(self, method: int, *values: Value) -> StunMessage:
        """Send a request; its answer."""
        self.socket.send(self.request(method, *values))
        return parse_stun(self.socket.recv(2000))

    def code(self, method: int, *values: Value) -> int:
        """Send a request; the code of the error, 0 where there is none."""
        return code_of(self.ask(method, *values))

    def learn(self) -> None:
        """Learn realm and nonce, as clients begin."""
        self.nonce = b""
        self.learn_from(self.ask(Method.ALLOCATE, RequestedTransport(UDP)))

    def allocate(self, *values: Value) -> int:
        """Get a relayed address; the code of the error, 0 where there is none."""
        if not self.nonce:
            self.learn()
        answer = self.ask(Method.ALLOCATE, RequestedTransport(UDP), *values)
        relayed = answer.find(XorRelayedAddress)
        if relayed is not None:
            self.relayed = relayed.host, relayed.port
        return code_of(answer)

    def bind(self, peer: tuple[str, int], number: int = CHANNEL) -> int:
        """Bind a channel; the code of the error, 0 where there is none."""
        return self.code(Method.CHANNEL_BIND, ChannelNumber(number), XorPeerAddress(*peer))


def must(code: int) -> None:
    """Go on if there is no error.

    Raises:
        OSError: there is one.
    """
    if code:
        raise OSError(f"the server answered with {code}")


def _socket(host: str) -> socket.socket:
    made = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_DGRAM)
    made.settimeout(WAIT_S)
    for direction in (socket.SO_RCVBUF, socket.SO_SNDBUF):
        made.setsockopt(socket.SOL_SOCKET, direction, BUFFER_BYTES)
    return made


@dataclass(frozen=True)
class Relayed:
    """What a server has relayed.

    Attributes:
        count: datagrams that arrived.
        lost: that did not.
        seconds: how long it took.
    """

    count: int
    lost: int
    seconds: float

    @property
    def rate(self) -> float:
        """Datagrams a second."""
        return self.count / self.seconds


def relay(port: int, way: Way, *, seconds: float, length: int = 1200) -> Relayed:
    """Have a server relay for some seconds, from a client to a peer or back."""
    with ExitStack() as stack:
        client = PlainClient(port)
        stack.callback(client.socket.close)
        peer = stack.enter_context(_socket("127.0.0.1"))
        peer.bind(("127.0.0.1", 0))
        must(client.allocate())
        must(client.bind(peer.getsockname()))
        if way == "to peers":
            frame = CHANNEL.to_bytes(2, "big") + length.to_bytes(2, "big") + bytes(length)
            return _flow(client.socket, peer, frame, seconds)
        peer.connect(client.relayed)
        return _flow(peer, client.socket, bytes(length), seconds)


def _flow(sender: socket.socket, receiver: socket.socket, data: bytes, seconds: float) -> Relayed:
    now_ns = SystemClock().monotonic_ns
    receiver.settimeout(LOST_S)
    count = lost = under_way = 0
    began_ns = now_ns()
    ends_ns = began_ns + int(seconds * 1e9)
    send, receive, room = sender.send, receiver.recv_into, bytearray(2048)
    while now_ns() < ends_ns:
        while under_way < UNDER_WAY:
            send(data)
            under_way += 1
        try:
            while under_way > UNDER_WAY // 2:
                receive(room)
                under_way -= 1
                count += 1
        except TimeoutError:
            lost, under_way = lost + under_way, 0
    return Relayed(count, lost, (now_ns() - began_ns) / 1e9)
