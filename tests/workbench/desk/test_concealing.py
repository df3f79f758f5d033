"""A secret that is sent in a message is in no record of it, and all else is."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from itertools import pairwise
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbench.desk.benches import bench, until
from wirescope.capture import open_capture
from wirescope.clock import SystemClock
from wirescope.errors import UsageError
from wirescope.events import (
    BINARY,
    CONTINUATION,
    PING,
    TEXT,
    ConnectionClosed,
    WebSocketFrame,
    WebSocketMessage,
)
from wirescope.wire.websocket import build_header
from wirescope.workbench.desk import Outgoing
from wirescope.workbench.desk.concealing import Concealer, crossed_out
from wirescope.workbench.workspace import Compression, Resolver

SECRET = "cafe5ec3e7d1ed5117"
COMPRESSIONS = [
    Compression(offer=False),
    Compression(offer=True),
    Compression(offer=True, client_no_context_takeover=True, server_no_context_takeover=True),
]


def resolver() -> Resolver:
    return Resolver(
        {"name": "ada"},
        secrets=("token",),
        secret=lambda _: SECRET,
        clock=SystemClock(),
        random=Random(1),
    )


def stored_bytes(path: Path) -> bytes:
    """All bytes of a capture that is complete, and of what SQLite has beside it."""
    with closing(sqlite3.connect(path)) as database:
        database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return b"".join(each.read_bytes() for each in path.parent.glob(f"{path.name}*"))


def payloads(path: Path) -> list[tuple[str, bytes]]:
    with open_capture(path) as capture:
        messages = capture.events(filter="type == websocket.message")
        return [(each.direction, each.payload) for each in messages]


def everything(path: Path) -> Iterator[bytes]:
    with open_capture(path) as capture:
        for event in capture.events():
            yield repr(event).encode()
            if isinstance(event, WebSocketMessage | WebSocketFrame):
                yield event.payload
                yield b"".join(capture.payload(event.seq))


async def talk(folder: Path, outgoing: list[Outgoing], **fields: object) -> Path:
    """Send to an echo, wait for as many answers, and return the capture."""
    async with bench(folder) as desk:
        state = await desk.open("/echo", **fields)
        for number, each in enumerate(outgoing, 1):
            await desk.desk.send(state.id, each, resolvers=resolver)
            await until(lambda number=number: desk.desk.session(state.id).tally.received >= number)
        await desk.desk.close_session(state.id)
        await desk.reach(state.id, "closed")
        return desk.desk.session(state.id).capture


@pytest.mark.parametrize("compression", COMPRESSIONS)
async def test_a_secret_of_a_message_is_in_no_byte_of_the_capture(tmp_path, compression):
    before = Outgoing(form="text", body="before, of {{name}} and much the same")
    with_it = Outgoing(form="json", body='{"login": "{{token}}", "of": "{{name}}"}')
    after = Outgoing(form="text", body=f"after, of ada and much the same, {SECRET[:9]}")
    path = await talk(tmp_path, [before, with_it, after, with_it], compression=compression)
    assert SECRET.encode() not in stored_bytes(path)
    assert not [each for each in everything(path) if SECRET.encode() in each]
    hidden = b'{"login": "[redacted]********", "of": "ada"}'
    assert payloads(path) == [
        ("sent", b"before, of ada and much the same"),
        ("received", b"before, of ada and much the same"),
        ("sent", hidden),
        ("received", hidden),
        ("sent", f"after, of ada and much the same, {SECRET[:9]}".encode()),
        ("received", f"after, of ada and much the same, {SECRET[:9]}".encode()),
        ("sent", hidden),
        ("received", hidden),
    ]


@pytest.mark.parametrize("compression", COMPRESSIONS)
async def test_lengths_stay_as_they_were_on_the_wire(tmp_path, compression):
    path = await talk(tmp_path, [Outgoing(form="text", body="{{token}}")], compression=compression)
    with open_capture(path) as capture:
        for event in capture.events():
            if isinstance(event, WebSocketFrame) and not event.is_control:
                assert len(event.payload) == event.payload_length
            if isinstance(event, WebSocketMessage):
                assert len(event.payload) == event.length == len(SECRET)


@pytest.mark.parametrize("fragments", [2, 3, 5, 18, 40])
@pytest.mark.parametrize("compression", COMPRESSIONS[:2])
async def test_a_secret_that_is_cut_into_frames_is_hidden(tmp_path, fragments, compression):
    body = "x{{token}}y"
    outgoing = [Outgoing(form="text", body=body, fragments=fragments)]
    path = await talk(tmp_path, outgoing, compression=compression)
    for start in range(len(SECRET) - 9):
        piece = SECRET[start : start + 9].encode()
        assert not [each for each in everything(path) if piece in each]


async def test_the_bytes_that_a_secret_spells_are_hidden(tmp_path):
    sent = bytes.fromhex(SECRET)
    path = await talk(tmp_path, [Outgoing(form="hex", body="00{{token}}ff")])
    assert payloads(path)[0] == ("sent", b"\x00" + b"*" * len(sent) + b"\xff")
    assert not [each for each in everything(path) if sent in each]


async def test_a_person_is_told_once_that_the_record_differs(tmp_path):
    async with bench(tmp_path) as desk:
        state = await desk.open("/echo")
        for _ in range(2):
            outgoing = Outgoing(form="text", body="{{token}}")
            await desk.desk.send(state.id, outgoing, resolvers=resolver)
        notices = desk.state(state.id).notices
        assert len([each for each in notices if "[redacted]" in each]) == 1


async def test_a_person_is_told_of_a_secret_that_is_too_short_to_be_crossed_out(tmp_path):
    def short() -> Resolver:
        return Resolver(
            {}, secrets=("pin",), secret=lambda _: "123", clock=SystemClock(), random=Random(1)
        )

    async with bench(tmp_path) as at:
        state = await at.open()
        for _ in range(2):
            await at.desk.send(state.id, Outgoing(body="pin={{pin}}"), resolvers=short)
        (notice,) = at.state(state.id).notices
    assert "less than 4 characters" in notice


async def test_a_long_message_with_a_secret_is_not_sent(tmp_path):
    async with bench(tmp_path) as desk:
        state = await desk.open("/echo")
        outgoing = Outgoing(form="text", body="{{token}}" + "x" * (1 << 20))
        with pytest.raises(UsageError, match="with a secret"):
            await desk.desk.send(state.id, outgoing, resolvers=resolver)


# The concealer itself


class Kept:
    """A sink that remembers, and a concealer before it that knows the secret."""

    def __init__(self, *secrets: str) -> None:
        self.events = []
        self.decoded = False
        self.take = Concealer(lambda events: self.events.extend(events), self._keep)
        self.take.learn(secrets or (SECRET,))
        self._seq = 0

    def _keep(self) -> None:
        self.decoded = True

    def frame(self, opcode, payload, *, fin=True, rsv1=False, direction="received"):
        self._seq += 1
        header = build_header(opcode, len(payload), fin=fin, rsv1=rsv1)
        return WebSocketFrame(self._seq, self._seq, "c1", direction, header, payload, 0)

    def message(self, payload, *frames, compressed=False, direction="received"):
        self._seq += 1
        return WebSocketMessage(
            self._seq, self._seq, "c1", direction, "text", len(payload), 0,
            compressed, tuple(each.seq for each in frames), payload,
        )  # fmt: skip


def test_what_holds_no_secret_is_handed_on_as_it_is():
    kept = Kept()
    events = [frame := kept.frame(TEXT, b"plain"), kept.message(b"plain", frame)]
    kept.take(events)
    assert all(one is other for one, other in zip(kept.events, events, strict=True))
    assert not kept.decoded


def test_a_compressed_frame_waits_for_what_it_says():
    kept = Kept()
    frame = kept.frame(BINARY, b"abc", rsv1=True)
    kept.take([frame])
    assert kept.events == []
    kept.take([kept.message(b"plain", frame, compressed=True)])
    assert kept.events[0] is frame
    assert not kept.decoded


def test_a_compressed_frame_whose_message_never_comes_is_handed_on_at_the_end():
    kept = Kept()
    kept.take([kept.frame(BINARY, b"abc", rsv1=True)])
    kept.take([ConnectionClosed(9, 9, "c1", 1006, f"no {SECRET}", "remote", False, "eof")])
    assert [each.type for each in kept.events] == ["websocket.frame", "connection.closed"]
    assert kept.events[1].reason == "no [redacted]********"


def test_order_is_kept_when_something_comes_between_a_frame_and_its_message():
    kept = Kept()
    frame, ping = kept.frame(BINARY, b"abc", rsv1=True), kept.frame(PING, SECRET.encode())
    kept.take([frame])
    kept.take([ping])
    kept.take([kept.message(SECRET.encode(), frame, compressed=True)])
    assert [each.seq for each in kept.events] == [1, 2, 3]
    assert kept.events[0].payload == b"***"
    assert kept.events[1].payload == crossed_out(len(SECRET))
    assert kept.decoded


def test_not_much_is_held_for_a_message_that_does_not_come():
    kept = Kept()
    kept.take([kept.frame(BINARY, b"abc", rsv1=True)])
    for _ in range(20):
        kept.take([kept.frame(PING, b"")])
    assert len(kept.events) > 4
    assert kept.events[0].payload == b"***"


def test_fragments_of_a_compressed_message_are_kept_without_their_bytes():
    kept = Kept()
    frames = [
        kept.frame(TEXT, b"abc", fin=False, rsv1=True),
        kept.frame(CONTINUATION, b"def"),
    ]
    kept.take([*frames, kept.message(b"plain", *frames, compressed=True)])
    assert [each.payload for each in kept.events] == [b"***", b"***", b"plain"]
    assert kept.decoded


@given(
    text=st.binary(max_size=60),
    at=st.integers(0, 60),
    cuts=st.lists(st.integers(0, 80), max_size=6).map(sorted),
)
def test_however_a_message_is_cut_no_large_part_of_a_secret_is_left(text, at, cuts):
    kept = Kept()
    secret = SECRET.encode()
    payload = text[:at] + secret + text[at:]
    edges = [0, *(min(cut, len(payload)) for cut in cuts), len(payload)]
    parts = [payload[a:b] for a, b in pairwise(edges)]
    frames = [
        kept.frame(CONTINUATION if n else TEXT, part, fin=n == len(parts) - 1)
        for n, part in enumerate(parts)
    ]
    for frame in frames:
        kept.take([frame])
    assert [len(each.payload) for each in kept.events] == list(map(len, parts))
    together = b"".join(each.payload for each in kept.events)
    for start in range(len(secret) - 7):
        piece = secret[start : start + 8]
        if piece not in text:
            assert piece not in together
