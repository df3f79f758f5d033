"""What was seen of one way to send messages: its packets, its messages, and what its server kept.

Everything is counted from that: who talked to whom, over which connections, and what could be read.
Not here: how it came about (`path_experiment`), and in which words it is told.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Literal, NamedTuple, get_args

from msgspec import Struct

from wirescope.lab.checks.packets import Packet, is_check, is_secured, streams, unwrapped
from wirescope.lab.ends.orders import Pair
from wirescope.wire.websocket import Frame, FrameParser

CLIENT, SERVER, FAR_SIDE = "a", "s", "b"
"""The hosts: the packets of the first one's link are recorded."""

WayName = Literal["ws", "wss", "direct", "relayed"]
"""A WebSocket through the server, without and with TLS; a data channel from peer to peer, and one
through the TURN server."""

WAYS: tuple[WayName, ...] = get_args(WayName)

RECORDING = "paths.pcap"
"""The packets of the client's link, in the folder for what checks record."""

SIZES = (200, 600)
"""Bytes of the messages, half of them each."""


def capture_name(name: WayName) -> str:
    """Name the file of what the server kept of a way, in the same folder."""
    return f"paths-{name}-server.wirescope"


def where(*files: str, kept: bool) -> str:
    """Say where files of that folder are found by who reads of them, or how they would be."""
    if kept:
        return ", ".join(f"checks/{each}" for each in files)
    return f"{', '.join(files)} (kept with --keep)"


class Kept(Struct, frozen=True, kw_only=True):
    """What the server in the middle had, by its own capture.

    Attributes:
        connections: WebSockets that came to it.
        read: messages of the workload that it had in clear.
        fingerprints: of the certificates of WebRTC that went through it with the signaling.
    """

    connections: int
    read: int
    fingerprints: int


class Observed(Struct, frozen=True, kw_only=True):
    """One way to send messages, tried.

    Attributes:
        name: which one.
        packets: on the link of the client, from the first of the connection on.
        start_ns: when the first message could be due; what is before made the connection.
        end_ns: when all messages had come; what is after ended it.
        messages: what was sent by both sides: the beginning of each, which no other one has.
        pair: that the client's engine has selected; None of a WebSocket.
        server: what the server in the middle had; None where there was none.
    """

    name: WayName
    packets: tuple[Packet, ...]
    start_ns: int
    end_ns: int
    messages: tuple[bytes, ...]
    pair: Pair | None = None
    server: Kept | None = None

    @property
    def at_server(self) -> Kept:
        """What the server had, nothing where there was none."""
        return self.server or Kept(connections=0, read=0, fingerprints=0)

    @property
    def carrying(self) -> list[Packet]:
        """The packets that messages were in, or what secures them; each of TCP's bytes once."""
        found: dict[object, Packet] = {}
        for number, each in enumerate(self.packets):
            if not self.start_ns <= each.at_ns <= self.end_ns:
                continue
            if each.kind == "tcp" and each.payload:
                found.setdefault((each.flow, each.source, each.sequence), each)
            elif is_secured(each):
                found[number] = each
        return list(found.values())


class Share(NamedTuple):
    """A part of packets.

    Attributes:
        packets: how many.
        of_packets: how many there are in all.
        size: their bytes.
        of_size: those of all.
    """

    packets: int
    of_packets: int
    size: int
    of_size: int


class Connections(NamedTuple):
    """What was opened.

    Attributes:
        tcp: connections of TCP.
        datagrams: that messages went in.
        in_one_flow: how many of them took the same ports at both ends.
        checks: messages of STUN beside them.
    """

    tcp: int
    datagrams: int
    in_one_flow: int
    checks: int


class Read(NamedTuple):
    """How many messages an observer on the path could read.

    Attributes:
        as_they_are: as they stand in the packets.
        unmasked: with the masking key that stands before each (RFC 6455 section 5.3).
        sent: that there were.
    """

    as_they_are: int
    unmasked: int
    sent: int

    @property
    def all(self) -> int:
        """Both together."""
        return self.as_they_are + self.unmasked


class Told(NamedTuple):
    """Packets whose length tells the size of the message that is inside.

    Attributes:
        short: with one of the smaller size.
        long: with one of the larger one.
    """

    short: int
    long: int


def share_between(packets: Sequence[Packet], one: str, other: str) -> Share:
    """Say which part of packets is between two hosts."""
    found = [each for each in packets if each.between(one, other)]
    size, of_size = (sum(each.length for each in some) for some in (found, packets))
    return Share(len(found), len(packets), size, of_size)


def connections(observed: Observed) -> Connections:
    """Count what was opened."""
    flows = Counter(each.flow for each in observed.carrying if each.kind == "udp")
    return Connections(
        tcp=len({each.flow for each in observed.packets if each.opens}),
        datagrams=flows.total(),
        in_one_flow=max(flows.values(), default=0),
        checks=sum(is_check(each) for each in observed.packets),
    )


def routers(observed: Observed) -> int:
    """Say how many routers the packets had passed that came to the client, at most."""
    return max((each.routers for each in observed.carrying if each.target == CLIENT), default=0)


def read_on_the_path(observed: Observed) -> Read:
    """Look for the messages in all that was sent, and in the frames of WebSockets that are there.

    Streams are looked through whole, so that it makes no difference where TCP has cut them.
    """
    found = streams(observed.packets)
    datagrams = [unwrapped(each.payload) for each in observed.packets if each.kind == "udp"]
    everything = b"\0".join((*found, *datagrams))
    frames = b"\0".join(payload for stream in found for payload in _unmasked(stream))
    plain = {each for each in observed.messages if each in everything}
    masked = {each for each in observed.messages if each in frames} - plain
    return Read(len(plain), len(masked), len(observed.messages))


def _unmasked(stream: bytes) -> Iterable[bytes]:
    """Give the payloads of the frames of a client, if the stream begins as one of HTTP does."""
    head, _, frames = stream.partition(b"\r\n\r\n")
    if not head.startswith(b"GET "):
        return
    for each in FrameParser().feed(frames):
        if isinstance(each, Frame):
            yield each.payload


def sizes_told(observed: Observed) -> Told:
    """Count the packets that are as long as one message of either size."""
    lengths = [len(each.payload) for each in observed.carrying]
    short, long = SIZES
    return Told(
        short=sum(short <= each < long for each in lengths),
        long=sum(each >= long for each in lengths),
    )
