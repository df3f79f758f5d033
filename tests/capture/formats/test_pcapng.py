"""Captures as pcapng, read back by a reader that is written here for the purpose."""

from pathlib import Path
from struct import unpack_from
from typing import Any, NamedTuple

import pytest
from hypothesis import given, settings

from tests.capture.formats.making import (
    RESPONSE,
    STARTED_NS,
    Everything,
    any_events,
    everything,
    recorded,
    written,
)
from tests.capture.making import Scene, events_of
from wirescope.capture import Selection, open_capture
from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    ConnectionOpening,
    WebSocketFrame,
    WebSocketHandshake,
)
from wirescope.wire.websocket import build_header, frame_bytes

FIN, SYN, RST = 1, 2, 4


class Packet(NamedTuple):
    wall_ns: int
    comment: str
    source: tuple[bytes, int]
    target: tuple[bytes, int]
    sequence: int
    flags: int
    payload: bytes


def ones_sum(data: bytes) -> int:
    total = sum(unpack_from(f">{len(data) // 2}H", data)) + (data[-1] << 8 if len(data) % 2 else 0)
    while total >> 16:
        total = (total & 0xFFFF) + (total >> 16)
    return total


def options_of(data: bytes) -> dict[int, bytes]:
    options: dict[int, bytes] = {}
    at = 0
    while at < len(data):
        code, length = unpack_from("<HH", data, at)
        if not code:
            break
        options[code] = data[at + 4 : at + 4 + length]
        at += 4 + length + -length % 4
    return options


def packets_of(data: bytes) -> list[Packet]:
    """Read every block; each length and checksum has to be right."""
    found, at = [], 0
    while at < len(data):
        kind, length = unpack_from("<II", data, at)
        body = data[at + 8 : at + length - 4]
        assert length % 4 == 0
        assert unpack_from("<I", data, at + length - 4) == (length,)
        at += length
        if kind == 6:
            found.append(packet_of(body))
    return found


def packet_of(body: bytes) -> Packet:
    interface, high, low, kept, size = unpack_from("<IIIII", body)
    assert (interface, kept) == (0, size)
    raw = body[20 : 20 + kept]
    options = options_of(body[20 + kept + -kept % 4 :])
    assert raw[12:14] == b"\x08\x00"
    ip = raw[14:]
    assert ones_sum(ip[:20]) == 0xFFFF
    assert unpack_from(">H", ip, 2) == (len(ip),)
    source, target, tcp = ip[12:16], ip[16:20], ip[20:]
    assert ones_sum(source + target + b"\0\x06" + len(tcp).to_bytes(2, "big") + tcp) == 0xFFFF
    ports = unpack_from(">HH", tcp)
    (sequence,) = unpack_from(">I", tcp, 4)
    head = (tcp[12] >> 4) * 4
    comment = options.get(1, b"").decode()
    ends = ((source, ports[0]), (target, ports[1]))
    return Packet((high << 32) + low, comment, *ends, sequence, tcp[13], tcp[head:])


def streams_of(packets: list[Packet]) -> dict[Any, bytes]:
    """Put each direction together; nothing may be missing, and nothing may come twice."""
    streams: dict[Any, bytes] = {}
    expected: dict[Any, int] = {}
    for packet in packets:
        key = (packet.source, packet.target)
        assert expected.get(key, packet.sequence) == packet.sequence
        streams[key] = streams.get(key, b"") + packet.payload
        length = len(packet.payload) + bool(packet.flags & (SYN | FIN))
        expected[key] = packet.sequence + length & 0xFFFFFFFF
    return streams


def masked(frame: WebSocketFrame, payload: bytes) -> bytes:
    return frame_bytes(frame.header, payload)


@pytest.mark.slow
def test_the_bytes_of_each_connection_are_those_that_were_on_the_wire(tmp_path: Path) -> None:
    path = everything(tmp_path / "a")
    streams = list(streams_of(packets_of(written(path, "pcapng"))).values())
    sent, received = b"", b""
    with open_capture(path) as capture:
        for event in capture.events(filter="connection == c1 and type == websocket.frame"):
            assert isinstance(event, WebSocketFrame)
            payload = b"".join(capture.payload(event.seq))
            wire = masked(event, payload)
            sent, received = (
                (sent + wire, received) if event.direction == "sent" else (sent, received + wire)
            )
    assert streams[0].partition(b"\r\n\r\n")[2] == sent
    assert streams[1].partition(b"\r\n\r\n")[2] == received
    assert streams[0].startswith(b"GET /feed?room=7 HTTP/1.1\r\nHost: feed.corp.example:8443\r\n")


@pytest.mark.slow
def test_times_are_those_of_the_events_to_the_nanosecond(tmp_path: Path) -> None:
    path = everything(tmp_path / "a")
    times = {packet.wall_ns for packet in packets_of(written(path, "pcapng"))}
    frames = [event for event in events_of(path) if isinstance(event, WebSocketFrame)]
    assert {STARTED_NS + frame.at_ns for frame in frames} <= times


@pytest.mark.slow
def test_connections_begin_and_end_as_they_did(tmp_path: Path) -> None:
    packets = packets_of(written(everything(tmp_path / "a"), "pcapng"))
    conversations: dict[int, list[Packet]] = {}
    for packet in packets:
        port = packet.source[1] if packet.source[1] != 80 else packet.target[1]
        conversations.setdefault(port, []).append(packet)
    clean, reset, _, refused, unreachable = conversations.values()
    assert [packet.flags for packet in clean[:3]] == [SYN, SYN | 16, 16]
    assert [packet.flags for packet in clean[-3:]] == [FIN | 16, FIN | 16, 16]
    assert "wss://" in clean[0].comment
    assert "inside TLS" in clean[0].comment
    assert "inside TLS" not in reset[0].comment
    assert reset[-1].flags == RST | 16
    assert any(packet.payload.endswith(b"n\xff!") for packet in refused)
    assert [packet.flags for packet in unreachable] == [SYN, RST | 16]


@settings(max_examples=25, deadline=None)
@given(events=any_events())
@pytest.mark.slow
def test_any_events_make_packets_in_order(
    tmp_path_factory: pytest.TempPathFactory, events: list[AnyEvent]
) -> None:
    path = recorded(tmp_path_factory.mktemp("pcapng") / "a", list(events))
    for packet in packets_of(written(path, "pcapng")):
        assert len(packet.payload) <= 1460


def test_a_filter_chooses_frames_and_leaves_the_handshake(tmp_path: Path) -> None:
    scene = Scene()
    scene.add(ConnectionOpening, "ws://a/", "websocket")
    scene.add(WebSocketHandshake, "GET / HTTP/1.1", RESPONSE, 101, "", [])
    scene.text("one")
    scene.ping(b"beat")
    scene.connection = "c2"
    scene.add(ConnectionOpening, "ws://b/", "websocket")
    path = recorded(tmp_path / "a", scene.emissions)
    data = written(path, "pcapng", choice={"filter": "opcode == ping"})
    streams = list(streams_of(packets_of(data)).values())
    assert streams[1] == RESPONSE.encode() + b"\x89\x04beat" or streams[0].endswith(b"beat")
    assert len(streams) == 2
    with open_capture(path) as capture:
        chosen = Selection(capture, filter="opcode == ping")
        assert len(list(chosen.events_and_skeletons())) == 3


def test_at_a_server_the_other_end_is_the_client(tmp_path: Path) -> None:
    scene = Scene()
    scene.add(ConnectionOpening, "ws://a/", "websocket")
    scene.add(WebSocketHandshake, "GET / HTTP/1.1", RESPONSE, 101, "", [])
    scene.text("hello", direction="sent")
    path = recorded(tmp_path / "a", scene.emissions)
    client, server = streams_of(packets_of(written(path, "pcapng"))).values()
    assert client == b"GET / HTTP/1.1\r\n\r\n"
    assert server.endswith(b"\x81\x05hello")


@pytest.mark.parametrize("follows", [True, False])
def test_zeros_stand_for_what_is_not_known_when_something_follows(
    tmp_path: Path, follows: bool
) -> None:
    scene = Scene()
    scene.add(WebSocketFrame, "received", build_header(2, 2 << 20), b"begin", 0, 7)
    if follows:
        scene.ping()
    path = recorded(tmp_path / "a", scene.emissions)
    (stream,) = [each for each in streams_of(packets_of(written(path, "pcapng"))).values() if each]
    expected = build_header(2, 2 << 20) + b"begin"
    if follows:
        expected += bytes((2 << 20) - 5) + b"\x89\x00"
    assert stream == expected


def test_a_frame_that_lies_about_its_length_costs_nothing(tmp_path: Path) -> None:
    scene = Scene()
    scene.add(WebSocketFrame, "received", build_header(2, 1 << 62), b"begin", 0, 7)
    scene.add(ConnectionClosed, 1006, "", "network", False, "eof")
    path = recorded(tmp_path / "a", scene.emissions)
    assert len(written(path, "pcapng")) < 2000


def test_everything_is_what_its_name_says() -> None:
    assert len(Everything().events) > 50
