"""A capture as one file: copied while it grows, brought together after its end."""

from pathlib import Path

from tests.capture.making import Scene, conversation, events_of
from wirescope.capture import CaptureWriter, copy_capture, open_capture, settle_capture


def test_a_capture_is_copied_while_it_grows(tmp_path: Path) -> None:
    scene = Scene()
    with CaptureWriter.create(tmp_path / "a.wirescope", timeline=scene.timeline) as writer:
        scene.text("one")
        writer(scene.emissions)
        while writer.saved_seq < 2:
            pass
        copy_capture(tmp_path / "a.wirescope", tmp_path / "b.wirescope")
        scene.text("two")
        writer(scene.emissions[2:])
    with open_capture(tmp_path / "b.wirescope") as copy:
        assert [event.seq for event in copy.events()] == [1, 2]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.wirescope", "b.wirescope"]


def test_a_capture_that_was_read_at_its_end_becomes_one_file(tmp_path: Path) -> None:
    file = tmp_path / "a.wirescope"
    scene = conversation()
    with CaptureWriter.create(file, timeline=scene.timeline) as writer:
        writer(scene.emissions)
        while not writer.saved_seq:
            pass
        reader = open_capture(file)
        list(reader.events())
    with reader:
        assert len(list(tmp_path.iterdir())) > 1
        assert not settle_capture(file)
    assert settle_capture(file)
    assert list(tmp_path.iterdir()) == [file]
    assert events_of(file) == scene.events


def test_a_capture_that_grows_is_left_alone(tmp_path: Path) -> None:
    scene = Scene()
    with CaptureWriter.create(tmp_path / "a.wirescope", timeline=scene.timeline):
        assert not settle_capture(tmp_path / "a.wirescope")
