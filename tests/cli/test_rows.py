import zlib
from datetime import UTC, datetime

import pytest

from tests.analysis.making import Story
from wirescope.cli.escape import text_width
from wirescope.cli.layout import Layout, count
from wirescope.cli.rows import Row, RowBuilder
from wirescope.events import Certificate, ConnectionReached, ConnectionSecured

DAY = datetime(2024, 2, 3, tzinfo=UTC)


def deflated(data):
    stream = zlib.compressobj(wbits=-15)
    return (stream.compress(data) + stream.flush(zlib.Z_SYNC_FLUSH)).removesuffix(b"\0\0\xff\xff")


def a_story():
    story = Story().phase("tcp", 0.001).opened()
    story.wait(0.01)
    story.message("sent", "hello")
    first = story.frame("received", 1, b"one ", fin=False)
    story.frame("received", 9, b"are you there")
    last = story.frame("received", 0, b"two")
    story.message("received", "one two", [first, last])
    squeezed = story.frame("received", 1, deflated(b"x" * 300), rsv1=True)
    story.message("received", "x" * 300, [squeezed])
    story.message("received", b"\x00\x01\xfe")
    story.frame("received", 2, b"abc", announced=70000)
    story.frame("received", 3, b"\x1b[2J")
    story.violation("RFC 6455 5.2", "The opcode 0x3 is reserved.")
    story.close_frame("received", 1011, "oh\x07no").close_frame("sent", None)
    story.closed(1011, "remote", "close", "oh no")
    return story.events


def rows_of(events):
    builder = RowBuilder()
    return [row for event in events for row in builder.feed(event)] + builder.flush()


def test_a_message_of_one_frame_is_one_row():
    row = next(row for row in rows_of(a_story()) if row.kind == "text" and row.sign == ">")
    assert (row.wire_length, row.length, row.text) == (11, 5, "hello")


def test_every_frame_of_a_fragmented_message_has_a_row_and_the_message_too():
    rows = rows_of(a_story())
    kinds = [row.kind for row in rows]
    assert kinds.index("continuation") + 1 == kinds.index("= text")
    message = rows[kinds.index("= text")]
    assert message.text == "2 frames: one two"
    assert message.length == 7


def test_a_compressed_message_shows_both_sizes():
    row = next(row for row in rows_of(a_story()) if row.flags == "deflate")
    assert row.wire_length < 20
    assert row.length == 300


def test_who_was_reached_and_how_it_is_secured_is_a_sentence_each():
    story = Story()
    story.add(ConnectionReached, "2001:db8::7", 3128, "::1", 50712, "http://proxy.test:3128")
    own = Certificate("a.test", "Some CA", ["a.test"], DAY, DAY, "01", "ab", "RSA 2048")
    story.add(ConnectionSecured, "TLSv1.3", "AES", "http/1.1", "a.test", False, [own])
    reached, secured = [row for row in rows_of(story.events) if not row.kind][-2:]
    assert reached.text == (
        "reached the proxy http://proxy.test:3128 at [2001:db8::7]:3128 from [::1]:50712"
    )
    assert secured.text == (
        "secured with TLSv1.3, AES, ALPN http/1.1, unverified certificate for a.test from"
        ' "Some CA" until 2024-02-03'
    )
    assert secured.alarming
    assert not reached.alarming


def test_a_frame_whose_message_never_came_is_not_lost():
    story = Story().opened()
    story.frame("received", 1, b"\xff")
    assert rows_of(story.events)[-1].text == "ff"


def test_every_event_is_seen():
    seen = {row.seq for row in rows_of(a_story())}
    whole_messages = {event.seq for event in a_story() if event.type == "websocket.message"}
    assert {event.seq for event in a_story()} - seen < whole_messages


@pytest.mark.parametrize("width", [72, 80, 100, 109, 110, 160, 200])
@pytest.mark.parametrize("several", [False, True])
@pytest.mark.parametrize("numbered", [False, True])
def test_no_line_is_wider_than_the_terminal(width, several, numbered):
    layout = Layout(width=width, several=several, numbered=numbered)
    lines = [layout.head(), *(layout.line(row) for row in rows_of(a_story()))]
    assert max(map(text_width, lines)) <= width


def test_a_row_is_safe_to_print():
    layout = Layout(width=160)
    text = "".join(layout.line(row) for row in rows_of(a_story()))
    assert text.isprintable()


def test_colour_is_decoration_only():
    bare = [Layout(width=120).line(row) for row in rows_of(a_story())]
    painted = [Layout(width=120, colour=True).line(row) for row in rows_of(a_story())]
    assert [line.split("m", 1)[1].removesuffix("\x1b[0m") for line in painted] == bare


def test_the_table_at_80_columns():
    layout = Layout(width=80)
    lines = [layout.head(), *(layout.line(row) for row in rows_of(a_story()))]
    assert "\n".join(lines) == TABLE_80.lstrip("\n")


TABLE_80 = r"""
  event    time s   frame     wire B   data B  flags   payload
      1     0.000 * opening ws://127.0.0.1:8765/echo
      2     0.001 * tcp done in 1.0 ms
      3     0.001 * handshake 101
      4     0.001 * open
      5     0.011 > text          11        5          hello
      7     0.011 < text           6        4  more    one
      8     0.011 < ping          15       13          are you there
      9     0.011 < cont.          5        3  last    two
     10     0.011 < = text        11        7          2 frames: one two
     11     0.011 < text          10      300  deflate xxxxxxxxxxxxxxxxxxxxxxxx…
     13     0.011 < binary         5        3          00 01 fe
     15     0.011 < binary    70,010   70,000  cut     61 62 63
     16     0.011 < 0x3            6        4          \x1b[2J
     17     0.011 < breaks RFC 6455 5.2: The opcode 0x3 is reserved.
     18     0.011 < close          9        7          1011 oh\x07no
     19     0.011 > close          6        0          no code
     20     0.011 * closed 1011 'oh no' by remote, clean"""


@pytest.mark.parametrize(
    ("number", "text"),
    [(0, "0"), (999, "999"), (1234567, "1,205Ki"), (10**12, "931Gi"), (2**63 - 1, "8,191Pi")],
)
def test_a_number_fits_its_column(number, text):
    assert count(number, 8) == text


def test_random_bytes_of_a_ping_are_shown_in_hex():
    story = Story().opened()
    story.frame("received", 9, b"y\x12v]")
    story.frame("received", 10, "é".encode())
    assert [row.text for row in rows_of(story.events)[-2:]] == ["79 12 76 5d", "c3 a9"]


def test_a_connection_s_name_is_safe_to_print():
    row = Row(seq=1, at_ns=0, connection="\x1b[2J", sign="*", text="open")
    assert "\x1b" not in Layout(several=True).line(row)


@pytest.mark.parametrize(("rsv", "flags"), [("rsv1", "more z"), ("rsv2", "more r2")])
def test_flags_are_shortened_where_they_do_not_fit(rsv, flags):
    story = Story().opened()
    story.frame("sent", 1, b"", fin=False, **{rsv: True})
    row = rows_of(story.events)[-1]
    assert f" {flags}" in Layout(width=80).line(row)
    assert f" {row.flags}" in Layout(width=160).line(row)
