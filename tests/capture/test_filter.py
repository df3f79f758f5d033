"""The filter language: what it says, what it refuses, and that skipping blocks changes nothing."""

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.capture.making import Scene, conversation
from wirescope.capture import FIELDS, open_capture, parse_filter
from wirescope.capture.block import BlockBuilder
from wirescope.capture.filter import Bounds
from wirescope.capture.filter.fields import TYPES
from wirescope.capture.summary import Group
from wirescope.errors import FilterSyntaxError
from wirescope.events import (
    INLINE_LIMIT,
    AnyEvent,
    CaptureGap,
    ConnectionFailed,
    ConnectionPhase,
    ConnectionReached,
    ConnectionSecured,
    DataChannelMessage,
    PeerState,
    WebSocketHandshake,
    WebSocketMessage,
    WebSocketViolation,
)

REFERENCE = Path(__file__).parents[2] / "docs/reference/filter.md"


def make_events() -> list[AnyEvent]:
    """One of everything, and a conversation."""
    scene = conversation(20)
    scene.add(ConnectionPhase, "tcp", 25_000_000)
    scene.add(ConnectionReached, "192.0.2.7", 443, "198.51.100.4", 50712, "http://proxy.test:8080")
    scene.add(
        ConnectionSecured, "TLSv1.3", "TLS_AES_128_GCM_SHA256", "http/1.1", "a.test", True, []
    )
    scene.add(WebSocketHandshake, "GET / HTTP/1.1\r\n\r\n", "HTTP/1.1 101 X\r\n\r\n", 101, "", [])
    scene.add(ConnectionFailed, "upgrade", "status", "The server answered 403.", "", 403, b"no")
    scene.add(WebSocketViolation, "received", "5.5", 12, 3, "A control frame is fragmented.")
    scene.add(CaptureGap, 7, "The disk was too slow.")
    scene.frame(b"\x01\x02secret", direction="sent", opcode=0x3, fin=False, mask=b"abcd")
    scene.message(b"compressed " * 200, kind="text", compressed=True)
    scene.text("x" * 5000)
    scene.text('{"op":"trade","price":12.5}')
    scene.message(b'{"op":"trade","price":3}', kind="text", compressed=True)
    return scene.events


EVENTS = make_events()


def count(expression: str) -> int:
    return sum(map(parse_filter(expression).matches, EVENTS))


def test_the_example_of_the_contract_is_understood() -> None:
    text = 'direction == received and kind == text and length > 1kB and text ~ "xxx"'
    assert count(text) == 1


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("", len(EVENTS)),
        ("type == connection.closed", 1),
        ("type != connection.closed", len(EVENTS) - 1),
        ("seq <= 3", 3),
        ("seq in (1, 2, 99999)", 2),
        ("opcode == ping", 2),
        ("opcode in (ping, close)", 3),
        ("opcode == 0x9 or opcode == 8", 3),
        ("opcode == 0x3 and not fin and masked", 1),
        ("fin == false", 1),
        ("rsv1", 2),
        ("compressed", 2),
        ("compressed and length == 2200", 1),
        ("length >= 5kB", 2),
        ("length >= 4.8KiB and length < 1 MB", 2),
        ("duration > 20ms", 1),
        ("duration > 0.02 s && duration < 1min", 1),
        ("at > 0ns", len(EVENTS)),
        ("code == 1000", 2),
        ("reason == done", 2),
        ("clean and initiator == remote", 1),
        ("status in (101, 403)", 2),
        ("phase == upgrade", 1),
        ("kind == status", 1),
        ("name == tcp", 1),
        ("clause == 5.5", 1),
        ('message ~ "control frame"', 1),
        ('message ~* "CONTROL FRAME"', 1),
        ("url ~ 127.0.0.1", 1),
        ("address == 192.0.2.7 and port == 443", 1),
        ("local_address ~ 198.51 and local_port > 50000", 1),
        ("proxy ~ proxy.test", 1),
        ("version == TLSv1.3 and cipher ~ AES_128 and alpn == http/1.1", 1),
        ("server_name == a.test and verified", 1),
        ("verified == false", 0),
        ("url ~ ws://127.0.0.1/feed", 1),
        ("json.op == trade", 3),
        ("json.price > 5 and type == websocket.message", 1),
        ("payload ~ 0x0102", 8 + 1 - 4),
        ('payload ~ "\\x01\\x02secret"', 1),
        ('text == "beat"', 2),
        ("text ~ 'subscribe' and direction == sent and opcode == text", 20),
        ('text ~* "SUBSCRIBE" and kind == text', 20),
        ('text ~ "SUBSCRIBE"', 0),
        ("not (type == websocket.frame || type == websocket.message)", 10),
        ("!fin", len(EVENTS) - 49),
    ],
)
def test_an_expression_lets_through_what_it_says(expression: str, expected: int) -> None:
    if expression.startswith(("payload ~ 0x0102", "!fin")):
        expected = sum(naive(expression, event) for event in EVENTS)
    assert count(expression) == expected


def naive(expression: str, event: AnyEvent) -> bool:
    if expression == "!fin":
        return not getattr(event, "fin", False)
    return b"\x01\x02" in getattr(event, "payload", b"")


def test_a_comparison_with_what_an_event_lacks_is_false() -> None:
    closed = next(event for event in EVENTS if event.type == "connection.closed")
    assert not parse_filter("opcode == text").matches(closed)
    assert not parse_filter("opcode != text").matches(closed)
    assert parse_filter("not opcode == text").matches(closed)


TRADE = (
    b'{"id":7,"key":"7","price":10.5,"live":true,"gone":null,"to":[{"a b":"\\u00c4da"},"x"],'
    b'"0":"zero","t\\u0065xt":"Escaped","many":[]}'
)


def of_payload(payload: bytes) -> WebSocketMessage:
    return WebSocketMessage(
        *(1, 0, "c1", "received", "text", len(payload), len(payload), False, (), payload)
    )


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("json.id == 7", True),
        ('json.id == "7"', False),
        ("json.key == 7", False),
        ('json.key == "7"', True),
        ("json.id in (1, 7)", True),
        ("json.id in (true, x)", False),
        ("json.id == 7.0", True),
        ("json.id != 8", True),
        ("json.id != seven", True),
        ("json.id ~ 7", False),
        ("json.price > 10 and json.price <= 1.05e1", True),
        ("json.price < ten", False),
        ("json.key >= 7", False),
        ('json.key >= "6"', True),
        ("json.live == true", True),
        ("json.live == 1", False),
        ('json.live == "true"', False),
        ("json.gone == null", True),
        ("json.to != null and json.many != null", True),
        ("json.to == x", False),
        ("json.to.1 == x", True),
        ("json.to.2 == x", False),
        ('json.to.0."a b" ~* ä', False),
        ('json.to.0."a b" ~* DA', True),
        ("json.0 == zero", True),
        ("json.text == Escaped", True),
        ("json.nothing != 1", False),
        ("not json.nothing == 1", True),
        ("json.id.x == 1", False),
        (f"json.to.{'9' * 5000} == x", False),
    ],
)
def test_a_value_in_json_is_compared_by_its_type(expression: str, expected: bool) -> None:
    assert parse_filter(expression).matches(of_payload(TRADE)) is expected


@pytest.mark.parametrize(
    "payload", [b"", b'"a"', b"a", b'{"a":1', b'{"a":1}}', b'\xff{"a":1}', b"[" * 100_000 + b'"a"']
)
def test_what_is_no_json_has_no_values(payload: bytes) -> None:
    assert not parse_filter("json.a != x").matches(of_payload(payload))


def test_a_message_of_which_only_the_beginning_is_at_hand_has_no_values() -> None:
    payload = b'{"a":1,"rest":"' + b"x" * INLINE_LIMIT + b'"}'
    assert not parse_filter("json.a == 1").matches(of_payload(payload))


def test_and_binds_closer_than_or() -> None:
    assert count("seq == 1 or seq == 2 and seq == 3") == 1
    assert count("(seq == 1 or seq == 2) and seq == 3") == 0


def test_words_for_and_or_not_may_be_written_large() -> None:
    assert count("seq == 1 OR NOT seq > 1") == 1


@pytest.mark.parametrize(
    ("expression", "column", "message", "hint"),
    [
        ("lenght > 5", 1, "There is no field 'lenght'", "Did you mean length?"),
        ("zzz == 1", 1, "There is no field 'zzz'", "Fields: type,"),
        ("length > ", 10, "A value for length is missing", "a size in bytes"),
        ("length > five", 10, "'five' is not a value for length", "a size in bytes"),
        ("length > 5ms", 10, "'5ms' is not a value for length", ""),
        ("duration > 5", 12, "'5' is not a value for duration", "its unit"),
        ("length ~ 5", 8, "~ is not an operator for length", "Operators for length: == !="),
        ("length = 5", 8, "'=' is not an operator", "Write ==."),
        ("fin & rsv1", 5, "'&' is not an operator", "Write and."),
        ("direction == up", 14, "'up' is not a value for direction", "sent, received"),
        ("direction == recieved", 14, "'recieved'", "Did you mean received?"),
        ("type == websocket.frames", 9, "'websocket.frames'", "Did you mean websocket.frame?"),
        ("opcode == 0x10", 11, "'0x10' is not a value for opcode", "as text, ping or 0x3"),
        ("seq == 1 seq == 2", 10, "'seq' cannot stand here", "and or or"),
        ("(seq == 1", 10, "A closing parenthesis is missing", ""),
        ("seq == 1)", 9, "')' cannot stand here", ""),
        ("seq in 1", 8, "A list in parentheses is expected", ""),
        ("seq in (1 2)", 11, "A comma or a closing parenthesis is missing", ""),
        ("seq", 4, "An operator is missing after seq", "Operators for seq"),
        ("json == 1", 1, "There is no field 'json'", "json.params.0.price"),
        ("json.a..b == 1", 7, "A name is missing in the path", "json.params.0.price"),
        (r'json.a."\q" == 1', 9, r"\q is not an escape", r"\xHH"),
        ("json.a", 7, "An operator is missing after json.a", "Operators for json.a"),
        ("seq == 1 and", 13, "ends where a field is expected", ""),
        ('text ~ "abc', 8, "The quote is not closed", ""),
        (r'text ~ "a\qb"', 10, r"\q is not an escape", r"\xHH"),
        (r'text ~ "\ud800"', 8, "surrogate", ""),
        ("payload ~ 0x123", 11, "'0x123' is not a value for payload", "in hex"),
        ("fin == maybe", 8, "'maybe' is not a value for fin", "true or false"),
        ("(" * 60 + "fin" + ")" * 60, 52, "More than 50 levels", ""),
        ("fin and " * 2000, 61, "at most 10000 characters", ""),
    ],
)
def test_a_mistake_is_pointed_at(expression: str, column: int, message: str, hint: str) -> None:
    with pytest.raises(FilterSyntaxError) as caught:
        parse_filter(expression)
    assert message in caught.value.message
    assert caught.value.column == column
    assert hint in caught.value.hint


def test_long_chains_are_no_deep_recursion() -> None:
    assert count(" or ".join(["seq == 1"] * 700)) == 1
    assert count("not " * 1000 + "seq == 1") == 1


@given(st.text(alphabet="()!&|=<>~,'\"\\ ab01x.kMs€", max_size=40))
@settings(max_examples=500, deadline=None)
def test_any_text_is_a_filter_or_is_refused_with_a_column(text: str) -> None:
    try:
        list(map(parse_filter(text).matches, EVENTS))
    except FilterSyntaxError as error:
        assert 1 <= error.column <= len(text) + 1  # noqa: PT017


def comparisons() -> st.SearchStrategy[str]:
    operators = st.sampled_from(["==", "!=", "<", "<=", ">", ">="])
    numbers = st.one_of(
        st.builds("seq {} {}".format, operators, st.integers(0, 130)),
        st.builds("length {} {}".format, operators, st.sampled_from([0, 4, 25, 33, 100, 5000])),
        st.builds("wire_length {} {}".format, operators, st.integers(0, 120)),
        st.builds("code {} {}".format, operators, st.sampled_from([999, 1000, 1001])),
        st.builds("at {} {}us".format, operators, st.integers(0, 130)),
        st.builds("opcode {} {}".format, operators, st.integers(0, 10)),
        st.builds("seq in ({}, {})".format, st.integers(0, 130), st.integers(0, 130)),
    )
    flags = st.sampled_from(["fin", "rsv1", "rsv2", "masked", "compressed", "clean"])
    words = st.sampled_from(
        [
            *(f"type == {name}" for name in TYPES),
            *("direction == sent", "direction != sent", "kind == text", "kind != text"),
            *("connection == c1", "connection != c1", "connection ~ c", "type ~ web"),
            *('text ~ "subscribe"', 'text ~* "OK"', 'text == "beat"', 'text ~ "nowhere"'),
            *("payload ~ 0x0102", 'text in ("beat", "x")', "reason ~ disk", "status > 100"),
            *("json.op == trade", "json.price > 5", "json.op != 1", "json.sub == 1"),
        ]
    )
    return st.one_of(numbers, flags, words)


def expressions() -> st.SearchStrategy[str]:
    return st.recursive(
        comparisons(),
        lambda part: st.one_of(
            st.builds("({} and {})".format, part, part),
            st.builds("({} or {})".format, part, part),
            st.builds("not ({})".format, part),
        ),
        max_leaves=6,
    )


def groups_of(events: Sequence[AnyEvent]) -> list[Group]:
    builder = BlockBuilder(1)
    builder.add(events)
    return builder.finish().groups()


def identity(group: Group) -> tuple[object, ...]:
    head = (group.connection, group.type, group.direction)
    return (*head, group.header, group.kind, group.compressed)


@given(expressions())
@settings(max_examples=400, deadline=None)
def test_what_a_summary_rules_out_is_not_there(expression: str) -> None:
    wanted = parse_filter(expression)
    for start in range(0, len(EVENTS), 10):
        block = EVENTS[start : start + 10]
        times = [event.at_ns for event in block]
        bounds = Bounds(block[0].seq, block[-1].seq, min(times), max(times))
        for group in groups_of(block):
            if not wanted.may_match(group, bounds):
                of_group = [e for e in block if identity(groups_of([e])[0]) == identity(group)]
                assert not any(map(wanted.matches, of_group))


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    scene = Scene()
    scene.emissions.extend(EVENTS)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("wirescope.capture.intake.BLOCK_EVENTS", 8)
        return scene.record(tmp_path_factory.mktemp("filter") / "a.wirescope")


@given(expression=expressions())
@settings(max_examples=150, deadline=None)
def test_a_capture_answers_as_its_events_do(recorded: Path, expression: str) -> None:
    matches = parse_filter(expression).matches
    with open_capture(recorded) as capture:
        assert list(capture.events(filter=expression)) == list(filter(matches, EVENTS))
        assert (
            capture.page(before=1 << 40, limit=9, filter=expression)
            == (list(filter(matches, EVENTS))[-9:])
        )


def test_every_field_is_in_the_reference() -> None:
    text = REFERENCE.read_text()
    assert re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE) == list(FIELDS)


def examples() -> list[str]:
    return re.findall(r"^```filter\n(.*?)\n```$", REFERENCE.read_text(), re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("expression", examples())
def test_the_examples_of_the_reference_can_be_run(expression: str) -> None:
    list(map(parse_filter(expression).matches, EVENTS))


def test_the_mistake_shown_in_the_reference_is_shown_as_it_is() -> None:
    with pytest.raises(FilterSyntaxError) as caught:
        parse_filter("direction == received and lenght > 1kB")
    assert f"```text\n{caught.value}\n```" in REFERENCE.read_text()


def test_messages_of_data_channels_are_found_by_channel_length_and_text(tmp_path: Path) -> None:
    scene = Scene()
    for number in range(40):
        data = b"x" * number
        scene.add(DataChannelMessage, "received", number % 2, "text", len(data), data)
    path = scene.record(tmp_path / "a.wirescope")
    with open_capture(path) as capture:
        for expression, expected in (
            ("channel == 1 and length > 20", 10),
            ("type == data_channel.message and direction == received", 40),
            ('text ~ "xxxxx"', 35),
            ("kind == binary", 0),
            ("wire_length > 0", 0),
        ):
            assert len(list(capture.events(filter=expression))) == expected, expression


def test_the_way_of_a_machine_is_found_by_its_states(tmp_path: Path) -> None:
    scene = Scene()
    scene.add(PeerState, "ice", "checking", "connected")
    scene.add(PeerState, "ice", "connected", "disconnected")
    path = scene.record(tmp_path / "a.wirescope")
    with open_capture(path) as capture:
        (event,) = capture.events(filter="machine == ice and from == connected")
        assert isinstance(event, PeerState)
        assert event.to == "disconnected"
