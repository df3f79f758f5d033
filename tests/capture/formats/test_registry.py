"""Formats by name, and told by what a file begins with."""

import io
from pathlib import Path

import pytest

from tests.capture.formats.making import recorded, written
from tests.capture.making import conversation, events_of
from wirescope.capture import FORMATS, Selection, open_capture, recognise
from wirescope.cli.convert import FORMS, LIVE_FORMS
from wirescope.errors import CaptureError, CaptureFormatError, UsageError


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    return recorded(tmp_path / "a", conversation(3).emissions)


def test_the_command_line_offers_every_format() -> None:
    assert {*FORMS} == {"table", *FORMATS}
    assert set(LIVE_FORMS) == {"table", "ndjson"}


def test_names_and_suffixes_are_each_others_only_one() -> None:
    assert [each.name for each in FORMATS.values()] == list(FORMATS)
    assert len({each.suffix for each in FORMATS.values()}) == len(FORMATS)


def test_every_format_is_in_the_reference() -> None:
    page = (Path(__file__).parents[3] / "docs" / "reference" / "formats.md").read_text("utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| [`")]
    assert [tuple(line.split("`")[1:4:2]) for line in rows] == [
        (each.name, each.suffix) for each in FORMATS.values()
    ]


@pytest.mark.parametrize("name", ["ndjson", "har", "bundle"])
def test_what_was_written_is_recognised_and_read_back(
    capture: Path, tmp_path: Path, name: str
) -> None:
    data = written(capture, name)
    found = recognise(data[: 1 << 16])
    assert found.name == name
    count, _ = found.read(io.BytesIO(data), tmp_path / "b")
    assert count == len(events_of(tmp_path / "b")) == len(events_of(capture))


@pytest.mark.parametrize(
    ("beginning", "name"),
    [
        (b'{\n  "log": {\n', "har"),
        (b'\xef\xbb\xbf{"log":{"version"', "har"),
        (b'{"log":{"entries":[]}}\n', "har"),
        (b'\n\n{"type":"connection.opened","seq":1}\n{"type"', "ndjson"),
        (b'{"_comment":"x",\n"log":{}}', "har"),
        (b"PK\x03\x04....", "bundle"),
    ],
)
def test_a_beginning_tells_the_format(beginning: bytes, name: str) -> None:
    assert recognise(beginning).name == name


@pytest.mark.parametrize(
    ("beginning", "said"),
    [
        (b"", "empty"),
        (b"SQLite format 3\0", "a capture already"),
        ('{"seq":1}'.encode("utf-16"), "UTF-16"),
        (b"\xfe\xff\0{", "UTF-16"),
        (b"\x1f\x8b\x08", "gzip"),
        (b"\x0a\x0d\x0d\x0a", "pcapng"),
        (b"PAR1", "Parquet"),
        (b"[1]", "neither"),
        (b"seq,at_ns", "none of the formats"),
    ],
)
def test_what_cannot_be_read_is_said_plainly(beginning: bytes, said: str) -> None:
    with pytest.raises(CaptureFormatError, match=said):
        recognise(beginning)


@pytest.mark.parametrize("name", ["pcapng", "csv", "parquet", "http", "text"])
def test_what_can_only_be_written_says_so(tmp_path: Path, name: str) -> None:
    with pytest.raises(UsageError, match="written but not read"):
        FORMATS[name].read(io.BytesIO(), tmp_path / "b")


@pytest.mark.parametrize("name", ["har", "csv", "pcapng", "text", "ndjson", "bundle"])
def test_a_limit_and_a_beginning_choose_events(capture: Path, name: str) -> None:
    with open_capture(capture) as opened:
        stream = io.BytesIO()
        selection = Selection(opened, after=4, limit=3)
        FORMATS[name].write(selection, stream)
        assert selection.count == 3


def test_a_capture_is_made_in_a_folder_that_is_there(tmp_path: Path) -> None:
    with pytest.raises(CaptureError, match="no folder"):
        FORMATS["ndjson"].read(io.BytesIO(), tmp_path / "nowhere" / "b")
