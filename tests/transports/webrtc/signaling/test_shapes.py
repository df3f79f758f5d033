"""Descriptions and candidates are found in whatever JSON pages wrap them in."""

import json
import random
from typing import Any

import pytest

from wirescope.errors import DescriptionError
from wirescope.transports.webrtc import END_OF_CANDIDATES, Candidate, Description
from wirescope.transports.webrtc.signaling import LEFT, adapter_of
from wirescope.transports.webrtc.signaling.shapes import said_in

SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\n"
OFFER = {"type": "offer", "sdp": SDP}
TEXT = "candidate:1 1 udp 2122260223 192.0.2.1 61764 typ host"
CANDIDATE = {"candidate": TEXT, "sdpMid": "0", "sdpMLineIndex": 0, "usernameFragment": "abcd"}
FOUND = Candidate(TEXT, "0", 0, "abcd")
BARE = Candidate(TEXT, "0", 0, None)


@pytest.mark.parametrize(
    "value",
    [
        OFFER,
        {"description": OFFER},
        {"sdp": OFFER},
        {"desc": OFFER, "to": "b"},
        {"jsep": OFFER},
        {"offer": OFFER},
        {"offer": SDP},
        {"type": "offer", "offer": OFFER},
        {"type": "offer", "offer": SDP},
        {"type": "offer", "data": SDP},
        {"type": "offer", "payload": OFFER},
        {"type": "offer", "payload": {"sdp": OFFER, "connectionId": "x"}},
        {"type": "signal", "signal": OFFER},
        {"event": "offer", "data": json.dumps(OFFER)},
        {"cmd": "send", "msg": json.dumps(OFFER)},
        {"type": "OFFER", "sdp": SDP},
        {"type": "offer", "sdp": json.dumps(OFFER)},
        [OFFER],
        {"a": 1, "message": {"body": {"description": OFFER}}},
    ],
)
def test_an_offer_is_found(value: Any) -> None:
    assert said_in(value) == [Description("offer", SDP)]


@pytest.mark.parametrize(
    ("value", "found"),
    [
        (CANDIDATE, FOUND),
        ({"candidate": CANDIDATE}, FOUND),
        ({"ice": CANDIDATE}, FOUND),
        ({"iceCandidate": CANDIDATE}, FOUND),
        ({"type": "candidate", **CANDIDATE}, FOUND),
        ({"type": "candidate", "candidate": CANDIDATE}, FOUND),
        ({"type": "candidate", "payload": {"candidate": CANDIDATE}}, FOUND),
        ({"type": "ice-candidate", "data": CANDIDATE}, FOUND),
        ({"event": "candidate", "data": json.dumps(CANDIDATE)}, FOUND),
        ({"type": "candidate", "candidate": json.dumps(CANDIDATE)}, FOUND),
        ({"type": "candidate", "label": 0, "id": "0", "candidate": TEXT}, BARE),
        ({"candidate": f"a={TEXT}", "sdpMid": "0", "sdpMLineIndex": 0}, BARE),
        ({"candidate": None}, END_OF_CANDIDATES),
        ({"candidate": ""}, END_OF_CANDIDATES),
    ],
)
def test_a_candidate_is_found(value: Any, found: Candidate) -> None:
    assert said_in(value) == [found]


def test_several_candidates_come_together() -> None:
    assert said_in({"candidates": [CANDIDATE, TEXT]}) == [FOUND, Candidate(TEXT)]
    assert said_in([OFFER, CANDIDATE]) == [Description("offer", SDP), FOUND]


@pytest.mark.parametrize("word", ["bye", "BYE", "leave", "hangup"])
def test_the_other_side_takes_leave(word: str) -> None:
    assert said_in({"type": word}) is LEFT


@pytest.mark.parametrize(
    "value",
    [
        None, 1, "hello", "{", [], {}, {"type": "chat", "message": "hello"}, {"type": "offer"},
        {"type": 7}, {"sdp": 5}, {"data": {"x": "v=0"}}, {"type": "renegotiate"},
        {"message": {"message": {"message": {"message": {"message": OFFER}}}}},
    ],
)  # fmt: skip
def test_what_is_about_something_else_is_passed_over(value: Any) -> None:
    assert said_in(value) == []


@pytest.mark.parametrize(
    "value",
    [
        {"candidate": "x" * 2000},
        {"candidate": 7},
        {"candidate": CANDIDATE | {"candidate": 5}},
        {"type": "offer", "sdp": "x" * (300 << 10)},
    ],
)
def test_what_cannot_be_used_is_refused_or_passed_over(value: Any) -> None:
    try:
        assert said_in(value) in ([], [END_OF_CANDIDATES])
    except DescriptionError:
        return


def test_no_json_makes_the_reader_stumble() -> None:
    chance = random.Random(8829)
    names = ["type", "sdp", "candidate", "ice", "data", "payload", "offer", "event", "candidates"]

    def value(depth: int) -> Any:
        match chance.randrange(7 if depth else 5):
            case 5:
                return {chance.choice(names): value(depth - 1) for _ in range(3)}
            case 6:
                return [value(depth - 1) for _ in range(3)]
            case other:
                return [None, 5, SDP, TEXT, "offer"][other]

    for _ in range(20_000):
        try:
            said_in(value(5))
        except DescriptionError:
            continue
    for text in ("[" * 100_000, '{"data":' * 50_000, "\ud800", "{" + "x" * (1 << 20)):
        assert adapter_of("json").read(text) == []


def test_candidates_in_candidates_without_end_are_passed_over() -> None:
    value: Any = CANDIDATE
    for _ in range(5_000):
        value = {"candidate": value}
    assert said_in(value) == []


@pytest.mark.parametrize("name", ["json", "nested"])
@pytest.mark.parametrize("said", [Description("answer", SDP), FOUND, END_OF_CANDIDATES])
def test_what_an_adapter_writes_it_reads(name: str, said: Description | Candidate) -> None:
    adapter = adapter_of(name)
    assert adapter.read(adapter.write(said) or "") == [said]


def test_the_documented_shapes_are_written() -> None:
    plain, nested = adapter_of("json"), adapter_of("nested")
    assert json.loads(plain.write(Description("offer", SDP)) or "") == OFFER
    assert json.loads(plain.write(FOUND) or "") == {"type": "candidate", **CANDIDATE}
    assert json.loads(nested.write(Description("offer", SDP)) or "") == {"description": OFFER}
    assert json.loads(nested.write(FOUND) or "") == {"candidate": CANDIDATE}
    assert json.loads(nested.write(END_OF_CANDIDATES) or "") == {"candidate": None}
