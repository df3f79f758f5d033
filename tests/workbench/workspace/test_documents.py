"""Files: what they say, what is wrong with them, and what stays when a value in them changes."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from tests.workbench.workspace.strategies import ENDPOINTS, ENVIRONMENTS, MESSAGES
from wirescope.errors import BrokenFileError, UsageError
from wirescope.workbench.workspace import (
    Auth,
    Channel,
    Endpoint,
    Environment,
    Header,
    Limits,
    Parameter,
    SavedMessage,
    WorkspaceSettings,
)
from wirescope.workbench.workspace.documents import (
    ENDPOINT,
    ENVIRONMENT,
    MESSAGE,
    SETTINGS,
    read_document,
    write_document,
)

few = settings(deadline=None, max_examples=25)  # an example is a large record

FEED = b"""\
# yaml-language-server: $schema=../.wirescope/schemas/endpoint.json
# The price feed.

url: "wss://feed.test/{{path}}"   # the new one
headers:   # sent in this order
  # for the gateway
  - name: X-Gateway   # any case
    value: |
      one
      two

  # short form
  - {name: X-Short, value: 'it''s', colour: red}
auth:
  kind: basic
  user: u
  # the password is in the keyring
  later: 1
limits:
    open_timeout_s: 10.0
strict: false
"""


def endpoint(text):
    return read_document(ENDPOINT, text.encode()).value


def problems(text, kind=ENDPOINT):
    with pytest.raises(BrokenFileError) as caught:
        read_document(kind, text if isinstance(text, bytes) else text.encode())
    return [(each.line, each.column, each.message) for each in caught.value.problems]


def changed(**fields):
    """The lines that a change of the feed takes out and puts in."""
    before = read_document(ENDPOINT, FEED)
    after = write_document(ENDPOINT, replace(before.value, **fields), before=before)
    old, new = FEED.decode().splitlines(), after.decode().splitlines()
    return [line for line in old if line not in new], [line for line in new if line not in old]


# What a file says


def test_a_file_says_what_is_in_it_and_the_rest_is_as_by_default():
    assert read_document(ENDPOINT, FEED).value == Endpoint(
        url="wss://feed.test/{{path}}",
        headers=(
            Header(name="X-Gateway", value="one\ntwo\n"),
            Header(name="X-Short", value="it's"),
        ),
        auth=Auth(kind="basic", user="u"),
        limits=Limits(open_timeout_s=10),
        strict=False,
    )


@pytest.mark.parametrize("text", ["", "# nothing\n", "---\n", "{}", "null"])
def test_a_file_that_says_nothing_is_all_default(text):
    assert read_document(ENVIRONMENT, text.encode()).value == Environment()


@pytest.mark.parametrize("written", ["0123", "no", "1e3", "0x1f", "2026-01-01", "true", "5"])
def test_a_text_is_taken_as_it_is_written(written):
    assert endpoint(f"url: {written}").url == written


def test_nothing_is_null_where_that_means_something_and_an_empty_text_elsewhere():
    read = endpoint("url:\norigin:\nquery:\n  - name: a\n    value: ~\n")
    assert (read.url, read.origin, read.query) == ("", None, (Parameter(name="a", value=None),))


def test_a_character_in_the_two_escapes_of_json_is_one():
    assert endpoint('{"url": "\\ud83d\\ude42"}').url == "\U0001f642"


def test_words_of_yaml_1_1_are_no_truths():
    assert problems("url: a\nstrict: off\n") == [
        (2, 9, "Expected true or false for strict, found 'off'.")
    ]


def test_a_byte_order_mark_does_not_matter():
    assert endpoint("\ufeffurl: a").url == "a"


# What is wrong


def test_everything_that_is_wrong_is_said_in_one_go_with_its_place():
    text = "network: {retry: {delay_s: soon}}\nheaders: a\nquery:\n  - value: 5\nauth: [1]\n"
    assert problems(text) == [
        (1, 28, "Expected a number from 0 to 1,000,000,000 for delay_s, found 'soon'."),
        (2, 10, "Expected a list of items that begin with '- ' for headers, found 'a'."),
        (4, 5, "The key 'name' is missing."),
        (5, 7, "Expected keys with values, found a list."),
        (1, 1, "The key 'url' is missing."),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("auth: {kind: ntlm}", "none, basic, bearer or digest for kind, found 'ntlm'"),
        ("network: {ip: 5}", "any, 4 or 6 for ip, found '5'"),
        (
            "network: {redirects: -1}",
            "a whole number from 0 to 1,000,000 for redirects, found '-1'",
        ),
        (
            "compression: {server_max_window_bits: 7}",
            "a whole number from 8 to 15 or null for server_max_window_bits, found '7'",
        ),
        ("strict: 'true'", "true or false for strict, found 'true'"),
        ("decoder: {a: 1}", "a text for decoder, found keys with values"),
    ],
)
def test_what_was_expected_is_said_in_words(text, expected):
    assert problems(f"url: a\n{text}")[0][2] == f"Expected {expected}."


@pytest.mark.parametrize(
    "text",
    [
        "limits: {open_timeout_s: .inf}",
        "limits: {close_timeout_s: 1e999}",
        "limits: {open_timeout_s: .nan}",
        "limits: {max_message_size: 9007199254740992}",
        f"limits: {{max_message_size: {'9' * 5_000}}}",
        f"limits: {{open_timeout_s: {'9' * 5_000}}}",
        f"network: {{redirects: 0x{'f' * 5_000}}}",
    ],
)
def test_a_number_that_json_or_a_page_cannot_hold_is_refused(text):
    assert problems(f"url: a\n{text}")[0][2].startswith("Expected a ")


@pytest.mark.parametrize("digits", ["9" * 5_000, f"-{'1' * 5_000}", f"0x{'f' * 5_000}"])
def test_a_text_of_very_many_digits_is_read_and_written_as_any_other(digits):
    assert endpoint(f"url: {digits}").url == digits
    written = write_document(MESSAGE, SavedMessage(body=digits), before=None)
    assert written.decode() == f'body: "{digits}"\n'


def test_keys_that_are_not_known_are_reported_with_their_line_and_a_guess():
    found = read_document(ENDPOINT, b"url: a\n\nhaeders: []\n").problems
    assert [(each.line, each.severity, each.hint) for each in found] == [
        (3, "warning", "Did you mean headers?")
    ]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("url: !!python/object/apply:os.system [x]", (1, 6)),
        ("url: !secret x", (1, 6)),
        ("url: &a x\norigin: *a", (1, 6)),
        ("url: *a", (1, 6)),
        ("url: a\nurl: b", (2, 1)),
        ("url: a\n---\nurl: b", (2, 1)),
        ("? [a]\n: b", (1, 3)),
        ("url: [a", (1, 8)),
        ("url: a\n  b: c", (2, 4)),
        ("\turl: a", (1, 1)),
        ("url: \x07", (1, 6)),
        ('url: a\norigin: "\\UFFFFFFFF"', (2, 10)),
        ('url: a\norigin: "\\U00110000"', (2, 10)),
        ('url: a\norigin: "x\\ud800"', (2, 9)),
        (b"url: a\norigin: \xff", (2, 9)),
    ],
)
def test_what_is_refused_is_refused_at_its_place(text, place):
    assert problems(text)[0][:2] == place


def test_aliases_of_aliases_are_refused_at_once():
    levels = "".join(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 30))
    assert problems(f"a0: &a0 x\n{levels}")[0][:2] == (1, 5)


@pytest.mark.parametrize("text", ["[" * 99_999, "{a: " * 9_999, "- " * 9_999, "[" + "1," * 99_999])
def test_what_is_too_deep_or_too_much_is_refused(text):
    assert "more than 16 levels" in problems(text)[0][2]


def test_a_file_above_a_mebibyte_is_refused():
    assert "are the most" in problems(b"#" * ((1 << 20) + 1))[0][2]


def test_marks_of_a_merge_are_reported_with_their_lines():
    text = "url: a\n<<<<<<< HEAD\nstrict: true\n=======\nstrict: false\n>>>>>>> theirs\n"
    assert [(line, message[:46]) for line, _, message in problems(text)] == [
        (2, "There is a mark of a merge that was not finish"),
        (6, "There is a mark of a merge that was not finish"),
    ]


@pytest.mark.parametrize("line", ["<<<<<<< a\n", "key{}: 1\n"])
def test_what_is_wrong_is_told_a_hundred_times_at_most_and_the_rest_is_counted(line):
    text = "".join(line.format(number) for number in range(3_000))
    told = [message for _, _, message in problems(text)]
    assert len(told) in (101, 102)  # the other is the URL that is missing
    assert told[-1].startswith("There are 2,900 more ")


def test_an_error_comes_before_all_warnings():
    assert problems("x: 1\ny: 2\n")[0] == (1, 1, "The key 'url' is missing.")


@given(st.text() | st.binary().map(lambda data: data.decode("latin-1")))
def test_any_text_is_a_document_or_broken_at_a_place(text):
    try:
        read_document(ENDPOINT, text.encode("utf-8", "replace"))
    except BrokenFileError as error:
        broken = error.problems
    else:
        broken = ()
    assert all(each.line and each.message for each in broken)


# What stays


@pytest.mark.parametrize(
    ("kind", "values"), [(ENDPOINT, ENDPOINTS), (ENVIRONMENT, ENVIRONMENTS), (MESSAGE, MESSAGES)]
)
@pytest.mark.slow
@few
@given(data=st.data())
def test_what_is_written_is_what_is_read(kind, values, data):
    value = data.draw(values)
    assert read_document(kind, write_document(kind, value, before=None)).value == value


@pytest.mark.parametrize(
    ("kind", "values"), [(ENDPOINT, ENDPOINTS), (ENVIRONMENT, ENVIRONMENTS), (MESSAGE, MESSAGES)]
)
@pytest.mark.slow
@few
@given(data=st.data())
def test_any_change_of_a_file_says_the_new_value(kind, values, data):
    old, new = data.draw(values), data.draw(values)
    before = read_document(kind, write_document(kind, old, before=None))
    assert read_document(kind, write_document(kind, new, before=before)).value == new


@pytest.mark.slow
@few
@given(ENDPOINTS)
def test_any_change_keeps_the_keys_that_are_not_known(new):
    before = read_document(ENDPOINT, FEED)
    text = write_document(ENDPOINT, new, before=before).decode()
    assert "  later: 1" in text
    assert ("colour: red" in text) or len(new.headers) < 2


@pytest.mark.slow
@few
@given(ENDPOINTS)
def test_a_change_and_its_reverse_say_the_same(new):
    before = read_document(ENDPOINT, FEED)
    there = read_document(ENDPOINT, write_document(ENDPOINT, new, before=before))
    back = read_document(ENDPOINT, write_document(ENDPOINT, before.value, before=there))
    assert back.value == before.value


def test_a_value_that_did_not_change_leaves_the_file_byte_for_byte():
    before = read_document(ENDPOINT, FEED)
    assert write_document(ENDPOINT, before.value, before=before) == FEED


def test_a_changed_value_changes_its_line_alone_and_keeps_the_comment():
    assert changed(url="ws://b.test/") == (
        ['url: "wss://feed.test/{{path}}"   # the new one'],
        ["url: ws://b.test/   # the new one"],
    )


def test_a_key_is_put_in_behind_the_one_that_the_model_has_before_it():
    before = read_document(ENDPOINT, FEED)
    text = write_document(ENDPOINT, replace(before.value, origin="https://o.test"), before=before)
    after_headers = text.decode().partition("colour: red}\n")[2]
    assert after_headers.startswith("origin: https://o.test\nauth:")


def test_a_key_is_put_in_with_the_indentation_of_its_neighbours():
    limits = Limits(open_timeout_s=10, close_timeout_s=1)
    assert changed(limits=limits) == ([], ["    close_timeout_s: 1"])


def test_a_value_that_becomes_the_default_is_taken_out():
    assert changed(strict=True) == (["strict: false"], [])


def test_a_mapping_with_a_key_that_is_not_known_stays():
    assert changed(auth=Auth()) == (["  kind: basic", "  user: u"], [])


def test_an_item_is_put_in_and_taken_out_without_touching_the_others():
    first, second = read_document(ENDPOINT, FEED).value.headers
    added = Header(name="X-New", value="{{new}}")
    assert changed(headers=(first, added, second)) == (
        [],
        ["  - name: X-New", '    value: "{{new}}"'],
    )
    assert changed(headers=(first,)) == (["  - {name: X-Short, value: 'it''s', colour: red}"], [])


def test_an_item_in_flow_style_stays_in_it():
    first, second = read_document(ENDPOINT, FEED).value.headers
    assert changed(headers=(first, replace(second, enabled=False)))[1] == [
        '  - {name: X-Short, value: "it\'s", enabled: false, colour: red}'
    ]


def test_a_text_of_several_lines_is_written_as_lines():
    text = write_document(MESSAGE, SavedMessage(kind="json", body='{\n  "a": 1\n}'), before=None)
    assert text.decode() == 'kind: json\nbody: |-\n  {\n    "a": 1\n  }\n'


def test_what_is_as_by_default_is_not_written():
    assert write_document(ENDPOINT, Endpoint(url="ws://a.test"), before=None) == (
        b"url: ws://a.test\n"
    )


def test_the_line_ends_of_a_file_stay():
    before = read_document(ENDPOINT, b"url: a\r\n# why\r\nstrict: false\r\n")
    after = write_document(ENDPOINT, replace(before.value, origin="o"), before=before)
    assert after == b"url: a\r\norigin: o\r\n# why\r\nstrict: false\r\n"


def test_a_last_line_without_an_end_gets_one():
    before = read_document(ENDPOINT, b"url: a")
    value = replace(before.value, origin="o", strict=False)
    assert write_document(ENDPOINT, value, before=before) == b"url: a\norigin: o\nstrict: false\n"


def test_json_stays_json():
    before = read_document(ENDPOINT, b'{"url": "a", "more": 1}')
    after = write_document(ENDPOINT, replace(before.value, strict=False), before=before)
    assert after == b'{"url": "a", "strict": false, "more": 1}'


def test_half_a_character_cannot_be_written():
    with pytest.raises(UsageError, match="half of a character"):
        write_document(MESSAGE, SavedMessage(body="\ud83d"), before=None)


def test_what_would_be_too_large_is_not_written():
    with pytest.raises(UsageError, match="are the most"):
        write_document(MESSAGE, SavedMessage(body="x" * (1 << 20)), before=None)


def test_a_new_file_begins_with_its_schema():
    schema = ".wirescope/schemas/workspace.json"
    text = write_document(SETTINGS, WorkspaceSettings(name="a"), before=None, schema=schema)
    assert text == b"# yaml-language-server: $schema=.wirescope/schemas/workspace.json\nname: a\n"


# Secrets


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("url: a\nheaders:\n  - name: Authorization\n    value: Bearer abcdef\n", (4, 12)),
        ("url: a\nheaders: [{name: x-api-key, value: 0123456}]\n", (2, 36)),
        ("url: a\nquery:\n  - {name: token, value: 0123456}\n", (3, 26)),
        ("url: wss://a.test/?access_token=0123456\n", (1, 6)),
        ("url: wss://u:p@a.test/\n", (1, 6)),
        ("url: a\nauth: {kind: bearer, token: x}\n", (2, 29)),
        ("url: a\ncookies:\n  - name: session\n    value: 0123456\n", (4, 12)),
        ("url: a\ntls: {key_password: x}\n", (2, 21)),
    ],
)
def test_a_secret_that_stands_in_the_file_is_warned_of(text, place):
    found = read_document(ENDPOINT, text.encode()).problems
    assert [(each.severity, (each.line, each.column)) for each in found] == [("warning", place)]


@pytest.mark.parametrize(
    "text",
    [
        "url: wss://a.test/?token={{token}}",
        "url: wss://a.test/?code=1011",
        "url: a\nauth: {kind: basic, user: u, password: '{{p}}'}",
        "url: a\nheaders: [{name: Authorization, value: 'Bearer {{t}}'}, {name: Cookie, value: }]",
    ],
)
def test_a_secret_by_name_is_fine(text):
    assert read_document(ENDPOINT, text.encode()).problems == ()


# WebRTC

CALL = b"""\
url: whep+https://sfu.test/room   # the big one
webrtc:
  ice_servers:
    - url: turn:turn.test
      username: u
      credential: "{{turn}}"
  relay_only: true
  region: eu   # ours
  channels:
    - label: chat
      max_retransmits: 0
"""


def test_a_webrtc_endpoint_is_read_with_what_is_default_left_out():
    webrtc = endpoint(CALL.decode()).webrtc
    assert webrtc.ice_servers[0].credential == "{{turn}}"
    assert webrtc.relay_only
    assert (webrtc.channels[0].label, webrtc.channels[0].max_retransmits) == ("chat", 0)
    assert (webrtc.audio, webrtc.video, webrtc.record) == ("none", "none", False)


def test_a_channel_is_added_in_place_and_unknown_keys_and_comments_stay():
    before = read_document(ENDPOINT, CALL)
    webrtc = before.value.webrtc
    channels = (*webrtc.channels, Channel(label="state", ordered=False))
    after = replace(before.value, webrtc=replace(webrtc, channels=channels))
    text = write_document(ENDPOINT, after, before=before).decode()
    assert text == CALL.decode() + "    - label: state\n      ordered: false\n"


def test_the_password_of_a_turn_server_that_stands_in_the_file_is_warned_of():
    literal = CALL.decode().replace('"{{turn}}"', "hunter2")
    (problem,) = [
        each
        for each in read_document(ENDPOINT, literal.encode()).problems
        if "secret" in each.message
    ]
    assert problem.line == 6


def test_what_is_wrong_in_the_section_is_told_with_its_line():
    wrong = CALL.decode().replace("max_retransmits: 0", "max_retransmits: 70000")
    with pytest.raises(BrokenFileError) as caught:
        endpoint(wrong)
    (problem,) = [each for each in caught.value.problems if each.severity == "error"]
    assert problem.line == 11
    assert "max_retransmits" in problem.message
