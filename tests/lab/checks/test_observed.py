"""What is told from packets, without a network."""

import struct
import sys
from collections.abc import Callable
from ipaddress import ip_address
from pathlib import Path

import pytest

from wirescope.lab.checks.certificates import make_certificate
from wirescope.lab.checks.communication import communication_row
from wirescope.lab.checks.connection import connection_row
from wirescope.lab.checks.observed import (
    Kept,
    Observed,
    WayName,
    connections,
    read_on_the_path,
    routers,
    share_between,
    sizes_told,
)
from wirescope.lab.checks.packets import Packet, is_check, is_secured, read_packet, streams
from wirescope.lab.checks.path_experiment import by_way
from wirescope.lab.checks.security import security_row
from wirescope.lab.ends.orders import Candidate, Pair
from wirescope.lab.results import Row
from wirescope.transports.link import RecordedPacket
from wirescope.wire.stun import Data, MessageClass, Method, build_stun, make_message
from wirescope.wire.turn import ChannelData, build_channel_data
from wirescope.wire.websocket import apply_mask, build_header

HOSTS = {"10.0.0.1": "a", "10.0.0.2": "s", "10.0.0.3": "b", "fd00::1": "a", "fd00::3": "b"}
ADDRESSES = {name: address for address, name in HOSTS.items() if "." in address}
SYN, ACK = 0x02, 0x10
DTLS = b"\x17\xfe\xfd" + bytes(21)
MakeRow = Callable[..., Row]
MARKS = (b"the first message", b"the second message")


def ipv4(
    source: str, target: str, protocol: int, behind: bytes, *, at_ns: int = 0, ttl: int = 64
) -> Packet:
    ends = b"".join(ip_address(ADDRESSES[each]).packed for each in (source, target))
    head = struct.pack("!BBHHHBBH", 0x45, 0, 20 + len(behind), 0, 0, ttl, protocol, 0)
    return read_packet(RecordedPacket(at_ns, head + ends + behind), HOSTS)


def tcp(
    source: str,
    target: str,
    payload: bytes = b"",
    *,
    sequence: int = 1,
    flags: int = ACK,
    at_ns: int = 0,
    port: int = 5000,
) -> Packet:
    """Make a packet of a connection of `a` to port 80."""
    ports = (port, 80) if source == "a" else (80, port)
    head = struct.pack("!HHIIBBHHH", *ports, sequence, 0, 5 << 4, flags, 0, 0, 0)
    return ipv4(source, target, 6, head + payload, at_ns=at_ns)


def udp(source: str, target: str, payload: bytes, *, at_ns: int = 0, ttl: int = 64) -> Packet:
    """Make a packet between ports 7000."""
    head = struct.pack("!HHHH", 7000, 7000, 8 + len(payload), 0)
    return ipv4(source, target, 17, head + payload, at_ns=at_ns, ttl=ttl)


def masked(payload: bytes) -> bytes:
    key = b"abcd"
    return build_header(1, len(payload), masking_key=key) + apply_mask(payload, key)


def observed(
    *packets: Packet, start_ns: int = 0, pair: Pair | None = None, server: Kept | None = None
) -> Observed:
    return Observed(
        name="ws",
        packets=packets,
        start_ns=start_ns,
        end_ns=100,
        messages=MARKS,
        pair=pair,
        server=server,
    )


def conversation() -> tuple[Packet, ...]:
    """Give a WebSocket of which each side sends a message, that of the client in two pieces."""
    request = b"GET / HTTP/1.1\r\n\r\n" + masked(MARKS[0])
    return (
        tcp("a", "s", sequence=0xFFFFFFFF, flags=SYN),
        tcp("s", "a", sequence=9, flags=SYN | ACK),
        tcp("a", "s", request[:-5], sequence=0),
        tcp("s", "a", build_header(1, len(MARKS[1])) + MARKS[1], sequence=10),
        tcp("a", "s", request[-5:], sequence=len(request) - 5),
        tcp("a", "s", request[-5:], sequence=len(request) - 5),
    )


def test_a_packet_of_udp_is_read() -> None:
    found = udp("b", "a", b"data", at_ns=7, ttl=63)
    assert (found.source, found.source_port) == ("b", 7000)
    assert (found.target, found.target_port) == ("a", 7000)
    assert (found.kind, found.payload, found.routers, found.at_ns) == ("udp", b"data", 1, 7)
    assert found.length == 32
    assert found.flow == udp("a", "b", b"other").flow


def test_a_packet_of_ipv6_is_read() -> None:
    ends = ip_address("fd00::1").packed + ip_address("fd00::3").packed
    head = struct.pack("!IHBB", 6 << 28, 12, 17, 62)
    behind = struct.pack("!HHHH", 1, 2, 12, 0) + b"data"
    found = read_packet(RecordedPacket(0, head + ends + behind), HOSTS)
    assert (found.source, found.target, found.routers) == ("a", "b", 2)
    assert (found.kind, found.payload) == ("udp", b"data")


def test_what_is_neither_udp_nor_tcp_has_no_ports() -> None:
    found = ipv4("a", "b", 1, b"\x08\0")
    assert (found.kind, found.source_port, found.target_port) == ("other", 0, 0)


def test_streams_are_put_together_over_the_end_of_the_numbers() -> None:
    client, server = streams(conversation())
    assert client.startswith(b"GET / HTTP/1.1")
    assert len(client) == len(b"GET / HTTP/1.1\r\n\r\n") + 6 + len(MARKS[0])
    assert server == build_header(1, len(MARKS[1])) + MARKS[1]


def test_a_stream_ends_where_something_was_not_seen() -> None:
    opened = tcp("a", "s", sequence=0, flags=SYN)
    seen = [opened, tcp("a", "s", b"one", sequence=1), tcp("a", "s", b"three", sequence=10)]
    assert streams(seen) == [b"one"]


@pytest.mark.parametrize("payload", [DTLS, build_channel_data(ChannelData(0x4000, DTLS))])
def test_dtls_is_found_alone_and_on_its_way_to_a_turn_server(payload: bytes) -> None:
    assert is_secured(udp("a", "s", payload))


def test_dtls_is_found_in_an_indication_to_a_turn_server() -> None:
    inside = make_message(MessageClass.INDICATION, Method.SEND, bytes(12), Data(DTLS))
    assert is_secured(udp("a", "s", build_stun(inside)))
    assert not is_check(udp("a", "s", build_stun(inside)))


def test_neither_stun_nor_tcp_nor_nothing_is_dtls() -> None:
    for each in (udp("a", "s", b"\0\x01"), udp("a", "s", b""), tcp("a", "s", DTLS)):
        assert not is_secured(each)


def test_messages_are_read_as_they_are_or_with_the_masking_key() -> None:
    assert read_on_the_path(observed(*conversation())) == (1, 1, 2)


def test_what_is_sent_again_counts_once() -> None:
    assert len(observed(*conversation()).carrying) == 3


def test_only_what_passed_while_messages_did_carried_them() -> None:
    packets = [udp("a", "b", DTLS, at_ns=at_ns) for at_ns in (9, 10, 100, 101)]
    assert [each.at_ns for each in observed(*packets, start_ns=10).carrying] == [10, 100]


def test_sizes_show_through_what_is_secured() -> None:
    long, short, none = (udp("a", "b", DTLS + bytes(size)) for size in (600, 200, 30))
    assert sizes_told(observed(long, short, none, short)) == (2, 1)


def test_connections_flows_and_routers_are_counted() -> None:
    packets = (
        *conversation(),
        tcp("a", "s", sequence=5, flags=SYN, port=5001),
        udp("a", "b", DTLS),
        udp("b", "a", DTLS, ttl=62),
    )
    seen = observed(*packets)
    assert connections(seen) == (2, 2, 2, 0)
    assert routers(seen) == 2
    found = share_between(packets, "a", "b")
    assert (found.packets, found.of_packets, found.size) == (2, 9, 2 * (28 + len(DTLS)))


def test_packets_go_where_what_they_belong_to_began() -> None:
    early, first = udp("a", "b", b"", at_ns=1), tcp("a", "s", flags=SYN, at_ns=10)
    second = tcp("a", "s", flags=SYN, at_ns=20, port=5001)
    late = tcp("s", "a", at_ns=21)
    assert by_way([early, first, second, late], [5, 15]) == [[first, late], [second]]


def seen_ways() -> dict[WayName, Observed]:
    host = Candidate(kind="host", protocol="udp", address="10.0.0.1", port=7000)
    kept = Kept(connections=2, read=2, fingerprints=0)
    return {
        "ws": observed(*conversation(), server=kept),
        "direct": observed(
            udp("a", "b", DTLS), udp("b", "a", DTLS, ttl=63), pair=Pair(local=host, remote=host)
        ),
        "relayed": observed(
            udp("a", "s", DTLS), server=Kept(connections=2, read=0, fingerprints=2)
        ),
    }


def test_rows_say_what_was_counted() -> None:
    seen = seen_ways()
    row = communication_row(seen, kept=True)
    assert "6 of 6 packets" in row.websocket
    assert "2 of 2 messages came by the server" in row.websocket
    assert "Peers: 2 of 2 packets with messages (104 bytes)" in row.webrtc
    row = connection_row(seen, kept=True)
    assert "1 TCP connection of the client, 2 in all at the server; 100% of " in row.websocket
    assert "host to host over UDP, 2 of 2 datagrams in 1 flow, 0% of 104 bytes by" in row.webrtc
    assert "Relayed: pair not told, 1 of 1" in row.webrtc


def test_without_a_certificate_the_row_says_that_tls_was_not_tried() -> None:
    row = security_row(seen_ways(), kept=True)
    assert "read 2 of 2 messages (1 by the masking key sent along), the server 2" in row.websocket
    assert "wss: not tried" in row.websocket
    assert "An observer read 0 of 2 directly" in row.webrtc
    assert "wss" not in row.evidence


@pytest.mark.parametrize("make", [communication_row, connection_row, security_row])
def test_files_are_named_where_they_lie_and_told_of_where_they_are_gone(make: MakeRow) -> None:
    kept, gone = (make(seen_ways(), kept=each).evidence for each in (True, False))
    assert ": checks/paths.pcap, checks/paths-ws-server.wirescope" in kept
    assert "kept with" not in kept
    assert ": paths.pcap, paths-ws-server.wirescope" in gone
    assert gone.endswith(" (kept with --keep)")
    assert max(len(kept), len(gone)) <= 250


def test_where_nothing_makes_certificates_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "cryptography", None)
    assert make_certificate(tmp_path, "10.0.0.2") is None
    assert list(tmp_path.iterdir()) == []


def test_the_key_of_a_certificate_is_for_this_user_alone(tmp_path: Path) -> None:
    found = make_certificate(tmp_path, "10.0.0.2")
    assert found is not None
    assert Path(found.server.key).stat().st_mode & 0o777 == 0o600
