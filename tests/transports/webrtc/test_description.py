"""Descriptions and candidates are read as browsers send them, and what is none is said."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.errors import DescriptionError
from wirescope.transports.webrtc import END_OF_CANDIDATES, Candidate, Description

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["type", "sdp", "candidate", "sdpMid", "x"]), inner)
    ),
)


def test_a_description_goes_to_json_and_back() -> None:
    description = Description("offer", "v=0\r\n")
    assert description.as_json() == {"type": "offer", "sdp": "v=0\r\n"}
    assert Description.from_json(description.as_json()) == description


def test_a_candidate_goes_to_json_and_back() -> None:
    candidate = Candidate("candidate:1 1 udp 9 192.0.2.1 5000 typ host", "0", 0, "abcd")
    assert Candidate.from_json(candidate.as_json()) == candidate


@pytest.mark.parametrize("value", [None, {"candidate": ""}, {"candidate": "", "sdpMid": None}])
def test_the_end_of_candidates_is_known(value: object) -> None:
    assert Candidate.from_json(value) == END_OF_CANDIDATES


@pytest.mark.parametrize(
    "value",
    [
        *("offer", [], {}, {"type": "bid", "sdp": ""}, {"type": "offer", "sdp": 7}),
        {"type": "offer", "sdp": "x" * 300_000},
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_description_is_said(value: object) -> None:
    with pytest.raises(DescriptionError):
        Description.from_json(value)


@pytest.mark.parametrize(
    "value",
    [
        *("x", [], {}, {"candidate": 7}, {"candidate": "x", "sdpMid": 7}),
        *({"candidate": "x", "sdpMLineIndex": -1}, {"candidate": "x", "sdpMLineIndex": True}),
        {"candidate": "x" * 2000},
    ],
    ids=lambda value: str(value)[:30],
)
def test_what_is_no_candidate_is_said(value: object) -> None:
    with pytest.raises(DescriptionError):
        Candidate.from_json(value)


@settings(deadline=None)
@given(value=anything)
def test_whatever_comes_is_read_or_refused(value: object) -> None:
    for read in (Description.from_json, Candidate.from_json):
        try:
            read(value)
        except DescriptionError as error:
            assert error.hint  # noqa: PT017
