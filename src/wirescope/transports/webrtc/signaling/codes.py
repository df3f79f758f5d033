"""Descriptions as codes that people copy and paste, for a connection without any signaling server.

A code is `webrtc:` and a version, a dot, and URL-safe base64 of: the kind, the length of what
follows, its CRC-32, and the description's text compressed with a dictionary of the words that
descriptions share. So a half of a code, or one that a messenger has broken, is known for what it
is. A description has its candidates in it; nothing is sent later.
"""

import re
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode

from wirescope.errors import DescriptionError
from wirescope.events import SdpType
from wirescope.transports.webrtc.description import MAX_SDP, Description

PREFIX = "webrtc:"
VERSION = 1

MAX_CODE = 128 << 10
"""Characters of a code."""

_KINDS: tuple[SdpType, ...] = ("offer", "answer")
_HEAD = 9  # kind, length (4), CRC-32 (4)

# What stands in most descriptions, the most common last (RFC 1950 section 2.2). The version of the
# code stands for exactly this text.
_WORDS = """\
a=rtcp-fb:96 goog-remb
a=rtcp-fb:96 transport-cc
a=rtcp-fb:96 ccm fir
a=rtcp-fb:96 nack
a=rtcp-fb:96 nack pli
a=rtpmap:96 VP8/90000
a=rtpmap:97 rtx/90000
a=fmtp:97 apt=96
a=rtpmap:98 VP9/90000
a=fmtp:98 profile-id=0
a=rtpmap:45 AV1/90000
a=rtpmap:102 H264/90000
a=fmtp:102 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
a=rtpmap:63 red/48000/2
a=rtpmap:9 G722/8000
a=rtpmap:0 PCMU/8000
a=rtpmap:8 PCMA/8000
a=rtpmap:13 CN/8000
a=rtpmap:110 telephone-event/48000
a=extmap:1 urn:ietf:params:rtp-hdrext:ssrc-audio-level
a=extmap:2 http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
a=extmap:3 http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01
a=extmap:4 urn:ietf:params:rtp-hdrext:sdes:mid
a=extmap:5 urn:ietf:params:rtp-hdrext:toffset
a=ssrc:1 cname:
a=ssrc:1 msid:
a=ssrc-group:FID
a=msid:-
a=sendrecv
a=recvonly
a=sendonly
a=rtcp-mux
a=rtcp-rsize
a=rtcp-mux-only
m=audio 9 UDP/TLS/RTP/SAVPF 111 63 9 0 8 13 110 126
m=video 9 UDP/TLS/RTP/SAVPF 96 97
a=rtcp:9 IN IP4 0.0.0.0
a=candidate: 1 tcp 1518280447 ::1 9 typ host tcptype active generation 0 network-id 1
raddr 0.0.0.0 rport 0 network-cost 10
a=candidate: 1 udp 1686052607 typ srflx raddr rport generation 0 network-id 1
a=candidate: 1 udp 2122260223 192.168.1.1 typ host generation 0 network-id 1
a=end-of-candidates
v=0
o=- 1 2 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0 1
a=extmap-allow-mixed
a=msid-semantic: WMS
m=application 9 UDP/DTLS/SCTP webrtc-datachannel
c=IN IP4 0.0.0.0
a=ice-ufrag:
a=ice-pwd:
a=ice-options:trickle
a=fingerprint:sha-256
a=setup:active
a=setup:actpass
a=mid:0
a=sctp-port:5000
a=max-message-size:262144
""".replace("\n", "\r\n").encode()


def write_code(description: Description) -> str:
    """Write a description as a code.

    Raises:
        DescriptionError: it is neither an offer nor an answer, or too long.
    """
    if description.kind not in _KINDS or len(description.sdp) > MAX_SDP:
        raise DescriptionError("Only offers and answers of a bounded length are made into codes.")
    squeeze = zlib.compressobj(9, zlib.DEFLATED, -15, 9, zdict=_WORDS)
    body = squeeze.compress(description.sdp.encode()) + squeeze.flush()
    head = bytes([_KINDS.index(description.kind)]) + len(body).to_bytes(4)
    checked = head + zlib.crc32(head + body).to_bytes(4) + body
    code = urlsafe_b64encode(checked).decode().rstrip("=")
    return f"{PREFIX}{VERSION}.{code}"


def read_code(text: str) -> Description:
    """Read a code; blanks and line ends that a messenger has put into it do not matter.

    Raises:
        DescriptionError: it is no code, or was copied in part or changed on the way.
    """
    code = re.sub(r"\s", "", text[: MAX_CODE + 1]).removeprefix(PREFIX)
    version, dot, letters = code.partition(".")
    if len(text) > MAX_CODE or not dot or not re.fullmatch(r"[0-9]{1,4}", version):
        raise DescriptionError(
            "This is no code of a WebRTC connection.",
            hint=f"A code begins with {PREFIX}{VERSION}. and is copied whole.",
        )
    if int(version) != VERSION:
        raise DescriptionError(
            f"The code is of version {version}; this program reads version {VERSION}.",
            hint="Use the same version of Wirescope on both sides.",
        )
    raw = _bytes_of(letters)
    kind, length = raw[0], int.from_bytes(raw[1:5])
    body = raw[_HEAD:]
    if len(body) < length:
        raise _cut(f"it has {len(letters)} of {_letters(length)} letters after the dot")
    check = int.from_bytes(raw[5:9])
    if len(body) > length or kind >= len(_KINDS) or zlib.crc32(raw[:5] + body) != check:
        raise DescriptionError(
            "The code was changed on the way: its checksum does not fit.",
            hint="Copy it again, as plain text.",
        )
    return Description(_KINDS[kind], _inflated(body))


def _letters(length: int) -> int:
    return -(-(_HEAD + length) * 4 // 3)


def _bytes_of(letters: str) -> bytes:
    if not re.fullmatch(r"[A-Za-z0-9_-]*", letters):
        raise DescriptionError(
            "The code has letters that none has.", hint="Copy it alone, without the text around it."
        )
    letters = letters[:-1] if len(letters) % 4 == 1 else letters
    raw = urlsafe_b64decode(letters + "=" * (-len(letters) % 4))
    if len(raw) < _HEAD:
        raise _cut("it ends after its beginning")
    return raw


def _cut(how: str) -> DescriptionError:
    return DescriptionError(
        f"Only a part of the code was copied: {how}.", hint="Copy the whole of it."
    )


def _inflated(body: bytes) -> str:
    broken = DescriptionError("The code holds no description.", hint="Have a new one made.")
    stretch = zlib.decompressobj(-15, zdict=_WORDS)
    try:
        sdp = stretch.decompress(body, MAX_SDP + 1)
        if len(sdp) > MAX_SDP or not stretch.eof:
            raise broken
        return sdp.decode()
    except (zlib.error, UnicodeDecodeError):
        raise broken from None
