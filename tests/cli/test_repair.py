"""`wirescope show --repair`, on captures that are damaged, whole, or none."""

import sqlite3

import pytest

from tests.capture.making import conversation, events_of
from tests.cli.running import cli

pytestmark = pytest.mark.slow


@pytest.fixture
def whole(tmp_path, monkeypatch):
    monkeypatch.setattr("wirescope.capture.intake.BLOCK_EVENTS", 50)
    return conversation().record(tmp_path / "whole.wirescope")


def test_a_damaged_capture_is_mended_and_what_is_lost_is_said(whole, tmp_path):
    database = sqlite3.connect(whole)
    database.execute("UPDATE block SET events = substr(events, 2) WHERE number = 2")
    database.commit()
    database.close()
    mended = tmp_path / "mended.wirescope"
    result = cli("show", str(whole), "--repair", str(mended))
    assert (result.returncode, result.stdout) == (0, b"")
    assert "50 are lost" in " ".join(result.stderr.split())
    assert cli("show", str(mended)).returncode == 0
    assert [event.count for event in events_of(mended) if event.type == "capture.gap"] == [50]


def test_of_a_whole_capture_nothing_is_missing(whole, tmp_path):
    result = cli("show", str(whole), "--repair", str(tmp_path / "mended"))
    assert result.returncode == 0
    assert "none is missing" in result.stderr
    assert events_of(tmp_path / "mended") == events_of(whole)


@pytest.mark.parametrize(
    ("file", "flags", "code"),
    [
        ("nowhere", (), 2),
        ("-", (), 2),
        ("whole.wirescope", ("--stats",), 2),
        ("garbage", (), 26),
    ],
)
def test_what_cannot_be_mended_leaves_no_file(whole, tmp_path, file, flags, code):
    (tmp_path / "garbage").write_bytes(bytes(5000))
    mended = tmp_path / "mended"
    name = file if file == "-" else str(tmp_path / file)
    result = cli("show", name, "--repair", str(mended), *flags)
    assert result.returncode == code
    assert result.stderr.startswith("wirescope: ")
    assert not mended.exists()


def test_a_file_that_exists_is_not_written_over(whole):
    before = whole.read_bytes()
    assert cli("show", str(whole), "--repair", str(whole)).returncode == 2
    assert whole.read_bytes() == before
