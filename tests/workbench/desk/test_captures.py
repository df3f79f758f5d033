"""Captures on the desk: listed, imported, exported, renamed, deleted; what would go out."""

import asyncio
import gc
import io
import zipfile
from pathlib import Path
from random import Random

import pytest

from tests.support.small_disk import needs_small_disk, run_on_small_disk
from tests.workbench.desk.benches import Maker, bench, desk_in, resolvers_with, until
from wirescope.capture import CaptureWriter, open_capture
from wirescope.clock import SystemClock
from wirescope.errors import CaptureError, CaptureFormatError, CaptureLockedError, UsageError
from wirescope.events import Timeline
from wirescope.workbench.desk import Desk, Note, Outgoing, View
from wirescope.workbench.workspace import HIDDEN, Endpoint, History, Resolver, Retention


def saved(folder, name="made"):
    maker = Maker()
    maker.opened()
    maker.message("hello", "sent")
    maker.message("hello")
    maker.closed()
    maker.save(folder, name)


async def exported(desk, capture, form):
    name, pieces = await desk.export_capture(capture, form)
    return name, b"".join([piece async for piece in pieces])


async def test_captures_are_listed_with_their_figures_the_newest_first(tmp_path):
    for name in ("2026-11-01T10-00-00 earlier", "2026-11-02T10-00-00 later"):
        saved(tmp_path, name)
    (tmp_path / "captures" / "not one.wirescope").write_bytes(b"something else")
    async with desk_in(tmp_path) as desk:
        states = await desk.captures()
    assert [state.name for state in states] == ["later", "earlier"]
    assert (states[0].sent, states[0].received, states[0].recording) == (1, 1, False)
    assert states[0].sent_bytes == 6 + 5
    assert "1000" in states[0].verdict


async def test_a_folder_that_is_not_there_has_no_captures(tmp_path):
    async with desk_in(tmp_path / "nowhere") as desk:
        assert await desk.captures() == []


@pytest.mark.parametrize("form", ["ndjson", "har", "bundle", "wirescope"])
async def test_what_is_exported_can_be_imported(tmp_path, form):
    saved(tmp_path)
    async with desk_in(tmp_path) as desk:
        name, data = await exported(desk, "made", form)
        state, _ = await desk.import_capture(name, data)
        ids = {each.id for each in await desk.captures()}
    assert (state.sent, state.received) == (1, 1)
    assert ids == {"made", state.id}
    assert state.name == "made"


async def test_an_export_carries_the_suffix_of_its_format(tmp_path):
    saved(tmp_path, "2026-11-02T10-00-00 feed")
    async with desk_in(tmp_path) as desk:
        name, data = await exported(desk, "2026-11-02T10-00-00 feed", "bundle")
        with pytest.raises(UsageError, match="format"):
            await desk.export_capture("2026-11-02T10-00-00 feed", "nothing")
    assert name == "feed.zip"
    assert zipfile.ZipFile(io.BytesIO(data)).testzip() is None


@pytest.mark.parametrize("data", [b"", b"nonsense", b"SQLite format 3\0" + bytes(1000)])
async def test_what_is_no_capture_leaves_nothing_behind(tmp_path, data):
    async with desk_in(tmp_path) as desk:
        with pytest.raises(CaptureFormatError):
            await desk.import_capture("x.har", data)
        assert await desk.captures() == []
    assert list((tmp_path / "captures").iterdir()) == []


async def test_an_import_cannot_leave_the_folder(tmp_path):
    saved(tmp_path)
    async with desk_in(tmp_path) as desk:
        _, data = await exported(desk, "made", "ndjson")
        state, _ = await desk.import_capture("../../outside.ndjson", data)
    assert (tmp_path / "captures" / state.file).is_file()


async def test_a_deleted_capture_takes_its_notes_along_and_brings_them_back(tmp_path):
    saved(tmp_path)
    async with desk_in(tmp_path) as desk:
        await desk.save_note("made", Note(seq=0, text="Strange.", bookmarked=False))
        watcher = desk.watcher()
        trashed = await desk.delete_capture("made")
        with pytest.raises(CaptureError):
            await desk.openings("made")
        assert list((tmp_path / "captures").iterdir()) == []
        assert (await watcher.changes()).deleted == ["made"]
        await desk.restore_capture(trashed.id)
        assert [state.id for state in (await watcher.changes()).captures] == ["made"]
        assert [note.text for note in await desk.notes("made")] == ["Strange."]


async def test_a_renamed_capture_keeps_its_time_and_its_notes(tmp_path):
    saved(tmp_path, "2026-11-02T10-00-00 feed")
    async with desk_in(tmp_path) as desk:
        note = Note(seq=4, text="here", bookmarked=True)
        await desk.save_note("2026-11-02T10-00-00 feed", note)
        watcher = desk.watcher()
        state = await desk.rename_capture("2026-11-02T10-00-00 feed", "the stall")
        changes = await watcher.changes()
        assert (state.id, state.name) == ("2026-11-02T10-00-00 the stall", "the stall")
        assert await desk.notes(state.id) == [note]
        with pytest.raises(CaptureError):
            await desk.rows(View(capture="2026-11-02T10-00-00 feed"))
    assert changes.deleted == ["2026-11-02T10-00-00 feed"]
    assert [each.id for each in changes.captures] == [state.id]


async def test_a_connection_that_has_ended_follows_its_capture_to_another_name(tmp_path):
    async with bench(tmp_path) as at:
        session = await at.open()
        await at.desk.close_session(session.id)
        await at.over(session.id)
        renamed = await at.desk.rename_capture(session.capture, "kept")
        assert at.state(session.id).capture == renamed.id


async def test_what_retention_deletes_is_told_as_gone(tmp_path):
    saved(tmp_path)
    history = History(tmp_path)
    async with Desk(history) as desk:
        watcher = desk.watcher()
        await desk.openings("made")
        gone = await desk.carry_out(history.plan(Retention(bytes=0)))
        assert (await watcher.changes()).deleted == ["made"]
        assert await desk.captures() == []
    assert [removal.capture.id for removal in gone] == ["made"]


async def test_a_capture_that_was_looked_at_ends_as_one_file(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        await at.saved(state.id)
        await at.desk.rows(at.view(state))
        await at.desk.close_session(state.id)
        await until(lambda: at.desk.news.number > 0)
        names = [path.name for path in at.folder.iterdir()]
        assert names == [f"{state.capture}.wirescope"]
        assert (await at.desk.rows(at.view(state))).rows[-1].kind == "connection.closed"


async def test_a_capture_that_another_program_reads_at_its_end_is_one_file_soon_after(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        await at.saved(state.id)
        with open_capture(at.folder / f"{state.capture}.wirescope"):
            await at.desk.close_session(state.id)
            await at.over(state.id)
            assert len(list(at.folder.iterdir())) > 1
        await until(lambda: at.desk.news.number > 0)
        assert [path.name for path in at.folder.iterdir()] == [f"{state.capture}.wirescope"]


async def test_work_that_nobody_waits_for_fails_in_silence(tmp_path):
    saved(tmp_path)
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with desk_in(tmp_path) as desk, asyncio.TaskGroup() as group:
        asking = [group.create_task(desk.payload("made", 99)) for _ in range(3)]
        await asyncio.sleep(0)  # so that they have begun
        while asking:
            asking.pop().cancel()
    del group
    gc.collect()
    assert told == []


async def test_a_capture_is_exported_while_it_grows(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        await at.saved(state.id)
        name, data = await exported(at.desk, state.capture, "wirescope")
        imported, _ = await at.desk.import_capture(name, data)
    assert imported.last_seq > 0


async def test_what_is_being_recorded_is_neither_deleted_nor_renamed(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        with pytest.raises(CaptureLockedError, match="recorded"):
            await at.desk.delete_capture(state.capture)
        with pytest.raises(CaptureLockedError, match="recorded"):
            await at.desk.rename_capture(state.capture, "other")


async def test_what_another_program_records_is_followed_and_not_deleted(tmp_path):
    timeline = Timeline()
    maker = Maker()
    maker.timeline = timeline
    path = History(tmp_path).new_path("other")
    async with desk_in(tmp_path) as desk:
        async with CaptureWriter.create(path, timeline=timeline) as writer:
            maker.message("one")
            writer(maker.events)
            await writer.wait_saved(2)
            analysis = await desk.analysis(path.stem)
            (growing,) = await desk.captures()
            with pytest.raises(CaptureLockedError, match="recorded"):
                await desk.delete_capture(path.stem)
            maker.message("two")
            writer(maker.events[2:])
            await writer.wait_saved(4)
            (grown,) = await desk.captures()
        while not (await desk.analysis(path.stem)).complete:
            pass
        metrics = (await desk.analysis(path.stem)).metrics
        (ended,) = await desk.captures()
    assert [each.recording for each in (growing, grown, ended)] == [True, True, False]
    assert [each.received for each in (growing, grown, ended)] == [1, 2, 2]
    assert analysis.metrics["overall"]["received"]["messages"] == 1
    assert metrics["overall"]["received"]["messages"] == 2


async def test_many_captures_can_be_looked_at_in_turn(tmp_path):
    for number in range(20):
        saved(tmp_path, f"number {number}")
    async with desk_in(tmp_path) as desk:
        for number in range(20):
            assert len(await desk.openings(f"number {number}")) == 1


@pytest.fixture
def few_open(monkeypatch):
    """Let few captures stay open."""
    monkeypatch.setattr("wirescope.workbench.desk.shelf.MOST_OPENED", 2)
    return 2


async def test_a_capture_that_is_asked_is_not_closed_because_others_are_opened(tmp_path, few_open):
    saved(tmp_path, "other")
    maker = Maker()
    for number in range(20_000):
        maker.message(f"{number}", after_ns=0)
    view = maker.save(tmp_path, "long", block=100)
    for number in range(few_open):
        saved(tmp_path, f"number {number}")
    async with desk_in(tmp_path) as desk:
        async with asyncio.TaskGroup() as group:
            finding = group.create_task(desk.find(view, matching='text == "19999"'))
            await asyncio.sleep(0)  # so that it has begun
            for number in range(few_open):
                await desk.openings(f"number {number}")
        assert finding.result().index == 19_999


async def test_only_so_many_captures_stay_open_however_many_are_asked(tmp_path, few_open):
    most = 4 * few_open
    for number in range(most + 5):
        saved(tmp_path, f"number {number}")
    async with desk_in(tmp_path) as desk:
        asking = [desk.openings(f"number {number}") for number in range(most + 5)]
        assert [len(each) for each in await asyncio.gather(*asking)] == [1] * (most + 5)
        assert len(desk._opened) == most


async def test_a_damaged_capture_is_shown_as_far_as_it_goes(tmp_path):
    saved(tmp_path)
    path = tmp_path / "captures" / "made.wirescope"
    data = bytearray(path.read_bytes())
    at = data.index(b"hello")
    data[at : at + 5] = b"jello"
    path.write_bytes(data)
    async with desk_in(tmp_path) as desk:
        (state,) = await desk.captures()
        rows = (await desk.rows(View(capture="made"))).rows
    assert state.id == "made"
    assert [row.kind for row in rows] == ["capture.gap"]


# What would go out


def asked_for(name):
    pytest.fail(f"the secret {name} was asked for")


async def previewed(outgoing, *, secrets=(), **variables):
    resolver = Resolver(
        variables,
        secrets=tuple(secrets),
        secret=asked_for,
        clock=SystemClock(),
        random=Random(1),
    )
    async with desk_in(Path("/nowhere")) as desk:
        return await desk.preview(outgoing, resolver=resolver)


async def test_a_preview_says_how_much_goes_out():
    preview = await previewed(Outgoing(body="héllo {{who}}"), who="ada")
    assert (preview.length, preview.wire_length) == (10, 16)
    assert preview.text == "héllo ada"
    assert preview.problem == preview.warning == ""


async def test_a_preview_neither_shows_nor_asks_for_secrets():
    preview = await previewed(Outgoing(body="key={{token}}"), secrets=["token"])
    assert preview.text == f"key={HIDDEN}"
    assert preview.length == len("key=")
    assert "token" in preview.warning
    assert preview.problem == ""


async def test_a_preview_of_bytes_with_a_secret_says_that_it_cannot_count_them():
    preview = await previewed(Outgoing(form="hex", body="00 {{token}}"), secrets=["token"])
    assert (preview.length, preview.problem) == (0, "")
    assert "token" in preview.warning


async def test_a_preview_names_all_that_has_no_value():
    preview = await previewed(Outgoing(body="{{who}} {{when}} {{who}}"))
    assert preview.unresolved == ["who", "when"]
    assert "who, when have no value" in preview.problem


async def test_a_preview_warns_of_json_that_is_none_and_lets_it_pass():
    preview = await previewed(Outgoing(form="json", body="{a:1}"))
    assert "not JSON" in preview.warning
    assert preview.problem == ""


@pytest.mark.parametrize(
    ("outgoing", "problem"),
    [
        (Outgoing(form="hex", body="abc"), "hex"),
        (Outgoing(form="base64", body="***"), "base64"),
        (Outgoing(form="file", body="nothing.bin"), "cannot be read"),
        (Outgoing(opcode=77), "four bits"),
        (Outgoing(fragments=0), "1 to 10,000"),
        (Outgoing(opcode=8, code=70_000), "two bytes"),
    ],
)
async def test_a_preview_says_what_cannot_be_sent(outgoing, problem):
    assert problem in (await previewed(outgoing)).problem


async def test_a_preview_counts_the_headers_of_fragments():
    preview = await previewed(Outgoing(body="abcdef", fragments=3))
    assert preview.wire_length == 3 * 6 + 6


async def test_no_more_connections_are_opened_than_can_be_watched(tmp_path, monkeypatch):
    monkeypatch.setattr("wirescope.workbench.desk.desk.MOST_SESSIONS", 2)
    async with bench(tmp_path) as at:
        first, _ = await at.open(), await at.open()
        endpoint = Endpoint(url=at.base + "/echo")
        with pytest.raises(UsageError, match="2 connections"):
            await at.desk.open_session(endpoint, resolvers=resolvers_with())
        await at.desk.close_session(first.id)
        await until(lambda: at.desk.session(first.id).is_over)
        await at.open()
        assert first.id not in at.desk.session_ids
    assert len(list(at.folder.glob("*.wirescope"))) == 3
    with open_capture(next(at.folder.glob("*.wirescope"))) as capture:
        assert capture.ended


IMPORT_WITHOUT_ROOM = """
from pathlib import Path
from wirescope.errors import WorkspaceError
from wirescope.workbench.desk.captures import take_in
from wirescope.workbench.workspace import History

try:
    take_in(History(Path(folder)), "page.har", b'{"log": ' + b" " * 8_000_000)
except WorkspaceError as error:
    assert error.message == "page.har cannot be taken in: no space left on device.", error
    assert folder in error.hint, error
else:
    raise AssertionError("it was taken in")
assert list(Path(folder, "captures").iterdir()) == []
"""


@pytest.mark.slow
@needs_small_disk
def test_a_file_that_there_is_no_room_for_is_told(tmp_path):
    run_on_small_disk(IMPORT_WITHOUT_ROOM, tmp_path)
