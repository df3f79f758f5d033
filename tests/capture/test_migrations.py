"""Captures of other versions: earlier ones are brought up to date, later ones refused."""

import shutil
import sqlite3
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.capture.making import conversation
from wirescope.capture import open_capture
from wirescope.capture.migrations import STEPS, Step, migrated
from wirescope.capture.schema import FORMAT_VERSION, connect
from wirescope.errors import CaptureFormatError

VERSION_1 = Path(__file__).parents[1] / "data/captures/v1.wirescope"


def test_a_capture_of_version_1_is_read() -> None:
    with open_capture(VERSION_1, repair=False) as capture:
        assert list(capture.events()) == conversation(20).events
        assert capture.ended


def test_a_capture_of_a_later_version_is_refused(tmp_path: Path) -> None:
    later = Path(shutil.copy(VERSION_1, tmp_path / "later.wirescope"))
    database = sqlite3.connect(later)
    database.execute("PRAGMA user_version = 99")
    database.close()
    with pytest.raises(CaptureFormatError, match="format 99; this program reads up to 1") as caught:
        open_capture(later)
    assert caught.value.hint == "Open it with a newer Wirescope."


def test_another_database_is_refused(tmp_path: Path) -> None:
    database = sqlite3.connect(tmp_path / "other.db")
    database.execute("CREATE TABLE t(x)")
    database.close()
    with pytest.raises(CaptureFormatError, match="not a capture"):
        open_capture(tmp_path / "other.db")


def test_steps_are_taken_in_order_on_a_copy() -> None:
    def add_note(database: sqlite3.Connection) -> None:
        database.execute("CREATE TABLE note(text)")

    def fill_note(database: sqlite3.Connection) -> None:
        database.execute("INSERT INTO note VALUES ('hello')")

    before = VERSION_1.read_bytes()
    steps: Mapping[int, Step] = {1: add_note, 2: fill_note}
    copy = migrated(connect(VERSION_1, read_only=True), 1, steps=steps, target=3)
    assert copy.execute("SELECT text FROM note").fetchall() == [("hello",)]
    assert copy.execute("PRAGMA user_version").fetchone() == (3,)
    assert copy.execute("SELECT count(*) FROM block").fetchone() == (1,)
    copy.close()
    assert VERSION_1.read_bytes() == before


def test_there_is_a_step_from_every_earlier_version() -> None:
    assert sorted(STEPS) == list(range(1, FORMAT_VERSION))
