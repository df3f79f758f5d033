"""What others change is told, what this workspace does itself is not."""

import asyncio
import os
import shutil
import sys

import pytest
from msgspec.structs import replace

from wirescope.errors import WorkspaceError
from wirescope.workbench.workspace import (
    ENDPOINT,
    MESSAGE,
    Change,
    Endpoint,
    SavedMessage,
    watching,
)

pytestmark = pytest.mark.slow

FEED = Endpoint(url="wss://feed.test/")
LAST = Change(kind="message", name="last")
MANY = Change(kind="many")


async def told(workspace, work):
    """What is told of some work, up to a file that somebody writes when it is done."""
    changes = []
    async with watching(workspace) as batches:
        work(workspace)
        (workspace.root / "messages" / "last.yaml").write_text("body: x\n")
        async for batch in batches:
            changes += batch
            if {LAST, MANY} & {*batch}:
                break
    return [change for change in changes if change != LAST]


def write(workspace, path, text):
    file = workspace.root / path
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)


@pytest.mark.each_loop
async def test_files_that_somebody_writes_are_told(workspace):
    def work(workspace):
        write(workspace, "endpoints/theirs.yaml", "url: a\n")
        write(workspace, ".env", "A=1\n")
        write(workspace, "wirescope.yaml", "name: new\n")

    assert {(change.kind, change.name) for change in await told(workspace, work)} == {
        ("endpoint", "theirs"),
        ("secrets", ""),
        ("workspace", ""),
    }


async def test_a_file_that_somebody_deletes_is_told_to_be_gone(workspace):
    workspace.save(ENDPOINT, "feed", FEED, digest=None)

    def work(workspace):
        (workspace.root / "endpoints" / "feed.yaml").unlink()

    assert await told(workspace, work) == [Change(kind="endpoint", name="feed", there=False)]


async def test_a_folder_that_somebody_moves_is_a_reason_to_read_all_anew(workspace):
    workspace.save(ENDPOINT, "a/feed", FEED, digest=None)

    def work(workspace):
        shutil.move(workspace.root / "endpoints" / "a", workspace.root / "endpoints" / "b")

    assert MANY in await told(workspace, work)


async def test_what_the_workspace_does_itself_is_not_told(workspace):
    before = workspace.save(ENDPOINT, "old", FEED, digest=None)

    def work(workspace):
        workspace.save(ENDPOINT, "a/new", FEED, digest=None)
        workspace.save(ENDPOINT, "old", replace(FEED, strict=False), digest=before.digest)
        workspace.rename(ENDPOINT, "old", "b/older")
        workspace.duplicate(ENDPOINT, "b/older")
        workspace.make_folder(MESSAGE, "c")
        workspace.save(MESSAGE, "c/d", SavedMessage(), digest=None)
        workspace.undo_delete(workspace.delete_folder(MESSAGE, "c").id)
        workspace.delete(ENDPOINT, "a/new")
        workspace.secrets.store("token", "x", place=".env")

    assert await told(workspace, work) == []


async def test_somebodys_change_after_ones_own_is_told(workspace):
    def work(workspace):
        workspace.save(ENDPOINT, "feed", FEED, digest=None)
        write(workspace, "endpoints/feed.yaml", "url: theirs\n")

    assert await told(workspace, work) == [Change(kind="endpoint", name="feed")]


async def test_captures_and_what_belongs_to_git_or_wirescope_is_not_told(workspace):
    def work(workspace):
        for path in ("captures/a.wirescope", ".git/index", ".wirescope/x.yaml", "README.md"):
            write(workspace, path, "x")
        write(workspace, "endpoints/.feed.yaml.swp", "x")
        write(workspace, "endpoints/notes.txt", "x")

    assert await told(workspace, work) == []


@pytest.mark.skipif(sys.platform != "linux", reason="other systems have no such names")
async def test_a_file_whose_name_is_no_text_does_not_end_the_watching(workspace):
    def work(workspace):
        write(workspace, os.fsdecode(b"\xff.txt"), "x")

    changes = []
    async with watching(workspace) as batches, asyncio.timeout(20):
        work(workspace)
        assert await anext(batches) == (MANY,)
        write(workspace, "messages/last.yaml", "body: x\n")
        async for batch in batches:
            changes += batch
            if LAST in batch:
                break
    assert changes == [LAST]


async def test_very_many_changes_are_told_as_many(workspace, monkeypatch):
    monkeypatch.setattr("wirescope.workbench.workspace.watch.MOST_CHANGES", 5)

    def work(workspace):
        for number in range(200):
            write(workspace, f"messages/m{number}.yaml", "body: x\n")

    assert MANY in await told(workspace, work)


async def test_a_workspace_that_somebody_moves_away_is_a_reason_to_read_all_anew(
    workspace, tmp_path
):
    async with watching(workspace) as batches, asyncio.timeout(10):
        shutil.move(workspace.root, tmp_path / "elsewhere")
        async for batch in batches:
            if MANY in batch:
                break


async def test_a_folder_that_is_gone_cannot_be_watched(workspace):
    shutil.rmtree(workspace.root)
    with pytest.raises(WorkspaceError, match="cannot be watched"):
        async with watching(workspace):
            pass


async def test_the_watching_ends_while_it_waits(workspace):
    async with watching(workspace) as batches, asyncio.TaskGroup() as group:
        waiting = group.create_task(anext(batches))
        await asyncio.sleep(0)
        waiting.cancel()
