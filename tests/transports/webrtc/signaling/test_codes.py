"""Codes of descriptions: what was written is read again, and whatever else is told apart."""

import random
import zlib
from base64 import urlsafe_b64encode

import pytest

from tests.support.peers import Capture
from wirescope.errors import DescriptionError
from wirescope.transports.webrtc import ChannelOptions, Description, open_peer
from wirescope.transports.webrtc.signaling import read_code, write_code

SDP = (
    "v=0\r\no=- 4611731400430051336 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0\r\n"
    "a=extmap-allow-mixed\r\na=msid-semantic: WMS\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP4 0.0.0.0\r\n"
    "a=candidate:1467250027 1 udp 2122260223 192.168.0.196 46243 typ host generation 0\r\n"
    "a=ice-ufrag:1/MvHwjAyVf27aLu\r\na=ice-pwd:3dBU7cFOBl120v33cynDvN1E\r\n"
    "a=ice-options:trickle\r\na=fingerprint:sha-256 75:74:5A:A6:A4:E5:52:F4:A7:67:4C:01:C7:EE:91:3F"
    ":21:3D:A2:E3:53:7B:6F:30:86:F2:30:AA:65:FB:04:24\r\n"
    "a=setup:actpass\r\na=mid:0\r\na=sctp-port:5000\r\na=max-message-size:262144\r\n"
)
OFFER = Description("offer", SDP)


@pytest.mark.parametrize("kind", ["offer", "answer"])
@pytest.mark.parametrize("sdp", [SDP, "", "v=0", "ä€😀" * 50, SDP * 200])
def test_what_is_written_is_read(kind: str, sdp: str) -> None:
    description = Description(kind, sdp)  # type: ignore[arg-type]
    assert read_code(write_code(description)) == description


def test_a_code_is_compact_and_fit_for_an_address() -> None:
    code = write_code(OFFER)
    assert code.startswith("webrtc:1.")
    assert set(code[9:]) <= set("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")
    assert len(code) < len(SDP) / 2


def test_the_first_version_stays_readable() -> None:
    assert read_code(FIRST) == Description("answer", "v=0\r\na=mid:0\r\n")


FIRST = "webrtc:1.AQAAAAcgxlLKK4NUBlCtAA"


def test_blanks_and_line_ends_do_not_matter() -> None:
    code = write_code(OFFER)
    folded = "\n > ".join(code[at : at + 60] for at in range(0, len(code), 60)).replace("> ", "  ")
    assert read_code(f"  {folded}\r\n") == OFFER
    assert read_code(code.removeprefix("webrtc:")) == OFFER


def test_a_code_that_was_copied_in_part_is_said_to_be() -> None:
    code = write_code(OFFER)
    for end in range(9, len(code)):
        with pytest.raises(DescriptionError, match="Only a part of the code was copied"):
            read_code(code[:end])
    for end in range(9):
        with pytest.raises(DescriptionError, match="no code"):
            read_code(code[:end])
    with pytest.raises(DescriptionError, match=f"has 100 of {len(code) - 9} letters"):
        read_code(code[:109])


def test_a_code_without_its_beginning_is_none() -> None:
    with pytest.raises(DescriptionError, match="no code"):
        read_code(write_code(OFFER)[100:])


def test_a_letter_that_was_changed_is_noticed() -> None:
    code = write_code(OFFER)
    chance = random.Random(1950)
    for _ in range(5_000):
        at = chance.randrange(9, len(code))
        letter = chance.choice("ABCabc012-_")
        changed = code[:at] + letter + code[at + 1 :]
        try:
            assert read_code(changed) == OFFER  # the last letter has bits that count for nothing
            assert changed == code or at == len(code) - 1
        except DescriptionError:
            continue


def test_what_was_copied_behind_it_is_noticed() -> None:
    with pytest.raises(DescriptionError, match="changed on the way"):
        read_code(write_code(OFFER) + "AAAA")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no code"),
        ("hello", "no code"),
        ("webrtc:", "no code"),
        ("webrtc:1", "no code"),
        ("v=0\r\no=- 1", "no code"),
        ("webrtc:2.AAAA", "of version 2"),
        ("webrtc:99999.AAAA", "no code"),
        ("webrtc:1.", "Only a part"),
        ("webrtc:1.äöü", "letters that none has"),
        ("webrtc:1.ab+/", "letters that none has"),
        ("webrtc:1." + "A" * (200 << 10), "no code"),
    ],
)
def test_what_is_no_code_is_said_to_be_none(text: str, words: str) -> None:
    with pytest.raises(DescriptionError, match=words):
        read_code(text)


def made(body: bytes, kind: int = 0) -> str:
    head = bytes([kind]) + len(body).to_bytes(4)
    raw = head + zlib.crc32(head + body).to_bytes(4) + body
    return "webrtc:1." + urlsafe_b64encode(raw).decode()


@pytest.mark.parametrize(
    "code",
    [
        made(zlib.compress(b"x" * (64 << 20), wbits=-15)),
        made(b"\xff\xff\xff"),
        made(b""),
        made(zlib.compress(b"\xff\xfe", wbits=-15)),
        made(zlib.compress(b"v=0", wbits=-15)[:-1]),
        made(zlib.compress(b"v=0", wbits=-15), kind=7),
    ],
    ids=lambda code: f"{len(code)} letters",
)
def test_a_code_with_a_right_checksum_and_nothing_usable_in_it_is_refused(code: str) -> None:
    with pytest.raises(DescriptionError):
        read_code(code.rstrip("="))


@pytest.mark.parametrize("kind", ["rollback", "pranswer"])
def test_other_descriptions_have_no_code(kind: str) -> None:
    with pytest.raises(DescriptionError):
        write_code(Description(kind, ""))  # type: ignore[arg-type]


async def test_two_peers_connect_with_two_codes() -> None:
    capture = Capture()
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink) as other,
    ):
        one.create_channel(ChannelOptions(label="chat"))
        await other.take(read_code(write_code(await one.offer(gather=True))))
        await one.take(read_code(write_code(await other.answer(gather=True))))
        await one.wait_open()
        await other.wait_open()
