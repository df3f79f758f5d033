"""What is deleted from a workspace goes to its trash, and comes back from there."""

import pytest

from tests.workbench.workspace.making import FEED, names, put
from wirescope.errors import NameTakenError, WorkspaceError
from wirescope.workbench.workspace import ENDPOINT, MESSAGE, Endpoint, SavedMessage


def test_what_was_deleted_comes_back_as_it_was(workspace):
    put(workspace, "endpoints/a/feed.yaml", "url: a # why\n")
    trashed = workspace.delete(ENDPOINT, "a/feed")
    assert trashed.path == "endpoints/a/feed.yaml"
    assert workspace.trash() == [trashed]
    assert workspace.undo_delete(trashed.id) == ("endpoints/a/feed.yaml",)
    assert (workspace.root / "endpoints" / "a" / "feed.yaml").read_text() == "url: a # why\n"
    assert workspace.trash() == []


def test_a_folder_is_deleted_and_comes_back_whole(workspace):
    for name in ("a/one", "a/b/two"):
        workspace.save(ENDPOINT, name, FEED, digest=None)
    trashed = workspace.delete_folder(ENDPOINT, "a")
    assert names(workspace) == []
    workspace.undo_delete(trashed.id)
    assert ("endpoint", "a/b/two", False) in names(workspace)


def test_what_was_deleted_does_not_take_the_place_of_what_is_there_now(workspace):
    workspace.save(ENDPOINT, "feed", FEED, digest=None)
    trashed = workspace.delete(ENDPOINT, "feed")
    workspace.save(ENDPOINT, "feed", Endpoint(url="new"), digest=None)
    with pytest.raises(NameTakenError):
        workspace.undo_delete(trashed.id)
    assert workspace.read(ENDPOINT, "feed").value.url == "new"
    assert workspace.trash() == [trashed]


@pytest.mark.parametrize("identifier", ["", ".", "..", "../..", "nothing", "/etc"])
def test_only_what_is_in_the_trash_comes_back(workspace, identifier):
    with pytest.raises(WorkspaceError, match="not in the trash"):
        workspace.undo_delete(identifier)


def test_the_trash_keeps_the_last_things(workspace, monkeypatch):
    monkeypatch.setattr("wirescope.workbench.workspace.trash.KEPT", 3)
    first = last = None
    for number in range(4):
        workspace.save(MESSAGE, f"m{number}", SavedMessage(), digest=None)
        last = workspace.delete(MESSAGE, f"m{number}")
        first = first or last
    found = workspace.trash()
    assert (len(found), found[0]) == (3, last)
    assert first not in found


def test_the_trash_keeps_to_its_bytes_but_for_the_last_thing(workspace, monkeypatch):
    monkeypatch.setattr("wirescope.workbench.workspace.trash.KEPT_BYTES", 2_500)
    for number in range(4):
        workspace.save(MESSAGE, f"m{number}", SavedMessage(body="x" * 1_000), digest=None)
    workspace.save(MESSAGE, "large", SavedMessage(body="x" * 9_000), digest=None)
    things = [workspace.delete(MESSAGE, f"m{number}") for number in range(4)]
    assert workspace.trash() == [things[3], things[2]]
    large = workspace.delete(MESSAGE, "large")
    assert workspace.trash() == [large]
    assert large.size > 9_000


def test_what_was_deleted_last_stays_when_the_clock_has_gone_back(workspace, clock, monkeypatch):
    monkeypatch.setattr("wirescope.workbench.workspace.trash.KEPT", 2)
    for number in range(4):
        workspace.save(MESSAGE, f"m{number}", SavedMessage(), digest=None)
    things = []
    for number in range(4):
        clock.move_wall(ns=-3_600_000_000_000)
        things.append(workspace.delete(MESSAGE, f"m{number}"))
    assert workspace.trash() == [things[3], things[2]]
    workspace.undo_delete(things[3].id)


def test_a_folder_with_nothing_in_it_comes_back(workspace):
    workspace.save(ENDPOINT, "a/feed", FEED, digest=None)
    workspace.make_folder(ENDPOINT, "a/empty")
    workspace.make_folder(ENDPOINT, "b")
    for name in ("a", "b"):
        workspace.undo_delete(workspace.delete_folder(ENDPOINT, name).id)
    assert [name for _, name, folder in names(workspace) if folder] == ["a", "a/empty", "b"]
    assert workspace.trash() == []


def test_a_folder_that_is_none_of_the_trashs_is_left_alone(workspace, monkeypatch):
    monkeypatch.setattr("wirescope.workbench.workspace.trash.KEPT", 1)
    put(workspace, ".wirescope/trash/mine/endpoints/x.yaml", "url: a\n")
    for number in range(3):
        workspace.save(MESSAGE, f"m{number}", SavedMessage(), digest=None)
        workspace.delete(MESSAGE, f"m{number}")
    assert (workspace.root / ".wirescope/trash/mine/endpoints/x.yaml").exists()
    with pytest.raises(WorkspaceError, match="not in the trash"):
        workspace.undo_delete("mine")
