"""Addresses of WebRTC: what is read out of them, and what is said of those that are none."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.errors import InvalidURLError
from wirescope.transports.webrtc import Description
from wirescope.transports.webrtc.signaling import write_code
from wirescope.workbench import is_call
from wirescope.workbench.calling import parse_address

OFFER = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\n"


@pytest.mark.parametrize(
    ("text", "way", "target"),
    [
        ("whep+https://a.test/x?y=1", "whep", "https://a.test/x?y=1"),
        ("WHIP+HTTPS://A.test:8443/x", "whip", "https://a.test:8443/x"),
        ("whep+http://localhost:1/x", "whep", "http://localhost:1/x"),
        ("whip+http://[::1]:1/x", "whip", "http://[::1]:1/x"),
        ("webrtc+ws://a.test/room", "messages", "ws://a.test/room"),
        (" webrtc+wss://a.test ", "messages", "wss://a.test/"),
        ("webrtc:", "code", ""),
    ],
)
def test_an_address_says_how_the_signaling_goes_and_where(text: str, way: str, target: str) -> None:
    address = parse_address(text)
    assert (address.way, address.target) == (way, target)
    assert address.offer is None


def test_credentials_are_taken_out_of_the_address() -> None:
    address = parse_address("whep+https://ada:sword%20fish@a.test/x")
    assert (address.user, address.password) == ("ada", "sword fish")
    assert address.url == "whep+https://a.test/x"
    assert "sword" not in repr(address)


def test_a_pasted_code_is_an_offer_and_its_keys_are_not_in_the_address() -> None:
    code = write_code(Description("offer", OFFER))
    address = parse_address(code)
    assert address.offer == Description("offer", OFFER)
    assert address.url == "webrtc:"


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("whep+http://a.test/x", "the keys of the connection in plain text", "whep+https:"),
        ("whip+http://192.0.2.1/x", "in plain text", "whip+https:"),
        ("whep://a.test/x", "does not say how the server is asked", "whep+https://a.test/x"),
        ("whep+ws://a.test/x", "WHEP goes over HTTP", "whep+https://a.test/x"),
        ("webrtc+https://a.test", "which protocol", "whep+https:"),
        ("webrtc://a.test/x", "followed by a code", "webrtc+wss://a.test/x"),
        ("whep+https://", "no host", "whep+https://example.test"),
        ("whep+https://a.test:99999/", "port", "whep+https://example.test"),
        ("wss://a.test", "leads to no WebRTC peer", "webrtc+wss://example.test"),
        ("nonsense", "leads to no WebRTC peer", "webrtc:"),
        ("webrtc:hello", "no code", "copied whole"),
        ("webrtc:9.AAAA", "version 9", "same version"),
        (write_code(Description("offer", OFFER))[:-9], "Only a part of the code", "whole"),
        (write_code(Description("answer", OFFER)), "code of an answer", "where the offer was made"),
    ],
)  # fmt: skip
def test_what_is_no_address_is_told_with_what_to_write(text: str, message: str, hint: str) -> None:
    with pytest.raises(InvalidURLError) as caught:
        parse_address(text)
    assert message in caught.value.message
    assert hint in caught.value.hint


@given(st.text() | st.text().map(lambda text: f"webrtc:{text}") | st.text().map("whep+{}".format))
def test_no_text_breaks_the_parser(text: str) -> None:
    try:
        address = parse_address(text)
    except InvalidURLError:
        return
    assert is_call(text)
    assert address.url.startswith(("whep", "whip", "webrtc"))
