"""A capture written and read back: everything, in order, in any way of reading."""

import asyncio
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from tests.capture.making import Scene, conversation, events_of
from tests.support.fake_clock import FakeClock
from wirescope.capture import (
    Capture,
    CaptureWriter,
    import_ndjson,
    ndjson_lines,
    open_capture,
)
from wirescope.capture.block import BlockBuilder
from wirescope.capture.intake import Intake
from wirescope.errors import (
    CaptureError,
    CaptureExistsError,
    CaptureFormatError,
    CaptureLockedError,
    CaptureWriteError,
)
from wirescope.events import (
    ClockJumped,
    ConnectionFailed,
    DataChannelMessage,
    MessageChunk,
    PayloadChunk,
    Timeline,
    WebSocketFrame,
    WebSocketMessage,
)

Run = Callable[..., Any]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.wirescope"


def test_what_was_emitted_is_read_back(file: Path) -> None:
    scene = conversation()
    assert events_of(scene.record(file)) == scene.events


def test_blocks_full_of_payload_stand_among_others_in_their_order(file: Path) -> None:
    scene = Scene()
    for number in range(30):
        for _ in range(number % 3):
            scene.message(number.to_bytes(2, "big") * 50_000)
        scene.text(f"{number}")
    with CaptureWriter.create(file, timeline=scene.timeline) as writer:
        writer(scene.emissions)  # all of it in one commit
    assert events_of(file) == scene.events


def test_messages_of_data_channels_are_kept_alone_and_among_others(file: Path) -> None:
    scene = Scene()
    for direction in ("sent", "received", "received"):
        scene.add(DataChannelMessage, direction, 1, "binary", 3, b"abc")
    apart = len(scene.emissions)
    scene.text("something else")
    scene.add(DataChannelMessage, "received", 1, "text", 2, b"de")
    with CaptureWriter.create(file, timeline=scene.timeline) as writer:
        writer(scene.emissions[:apart])
        writer(scene.emissions[apart:])
    assert events_of(file) == scene.events
    with open_capture(file) as capture:
        statistics = capture.statistics()
    assert statistics.count("data_channel.message", direction="sent") == 1
    assert statistics.count("data_channel.message", direction="received") == 3


def test_an_empty_capture_can_be_read(file: Path) -> None:
    assert events_of(Scene().record(file)) == []


def test_a_capture_ends_as_one_file(file: Path) -> None:
    conversation().record(file)
    assert [path.name for path in file.parent.iterdir()] == [file.name]
    events_of(file)
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_payload_is_stored_once(file: Path) -> None:
    scene = Scene()
    scene.message(bytes(range(256)) * 2000)
    scene.record(file)
    assert file.stat().st_size < 2 * 512_000


def test_saved_seq_moves_after_the_commit(file: Path, run: Run) -> None:
    scene = conversation()

    async def main() -> None:
        async with CaptureWriter.create(file, timeline=scene.timeline) as writer:
            for event in scene.events:
                writer([event])
            await writer.wait_saved(scene.events[-1].seq)
            assert events_of(file) == scene.events

    run(main())


def test_waiting_for_an_event_that_never_comes_ends_in_time(file: Path, run: Run) -> None:
    async def main() -> None:
        async with CaptureWriter.create(file, timeline=Timeline()) as writer:
            with pytest.raises(CaptureWriteError, match="saved up to event 0"):
                await writer.wait_saved(1, timeout_s=0.05)

    run(main())


def test_a_file_that_exists_is_not_written_over(file: Path) -> None:
    file.write_text("precious")
    with pytest.raises(CaptureExistsError, match="exists already"):
        CaptureWriter.create(file, timeline=Timeline())
    assert file.read_text() == "precious"
    assert [path.name for path in file.parent.iterdir()] == [file.name]


def test_a_second_writer_is_refused(file: Path) -> None:
    with (
        CaptureWriter.create(file, timeline=Timeline()),
        pytest.raises(CaptureLockedError, match=r"a\.wirescope is being recorded"),
    ):
        CaptureWriter.create(file, timeline=Timeline())


def test_a_folder_that_does_not_exist_is_named(tmp_path: Path) -> None:
    with pytest.raises(CaptureWriteError, match="cannot be created"):
        CaptureWriter.create(tmp_path / "no" / "a.wirescope", timeline=Timeline())


def test_closing_twice_does_nothing(file: Path) -> None:
    writer = CaptureWriter.create(file, timeline=Timeline())
    writer.close()
    writer.close()


def test_pages_go_forward_and_back(file: Path) -> None:
    scene = conversation()
    events = scene.events
    with open_capture(scene.record(file)) as capture:
        assert capture.page(limit=10) == events[:10]
        assert capture.page(after=10, limit=10) == events[10:20]
        assert capture.page(before=21, limit=10) == events[10:20]
        assert capture.page(before=events[-1].seq + 1, limit=5) == events[-5:]
        assert capture.page(after=events[-1].seq) == []


def test_pages_cross_blocks(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wirescope.capture.intake.BLOCK_EVENTS", 7)
    scene = conversation()
    events = scene.events
    with open_capture(scene.record(file)) as capture:
        assert list(capture.events()) == events
        assert capture.page(after=3, limit=30) == events[3:33]
        assert capture.page(before=100, limit=30) == events[69:99]
        assert (
            capture.page(before=90, limit=3, filter="opcode == ping")
            == [
                event
                for event in events[:89]
                if isinstance(event, WebSocketFrame) and event.opcode == 9
            ][-3:]
        )


def test_an_event_is_found_by_its_number(file: Path) -> None:
    scene = conversation()
    with open_capture(scene.record(file)) as capture:
        assert capture.event(17) == scene.events[16]
        with pytest.raises(CaptureError, match="no event 99999"):
            capture.event(99999)


def test_an_event_that_comes_after_a_later_one_is_refused(file: Path) -> None:
    scene = conversation()
    with CaptureWriter.create(file, timeline=scene.timeline) as writer:
        writer(scene.events[1:])
        with pytest.raises(ValueError, match="event 1 comes after event"):
            writer(scene.events[:1])
    assert events_of(file) == scene.events[1:]


def test_a_message_that_its_one_frame_spells_out_takes_a_byte(file: Path) -> None:
    scene = Scene()
    for number in range(100):
        frame = scene.frame(b"%03d" % number)
        fields = ("received", "text", 3, 5, False, (frame.seq,), frame.payload)
        scene.emissions.append(WebSocketMessage(frame.seq + 1, frame.at_ns, "c1", *fields))
        scene.timeline.next_seq()
    assert events_of(scene.record(file)) == scene.events
    intake = Intake()
    with_messages = intake.add(scene.events)
    alone = Intake().add([each for each in scene.events if isinstance(each, WebSocketFrame)])
    assert with_messages == alone + 100


@pytest.mark.parametrize(
    "change",
    [
        {"seq": 9},
        {"at_ns": 1},
        {"connection": "c2"},
        {"direction": "sent"},
        {"kind": "binary"},
        {"length": 6},
        {"wire_length": 9},
        {"compressed": True},
        {"frames": (1, 1)},
        {"payload": b"HELLO"},
    ],
    ids=lambda change: next(iter(change)),
)
def test_a_message_that_says_anything_else_is_kept_as_it_is(change: dict[str, Any]) -> None:
    scene = Scene()
    frame = scene.frame(b"hello")
    fields = ("received", "text", 5, 7, False, (frame.seq,), frame.payload)
    message = WebSocketMessage(frame.seq + 1, frame.at_ns, "c1", *fields)
    other = msgspec.structs.replace(message, **change)
    builder = BlockBuilder(1, whole_messages=True)
    builder.add([frame, other])
    assert builder.finish().decode_events() == [frame, other]


def test_an_event_that_cannot_be_encoded_leaves_those_before_it_whole() -> None:
    scene = Scene()
    kept = [scene.ping(b"one"), scene.ping(b"two")]
    half = scene.add(ConnectionFailed, "dns", "resolve", "half a character: \ud800", "")
    builder = BlockBuilder(1)
    builder.add(kept)
    with pytest.raises(UnicodeEncodeError):
        builder.add([half, scene.ping(b"three")])
    assert builder.finish().decode_events() == kept


def test_a_long_payload_is_kept_in_chunks(file: Path) -> None:
    scene = Scene()
    data = bytes(range(251)) * 8000
    for at in range(0, len(data), 100_000):
        piece = data[at : at + 100_000]
        scene.emissions.append(PayloadChunk(1, "c1", "received", piece))
        scene.emissions.append(MessageChunk("c1", "received", "binary", piece))
    header = b"\x82\x7f" + len(data).to_bytes(8, "big")
    frame = scene.add(WebSocketFrame, "received", header, data[:4096], 0, 1)
    with open_capture(scene.record(file)) as capture:
        assert list(capture.events()) == [frame]
        assert b"".join(capture.payload(frame.seq)) == data


def test_a_payload_that_lacks_a_piece_is_not_passed_off_as_whole(file: Path) -> None:
    scene = Scene()
    scene.emissions.append(PayloadChunk(1, "c1", "received", bytes(1000)))
    frame = scene.add(
        WebSocketFrame, "received", b"\x82\x7f" + (2000).to_bytes(8, "big"), b"", 0, 1
    )
    with (
        open_capture(scene.record(file)) as capture,
        pytest.raises(CaptureError, match="Of the 2000 bytes of frame 1, 1000"),
    ):
        list(capture.payload(frame.seq))


def test_a_payload_is_asked_of_an_event_that_has_none(file: Path) -> None:
    scene = conversation()
    with (
        open_capture(scene.record(file)) as capture,
        pytest.raises(CaptureError, match=r"connection\.opening, which has no payload"),
    ):
        capture.payload(1)


def test_secrets_are_blotted_out_before_they_are_written(file: Path) -> None:
    scene = Scene()
    scene.opening("wss://ada:pw-canary@example.com/?token=token-canary&room=7")
    message = "wss://example.com/?key=key-canary does not answer for named-canary."
    scene.add(ConnectionFailed, "tcp", "timeout", message, "")
    scene.record(file, secrets=["named-canary"])
    assert b"canary" not in file.read_bytes()
    assert b"room=7" in file.read_bytes()


def test_a_moved_clock_is_recorded(file: Path) -> None:
    clock = FakeClock()
    scene = Scene(clock=clock)
    scene.opening()
    with CaptureWriter.create(file, timeline=scene.timeline) as writer:
        clock.move_wall(ns=-5 * 3600 * 10**9)
        for event in scene.events:
            writer([event])
    jumps = [event for event in events_of(file) if isinstance(event, ClockJumped)]
    assert [jump.by_ns for jump in jumps] == [-5 * 3600 * 10**9]


def test_statistics_agree_with_the_events(file: Path) -> None:
    scene = conversation()
    with open_capture(scene.record(file)) as capture:
        statistics = capture.statistics()
    frames = [event for event in scene.events if isinstance(event, WebSocketFrame)]
    assert statistics.events == len(scene.events)
    assert statistics.count("websocket.frame") == len(frames)
    figures = [f for key, f in statistics.groups.items() if key.type == "websocket.frame"]
    assert sum(f.wire_bytes for f in figures) == sum(frame.wire_length for frame in frames)
    assert statistics.connections == ["c1"]
    assert statistics.last_seq == scene.events[-1].seq


def test_a_reader_follows_while_the_writer_writes(file: Path, run: Run) -> None:
    scene = conversation(200)
    seen = []

    async def read(capture: Capture) -> None:
        seen.extend([event async for event in capture.follow()])

    async def main() -> None:
        writer = CaptureWriter.create(file, timeline=scene.timeline)
        with open_capture(file) as capture:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(read(capture))
                for event in scene.events:
                    writer([event])
                    if event.seq % 100 == 0:
                        await writer.wait_saved(event.seq)
                await writer.aclose()

    run(main())
    assert seen == scene.events


def test_following_ends_when_it_is_stopped(file: Path, run: Run) -> None:
    async def main() -> list[object]:
        stop = asyncio.Event()
        with CaptureWriter.create(file, timeline=Timeline()), open_capture(file) as capture:
            asyncio.get_running_loop().call_later(0.06, stop.set)
            return [event async for event in capture.follow(stop=stop)]

    assert run(main()) == []


def test_a_producer_without_a_loop_is_recorded_in_full(file: Path) -> None:
    scene = Scene()
    for _ in range(300):
        scene.message(bytes(100_000))
    thread = threading.Thread(target=scene.record, args=(file,))
    thread.start()
    thread.join(30)
    with open_capture(file) as capture:
        assert capture.statistics().events == 600


@pytest.mark.parametrize("content", [b"", b"hello", b"x" * 100_000, b"SQLite format 3\0" * 10])
def test_what_is_not_a_capture_is_refused(file: Path, content: bytes) -> None:
    file.write_bytes(content)
    with pytest.raises(CaptureFormatError):
        open_capture(file)


def test_a_file_that_does_not_exist_is_named(file: Path) -> None:
    with pytest.raises(CaptureError, match="does not exist"):
        open_capture(file)


def test_lengths_that_together_exceed_64_bits_are_recorded(file: Path, tmp_path: Path) -> None:
    """A frame that announces 2^64-1 bytes is hostile, and a reason to record it."""
    scene = Scene()
    head = b"\x82\x7f" + bytes((255,)) * 8
    for payload in (b"these", b"came"):
        scene.add(WebSocketFrame, "received", head, payload, 0)
    scene.text("after them")
    scene.record(file)
    assert events_of(file) == scene.events
    assert len(events_of(file, filter="length >= 1000000000")) == 2
    with open_capture(file) as capture:
        assert capture.statistics().events == len(scene.events)
        lines = list(ndjson_lines(capture))
    import_ndjson(lines, tmp_path / "again")
    assert events_of(tmp_path / "again") == scene.events
