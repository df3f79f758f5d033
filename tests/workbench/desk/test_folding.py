"""Runs of alike neighbours: what is one row, what breaks it, and what the row says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.workbench.desk.benches import MS, SECOND, Maker
from wirescope.events import DataChannelMessage, Statistics
from wirescope.workbench.desk.folding import Rows
from wirescope.workbench.desk.rows import fold_row, row_of


def rows_of(maker, *, mode="messages", at_once=True):
    """Fold what a maker made; the rows as (first, last) or one number."""
    name = "WebSocketFrame" if mode == "frames" else "WebSocketMessage"
    events = [
        event
        for event in maker.events
        if type(event).__name__ == name
        or (type(event).__name__ == "WebSocketFrame" and event.opcode > 2)
    ]
    rows = Rows(fold=True)
    for batch in [events] if at_once else [[event] for event in events]:
        rows.extend(batch)
    return rows


def shape(rows):
    return [
        (seq, fold.last_seq, fold.events) if fold else seq for seq, fold in rows.at(0, len(rows))
    ]


def words(rows, maker, index=0):
    ((seq, fold),) = rows.at(index, 1)
    return fold_row(fold, row_of(next(each for each in maker.events if each.seq == seq)))


@pytest.mark.parametrize("at_once", [True, False])
def test_eight_alike_messages_are_one_row(at_once):
    maker = Maker()
    seqs = [maker.message(f'{{"price":{number}}}') for number in range(8)]
    assert shape(rows_of(maker, at_once=at_once)) == [(seqs[0], seqs[-1], 8)]


def test_seven_alike_messages_are_seven_rows():
    maker = Maker()
    seqs = [maker.message(f'{{"price":{number}}}') for number in range(7)]
    assert shape(rows_of(maker)) == seqs


@pytest.mark.parametrize(
    "other",
    [
        lambda maker: maker.message('{"price":1}', "sent"),
        lambda maker: maker.message('{"volume":1}'),
        lambda maker: maker.message(b'{"price":1}'),
        lambda maker: maker.message('{"price":1}', connection="c2"),
        lambda maker: maker.message("x" * 500),
    ],
    ids=["other direction", "other shape", "other kind", "other connection", "long"],
)
def test_what_is_not_alike_ends_a_run(other):
    maker = Maker()
    first = [maker.message('{"price":1}') for _ in range(9)]
    between = other(maker)
    last = [maker.message('{"price":1}') for _ in range(9)]
    assert shape(rows_of(maker)) == [(first[0], first[-1], 9), between, (last[0], last[-1], 9)]


def test_a_chat_is_never_folded():
    maker = Maker()
    words = ["so", "is", "it", "not", "or", "was", "it", "ever"]
    seqs = [maker.message(f'{{"text":"{word}"}}') for word in words]
    assert shape(rows_of(maker)) == seqs


def test_a_long_pause_breaks_a_run():
    maker = Maker()
    first = [maker.message("tick 1") for _ in range(10)]
    last = [maker.message("tick 1", after_ns=5 * SECOND)]
    last += [maker.message("tick 1") for _ in range(9)]
    assert shape(rows_of(maker)) == [(first[0], first[-1], 10), (last[0], last[-1], 10)]


def test_a_run_says_what_how_many_and_how_often():
    maker = Maker()
    for _ in range(20):
        maker.message('{"price":1}', after_ns=50 * MS)
    row = words(rows_of(maker), maker)
    assert (row.layer, row.kind, row.direction, row.count) == ("fold", "alike", "received", 20)
    assert row.text == '20 received text messages alike, every 50.0 ms: {"price":1}'
    assert row.length == 20 * 11


def test_pings_and_pongs_are_one_row():
    maker = Maker()
    first = maker.ping(b"0")
    maker.pong(b"0", after_ns=2 * MS)
    for number in range(1, 6):
        maker.ping(b"%d" % number)
        last = maker.pong(b"%d" % number, after_ns=(2 + number) * MS)
    rows = rows_of(maker)
    assert shape(rows) == [(first, last, 12)]
    text = words(rows, maker).text
    assert text == ("12 heartbeats (ping and pong), every 20.0 s, answered after 2.0 ms to 7.0 ms")


def heartbeats(maker, count, *, took_ns=2 * MS):
    seqs = []
    for number in range(count):
        seqs += [maker.ping(b"%d" % number), maker.pong(b"%d" % number, after_ns=took_ns)]
    return seqs


@pytest.mark.parametrize("at_once", [True, False])
def test_a_slow_pong_stands_for_itself(at_once):
    maker = Maker()
    before = heartbeats(maker, 4)
    slow = heartbeats(maker, 1, took_ns=900 * MS)
    after = heartbeats(maker, 4)
    assert shape(rows_of(maker, at_once=at_once)) == [
        (before[0], before[-1], 8),
        *slow,
        (after[0], after[-1], 8),
    ]


def test_a_missed_pong_stands_for_itself():
    maker = Maker()
    before = heartbeats(maker, 4)
    missed = maker.ping(b"missed")
    after = heartbeats(maker, 4)
    assert shape(rows_of(maker)) == [(before[0], before[-1], 8), missed, (after[0], after[-1], 8)]


def application_heartbeats(maker, count, *, took_ns=3 * MS):
    seqs = []
    for _ in range(count):
        seqs.append(maker.message('{"type":"ping"}', "sent", after_ns=10 * SECOND))
        seqs.append(maker.message('{"type":"pong"}', after_ns=took_ns))
    return seqs


def test_heartbeats_of_the_application_are_one_row():
    maker = Maker()
    seqs = application_heartbeats(maker, 5)
    rows = rows_of(maker)
    assert shape(rows) == [(seqs[0], seqs[-1], 10)]
    assert "answered after 3.0 ms" in words(rows, maker).text


def test_a_slow_answer_to_a_heartbeat_of_the_application_stands_for_itself():
    maker = Maker()
    before = application_heartbeats(maker, 5)
    slow = application_heartbeats(maker, 1, took_ns=SECOND)
    after = application_heartbeats(maker, 5)
    assert shape(rows_of(maker)) == [
        (before[0], before[-1], 10),
        *slow,
        (after[0], after[-1], 10),
    ]


def test_an_unanswered_heartbeat_of_the_application_stands_for_itself():
    maker = Maker()
    before = application_heartbeats(maker, 5)
    missed = maker.message('{"type":"ping"}', "sent", after_ns=10 * SECOND)
    after = application_heartbeats(maker, 5)
    assert shape(rows_of(maker)) == [
        (before[0], before[-1], 10),
        missed,
        (after[0], after[-1], 10),
    ]


def test_pings_of_the_application_that_come_too_often_are_no_heartbeat():
    maker = Maker()
    seqs = [maker.message('{"type":"ping"}', after_ns=MS) for _ in range(9)]
    rows = rows_of(maker)
    assert shape(rows) == [(seqs[0], seqs[-1], 9)]
    assert words(rows, maker).kind == "alike"


def polling(maker, answers):
    seqs = []
    for number, answer in enumerate(answers):
        seqs.append(maker.message(f'{{"op":1,"d":{number}}}', "sent", after_ns=SECOND))
        seqs.append(maker.message(f'{{"op":11,"t":{answer}}}'))
    return seqs


@pytest.mark.parametrize("at_once", [True, False])
def test_small_messages_to_and_fro_at_a_period_are_a_heartbeat(at_once):
    maker = Maker()
    chat = maker.message("hello")
    seqs = polling(maker, range(100, 110))
    rows = rows_of(maker, at_once=at_once)
    assert shape(rows) == [chat, (seqs[0], seqs[-1], 20)]
    assert words(rows, maker, 1).kind == "heartbeat"


def test_answers_that_rise_and_fall_are_no_heartbeat():
    maker = Maker()
    seqs = polling(maker, [100, 101, 99, 102, 98, 103, 97, 104])
    assert shape(rows_of(maker)) == seqs


def test_three_messages_to_and_fro_are_none_yet():
    maker = Maker()
    seqs = polling(maker, [1, 2, 3])
    assert shape(rows_of(maker)) == seqs


def test_frames_are_folded_as_their_messages_are():
    maker = Maker()
    seqs = [maker.message(f"tick {number}") - 1 for number in range(9)]
    assert shape(rows_of(maker, mode="frames")) == [(seqs[0], seqs[-1], 9)]


STEP = st.tuples(
    st.sampled_from(["tick 1", "tick 2", '{"type":"ping"}', '{"op":1}', '{"op":2}', "-"]),
    st.sampled_from(["sent", "received"]),
    st.sampled_from([MS, 300 * MS, SECOND, 20 * SECOND]),
)
STORIES = st.lists(
    st.tuples(st.lists(STEP, min_size=1, max_size=3), st.integers(1, 12)), max_size=6
).map(lambda parts: [step for steps, times in parts for step in steps * times])


def is_row(event):
    return hasattr(event, "frames") or event.opcode > 2


@given(STORIES)
def test_only_the_last_run_may_still_change(story):
    maker = Maker()
    rows = Rows(fold=True)
    settled = []
    for text, direction, after_ns in story:
        start = len(maker.events)
        if text != "-":
            maker.message(text, direction, after_ns=after_ns)
        elif direction == "sent":
            maker.ping(after_ns=after_ns)
        else:
            maker.pong(after_ns=after_ns)
        rows.extend(filter(is_row, maker.events[start:]))
        settled.append((rows.settled, shape(rows)))
    final = shape(rows)
    for count, then in settled:
        assert then[:count] == final[:count]
    assert final == shape(rows_of(maker))
    covered = [seqs_in(row, maker) for row in final]
    assert [seq for seqs in covered for seq in seqs] == [
        event.seq for event in maker.events if is_row(event)
    ]
    for row, seqs in zip(final, covered, strict=True):
        assert not isinstance(row, tuple) or row[2] == len(seqs)


def seqs_in(row, maker):
    """Name the events that a row stands for."""
    first, last, _ = row if isinstance(row, tuple) else (row, row, 1)
    return [event.seq for event in maker.events if first <= event.seq <= last and is_row(event)]


def test_a_row_takes_four_bytes_and_a_fold_less_than_its_rows_would():
    maker = Maker()
    for number in range(4000):
        maker.message("tick 1" if number % 9 else "something else")
    rows = rows_of(maker)
    assert rows.nbytes <= 16 * 4000


def test_the_row_of_an_event_inside_a_run_is_the_run():
    maker = Maker()
    seqs = [maker.message("tick 1") for _ in range(9)]
    rows = rows_of(maker)
    assert rows.place(seqs[4]) == 0
    assert rows.covers(0, seqs[4])
    assert not rows.covers(0, seqs[-1] + 1)


# WebRTC


def webrtc_rows(maker):
    rows = Rows(fold=True)
    rows.extend(maker.events)
    return rows


def channel_message(maker, payload, direction="received", channel=1):
    data = payload.encode()
    maker.at_ns += MS
    values = (direction, channel, "text", len(data), data)
    return maker._add(DataChannelMessage, "c1", *values)


def sample(maker, *objects):
    return [maker._add(Statistics, "c1", "transport", each, {"bytesSent": 1}) for each in objects]


def test_samples_of_statistics_are_one_row_until_something_else_happens():
    maker = Maker()
    seqs = sample(maker, "a", "b")
    maker.at_ns += SECOND
    seqs += sample(maker, "a", "b", "c")
    other = channel_message(maker, "hello")
    last = sample(maker, "a")
    rows = webrtc_rows(maker)
    assert shape(rows) == [(seqs[0], seqs[-1], 5), other, last[0]]
    row = words(rows, maker)
    assert (row.kind, row.text) == ("statistics", "5 changes in the statistics of c1 within 1.0 s")


def test_alike_messages_of_one_channel_are_one_row():
    maker = Maker()
    seqs = [channel_message(maker, f"price {number}") for number in range(8)]
    other = channel_message(maker, "price 9", channel=3)
    assert shape(webrtc_rows(maker)) == [(seqs[0], seqs[-1], 8), other]


def test_statistics_between_messages_are_no_heartbeat():
    maker = Maker()
    seqs = []
    for _ in range(10):
        maker.at_ns += SECOND
        seqs += sample(maker, "a")
        seqs.append(channel_message(maker, "x" * 20))
    assert shape(webrtc_rows(maker)) == seqs
