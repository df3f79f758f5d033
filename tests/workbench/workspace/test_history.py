"""The captures of a workspace: what a list says of them, notes, and what may be deleted."""

import errno
import os
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path

import pytest

from tests.capture.making import Scene, conversation
from wirescope.capture import CaptureWriter
from wirescope.errors import (
    BrokenFileError,
    CaptureError,
    CaptureLockedError,
    ConflictError,
    NameTakenError,
    UsageError,
    WorkspaceError,
)
from wirescope.events import Timeline, WebSocketMessage
from wirescope.workbench.workspace import EventNote, Notes, Retention, name_of, renamed
from wirescope.workbench.workspace import history as room
from wirescope.workbench.workspace.notes import LONGEST

DAY_NS = 86_400 * 1_000_000_000
BEGAN = f"{datetime.fromtimestamp(1_700_000_000).astimezone():%Y-%m-%dT%H-%M-%S}"
"""When captures begin on the test's clock, as the clock on the wall has it."""

NAME = f"{BEGAN} price feed"


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


def figures_of(scene):
    """Count messages by direction; none is lost."""
    sides = [each.direction for each in scene.events if isinstance(each, WebSocketMessage)]
    return sides.count("sent"), sides.count("received"), 0


def removed(plan):
    return [removal.capture.id for removal in plan.removals]


# The list


def test_a_capture_is_named_after_its_time_and_what_it_is_of(history):
    assert history.new_path("prices/EUR: live?").name == (f"{BEGAN} prices EUR live.wirescope")


def test_what_has_a_time_in_its_name_keeps_it(history):
    assert history.new_path("2026-11-02T10-00-00 feed").stem == "2026-11-02T10-00-00 feed"


def test_a_name_is_never_given_twice(history):
    assert [put(history) for _ in range(3)] == [NAME, f"{NAME} 2", f"{NAME} 3"]


def test_a_name_is_promised_before_anything_is_recorded(history):
    assert [history.new_path("price feed").stem for _ in range(2)] == [NAME, f"{NAME} 2"]


def test_notes_that_were_left_behind_do_not_come_to_another_capture(history):
    path = history.new_path("first")
    path.with_name(f"{NAME}.notes.json").write_text('{"note": "of another"}')
    assert history.new_path("price feed").stem == f"{NAME} 2"


def test_the_list_says_what_is_in_a_capture_and_how_it_ended(history):
    scene = conversation()
    scene.record(history.new_path("price feed"))
    (kept,) = history.captures()
    assert (kept.id, kept.writing, kept.problem) == (NAME, False, "")
    assert kept.size == history.path(NAME).stat().st_size
    glance = kept.glance
    assert (glance.last_seq, glance.connections) == (len(scene.events), 1)
    assert (glance.sent, glance.received, glance.lost) == figures_of(scene)
    assert glance.url == "ws://127.0.0.1/feed"
    assert "1000" in glance.verdict or "closed" in glance.verdict.lower()


def test_the_last_capture_comes_first(history, clock):
    put(history, "first")
    clock.advance(s=60)
    Scene(clock=clock).record(history.new_path("second"))
    assert [name_of(kept.id) for kept in history.captures()] == ["second", "first"]


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
        with pytest.raises(CaptureLockedError, match="being recorded"):
            history.delete(path.stem)
        with pytest.raises(CaptureLockedError, match="being recorded"):
            history.rename(path.stem, "other")
        assert history.plan(Retention(bytes=0)).removals == ()


def test_what_is_no_capture_is_said_to_be_none(history):
    path = history.new_path("bad")
    path.write_bytes(b"not a capture at all")
    (kept,) = history.captures()
    assert kept.glance is None
    assert kept.problem


NO_NAMES = ["../wirescope", "a/b", "", ".", "..", ".hidden", "a\\b", "a\0b", "\ud800", "x" * 999]


@pytest.mark.parametrize("name", [*NO_NAMES, "not there"])
def test_only_captures_of_the_workspace_have_names(history, name):
    put(history)
    with pytest.raises(CaptureError, match="no capture"):
        history.path(name)


def test_a_link_is_no_capture(history, tmp_path):
    put(history)
    secret = tmp_path / "outside.wirescope"
    secret.write_text("secret")
    history.path(NAME).with_name("link.wirescope").symlink_to(secret)
    assert [kept.id for kept in history.captures()] == [NAME]
    with pytest.raises(CaptureError):
        history.path("link")


def test_a_capture_of_any_name_that_a_person_gave_its_file_is_found(history):
    put(history)
    name = "Cafe\u0301: night?"  # decomposed, with what a workspace's own files cannot have
    history.path(NAME).rename(history.path(NAME).with_name(f"{name}.wirescope"))
    assert [kept.id for kept in history.captures()] == [name]
    assert history.path(name).is_file()


# Notes


def test_notes_and_bookmarks_stay_beside_the_capture(history):
    put(history)
    notes = Notes(note="It stalls.").with_event(EventNote(seq=7, at_ns=1, text="here"))
    saved = history.save_notes(NAME, notes, digest="")
    assert history.notes(NAME) == saved
    assert history.path(NAME).with_name(f"{NAME}.notes.json").is_file()
    (kept,) = history.captures()
    assert kept.has_notes


def test_notes_are_in_the_order_of_their_events_and_one_each(history):
    notes = Notes()
    for seq, text in ((7, "first"), (3, "early"), (7, "second")):
        notes = notes.with_event(EventNote(seq=seq, at_ns=seq, text=text))
    assert [(each.seq, each.text) for each in notes.events] == [(3, "early"), (7, "second")]
    assert notes.with_event(EventNote(seq=3, at_ns=3)).events == notes.events[1:]


def test_a_note_that_is_too_long_is_refused():
    with pytest.raises(UsageError, match="10,000 fit"):
        Notes().with_note("x" * (LONGEST + 1))
    with pytest.raises(UsageError, match="10,000 fit"):
        Notes().with_event(EventNote(seq=1, at_ns=1, text="x" * (LONGEST + 1)))


def test_notes_that_could_not_be_read_again_are_not_written(history):
    put(history)
    much = tuple(EventNote(seq=seq, at_ns=seq, text="x" * LONGEST) for seq in range(1, 120))
    with pytest.raises(UsageError, match="1 MiB"):
        history.save_notes(NAME, Notes(events=much), digest="")
    assert not history.has_notes(NAME)


def test_a_file_with_more_than_notes_is_left_alone(history):
    put(history)
    history.path(NAME).with_name(f"{NAME}.notes.json").write_text('{"note": "x", "tags": ["y"]}')
    with pytest.raises(BrokenFileError, match="tags"):
        history.notes(NAME)


@pytest.mark.parametrize("event", ['{"seq":0,"at_ns":1}', '{"seq":1,"at_ns":99999999999999999999}'])
def test_notes_beside_what_can_be_no_event_are_reported(history, event):
    put(history)
    history.path(NAME).with_name(f"{NAME}.notes.json").write_text(f'{{"events":[{event}]}}')
    with pytest.raises(BrokenFileError, match="no notes"):
        history.notes(NAME)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no pipes of that kind")
def test_a_pipe_in_the_place_of_what_was_reckoned_is_not_waited_for(history, workspace):
    put(history)
    os.mkfifo(workspace.root / ".wirescope" / "history.json")
    assert [kept.id for kept in history.captures()] == [NAME]


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
    other = put(history)
    with pytest.raises(NameTakenError):
        history.rename(other, "The stall")


def test_a_deleted_capture_comes_back_with_its_notes(history):
    put(history)
    history.save_notes(NAME, Notes(note="x"), digest="")
    trashed = history.delete(NAME)
    assert history.captures() == []
    assert history.restore(trashed.id) == NAME
    assert history.captures()[0].has_notes


@pytest.mark.skipif(os.name == "nt", reason="rights are another thing there")
@pytest.mark.parametrize("work", ["rename", "delete"])
def test_a_capture_and_its_notes_stay_together_when_one_cannot_be_moved(
    history, workspace, monkeypatch, work
):
    put(history)
    history.save_notes(NAME, Notes(note="x"), digest="")
    rename = Path.rename

    def fail_for_notes(source, target):
        if source.name.endswith(".notes.json"):
            raise OSError(errno.EIO, "Input/output error")
        return rename(source, target)

    monkeypatch.setattr(Path, "rename", fail_for_notes)
    with pytest.raises(WorkspaceError, match="cannot be moved"):
        history.rename(NAME, "other") if work == "rename" else history.delete(NAME)
    assert history.notes(NAME).notes.note == "x"
    assert [kept.id for kept in history.captures()] == [NAME]
    assert workspace.trash() == []


def test_of_many_notes_saved_at_once_over_one_version_one_wins(history):
    put(history)

    def save(number):
        try:
            return history.save_notes(NAME, Notes(note=f"{number}"), digest="").notes
        except ConflictError:
            return None

    with ThreadPoolExecutor(8) as pool:
        winners = [each for each in pool.map(save, range(32)) if each is not None]
    assert winners == [history.notes(NAME).notes]


def test_a_deleted_capture_does_not_take_the_place_of_a_new_one(history):
    put(history)
    trashed = history.delete(NAME)
    put(history)
    history.rename(f"{NAME} 2", NAME)
    with pytest.raises(NameTakenError):
        history.restore(trashed.id)
    assert [kept.id for kept in history.captures()] == [NAME]


def test_a_capture_keeps_its_time_under_another_name():
    assert renamed(NAME, "the stall") == f"{BEGAN} the stall"
    assert renamed("night", "dawn") == "dawn"


@pytest.mark.parametrize("name", ["", "a/b", "../x", "what?", "x" * 250, " x", "x."])
def test_a_capture_is_not_given_a_name_that_some_system_cannot_hold(history, name):
    put(history)
    with pytest.raises(UsageError):
        history.rename(NAME, name)
    with pytest.raises(UsageError):
        renamed(NAME, name)


# Retention


def test_nothing_is_deleted_unless_told_so(history, clock):
    put(history, age_days=9999, clock=clock)
    assert history.plan(Retention()).removals == ()


def test_a_plan_says_what_is_too_old_and_deletes_nothing(history, clock):
    old = put(history, "old", age_days=31, clock=clock)
    put(history, "new", age_days=29, clock=clock)
    plan = history.plan(Retention(days=30))
    assert [(each.capture.id, each.reason) for each in plan.removals] == [
        (old, "It is 31 days old; captures are kept for 30 days.")
    ]
    assert len(history.captures()) == 2
    assert history.carry_out(plan) == plan.removals
    assert [name_of(kept.id) for kept in history.captures()] == ["new"]


def test_an_age_is_not_told_to_be_the_limit_that_it_is_above(history, clock):
    put(history, age_days=30.2, clock=clock)
    (removal,) = history.plan(Retention(days=30)).removals
    assert removal.reason.startswith("It is more than 30 days old")


def test_the_trash_counts_and_goes_before_any_capture(history, clock):
    names = [put(history, f"c{age}", age_days=age, clock=clock) for age in (9, 8, 3, 2)]
    size = history.path(names[0]).stat().st_size
    trashed = [history.delete(name) for name in names[2:]]
    assert history.trash_bytes() == 2 * size
    plan = history.plan(Retention(bytes=3 * size))
    assert (plan.total, plan.trash, plan.freed, plan.left_over) == (4 * size, 2 * size, size, 0)
    assert (plan.emptied, plan.removals) == ((trashed[0],), ())
    assert history.carry_out(plan) == ()
    with pytest.raises(WorkspaceError, match="not in the trash"):
        history.restore(trashed[0].id)
    assert history.restore(trashed[1].id) == names[3]
    rest = history.plan(Retention(bytes=size))
    assert (rest.emptied, removed(rest)) == ((), names[:2])


def test_what_was_deleted_long_ago_goes_from_the_trash(history, workspace, clock):
    trashed = [history.delete(put(history, f"c{number}")) for number in range(2)]
    for thing, days in zip(trashed, (9, 1), strict=True):
        at = clock.wall_ns() - days * DAY_NS
        os.utime(workspace.root / ".wirescope" / "trash" / thing.id, ns=(at, at))
    plan = history.plan(Retention(days=7))
    assert [thing.id for thing in plan.emptied] == [trashed[0].id]
    assert history.plan(Retention()).emptied == ()


def test_captures_go_by_age_before_the_trash_goes_by_size(history, clock):
    old, _, thrown = (put(history, f"c{days}", age_days=days, clock=clock) for days in (9, 2, 1))
    size = history.path(old).stat().st_size
    history.delete(thrown)
    plan = history.plan(Retention(days=7, bytes=2 * size))
    assert (removed(plan), plan.emptied, plan.left_over) == ([old], (), 0)


def test_notes_that_are_written_while_a_capture_is_deleted_stay(history, clock, monkeypatch):
    name = put(history, age_days=9, clock=clock)
    plan = history.plan(Retention(days=1))
    look = room._stored

    def look_then_note(path):
        found = look(path)
        path.with_name(f"{name}.notes.json").write_text('{"note": "just now"}')
        return found

    monkeypatch.setattr(room, "_stored", look_then_note)
    history.carry_out(plan)
    assert history.has_notes(name)


def test_the_oldest_go_until_the_rest_is_small_enough(history, clock):
    names = [put(history, f"c{age}", age_days=age, clock=clock) for age in (3, 2, 1)]
    size = history.path(names[0]).stat().st_size
    plan = history.plan(Retention(bytes=2 * size))
    assert (removed(plan), plan.freed, plan.total, plan.left_over) == (
        [names[0]], size, 3 * size, 0,
    )  # fmt: skip


def test_a_capture_with_notes_stays_however_old_and_large(history, clock):
    name = put(history, age_days=99, clock=clock)
    notes = Notes().with_event(EventNote(seq=1, at_ns=1, bookmarked=True))
    history.save_notes(name, notes, digest="")
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
    assert [removal.capture.id for removal in history.carry_out(plan)] == [left]
    assert history.path(noted).exists()
