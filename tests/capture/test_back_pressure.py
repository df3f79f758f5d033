"""What comes in faster than the disk takes it: held back, or dropped and counted."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.capture.making import Scene, events_of
from wirescope.capture import Alarm, CaptureWriter
from wirescope.capture.lock import is_being_written
from wirescope.capture.store import Rows, Store
from wirescope.errors import CaptureWriteError
from wirescope.events import CaptureGap, WebSocketFrame

Run = Callable[..., Any]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.wirescope"


class Disk:
    """Makes commits fail as on a full disk until it is given room."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.has_room = threading.Event()
        self.failed = threading.Event()
        commit = Store.commit

        def guarded(store: Store, rows: Rows) -> None:
            if not self.has_room.is_set():
                self.failed.set()
                error = sqlite3.OperationalError("database or disk is full")
                error.sqlite_errorcode = sqlite3.SQLITE_FULL
                raise error
            commit(store, rows)

        monkeypatch.setattr(Store, "commit", guarded)
        monkeypatch.setattr("wirescope.capture.writer.RETRY_INTERVAL_S", 0.01)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


def test_a_producer_that_waits_loses_nothing(file: Path, disk: Disk, run: Run) -> None:
    scene = Scene()
    alarms: list[Alarm] = []
    for _ in range(300):
        scene.message(bytes(50_000))

    async def main() -> int:
        waited = 0
        writer = CaptureWriter.create(file, timeline=scene.timeline, on_alarm=alarms.append)
        for event in scene.events:
            full = writer([event])
            if full is not None:
                waited += 1
                await asyncio.to_thread(disk.failed.wait, 10)
                disk.has_room.set()
                await full  # type: ignore[misc]
        await writer.aclose()
        return waited

    assert run(main()) > 0
    assert events_of(file) == scene.events
    assert [alarm.kind for alarm in alarms] == ["disk-full", "resumed"]


def test_all_who_wait_go_on_though_one_gives_up(file: Path, disk: Disk, run: Run) -> None:
    scene = Scene()
    for _ in range(300):
        scene.message(bytes(50_000))

    async def main() -> None:
        async with CaptureWriter.create(file, timeline=scene.timeline) as writer:
            answers = [writer([event]) for event in scene.events]
            waiting = [answer for answer in answers if answer is not None]
            with pytest.raises(TimeoutError):
                await asyncio.wait_for(waiting[0], 0.01)  # type: ignore[arg-type]
            called = asyncio.Event()
            waiting[0].add_done_callback(lambda _done: called.set())
            disk.has_room.set()
            await waiting[-1]  # type: ignore[misc]
            await called.wait()

    run(main())


def test_one_message_longer_than_the_queue_does_not_stop_it(file: Path, run: Run) -> None:
    scene = Scene()
    for _ in range(4):
        scene.message(bytes(12_000_000))

    async def main() -> None:
        async with CaptureWriter.create(file, timeline=scene.timeline) as writer:
            for event in scene.events:
                full = writer([event])
                if full is not None:
                    await full  # type: ignore[misc]

    run(main())
    assert len(events_of(file)) == 8


def test_what_a_producer_pushes_on_regardless_is_dropped_and_counted(
    file: Path, disk: Disk, run: Run
) -> None:
    scene = Scene()
    for _ in range(600):
        scene.frame(bytes(100_000))

    async def main() -> None:
        async with CaptureWriter.create(file, timeline=scene.timeline) as writer:
            answers = [writer([event]) for event in scene.events]
            disk.has_room.set()
            await answers[-1]  # type: ignore[misc]
            writer([scene.ping()])

    run(main())
    kept = events_of(file)
    gaps = [event for event in kept if isinstance(event, CaptureGap)]
    frames = [event for event in kept if isinstance(event, WebSocketFrame)]
    assert len(gaps) == 1
    assert gaps[0].count + len(frames) == 601
    assert gaps[0].count > 200


def test_closing_on_a_full_disk_says_what_is_lost(file: Path, disk: Disk) -> None:
    scene = Scene()
    for _ in range(10):
        scene.text("hello")
    writer = CaptureWriter.create(file, timeline=scene.timeline)
    for event in scene.events:
        writer([event])
    disk.failed.wait(10)
    with pytest.raises(CaptureWriteError, match="20 events could not be saved"):
        writer.close(timeout_s=0.05)


def test_a_fault_that_does_not_pass_stops_the_recording_and_says_so(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_store: Store, _rows: Rows) -> None:
        raise sqlite3.DatabaseError("database disk image is malformed")

    monkeypatch.setattr(Store, "commit", broken)
    alarms: list[Alarm] = []
    scene = Scene()
    scene.text("hello")
    writer = CaptureWriter.create(file, timeline=scene.timeline, on_alarm=alarms.append)
    for event in scene.events:
        writer([event])
    with pytest.raises(CaptureWriteError, match="2 events could not be saved"):
        writer.close()
    assert [alarm.kind for alarm in alarms] == ["stopped"]


def test_a_disk_that_hangs_in_a_commit_does_not_hang_closing(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = threading.Event()
    commit = Store.commit

    def hang(store: Store, rows: Rows) -> None:
        answers.wait()
        commit(store, rows)

    monkeypatch.setattr(Store, "commit", hang)
    monkeypatch.setattr("wirescope.capture.writer.LAST_COMMIT_S", 0.01)
    scene = Scene()
    scene.text("not saved yet")
    writer = CaptureWriter.create(file, timeline=scene.timeline)
    writer(scene.events)
    try:
        with pytest.raises(CaptureWriteError, match=f"{len(scene.events)} events could not be"):
            writer.close(timeout_s=0.01)
        assert is_being_written(file)
    finally:
        answers.set()
        for thread in threading.enumerate():
            if thread.name == "wirescope-capture":
                thread.join()
    assert not is_being_written(file)
