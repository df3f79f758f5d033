"""Payloads put back together from frames, in order and from anywhere."""

import random
import zlib
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.capture.making import Scene, events_of, record
from wirescope.capture import open_capture
from wirescope.capture.inflate import WINDOW_SIZE, InflateError, Inflater, Tail
from wirescope.errors import CaptureError
from wirescope.events import CaptureGap, DataChannelMessage, Timeline, WebSocketMessage


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.wirescope"


@pytest.fixture
def small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wirescope.capture.intake.BLOCK_EVENTS", 5)
    monkeypatch.setattr("wirescope.capture.intake.WINDOW_INTERVAL", 2000)
    monkeypatch.setattr("wirescope.capture.block.DUPLICATE_LIMIT", 0)


def compressed_chat(count: int = 100) -> Scene:
    """Compressed messages, each of which refers to those before it."""
    scene = Scene()
    words = [f"word{number:04}" for number in range(50)]
    generator = random.Random(7)
    for number in range(count):
        text = " ".join(generator.choices(words, k=20)) + f" #{number}"
        scene.message(text.encode(), kind="text", compressed=True, parts=1 + number % 3)
    return scene


def messages(scene: Scene) -> list[WebSocketMessage]:
    return [event for event in scene.events if isinstance(event, WebSocketMessage)]


def test_a_message_of_many_frames_is_put_together(file: Path) -> None:
    scene = Scene()
    scene.text("fragments " * 50, parts=7)
    assert events_of(scene.record(file)) == scene.events


@pytest.mark.usefixtures("small_blocks")
def test_a_message_whose_frames_are_in_earlier_blocks_is_put_together(file: Path) -> None:
    scene = Scene()
    scene.text("fragments " * 500, parts=40)
    assert events_of(scene.record(file)) == scene.events


@pytest.mark.usefixtures("small_blocks")
def test_compressed_messages_are_read_in_order(file: Path) -> None:
    scene = compressed_chat()
    assert events_of(scene.record(file)) == scene.events


@pytest.mark.usefixtures("small_blocks")
def test_compressed_messages_are_read_from_anywhere(file: Path) -> None:
    scene = compressed_chat()
    wanted = messages(scene)
    random.Random(3).shuffle(wanted)
    with open_capture(scene.record(file)) as capture:
        for message in wanted:
            assert capture.event(message.seq) == message
            assert b"".join(capture.payload(message.seq)) == message.payload


@pytest.mark.usefixtures("small_blocks")
def test_a_filter_finds_text_in_compressed_messages(file: Path) -> None:
    scene = compressed_chat()
    with open_capture(scene.record(file)) as capture:
        assert capture.page(filter='text ~ "#77"') == [messages(scene)[77]]


@pytest.mark.usefixtures("small_blocks")
def test_reading_goes_on_behind_a_message_that_was_not_held(file: Path) -> None:
    scene = compressed_chat(20)
    scene.message(b"long " * 20_000, compressed=True, held=100)
    for number in range(30):
        scene.text(f"after {number}")
    scene.record(file)
    with open_capture(file) as capture:
        long = messages(scene)[20]
        assert b"".join(capture.payload(long.seq)) == b"long " * 20_000
        assert len(list(capture.events())) == len(scene.events)


def test_a_payload_is_inflated_up_to_a_limit(file: Path) -> None:
    scene = Scene()
    bomb = scene.message(bytes(30_000_000), compressed=True, held=4096)
    with open_capture(scene.record(file)) as capture:
        with pytest.raises(CaptureError, match="longer than 16777216 bytes"):
            list(capture.payload(bomb.seq))
        assert sum(map(len, capture.payload(bomb.seq, limit=1 << 25))) == 30_000_000


def test_what_refers_to_a_gap_is_not_made_up(file: Path) -> None:
    scene = compressed_chat(10)
    first, *rest = scene.emissions
    gap = CaptureGap(first.seq, 0, "", 1, "The disk was too slow.")
    record(file, scene.timeline, [gap, *rest])
    read = [event for event in events_of(file) if isinstance(event, WebSocketMessage)]
    assert [event.payload for event in read] == [b""] * 10
    assert all(event.truncated for event in read)


@given(st.lists(st.binary(max_size=70_000), max_size=6))
@settings(max_examples=50, deadline=None)
def test_a_tail_is_the_end_of_the_stream(parts: list[bytes]) -> None:
    tail = Tail()
    for part in parts:
        tail.add(part)
    assert tail.window() == b"".join(parts)[-WINDOW_SIZE:]


def test_a_lost_tail_is_known_again_after_a_window() -> None:
    tail = Tail()
    tail.lose()
    tail.add(bytes(WINDOW_SIZE - 1))
    assert not tail.known
    tail.add(b"x")
    assert tail.known


def test_a_message_may_end_with_a_last_block() -> None:
    deflater = zlib.compressobj(wbits=-15)
    first = deflater.compress(b"one two three") + deflater.flush(zlib.Z_FINISH)
    inflater = Inflater()
    assert inflater.inflate(first + b"\0", limit=100) == b"one two three"
    again = zlib.compressobj(wbits=-15, zdict=b"one two three")
    second = again.compress(b"one two three four") + again.flush(zlib.Z_SYNC_FLUSH)
    assert inflater.inflate(second[:-4], limit=100) == b"one two three four"


@given(st.binary(max_size=300))
@settings(max_examples=200, deadline=None)
def test_garbage_is_refused_or_inflated_within_the_limit(data: bytes) -> None:
    try:
        assert len(Inflater().inflate(data, limit=1000)) <= 1000
    except InflateError as error:
        assert "the message" in str(error)  # noqa: PT017


@pytest.mark.parametrize("block_events", [1, 2, 3])
def test_a_message_that_is_stored_whole_is_not_passed_over_by_those_that_refer_to_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, block_events: int
) -> None:
    # Its frame was committed before it, so it keeps its payload, and its block hides nothing.
    monkeypatch.setattr("wirescope.capture.intake.BLOCK_EVENTS", block_events)
    scene = compressed_chat(30)
    file = scene.record(tmp_path / "a.wirescope")
    assert events_of(file) == scene.events
    with open_capture(file) as capture:
        for event in reversed(scene.events):
            assert capture.event(event.seq) == event


def test_the_payload_of_a_data_channels_message_is_given_whole(file: Path) -> None:
    data = random.Random(1).randbytes(3 << 20)
    timeline = Timeline()
    values = ("received", 1, "binary", len(data), data)
    message = DataChannelMessage(timeline.next_seq(), 0, "c1", *values)
    record(file, timeline, [message])
    with open_capture(file) as capture:
        assert b"".join(capture.payload(1)) == data
