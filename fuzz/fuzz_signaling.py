"""What signaling brings: fragments of ICE, JSON of pages, codes that people paste, Link fields."""

import contextlib

from wirescope.errors import DescriptionError, SignalingError
from wirescope.transports.webrtc import Description
from wirescope.transports.webrtc.signaling import (
    Fragment,
    JsonAdapter,
    PeerJsAdapter,
    ice_servers_of,
    read_code,
    write_code,
)

SDP = (
    "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111\r\n"
    "a=ice-ufrag:abcd\r\na=ice-pwd:abcdefghijklmnopqrstuv\r\na=mid:0\r\n"
)
TEXT = b"candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host"

SEEDS = [
    SDP.encode() + b"a=" + TEXT + b"\r\na=end-of-candidates\r\n",
    b'{"type":"offer","sdp":"v=0","payload":{"sdp":{"type":"answer","sdp":"v=0"}}}',
    b'{"candidate":{"candidate":"' + TEXT + b'","sdpMid":"0"},"ice":null,"data":"{}"}',
    b'{"type":"OFFER","src":"a","payload":{"sdp":{"type":"offer","sdp":"v=0"},"connectionId":"x"}}',
    write_code(Description("offer", SDP)).encode(),
    b'<turn:a.test>; rel="ice-server"; username="u\\"1"; credential=c, <stun:b>; rel=ice-server',
]


def check(data: bytes) -> None:
    """Any text is read, or refused with what is wrong; what is read is written and read alike."""
    text = data.decode("utf-8", "replace")
    for read in (JsonAdapter().read, PeerJsAdapter().read):
        with contextlib.suppress(DescriptionError, SignalingError):
            read(text)
    for server in ice_servers_of([text]):
        assert server.url
    try:
        description = read_code(text)
        assert read_code(write_code(description)) == description
    except DescriptionError:
        pass
    try:
        fragment = Fragment.parse(text)
    except DescriptionError:
        return
    again = Fragment.parse(fragment.text())
    assert (again.ufrag, again.password, again.mid) == (
        fragment.ufrag,
        fragment.password,
        fragment.mid,
    )
    assert [each.text for each in again.candidates] == [each.text for each in fragment.candidates]
    put = Fragment.of(fragment.put_into(SDP))
    own = Fragment.of(SDP)
    assert put.ufrag == (fragment.ufrag or own.ufrag)
    assert put.password == (fragment.password or own.password)
