"""The captures of a workspace: what a list says of them, notes, and what may be deleted."""

import os

import pytest

from tests.capture.making import Scene, conversation
from wirescope.capture import CaptureWriter
from wirescope.errors import (
    BrokenFileError,
    ConflictError,
    NameTakenError,
    UsageError,
    WorkspaceError,
)
from wirescope.events import Timeline
from wirescope.workbench.workspace import Bookmark, Notes, Retention
from wirescope.workbench.workspace import history as room

DAY_NS = 86_400 * 1_000_000_000
NAME = "2023-11-14T22-13-20 price feed"


@pytest.fixture
def history(workspace):
    return workspace.history


def put(history, what="price feed", *, count=50, age_days=0.0, clock=None):
    """Record a conversation; return the capture's name."""
    path = conversation(count).record(history.new_path(what))
    if age_days:
        at = clock.wall_ns() - round(age_days * DAY_NS)
        os.utime(path, ns=(at, at))
    return path.stem


def removed(plan):
    return [removal.capture.name for removal in plan.removals]


# The list


def test_a_capture_is_named_after_its_time_and_what_it_is_of(history):
    assert history.new_path("prices/EUR: live?").name == (
        "2023-11-14T22-13-20 prices EUR live.wirescope"
    )


def test_a_name_is_never_given_twice(history):
    assert [put(history) for _ in range(3)] == [NAME, f"{NAME} 2", f"{NAME} 3"]


def test_the_list_says_what_is_in_a_capture_and_how_it_ended(history):
    scene = conversation()
    scene.record(history.new_path("price feed"))
    (kept,) = history.captures()
    assert (kept.name, kept.writing, kept.problem) == (NAME, False, "")
    assert kept.size == history.path(NAME).stat().st_size
    glance = kept.glance
    assert (glance.events, glance.connections) == (len(scene.events), 1)
    assert glance.url == "ws://127.0.0.1/feed"
    assert "1000" in glance.verdict or "closed" in glance.verdict.lower()


def test_the_last_capture_comes_first(history, clock):
    put(history, "first")
    clock.advance(s=60)
    Scene(clock=clock).record(history.new_path("second"))
    assert [kept.name[20:] for kept in history.captures()] == ["second", "first"]


def test_only_new_captures_are_looked_into(history, monkeypatch):
    looked = []
    look = room.glance_at
    monkeypatch.setattr(room, "glance_at", lambda *a, **k: (looked.append(a), look(*a, **k))[1])
    put(history)
    first = history.captures()
    put(history)
    assert history.captures()[:1] == first
    history.captures()
    assert len(looked) == 2


def test_a_list_that_was_reckoned_before_may_be_lost_or_broken(history, workspace):
    put(history)
    before = history.captures()
    (workspace.root / ".wirescope" / "history.json").write_text('{"x": [')
    assert history.captures() == before


def test_a_capture_that_is_being_written_says_so_and_stays(history, clock):
    path = history.new_path("live")
    with CaptureWriter.create(path, timeline=Timeline(clock)):
        (kept,) = history.captures()
        assert (kept.writing, kept.glance.verdict) == (True, "")
        with pytest.raises(WorkspaceError, match="being written"):
            history.delete(path.stem)
        with pytest.raises(WorkspaceError, match="being written"):
            history.rename(path.stem, "other")
        assert history.plan(Retention(bytes=0)).removals == ()


def test_what_is_no_capture_is_said_to_be_none(history):
    path = history.new_path("bad")
    path.write_bytes(b"not a capture at all")
    (kept,) = history.captures()
    assert kept.glance is None
    assert kept.problem


@pytest.mark.parametrize("name", ["../wirescope", "a/b", "", ".hidden", "a\\b", "nul"])
def test_only_captures_of_the_workspace_have_names(history, name):
    with pytest.raises(UsageError):
        history.path(name)


# Notes


def test_notes_and_bookmarks_stay_beside_the_capture(history):
    put(history)
    notes = Notes(note="It stalls.", bookmarks=(Bookmark(seq=7, text="here"),))
    saved = history.save_notes(NAME, notes, digest="")
    assert history.notes(NAME) == saved
    assert history.path(NAME).with_name(f"{NAME}.notes.json").is_file()
    (kept,) = history.captures()
    assert (kept.notes, kept.bookmarks) == (True, 1)


def test_notes_that_somebody_changed_are_a_conflict(history):
    put(history)
    first = history.save_notes(NAME, Notes(note="mine"), digest="")
    history.save_notes(NAME, Notes(note="theirs"), digest=first.digest)
    with pytest.raises(ConflictError) as caught:
        history.save_notes(NAME, Notes(note="mine again"), digest=first.digest)
    assert "theirs" in caught.value.theirs


def test_empty_notes_leave_no_file(history):
    put(history)
    first = history.save_notes(NAME, Notes(note="x"), digest="")
    assert history.save_notes(NAME, Notes(), digest=first.digest).digest == ""
    assert not history.path(NAME).with_name(f"{NAME}.notes.json").exists()


def test_broken_notes_are_reported_and_keep_their_capture(history):
    put(history)
    history.path(NAME).with_name(f"{NAME}.notes.json").write_text("{")
    with pytest.raises(BrokenFileError):
        history.notes(NAME)
    assert history.plan(Retention(bytes=0)).removals == ()


# Renaming and deleting


def test_notes_go_with_a_capture_that_is_renamed(history):
    put(history)
    history.save_notes(NAME, Notes(note="x"), digest="")
    history.rename(NAME, "The stall")
    assert history.notes("The stall").notes.note == "x"
    put(history)
    with pytest.raises(NameTakenError):
        history.rename(NAME, "The stall")


def test_a_deleted_capture_comes_back_with_its_notes(history, workspace):
    put(history)
    history.save_notes(NAME, Notes(note="x"), digest="")
    trashed = history.delete(NAME)
    assert history.captures() == []
    workspace.undo_delete(trashed.id)
    assert history.captures()[0].notes


# Retention


def test_nothing_is_deleted_unless_told_so(history, clock):
    put(history, age_days=9999, clock=clock)
    assert history.plan(Retention()).removals == ()


def test_a_plan_says_what_is_too_old_and_deletes_nothing(history, clock):
    old = put(history, "old", age_days=31, clock=clock)
    put(history, "new", age_days=29, clock=clock)
    plan = history.plan(Retention(days=30))
    assert [(each.capture.name, each.reason) for each in plan.removals] == [
        (old, "It is 31 days old; captures are kept for 30 days.")
    ]
    assert len(history.captures()) == 2
    assert history.carry_out(plan) == (old,)
    assert [kept.name[20:] for kept in history.captures()] == ["new"]


def test_the_oldest_go_until_the_rest_is_small_enough(history, clock):
    names = [put(history, f"c{age}", age_days=age, clock=clock) for age in (3, 2, 1)]
    size = history.path(names[0]).stat().st_size
    plan = history.plan(Retention(bytes=2 * size))
    assert (removed(plan), plan.freed, plan.total, plan.left_over) == (
        [names[0]], size, 3 * size, 0,
    )  # fmt: skip


def test_a_capture_with_notes_stays_however_old_and_large(history, clock):
    name = put(history, age_days=99, clock=clock)
    history.save_notes(name, Notes(bookmarks=(Bookmark(seq=1),)), digest="")
    plan = history.plan(Retention(days=1, bytes=0))
    assert plan.removals == ()
    assert plan.left_over == plan.total > 0


def test_what_has_changed_since_the_plan_stays(history, clock):
    noted = put(history, "noted", age_days=9, clock=clock)
    gone = put(history, "gone", age_days=9, clock=clock)
    touched = put(history, "touched", age_days=9, clock=clock)
    left = put(history, "left", age_days=9, clock=clock)
    plan = history.plan(Retention(days=1))
    assert len(plan.removals) == 4
    history.save_notes(noted, Notes(note="x"), digest="")
    history.delete(gone)
    os.utime(history.path(touched))
    assert history.carry_out(plan) == (left,)
    assert history.path(noted).exists()
