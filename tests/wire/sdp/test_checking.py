"""What is wrong with the lines of a description is named, with the line and the clause."""

from time import process_time

import pytest
from hypothesis import example, given, settings

from tests.wire.sdp.samples import OFFER, texts
from wirescope.wire.sdp import (
    MAX_CHARACTERS,
    MAX_LINES,
    check_description,
    parse_fragment,
    parse_sdp,
)

HEAD = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n"
MEDIA = HEAD + "m=a 9 P 0\r\n"
ORIGIN = "version, IN, IP4 or IP6, address."
MEDIA_LINE = "media: kind, port, protocol, formats."


def problems(text, *, fragment=False):
    return [(each.line, each.message) for each in _check(text, fragment=fragment)]


def _check(text, *, fragment=False):
    return check_description(parse_fragment(text), fragment=fragment)


def test_nothing_is_wrong_with_what_a_browser_makes():
    assert problems(OFFER) == []


def test_a_session_has_four_lines_at_least():
    assert problems("m=audio 9 P 0\r\n") == [(1, f"The session has no {k}= line.") for k in "vost"]
    assert problems("m=audio 9 P 0\r\n", fragment=True) == []


def test_the_version_is_zero():
    assert problems(HEAD.replace("v=0", "v=1")) == [(1, "'1' is not a version; it is 0.")]


@pytest.mark.parametrize(("ending", "name"), [("\n", "LF alone"), ("\r", "CR alone")])
def test_other_endings_are_named_once(ending, name):
    text = HEAD.replace("\r\n", ending)
    assert problems(text) == [(1, f"The line ends in {name}; a line ends in CR and LF.")]


def test_a_last_line_without_an_ending_is_named():
    ((line, message),) = problems(HEAD.rstrip())
    assert line == 4
    assert "ends in nothing" in message


@pytest.mark.parametrize("text", ["", " a=x", "hello", "=x", "ab=x"])
def test_a_line_of_another_form_is_named(text):
    ((line, message),) = problems(f"{HEAD}{text}\r\n")
    assert line == 5
    assert "a letter, an equals sign and a value" in message


@pytest.mark.parametrize(
    ("text", "number", "says"),
    [
        (HEAD + "i=x\r\n", 5, "The i= line stands after t=; it comes before it."),
        (HEAD + "x=x\r\n", 5, "A x= line has no place in this section."),
        (MEDIA + "s=x\r\n", 6, "A s= line has no place in this section."),
        (MEDIA + "a=x\r\nc=IN IP4 ::\r\n", 7, "The c= line stands after a=; it comes before it."),
        (HEAD.replace("t=", "s=x\r\nt="), 4, "There is a second s= line."),
        (HEAD + "a=\r\n", 5, "The attribute has no name."),
        (HEAD + "a=rtcp-mux:yes\r\n", 5, "rtcp-mux takes no value."),
        (HEAD + "a=x\0\r\n", 5, "The line has a byte of zero in it."),
        (MEDIA + "a=mid:0\r\na=mid:1\r\n", 7, "There is a second mid in this section."),
        (HEAD + "a=sendonly\r\na=recvonly\r\n", 6, "There is a second direction in this section."),
        (HEAD.replace("- 1 1 IN", "x"), 2, "'x IP4 0.0.0.0' is not an origin: name, id, " + ORIGIN),
        (HEAD + "m=a x P 0\r\n", 5, "'a x P 0' is not " + MEDIA_LINE),
        (HEAD + "m=a 65536 P 0\r\n", 5, "'a 65536 P 0' is not " + MEDIA_LINE),
        (HEAD + "m=a 9 P\r\n", 5, "'a 9 P' is not media with a format."),
        (MEDIA + "c=IN\r\n", 6, "'IN' is not connection data: IN, IP4 or IP6, address."),
    ],
)
def test_what_is_wrong_is_named_with_its_line(text, number, says):
    assert problems(text) == [(number, says)]


def test_several_times_with_repeats_and_zones_are_in_order():
    times = "t=1 2\r\nr=1 2 3\r\nz=1 2\r\nt=3 4\r\nr=1 2 3\r\nk=prompt\r\n"
    assert problems(HEAD + times) == []


def test_an_attribute_may_stand_in_each_section():
    assert problems(HEAD + "a=setup:active\r\n" + "m=a 9 P 0\r\na=setup:active\r\n" * 2) == []


def test_what_was_seen_is_shown_in_brief():
    ((_, message),) = problems(f"{HEAD}a=setup:{'x' * 1000}\r\n")
    assert len(message) < 150


@settings(deadline=None)
@given(texts)
@example("=\r\nm=\r\na=:\r\n")
def test_any_text_is_judged_without_raising(text):
    found = _check(text)
    count = max(len(parse_fragment(text).lines), 1)
    assert all(0 < each.line <= count and each.message for each in found)
    assert [each.line for each in found] == sorted(each.line for each in found)


WORST = {
    "spaces": "v=0\na=extmap:1 " + " " * (MAX_CHARACTERS - 100),
    "one word": "v=0\nm=audio 9 " + "x" * (MAX_CHARACTERS - 100),
    "digits": "v=0\na=ssrc:" + "9" * (MAX_CHARACTERS - 100),
    "hexadecimal": "v=0\na=fingerprint:x " + "00:" * (MAX_CHARACTERS // 3 - 100),
    "semicolons": "v=0\na=simulcast:send " + "a;" * (MAX_CHARACTERS // 2 - 100),
    "many lines": "v=0\nm=a 9 P 0\n" + "a=rid:a send\n" * (MAX_LINES - 2),
    "many sections": "v=0\n" + "m=a 9 P 0\na=mid:1\na=x\n" * 1024,
}


@pytest.mark.slow
@pytest.mark.parametrize("text", WORST.values(), ids=WORST)
def test_the_largest_descriptions_are_read_in_no_time(text):
    begun = process_time()
    description = parse_sdp(text)
    check_description(description)
    assert str(description) == text
    assert process_time() - begun < 3
