"""The STUN and TURN server: datagrams and messages in any order never raise, nor amplify.

The input is cut into datagrams, each with a byte that says who sends it: one of two clients with an
allocation and channels to a peer and to each other, a client without, a stream, the peer, or the
first client again, who signs whatever it is.
"""

from tests.support.ice_rig import PEER, UDP_ONLY, Rig, RigClient, RigStream
from tests.wire.stun.samples import VECTORS
from wirescope.errors import PacketError
from wirescope.wire.stun import (
    ChangeRequest,
    ChannelNumber,
    Data,
    Fingerprint,
    Lifetime,
    MessageClass,
    MessageIntegrity,
    MessageIntegritySha256,
    Method,
    Nonce,
    Realm,
    RequestedAddressFamily,
    Username,
    XorPeerAddress,
    build_stun,
    make_message,
    parse_stun,
)
from wirescope.wire.turn import OLD_CHANNEL_NUMBERS, StreamDeframer

OVERHEAD = 28
SIGNING, SENDERS = 5, 7
SIGNATURE = frozenset(
    kind.TYPE
    for kind in (Username, Realm, Nonce, MessageIntegrity, MessageIntegritySha256, Fingerprint)
)
OTHER = ("9.9.9.8", 4000)


class Fuzzed:
    """A server with clients, which is the same each time."""

    def __init__(self) -> None:
        self.rig = Rig(answers_at_once=1e6, all_answers_at_once=1e6, random_bytes=bytes)
        self.clients: list[RigClient] = [self.rig.client(5000), self.rig.client(5001)]
        self.relays = [client.relay() for client in self.clients]
        for client, other in zip(self.clients, reversed(self.relays), strict=True):
            client.bind(0x4000)
            client.bind(0x4001, other.address)
        self.stranger = self.rig.client(5002)
        self.stream: RigStream = self.rig.stream(5003)
        self.stream.relay()
        self.rig.sent.clear()

    def datagrams(self) -> list[bytes]:
        """Make what a client sends that has all it needs, for the seeds."""
        client = self.clients[0]
        asked = (
            client.request(Method.ALLOCATE, UDP_ONLY, Lifetime(100), RequestedAddressFamily(1)),
            client.request(Method.REFRESH, Lifetime(100)),
            client.request(Method.CREATE_PERMISSION, XorPeerAddress(*PEER)),
            client.request(Method.CHANNEL_BIND, ChannelNumber(0x4002), XorPeerAddress(*OTHER)),
        )
        values = XorPeerAddress(*PEER), Data(b"data")
        sent = make_message(MessageClass.INDICATION, Method.SEND, bytes(12), *values)
        binding = client.request(Method.BINDING, ChangeRequest(True, True))  # noqa: FBT003
        return [
            *[build_stun(client.sign(each)) for each in asked],
            *[build_stun(each) for each in (*asked, sent, binding)],
            *VECTORS.values(),
            bytes.fromhex("40000004 64617461"),
            bytes.fromhex("40010004 64617461"),
        ]

    def put(self, who: int, data: bytes) -> None:
        """Let a datagram come from somebody."""
        if who < 3:
            senders = [*self.clients, self.stranger]
            self._put_datagram(senders[who], data)
        elif who == 3:
            deframer = StreamDeframer(channels=OLD_CHANNEL_NUMBERS)
            try:
                for message in deframer.feed(data):
                    self.rig.machine.on_message(self.stream.flow, message)
            except PacketError:
                return
        elif who == 4:
            self.relays[0].hear(data, PEER)
        elif who == SIGNING:
            self._put_signed(data)
        else:
            self.rig.pass_s(len(data))

    def _put_signed(self, data: bytes) -> None:
        """Let a client with credentials ask for what nobody should."""
        try:
            message = parse_stun(data)
        except PacketError:
            return
        kept = [each for each in message.attributes if each.type not in SIGNATURE]
        request = make_message(MessageClass.REQUEST, message.method, message.transaction_id, *kept)
        client = self.clients[0]
        try:
            signed = build_stun(client.sign(request))
        except ValueError:  # it is too long to be signed
            return
        self.rig.machine.on_datagram(client.door, memoryview(bytearray(signed)), client.address)

    def _put_datagram(self, client: RigClient, data: bytes) -> None:
        counts = self.rig.machine.counts
        before, granted = len(self.rig.sent), counts.succeeded + counts.to_clients
        client.put(data)
        new = self.rig.sent[before:]
        assert len(new) <= 1
        if client is self.stranger and counts.succeeded + counts.to_clients == granted:
            for _, answer, _ in new:
                assert len(answer) + OVERHEAD <= 1.5 * (len(data) + OVERHEAD)


def pieces(data: bytes) -> list[tuple[int, bytes]]:
    """Cut an input into who sends and what: a byte, two bytes of length, the datagram."""
    found, at = [], 0
    while at + 3 <= len(data):
        end = at + 3 + int.from_bytes(data[at + 1 : at + 3], "big")
        found.append((data[at] % SENDERS, data[at + 3 : end]))
        at = end
    return found


def joined(*parts: tuple[int, bytes]) -> bytes:
    """Make an input of who sends what."""
    return b"".join(bytes((who,)) + len(data).to_bytes(2, "big") + data for who, data in parts)


def check(data: bytes) -> None:
    """Nothing raises, and the counters and allocations agree afterwards."""
    fuzzed = Fuzzed()
    for who, datagram in pieces(data):
        fuzzed.put(who, datagram)
    counts = fuzzed.rig.machine.counts
    assert counts.allocations == sum(not relay.closed for relay in fuzzed.rig.relays)
    fuzzed.rig.machine.close()
    assert counts.allocations == 0
    assert all(relay.closed for relay in fuzzed.rig.relays)


DATAGRAMS = Fuzzed().datagrams()
SEEDS = [
    *[joined((0, each)) for each in DATAGRAMS],
    *[joined((2, each)) for each in DATAGRAMS],
    *[joined((SIGNING, each)) for each in DATAGRAMS],
    joined(*[(0, each) for each in DATAGRAMS]),
    joined(
        (4, b"data"), (3, b"".join(DATAGRAMS)), (6, bytes(400)), (4, b"data"), (0, DATAGRAMS[1])
    ),
]
