"""Damaged captures: whatever is intact is read, whatever is not is a gap, nothing else happens."""

import random
import shutil
import sqlite3
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.capture.making import Scene, conversation, events_of
from wirescope.capture import CaptureWriter, open_capture, repair_capture
from wirescope.capture.pages import Pages
from wirescope.errors import (
    CaptureExistsError,
    CaptureFormatError,
    CaptureLockedError,
    WirescopeError,
)
from wirescope.events import AnyEvent, CaptureGap, PayloadChunk, WebSocketFrame, WebSocketMessage

CUT_EVERY = 16 * 1024
FLIPS_A_TEST = 250


@pytest.fixture(scope="module")
def scene() -> Scene:
    """Everything that a capture can hold: short and long payloads, compressed ones, many blocks."""
    scene = Scene()
    scene.opening()
    generator = random.Random(1)
    for number in range(250):
        scene.message(generator.randbytes(600))
        scene.message(b"word %d " % number * 60, kind="text", compressed=True, parts=2)
    data = generator.randbytes(400_000)
    scene.emissions.append(PayloadChunk(1, "c1", "received", data))
    header = b"\x82\x7f" + len(data).to_bytes(8, "big")
    scene.add(WebSocketFrame, "received", header, data[:4096], 0, 1)
    scene.close()
    return scene


@pytest.fixture(scope="module")
def whole(scene: Scene, tmp_path_factory: pytest.TempPathFactory) -> Path:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wirescope.capture.intake.BLOCK_EVENTS", 100)
        patch.setattr("wirescope.capture.intake.WINDOW_INTERVAL", 40_000)
        return scene.record(tmp_path_factory.mktemp("whole") / "whole.wirescope")


def check_what_is_left(path: Path, scene: Scene) -> list[AnyEvent]:
    """Read a damaged capture in every way; every event in it is one that was written, or a gap."""
    written = {event.seq: event for event in scene.events}
    with open_capture(path) as capture:
        read = list(capture.events())
        for event in read:
            assert isinstance(event, CaptureGap) or event == written[event.seq] or is_bare(event)
        assert [event.seq for event in read] == sorted({event.seq for event in read})
        assert capture.page(before=1 << 40, limit=1 << 30) == read
        assert capture.statistics().events <= len(written)
        assert capture.gaps == [event for event in read if isinstance(event, CaptureGap)]
    return read


def is_bare(event: AnyEvent) -> bool:
    """Whether a message lost its payload because what it was made of is lost."""
    return isinstance(event, WebSocketMessage) and event.truncated and not event.payload


@pytest.mark.slow
def test_a_file_cut_anywhere_is_read_as_far_as_it_goes(
    whole: Path, scene: Scene, tmp_path: Path
) -> None:
    data = whole.read_bytes()
    cut = tmp_path / "cut.wirescope"
    kept = []
    for length in range(0, len(data), CUT_EVERY):
        cut.write_bytes(data[:length])
        try:
            kept.append(len(check_what_is_left(cut, scene)))
        except CaptureFormatError:
            kept.append(0)
    assert kept[-1] > 1000
    assert sum(count == 0 for count in kept) < 25


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_a_file_with_flipped_bits_is_read_as_far_as_it_is_intact(
    whole: Path, scene: Scene, tmp_path: Path, seed: int
) -> None:
    generator = random.Random(seed)
    data = whole.read_bytes()
    flipped = tmp_path / "flipped.wirescope"
    for _ in range(FLIPS_A_TEST // 10):
        damaged = bytearray(data)
        for _ in range(10):
            damaged[generator.randrange(len(damaged))] ^= 1 << generator.randrange(8)
        flipped.write_bytes(damaged)
        try:
            check_what_is_left(flipped, scene)
        except WirescopeError as error:
            assert damaged[:100] != data[:100], error  # noqa: PT017


def test_a_file_whose_header_is_lost_is_read(whole: Path, scene: Scene, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.wirescope"
    damaged.write_bytes(bytes(100) + whole.read_bytes()[100:])
    assert check_what_is_left(damaged, scene) == scene.events


def test_a_lost_block_is_a_gap_that_counts_its_events(whole: Path, tmp_path: Path) -> None:
    damaged = Path(shutil.copy(whole, tmp_path / "damaged.wirescope"))
    database = sqlite3.connect(damaged)
    database.execute("DELETE FROM block WHERE number = 3")
    database.commit()
    database.close()
    with open_capture(damaged) as capture:
        assert [(gap.seq, gap.count) for gap in capture.gaps] == [(201, 100)]
        assert capture.statistics().missing == 100
        assert capture.page(after=199, limit=3)[1] == capture.gaps[0]
        assert capture.page(before=301, limit=2)[1] == capture.gaps[0]


def test_a_lost_end_is_a_gap_that_counts_its_events(whole: Path, tmp_path: Path) -> None:
    damaged = Path(shutil.copy(whole, tmp_path / "damaged.wirescope"))
    database = sqlite3.connect(damaged)
    database.execute("DELETE FROM block WHERE first_seq > 800")
    database.commit()
    database.close()
    with open_capture(damaged) as capture:
        last = capture.page(before=1 << 40, limit=1)
        assert last == capture.gaps
        assert capture.statistics().missing == capture.gaps[0].count > 400


def test_a_mended_copy_is_an_ordinary_capture(whole: Path, scene: Scene, tmp_path: Path) -> None:
    damaged = Path(shutil.copy(whole, tmp_path / "damaged.wirescope"))
    mended = tmp_path / "mended.wirescope"
    database = sqlite3.connect(damaged)
    database.execute("UPDATE block SET events = substr(events, 2) WHERE number IN (2, 5, 6)")
    database.commit()
    database.close()
    report = repair_capture(damaged, mended)
    assert report.missing == 300
    assert report.events + report.missing == len(scene.events)
    gaps = [event for event in events_of(mended) if isinstance(event, CaptureGap)]
    assert [(gap.seq, gap.count) for gap in gaps] == [(101, 100), (401, 200)]
    with open_capture(mended, repair=False) as capture:
        assert not capture.damaged
        assert sum(gap.count for gap in capture.gaps) == report.missing


def test_an_intact_capture_is_mended_into_the_same(
    whole: Path, scene: Scene, tmp_path: Path
) -> None:
    report = repair_capture(whole, tmp_path / "mended")
    assert report == (len(scene.events), 0)
    assert events_of(tmp_path / "mended") == scene.events


def test_repair_writes_over_nothing_and_waits_for_the_writer(tmp_path: Path) -> None:
    scene = conversation(1)
    path = tmp_path / "a.wirescope"
    with CaptureWriter.create(path, timeline=scene.timeline), pytest.raises(CaptureLockedError):
        repair_capture(path, tmp_path / "b")
    with pytest.raises(CaptureExistsError):
        repair_capture(path, path)


def test_without_repair_a_damaged_file_is_refused(whole: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.wirescope"
    cut.write_bytes(whole.read_bytes()[:200_000])
    with pytest.raises(CaptureFormatError, match="damaged"):
        open_capture(cut, repair=False)


def test_events_in_the_write_ahead_log_are_salvaged(tmp_path: Path) -> None:
    scene = conversation()
    path, copy = tmp_path / "a.wirescope", tmp_path / "b.wirescope"
    with CaptureWriter.create(path, timeline=scene.timeline) as writer:
        for event in scene.events:
            writer([event])
        while writer.saved_seq < scene.events[-1].seq:
            pass
        shutil.copy(path, copy)
        shutil.copy(f"{path}-wal", f"{copy}-wal")
    with copy.open("r+b") as file:
        file.write(bytes(100))
    assert check_what_is_left(copy, scene) == scene.events


@given(st.binary(max_size=4096), st.integers(0, 4096))
@settings(max_examples=200, deadline=None)
def test_pages_of_garbage_hold_no_rows_or_garbage(
    tmp_path_factory: pytest.TempPathFactory, data: bytes, at: int
) -> None:
    path = tmp_path_factory.getbasetemp() / "garbage"
    page = bytearray(b"\x0d\0\0\x00\x05\0\0\0" + bytes(4096))
    page[8 + at : 8 + at] = data
    path.write_bytes(bytes(4096) + page)
    with Pages(path, default_page_size=4096) as pages:
        for row in pages.rows():
            assert all(isinstance(value, (int, bytes, type(None))) for value in row.values)
