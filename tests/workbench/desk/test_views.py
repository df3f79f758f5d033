"""Rows of a capture by windows: which events they are, what they say, where an event is."""

import asyncio

import msgspec
import pytest

from tests.workbench.desk.benches import MS, Maker, bench, desk_in, resolvers, until
from wirescope.errors import CaptureError, FilterSyntaxError
from wirescope.workbench.desk import Flags, Outgoing, Place, View
from wirescope.workbench.desk.opened import OpenCapture


async def window_of(folder, view, start=0, count=1000):
    async with desk_in(folder) as desk:
        window = await desk.rows(view, start, count)
        while not window.complete:
            window = await desk.rows(view, start, count)
        return window


def changed(view, **changes):
    fields = {name: getattr(view, name) for name in view.__struct_fields__}
    return View(**{**fields, **changes})


def ticker(count=50):
    maker = Maker()
    maker.opened()
    seqs = [maker.message(f"{number} {'abc' * (number % 7)}") for number in range(count)]
    maker.closed()
    return maker, seqs


async def test_messages_are_listed_with_what_happened(tmp_path):
    maker = Maker()
    maker.opened()
    maker.message("hello", "sent")
    maker.ping(b"p")
    maker.closed()
    window = await window_of(tmp_path, maker.save(tmp_path))
    assert [row.kind for row in window.rows] == [
        *("connection.opening", "websocket.handshake", "connection.opened"),
        *("text", "ping", "connection.closed"),
    ]
    assert [row.layer for row in window.rows] == [*["event"] * 3, "message", "frame", "event"]


async def test_frames_are_listed_without_messages(tmp_path):
    maker = Maker()
    maker.opened()
    maker.message("hello", "sent")
    view = changed(maker.save(tmp_path), mode="frames")
    window = await window_of(tmp_path, view)
    assert [row.layer for row in window.rows] == ["event"] * 3 + ["frame"]
    assert window.rows[-1].flags & Flags.MASKED


async def test_windows_put_together_are_the_whole(tmp_path):
    maker, _ = ticker()
    view = maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        whole = await desk.rows(view, 0, 1000)
        parts = [row for start in range(0, 60, 7) for row in (await desk.rows(view, start, 7)).rows]
    assert parts == whole.rows
    assert whole.total == len(whole.rows) == 54


async def test_no_window_has_more_than_a_thousand_rows(tmp_path):
    maker, _ = ticker(1500)
    window = await window_of(tmp_path, maker.save(tmp_path), count=10_000)
    assert len(window.rows) == 1000
    assert window.total == 1504


async def test_a_filter_lets_rows_through(tmp_path):
    maker, seqs = ticker()
    view = changed(maker.save(tmp_path), filter="type == websocket.message and text ~ '1'")
    window = await window_of(tmp_path, view)
    assert [row.seq for row in window.rows] == [
        seq for number, seq in enumerate(seqs) if "1" in str(number)
    ]


async def test_a_filter_that_cannot_be_read_is_the_users_mistake(tmp_path):
    maker, _ = ticker()
    view = changed(maker.save(tmp_path), filter="length >")
    with pytest.raises(FilterSyntaxError):
        await window_of(tmp_path, view)


async def test_one_connection_can_be_looked_at_alone(tmp_path):
    maker = Maker()
    for name in ("c1", "c2"):
        maker.opened(name)
        maker.message("hi", connection=name)
    window = await window_of(tmp_path, changed(maker.save(tmp_path), connection="c2"))
    assert {row.connection for row in window.rows} == {"c2"}


async def test_a_row_says_how_long_nothing_happened_before(tmp_path):
    maker = Maker()
    maker.message("one", after_ns=0)
    maker.message("two", after_ns=7 * MS)
    view = maker.save(tmp_path)
    window = await window_of(tmp_path, view)
    assert [row.gap_ns for row in window.rows] == [-1, 7 * MS]
    alone = await window_of(tmp_path, view, start=1)
    assert [row.gap_ns for row in alone.rows] == [7 * MS]


async def test_a_fold_runs_on_from_block_to_block(tmp_path):
    maker = Maker()
    for number in range(200):
        maker.message(f"tick {number}")
    view = changed(maker.save(tmp_path, block=10), fold=True)
    window = await window_of(tmp_path, view)
    assert window.rows[-1].layer == "fold"
    assert sum(row.count for row in window.rows) >= 190


async def test_an_answer_stands_beside_its_request(tmp_path):
    maker = Maker()
    maker.opened()
    for number in range(5):
        asked = maker.message(f'{{"jsonrpc":"2.0","id":{number},"method":"m"}}', "sent")
        answered = maker.message(f'{{"jsonrpc":"2.0","id":{number},"result":1}}', after_ns=9 * MS)
    maker.closed()
    view = maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        while not (await desk.analysis("made")).complete:
            pass
        row = (await desk.rows(view, 0, 1000)).rows[-2]
        detail = await desk.detail("made", asked)
    assert (row.seq, row.answers, row.latency_ns) == (answered, asked, 9 * MS)
    assert (detail.answered_by, detail.answered_latency_ns) == (answered, 9 * MS)


async def test_an_event_is_found_in_a_view(tmp_path):
    maker, seqs = ticker()
    view = maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        place = await desk.find(view, seqs[10])
        rows = (await desk.rows(view, place.index, 1)).rows
    assert place.exact
    assert rows[0].seq == seqs[10]


async def test_a_frame_is_found_as_its_message(tmp_path):
    maker, seqs = ticker()
    async with desk_in(tmp_path) as desk:
        view = maker.save(tmp_path)
        assert await desk.find(view, seqs[10] - 1) == await desk.find(view, seqs[10])
        frames = changed(view, mode="frames")
        assert await desk.find(frames, seqs[10]) == await desk.find(frames, seqs[10] - 1)


async def test_an_event_that_a_filter_hides_is_placed_after_its_nearest(tmp_path):
    maker, seqs = ticker()
    view = changed(maker.save(tmp_path), filter=f"seq < {seqs[5]}")
    async with desk_in(tmp_path) as desk:
        place = await desk.find(view, seqs[20])
        window = await desk.rows(view, 0, 1000)
    assert not place.exact
    assert place.index == window.total - 1


async def test_a_number_beyond_all_events_is_placed_after_the_last(tmp_path):
    maker = Maker()
    maker.message("one")
    view = maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        for seq in (3, 1 << 63, 1 << 70):
            assert await desk.find(view, seq) == Place(index=0, exact=False)
        assert (await desk.rows(view, 1 << 70)).rows == []
        overview = await desk.overview(view, from_ns=1 << 70, to_ns=1 << 71)
    assert msgspec.json.encode(overview)


async def test_events_that_are_numbered_too_high_are_not_listed(tmp_path):
    maker = Maker()
    maker.message("one")
    maker.events = [
        msgspec.structs.replace(each, seq=each.seq + (1 << 32)) for each in maker.events
    ]
    view = maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        with pytest.raises(CaptureError, match="4,294,967,295"):
            await desk.rows(view)


async def test_hits_are_found_in_both_directions(tmp_path):
    maker, seqs = ticker()
    view = maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        rows = (await desk.rows(view, 0, 1000)).rows
        ahead = await desk.find(view, seqs[11], matching='text ~ "2"')
        back = await desk.find(view, seqs[11], matching='text ~ "2"', backward=True)
        nowhere = await desk.find(view, 0, matching='text ~ "nothing like this"')
    assert rows[ahead.index].seq == seqs[12]
    assert rows[back.index].seq == seqs[2]
    assert nowhere.index == -1


async def test_there_is_no_capture_outside_the_folder(tmp_path):
    (tmp_path / "inside" / "captures").mkdir(parents=True)
    maker, _ = ticker()
    maker.save(tmp_path, "outside")
    async with desk_in(tmp_path / "inside") as desk:
        for name in ("../../captures/outside", "outside", "..", "", "a/b", "a\0b"):
            with pytest.raises(CaptureError):
                await desk.rows(View(capture=name))


# While it grows


async def test_a_watcher_is_told_of_new_rows_once(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        watcher = at.desk.watcher()
        watcher.watch(7, View(capture=state.capture), tail=10)
        first = await watcher.changes()
        await at.desk.send(state.id, Outgoing(body="hello"), resolvers=resolvers)
        told = []
        while not any("hello" in row.text and row.direction == "received" for row in told):
            await asyncio.sleep(0.01)
            for update in (await watcher.changes()).views:
                assert update.id == 7
                told += update.tail
        quiet = await watcher.changes()
    assert [each.id for each in first.sessions] == [state.id]
    assert [each.id for each in first.captures] == [state.capture]
    assert quiet.views == []


async def test_rows_that_a_watcher_misses_are_counted(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open("/push?count=500&size=300")
        await at.over(state.id)
        watcher = at.desk.watcher()
        watcher.watch(1, View(capture=state.capture), tail=5)
        (update,) = (await watcher.changes()).views
    assert len(update.tail) == 5
    assert update.tail_start == update.skipped == update.total - 5


async def test_what_a_watcher_keeps_and_is_told_amounts_to_the_view(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open("/push?count=3000&size=40&interval_ms=0")
        view = View(capture=state.capture)
        watcher = at.desk.watcher()
        watcher.watch(1, view, tail=1000)
        kept = []
        while True:
            over = at.desk.session(state.id).is_over
            changes = await watcher.changes()
            for update in changes.views:
                assert update.skipped == 0
                kept[update.tail_start :] = update.tail
            if over and not changes.views:
                break
            await asyncio.sleep(0.005)
        window = await at.desk.rows(view, 0, 1000)
    strip = [(row.seq, row.last_seq, row.text) for row in kept]
    assert strip == [(row.seq, row.last_seq, row.text) for row in window.rows]


async def test_rows_that_were_told_before_their_answers_were_known_are_told_again(
    tmp_path, monkeypatch
):
    maker = Maker()
    maker.opened()
    for number in range(20):
        maker.message(f'{{"jsonrpc":"2.0","id":{number},"method":"ask"}}', "sent")
        maker.message(f'{{"jsonrpc":"2.0","id":{number},"result":1}}')
    view = maker.save(tmp_path)
    think = OpenCapture.think_a_little
    monkeypatch.setattr(OpenCapture, "think_a_little", lambda *_: None)  # a machine that is busy
    async with desk_in(tmp_path) as desk, asyncio.timeout(10):
        watcher = desk.watcher()
        watcher.watch(1, view, tail=10)
        (update,) = (await watcher.changes()).views
        assert answered(update) == 0
        monkeypatch.setattr(OpenCapture, "think_a_little", think)
        told = []
        while not told:
            told = (await watcher.changes()).views
        assert answered(told[-1]) == 5
        assert told[-1].skipped == 0
        assert [(await watcher.changes()).views for _ in range(3)] == [[], [], []]


def answered(update):
    return sum(row.latency_ns >= 0 for row in update.tail)


async def test_a_watcher_is_told_why_a_view_cannot_be_shown(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        watcher = at.desk.watcher()
        watcher.watch(1, View(capture=state.capture, filter="nonsense =="), tail=5)
        watcher.watch(2, View(capture="nothing"), tail=5)
        problems = {each.id: each.problem for each in (await watcher.changes()).views}
    assert "nonsense" in problems[1]
    assert "no capture" in problems[2]


async def test_a_watcher_is_told_when_a_recording_ends_and_when_a_capture_goes(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        watcher = at.desk.watcher()
        await watcher.changes()
        await at.desk.close_session(state.id)
        await at.over(state.id)
        await until(lambda: at.desk.news.number > 0)
        (ended,) = (await watcher.changes()).captures
        await at.desk.delete_capture(state.capture)
        gone = await watcher.changes()
    assert (ended.id, ended.recording) == (state.capture, False)
    assert "1000" in ended.verdict
    assert gone.deleted == [state.capture]


async def test_rates_are_those_of_now(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open("/push?count=100000&size=10&interval_ms=1")
        watcher = at.desk.watcher()
        seen = 0.0
        while not seen:
            await asyncio.sleep(0.01)
            (rates,) = (await watcher.changes()).rates
            seen = rates.received
        assert rates.capture == state.capture
        assert rates.received_bytes >= rates.received * 12 * 0.9


async def test_a_capture_says_up_to_where_it_is_saved(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        await at.saved(state.id)
        watcher = at.desk.watcher()
        (capture,) = (await watcher.changes()).captures
        assert capture.recording
        assert capture.committed_seq == capture.last_seq > 0
        assert capture.bytes > 0


async def test_what_does_not_change_is_not_told_again(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        await at.saved(state.id)
        watcher = at.desk.watcher()
        watcher.watch(1, View(capture=state.capture), tail=5)
        quiet = None
        while quiet is None or quiet.views or quiet.analyses or quiet.captures:
            quiet = await watcher.changes()
        assert quiet == await watcher.changes()
        assert (quiet.sessions, quiet.rates) == ([], [])


async def test_an_unanswered_ping_is_marked_once_there_was_time_for_an_answer(tmp_path):
    maker = Maker()
    maker.opened()
    answered = maker.ping(b"1")
    maker.pong(b"1")
    missed = maker.ping(b"2")
    maker.message("much later", after_ns=10_000 * MS)
    view = maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        while not (await desk.analysis("made")).complete:
            pass
        rows = {row.seq: row for row in (await desk.rows(view, 0, 100)).rows}
    assert rows[missed].flags & Flags.UNANSWERED
    assert not rows[answered].flags & Flags.UNANSWERED
    assert rows[answered + 1].answers == answered


async def test_an_index_is_dropped_when_many_others_were_asked_for(tmp_path):
    maker, seqs = ticker()
    view = maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        for seq in seqs[:20]:
            assert (await desk.rows(changed(view, filter=f"seq == {seq}"))).total == 1
        opened = desk.opened("made")
        assert await opened.index_bytes() <= 8 * 4
