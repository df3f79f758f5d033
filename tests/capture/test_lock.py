"""One writer a capture, and what a killed one leaves."""

import subprocess
import sys
import threading
from pathlib import Path

import pytest

from wirescope.capture import CaptureWriter
from wirescope.capture.lock import WriterLock, is_being_written, lock_path
from wirescope.errors import CaptureLockedError
from wirescope.events import Timeline

HOLD = """
import sys
from pathlib import Path
from wirescope.capture.lock import WriterLock
lock = WriterLock(Path(sys.argv[1]))
print("held", flush=True)
sys.stdin.read()
"""


def test_the_lock_file_is_gone_after_a_clean_end(tmp_path: Path) -> None:
    path = tmp_path / "a.wirescope"
    with CaptureWriter.create(path, timeline=Timeline()):
        assert is_being_written(path)
        assert lock_path(path).exists()
    assert not is_being_written(path)
    assert not lock_path(path).exists()


def test_a_killed_process_leaves_the_file_but_not_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "a.wirescope"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.readline() == b"held\n"
        with pytest.raises(CaptureLockedError, match="another process"):
            WriterLock(path)
        assert is_being_written(path)
        process.kill()
    assert lock_path(path).exists()
    WriterLock(path).release()
    assert not is_being_written(path)


def test_a_lock_whose_file_cannot_be_taken_away_is_given_back_all_the_same(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "a.wirescope")
    lock_path(tmp_path / "a.wirescope").unlink()
    lock_path(tmp_path / "a.wirescope").mkdir()
    lock.release()
    lock_path(tmp_path / "a.wirescope").rmdir()
    WriterLock(tmp_path / "a.wirescope").release()


def test_releasing_twice_does_nothing(tmp_path: Path) -> None:
    lock = WriterLock(tmp_path / "a.wirescope")
    lock.release()
    lock.release()


def test_who_asks_keeps_no_writer_out_and_leaves_no_file(tmp_path: Path) -> None:
    path = tmp_path / "a.wirescope"
    over = threading.Event()

    def ask() -> None:
        while not over.is_set():
            is_being_written(path)

    askers = [threading.Thread(target=ask) for _ in range(2)]
    for asker in askers:
        asker.start()
    try:
        for _ in range(50):
            WriterLock(path).release()
    finally:
        over.set()
        for asker in askers:
            asker.join()
    assert list(tmp_path.iterdir()) == []
