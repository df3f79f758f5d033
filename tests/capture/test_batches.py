"""A capture read by the batch, as an index or an analysis reads it."""

from pathlib import Path

import pytest

from tests.capture.making import Scene, conversation
from tests.capture.test_payloads import compressed_chat
from wirescope.capture import open_capture, parse_filter
from wirescope.capture.blocks import Blocks
from wirescope.errors import CaptureFormatError


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "a.wirescope"


def test_batches_hold_every_event_once(file: Path) -> None:
    scene = conversation()
    with open_capture(scene.record(file)) as capture:
        batches = list(capture.batches())
    assert [event.seq for batch in batches for event in batch.events] == [
        event.seq for event in scene.events
    ]
    assert batches[-1].last_seq == scene.events[-1].seq


def test_batches_go_on_after_an_event(file: Path) -> None:
    scene = conversation()
    with open_capture(scene.record(file)) as capture:
        seqs = [event.seq for batch in capture.batches(after=5) for event in batch.events]
    assert seqs == [event.seq for event in scene.events if event.seq > 5]


def test_a_batch_without_what_is_wanted_says_how_far_it_reached(file: Path) -> None:
    scene = conversation()
    with open_capture(scene.record(file)) as capture:
        batches = list(capture.batches(filter=parse_filter("seq > 100000")))
    assert [batch.events for batch in batches] == [[]] * len(batches)
    assert batches[-1].last_seq == scene.events[-1].seq


def test_a_filter_sees_compressed_payloads_that_the_batch_does_not_hold(file: Path) -> None:
    scene = compressed_chat()
    wanted = [event.seq for event in scene.events if getattr(event, "compressed", False)]
    with open_capture(scene.record(file)) as capture:
        text = capture.event(wanted[3]).payload.decode()  # type: ignore[union-attr]
        found = parse_filter(f'type == websocket.message and text == "{text}"')
        events = [event for batch in capture.batches(filter=found) for event in batch.events]
        assert wanted[3] in [event.seq for event in events]
        whole = capture.whole(events[0])
    assert whole.payload.decode() == text  # type: ignore[union-attr]


def test_a_message_becomes_whole(file: Path) -> None:
    scene = compressed_chat()
    with open_capture(scene.record(file)) as capture:
        events = [event for batch in capture.batches() for event in batch.events]
        assert [capture.whole(event) for event in events] == scene.events


def test_damage_shows_as_a_gap_in_a_batch(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scene = conversation()
    scene.record(file)
    with open_capture(file) as capture:
        monkeypatch.setattr(Blocks, "select", _damaged)
        (batch,) = capture.batches()
    assert [event.type for event in batch.events] == ["capture.gap"]


def _damaged(*_: object) -> None:
    raise CaptureFormatError("damaged")


def test_the_outline_counts_what_is_in_the_file(file: Path) -> None:
    scene = Scene()
    for number in range(30):
        scene.text(f"message {number}")
    with open_capture(scene.record(file)) as capture:
        stretches = list(capture.outline())
        assert list(capture.outline(after=scene.events[-1].seq)) == []
    counts = [group.count for stretch in stretches for group in stretch.groups]
    assert sum(counts) == len(scene.events)
    assert (stretches[0].first_seq, stretches[-1].last_seq) == (1, scene.events[-1].seq)
