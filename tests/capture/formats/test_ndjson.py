"""A capture as NDJSON and back."""

import json
from pathlib import Path

import pytest

from tests.capture.making import conversation, events_of
from wirescope.capture import import_ndjson, ndjson_lines, open_capture
from wirescope.errors import CaptureExistsError, CaptureFormatError


def lines_of(path: Path, **options: str) -> list[bytes]:
    with open_capture(path) as capture:
        return list(ndjson_lines(capture, **options))


def test_a_capture_goes_to_lines_and_back_unchanged(tmp_path: Path) -> None:
    scene = conversation()
    lines = lines_of(scene.record(tmp_path / "a"))
    assert import_ndjson(lines, tmp_path / "b") == len(scene.events)
    assert events_of(tmp_path / "b") == scene.events
    assert lines_of(tmp_path / "b") == lines


def test_lines_are_read_from_a_file(tmp_path: Path) -> None:
    scene = conversation()
    text = tmp_path / "a.ndjson"
    text.write_bytes(b"".join(lines_of(scene.record(tmp_path / "a"))))
    import_ndjson(text, tmp_path / "b")
    assert events_of(tmp_path / "b") == scene.events
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "a.ndjson", "b"]


def test_messages_without_their_frames_keep_their_payload(tmp_path: Path) -> None:
    scene = conversation()
    lines = lines_of(scene.record(tmp_path / "a"), filter="type == websocket.message")
    import_ndjson(lines, tmp_path / "b")
    assert events_of(tmp_path / "b") == [
        event for event in scene.events if event.type == "websocket.message"
    ]


def test_empty_lines_are_passed_over(tmp_path: Path) -> None:
    assert import_ndjson(["", "\n"], tmp_path / "b") == 0
    assert events_of(tmp_path / "b") == []


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("{", "Line 2 is not an event"),
        ("[]", "Line 2 is not an event"),
        ('{"seq": 9}', "Line 2 is not an event: the field 'type' is missing"),
        ('{"seq": 9, "at_ns": 1, "type": "x"}', "'x' is not a type"),
    ],
)
def test_a_line_that_is_no_event_is_named(tmp_path: Path, line: str, message: str) -> None:
    good = lines_of(conversation(1).record(tmp_path / "a"))[0].decode()
    with pytest.raises(CaptureFormatError, match=message):
        import_ndjson([good, line], tmp_path / "b")
    assert [path.name for path in tmp_path.iterdir()] == ["a"]


def test_numbers_that_do_not_rise_are_named(tmp_path: Path) -> None:
    lines = lines_of(conversation(1).record(tmp_path / "a"))
    with pytest.raises(CaptureFormatError, match="Line 2 has the number 1 after 1"):
        import_ndjson([lines[0], lines[0]], tmp_path / "b")


def test_an_import_never_writes_over_a_file(tmp_path: Path) -> None:
    path = conversation(1).record(tmp_path / "a")
    with pytest.raises(CaptureExistsError):
        import_ndjson([], path)
    assert events_of(path)


def test_the_wall_clock_at_the_start_survives(tmp_path: Path) -> None:
    scene = conversation(1)
    lines = lines_of(scene.record(tmp_path / "a"))
    import_ndjson(lines, tmp_path / "b")
    with open_capture(tmp_path / "b") as capture:
        assert capture.started_wall_ns == scene.timeline.started_wall_ns
    assert json.loads(lines[0])["time"].startswith("2023-11-14T22:13:20")
