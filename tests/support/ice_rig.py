"""The TURN server without sockets: clients and peers that are addresses, and a held clock.

What is sent is kept. Datagrams between a relayed address and a peer are put in and looked at here,
as nothing is on a network.
"""

import secrets
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.support.turn_asking import Asking, code_of
from wirescope.ice_server import IceServerEvent, IceServerOptions
from wirescope.ice_server.flows import HEADROOM, Address, Buffer, Door, Flow, Take, Transport
from wirescope.ice_server.machine import IceMachine
from wirescope.wire.stun import (
    ChannelNumber,
    Data,
    ErrorCode,
    MessageClass,
    MessageIntegrity,
    Method,
    RequestedTransport,
    StunMessage,
    Value,
    XorPeerAddress,
    XorRelayedAddress,
    build_stun,
    make_message,
    parse_stun,
    verify_integrity,
)
from wirescope.wire.turn import UDP, ChannelData, build_channel_data, timed_password

USER, PASSWORD = "ada", "pw"
SERVER = ("192.0.2.1", 3478)
CLIENT = "198.51.100.7"
PEER = ("9.9.9.9", 4000)
UDP_ONLY = RequestedTransport(UDP)
START_S = 1_800_000_000.0


@dataclass
class FakeRelay:
    """A relayed address; `got` is what went to peers."""

    address: tuple[str, int]
    take: Take
    got: list[tuple[bytes, tuple[str, int]]] = field(default_factory=list)
    closed: bool = False

    def send(self, data: Buffer, peer: tuple[str, int]) -> None:
        """Keep what would go to a peer."""
        self.got.append((bytes(data), peer))

    def close(self) -> None:
        """Note that the port was given back."""
        self.closed = True

    def hear(self, data: bytes, peer: Address) -> None:
        """Let a datagram come from a peer."""
        self.take(memoryview(bytearray(HEADROOM) + data), peer)


class Rig:
    """A server on 192.0.2.1 (and 2001:db8::1), which relays on the same addresses."""

    def __init__(
        self,
        *,
        ports: int = 1000,
        seconds: tuple[str, ...] = (),
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        **options: Any,
    ) -> None:
        given: dict[str, Any] = {"hosts": ("192.0.2.1",), "users": {USER: PASSWORD}}
        self.options = IceServerOptions(**(given | options), second_hosts=seconds)
        self.events: list[IceServerEvent] = []
        self.relays: list[FakeRelay] = []
        self.local_hosts: set[str] = set()
        self.sent: list[tuple[Door, bytes, Address]] = []
        self._ports = iter(range(50_000, 50_000 + ports))
        hosts = (*self.options.hosts, *seconds)
        self.machine = IceMachine(
            self.options,
            listening=[(host, port) for host in hosts for port in (3478, 3479)],
            open_relay=self._open,
            on_event=self.events.append,
            is_local=lambda host: host in self.local_hosts,
            random_bytes=random_bytes,
        )
        self.now_s = 1000.0
        self.wall_s = START_S
        self.pass_s(0)
        self.door = self.open_door(SERVER)
        self._ids = count()

    def open_door(self, local: tuple[str, int]) -> Door:
        """Open an address for clients."""
        door = Door(local, lambda data, to: self.sent.append((door, bytes(data), to)))
        return door

    def _open(self, host: str, take: Take, *, even: bool) -> FakeRelay | None:
        port = next((port for port in self._ports if not (even and port % 2)), None)
        if port is None:
            return None
        relay = FakeRelay((host, port), take)
        self.relays.append(relay)
        return relay

    def pass_s(self, seconds: float) -> None:
        """Let time go by, and the server tick."""
        self.now_s += seconds
        self.wall_s += seconds
        self.machine.at(int(self.now_s * 1e9), self.wall_s)
        self.machine.tick()

    def id(self) -> bytes:
        """Make a transaction id."""
        return next(self._ids).to_bytes(12, "big")

    def client(self, port: int = 5000, host: str = CLIENT, **more: Any) -> "RigClient":
        """Make a client that sends datagrams."""
        return RigClient(self, (host, port), **more)

    def stream(self, port: int = 5000, host: str = CLIENT, kind: Transport = "tcp") -> "RigStream":
        """Make a client that has a connection."""
        return RigStream(self, (host, port), kind)


class RigClient(Asking):
    """A client; what it gets is in `got`."""

    def __init__(
        self,
        rig: Rig,
        address: Address,
        *,
        user: str = USER,
        password: str = PASSWORD,
        door: Door | None = None,
    ) -> None:
        super().__init__(user, password)
        self.rig = rig
        self.address = address
        self.door = door or rig.door

    def put(self, data: bytes) -> list[bytes]:
        """Send a datagram; what comes back at once."""
        before = len(self.rig.sent)
        self.rig.machine.on_datagram(self.door, memoryview(bytearray(data)), self.address)
        return [sent for _, sent, to in self.rig.sent[before:] if to == self.address]

    def got(self) -> list[bytes]:
        """All that was sent to it."""
        return [sent for _, sent, to in self.rig.sent if to == self.address]

    def ask(self, message: StunMessage) -> StunMessage | None:
        """Send a request; the answer, if there is one."""
        answers = self.put(build_stun(message))
        return parse_stun(answers[0]) if answers else None

    def request(self, method: int, *values: Value) -> StunMessage:
        """Make a request that is not signed."""
        return make_message(MessageClass.REQUEST, method, self.rig.id(), *values)

    def learn(self) -> None:
        """Get a nonce, as clients begin."""
        answer = self.ask(self.request(Method.ALLOCATE, UDP_ONLY))
        assert answer is not None
        assert code_of(answer) == 401
        self.learn_from(answer)

    def do(self, method: int, *values: Value) -> StunMessage:
        """Ask for something with credentials."""
        if not self.nonce:
            self.learn()
        answer = self.ask(self.sign(self.request(method, *values)))
        assert answer is not None
        if answer.has(MessageIntegrity):
            assert verify_integrity(answer, self.key)
        return answer

    def allocate(self, *values: Value) -> StunMessage:
        """Ask for a relayed address."""
        return self.do(Method.ALLOCATE, UDP_ONLY, *values)

    def relay(self, *values: Value) -> FakeRelay:
        """Get a relayed address."""
        answer = self.allocate(*values)
        assert code_of(answer) == 0, answer.find(ErrorCode)
        relayed = answer.find(XorRelayedAddress)
        assert relayed is not None
        return next(
            each for each in self.rig.relays if each.address == (relayed.host, relayed.port)
        )

    def permit(self, *peers: tuple[str, int]) -> int:
        """Ask for permissions; the code of the error, 0 without one."""
        values = [XorPeerAddress(*peer) for peer in peers]
        return code_of(self.do(Method.CREATE_PERMISSION, *values))

    def send(self, data: bytes, peer: tuple[str, int] = PEER) -> None:
        """Send data by a Send indication."""
        values = XorPeerAddress(*peer), Data(data)
        self.put(
            build_stun(make_message(MessageClass.INDICATION, Method.SEND, self.rig.id(), *values))
        )

    def bind(self, number: int, peer: tuple[str, int] = PEER) -> int:
        """Bind a channel; the code of the error, 0 without one."""
        values = ChannelNumber(number), XorPeerAddress(*peer)
        return code_of(self.do(Method.CHANNEL_BIND, *values))

    def send_channel(self, number: int, data: bytes) -> None:
        """Send data by a channel."""
        self.put(build_channel_data(ChannelData(number, data)))


class RigStream(RigClient):
    """A client over TCP or TLS."""

    def __init__(self, rig: Rig, address: Address, kind: Transport) -> None:
        super().__init__(rig, address)
        self.answers: list[bytes] = []
        self.data: list[bytes] = []
        self.flow = Flow(
            kind,
            SERVER,
            address,
            send=lambda data: self.answers.append(bytes(data)),
            send_data=lambda data: self.data.append(bytes(data)),
        )

    def put(self, data: bytes) -> list[bytes]:
        """Send a message; what comes back at once."""
        before = len(self.answers)
        is_stun = data[0] < 4
        message = (
            parse_stun(data) if is_stun else ChannelData(int.from_bytes(data[:2], "big"), data[4:])
        )
        self.rig.machine.on_message(self.flow, message)
        return self.answers[before:]


def timed_client(rig: Rig, secret: bytes, username: str, **more: Any) -> RigClient:
    """Make a client with credentials for a time."""
    return rig.client(user=username, password=timed_password(secret, username), **more)
