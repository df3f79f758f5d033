"""What can be done with captures over the API, and what retention does."""

import asyncio

import pytest

from tests.web.page import workbench


@pytest.mark.parametrize("name", ["analysis", "openings", "notes", "delete_capture"])
async def test_a_capture_that_is_not_there_is_told_with_what_to_do(tmp_path, name):
    async with workbench(tmp_path) as page:
        answer = await page.try_(name, capture="2026-01-01T00-00-00 gone")
    assert answer.status == 404
    assert "no capture '2026-01-01T00-00-00 gone'" in answer.body["error"]
    assert "look at the list again" in answer.body["hint"]


async def test_rows_of_a_capture_that_is_not_there_are_not_found(tmp_path):
    async with workbench(tmp_path) as page:
        answer = await page.try_("rows", {"view": {"capture": "gone"}})
    assert answer.status == 404


@pytest.mark.parametrize("seq", [99, 2**63, 10**30])
async def test_an_event_that_is_not_there_is_told(tmp_path, seq):
    async with workbench(tmp_path) as page:
        capture = (await ended(page))["id"]
        note = {"seq": seq, "text": "x", "bookmarked": False}
        compared = {"one_seq": seq, "other_capture": "", "other_seq": 1}
        answers = [
            await page.try_("payload", capture=capture, seq=str(seq)),
            await page.try_("detail", {"seq": seq}, capture=capture),
            await page.try_("copy", {"seqs": [seq], "form": "text"}, capture=capture),
            await page.try_("save_note", note, capture=capture),
            await page.try_("compare_events", compared, capture=capture),
        ]
        found = await page.call("find", {"view": {"capture": capture}, "seq": seq})
    assert [each.status for each in answers] == [404] * 5
    assert not found["exact"]


async def ended(page):
    """Record a connection that is over; its capture."""
    session = await page.connect()
    await page.call("close_session", {}, session=session["id"])
    async with asyncio.timeout(10):
        while True:
            (capture,) = await page.call("captures")
            if not capture["recording"]:
                return capture
            await asyncio.sleep(0.02)


async def test_a_deleted_capture_comes_back_with_an_undo(tmp_path):
    async with workbench(tmp_path) as page:
        capture = await ended(page)
        await page.call("delete_capture", capture=capture["id"])
        assert await page.call("captures") == []
        assert (await page.call("workspace"))["can_undo"] == f"Delete {capture['name']}"
        async with page.live() as live, asyncio.timeout(10):
            await live.batch()
            assert (await page.call("undo"))["said"] == f"Delete {capture['name']}"
            while not (told := (await live.batch()).captures):
                pass
        assert [each.id for each in told] == [capture["id"]]
        assert [each["id"] for each in await page.call("captures")] == [capture["id"]]


async def test_a_capture_is_renamed_and_an_undo_gives_it_its_name_back(tmp_path):
    async with workbench(tmp_path) as page:
        capture = await ended(page)
        renamed = await page.call("rename_capture", {"to": "the stall"}, capture=capture["id"])
        assert renamed["name"] == "the stall"
        assert [each["id"] for each in await page.call("captures")] == [renamed["id"]]
        assert (await page.try_("analysis", capture=capture["id"])).status == 404
        await page.call("undo")
        assert [each["id"] for each in await page.call("captures")] == [capture["id"]]


async def test_a_capture_is_not_renamed_out_of_its_folder(tmp_path):
    async with workbench(tmp_path) as page:
        capture = await ended(page)
        answer = await page.try_("rename_capture", {"to": "../out"}, capture=capture["id"])
    assert answer.status == 400
    assert "/" in answer.body["error"]


async def test_a_capture_with_a_note_stays_when_retention_is_carried_out(tmp_path):
    async with workbench(tmp_path) as page:
        noted, other = await ended(page), (await page.connect())["capture"]
        note = {"seq": 0, "text": "It stalls.", "bookmarked": False}
        await page.call("save_note", note, capture=noted["id"])
        (tmp_path / "wirescope.yaml").write_text("retention:\n  bytes: 0\n", "utf-8")
        plan = await page.call("retention")
        said = (await page.call("apply_retention"))["said"]
        left = {each["id"] for each in await page.call("captures")}
        kept = await page.call("notes", capture=noted["id"])
    assert plan["captures"] == []  # the other one is being recorded
    assert said == "No capture was deleted."
    assert left == {noted["id"], other}
    assert kept == [note]


async def test_retention_says_how_many_it_deleted_for_good(tmp_path):
    async with workbench(tmp_path) as page:
        capture = await ended(page)
        (tmp_path / "wirescope.yaml").write_text("retention:\n  bytes: 0\n", "utf-8")
        workspace = await page.call("workspace")
        plan = await page.call("retention")
        said = (await page.call("apply_retention"))["said"]
        assert await page.call("captures") == []
    assert (workspace["retention_days"], workspace["retention_bytes"]) == (None, 0)
    assert [each for each, _ in plan["captures"]] == [capture["id"]]
    assert said == "1 capture was deleted for good."


@pytest.mark.parametrize("seq", ["nine", "-1", "٣", "9" * 5000])
async def test_what_is_no_number_of_an_event_is_refused(tmp_path, seq):
    async with workbench(tmp_path) as page:
        answer = await page.try_("payload", capture="any", seq=seq)
    assert answer.status == 400
    assert "is not the number of an event" in answer.body["error"]
