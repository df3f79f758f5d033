"""Captures as CSV and Parquet."""

import csv
import io
import json
import sys
from base64 import b64decode
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.capture.formats.making import SECURED, any_events, everything, recorded, written
from tests.capture.making import Scene, events_of
from wirescope.capture.formats.columns import COLUMNS
from wirescope.capture.formats.csv_rows import neutral
from wirescope.errors import UsageError
from wirescope.events import (
    AnyEvent,
    ClockJumped,
    ConnectionSecured,
    DataChannelMessage,
    IceCandidate,
    Statistics,
    TransportAddress,
    WebSocketFrame,
)
from wirescope.wire.websocket import build_header

pytestmark = pytest.mark.slow


def rows(data: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(data.decode(), newline="")))


def test_each_event_is_a_row_with_its_payload(tmp_path: Path) -> None:
    path = everything(tmp_path / "a")
    found = rows(written(path, "csv"))
    events = events_of(path)
    assert [int(row["seq"]) for row in found] == [event.seq for event in events]
    assert list(found[0]) == list(COLUMNS)
    for row, event in zip(found, events, strict=True):
        assert row["type"] == event.type
        if isinstance(event, WebSocketFrame):
            assert row["header"] == event.header.hex()
            assert row["fin"] == ("true" if event.fin else "false")
            if row["binary"]:
                assert b64decode(row["binary"]) == event.payload


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1"])
def test_what_a_spreadsheet_would_take_for_a_formula_is_made_text(
    tmp_path: Path, text: str
) -> None:
    scene = Scene()
    scene.text(text)
    found = rows(written(recorded(tmp_path / "a", scene.emissions), "csv"))
    assert {row["text"] for row in found} == {f"'{text}"}


@given(st.text(max_size=10))
def test_no_cell_begins_as_a_formula(text: str) -> None:
    assert not neutral(text).startswith(("=", "+", "-", "@", "\t", "\r", "\n"))
    assert "\0" not in neutral(text)


def test_certificates_are_json_in_their_column(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a", [ConnectionSecured(1, 2, "c1", *SECURED)])
    (row,) = rows(written(path, "csv"))
    own = json.loads(row["certificates"])[0]
    assert (row["version"], row["verified"]) == ("TLSv1.3", "true")
    assert (own["subject"], own["not_after"]) == ("feed.corp.example", "2025-01-01T00:00:00Z")


def test_a_negative_number_stays_a_number(tmp_path: Path) -> None:
    path = recorded(tmp_path / "a", [ClockJumped(1, 2, "", -5)])
    assert rows(written(path, "csv"))[0]["by_ns"] == "-5"


@settings(max_examples=25, deadline=None)
@given(events=any_events())
def test_any_events_are_rows_of_both_tables(
    tmp_path_factory: pytest.TempPathFactory, events: list[AnyEvent]
) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = recorded(tmp_path_factory.mktemp("table") / "a", list(events))
    kept = events_of(path)
    assert [int(row["seq"]) for row in rows(written(path, "csv"))] == [e.seq for e in kept]
    table = parquet.read_table(io.BytesIO(written(path, "parquet")))
    assert table["seq"].to_pylist() == [event.seq for event in kept]
    assert table["type"].to_pylist() == [event.type for event in kept]


def test_parquet_has_types_and_whole_bytes(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    path = everything(tmp_path / "a")
    table = parquet.read_table(io.BytesIO(written(path, "parquet")))
    for row, event in zip(table.to_pylist(), events_of(path), strict=True):
        if isinstance(event, WebSocketFrame):
            data = row["binary"] if row["text"] is None else row["text"].encode()
            assert data == event.payload
            assert (row["fin"], row["payload_length"]) == (event.fin, event.payload_length)
    assert str(table.schema.field("binary").type) == "binary"


def test_the_largest_length_that_can_be_announced_has_a_place(tmp_path: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet")
    scene = Scene()
    scene.add(WebSocketFrame, "received", build_header(2, (1 << 64) - 1), b"", 0)
    path = recorded(tmp_path / "a", scene.emissions)
    table = parquet.read_table(io.BytesIO(written(path, "parquet")))
    assert table["payload_length"].to_pylist() == [(1 << 64) - 1]
    assert table["wire_length"].to_pylist() == [None]


def test_without_pyarrow_a_sentence_says_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = recorded(tmp_path / "a", [ClockJumped(1, 2, "", -5)])
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match="not installed") as caught:
        written(path, "parquet")
    assert "wirescope[parquet]" in caught.value.hint


def test_what_happens_on_a_webrtc_connection_has_columns(tmp_path: Path) -> None:
    scene = Scene()
    related = TransportAddress("192.0.2.7", 5000)
    where = ("198.51.100.4", 5000, "udp", 1, "f", "0", related)
    scene.add(IceCandidate, "local", "srflx", *where)
    scene.add(DataChannelMessage, "sent", 1, "text", 2, b"hi")
    scene.add(Statistics, "inbound-rtp", "I1", {"kind": "video", "jitter": 0.5})
    path = recorded(tmp_path / "a", scene.emissions)
    candidate, message, sample = rows(written(path, "csv"))
    assert json.loads(candidate["related"]) == {"address": "192.0.2.7", "port": 5000}
    assert (message["channel"], message["text"], message["truncated"]) == ("1", "hi", "false")
    assert (sample["object"], sample["kind"]) == ("inbound-rtp", "")
    assert json.loads(sample["values"]) == {"kind": "video", "jitter": 0.5}
