"""Fields of HTTP that WHIP and WHEP use: Accept, Link."""

import pytest

from wirescope.transports.webrtc import IceServer
from wirescope.transports.webrtc.signaling import ice_servers_of
from wirescope.transports.webrtc.signaling.records import accepts, ice_server_link

SDP = "application/sdp"


@pytest.mark.parametrize(
    ("field", "through"),
    [
        (None, True), ("", True), (SDP, True), ("APPLICATION/SDP", True), ("*/*", True),
        ("application/*", True), ("text/html, */*;q=0.1", True), (f"{SDP};q=0.001", True),
        ("text/html", False), (f"*/*, {SDP};q=0", False), (f"{SDP}; q=0.000, */*", False),
        (f"*/*;q=0, {SDP}", True), ("application/*;q=0, */*", False), (",;=", False),
    ],
)  # fmt: skip
def test_accept_lets_through_or_not(field: str | None, through: bool) -> None:
    assert accepts(field, SDP) == through


@pytest.mark.parametrize(
    "server",
    [
        IceServer("stun:stun.example.test:3478"),
        IceServer("turns:[2001:db8::1]:5349?transport=tcp", "ada", 'p"w\\,;<>'),
    ],
)
def test_a_server_that_is_written_is_read(server: IceServer) -> None:
    assert ice_servers_of([ice_server_link(server)[1]]) == (server,)


def test_several_servers_stand_in_one_field_or_in_many() -> None:
    one = '<stun:a.test>; rel="ice-server", <turn:b.test>; rel=ice-server; username=u; credential=c'
    assert ice_servers_of([one, "<stun:c.test>;rel=ice-server"]) == (
        IceServer("stun:a.test"),
        IceServer("turn:b.test", "u", "c"),
        IceServer("stun:c.test"),
    )


@pytest.mark.parametrize(
    "link",
    [
        "", "<", "<>", "stun:a.test", '<stun:a.test>; rel="next"', "<stun:a.test>",
        '<http://a.test>; rel="ice-server"', '<turn:a.test>; rel="ice-server"',
        '<stun:a.test:99999>; rel="ice-server"', '<stun:a.test>; rel="ice-server',
    ],
)  # fmt: skip
def test_what_is_no_ice_server_is_passed_over(link: str) -> None:
    assert ice_servers_of([link]) == ()


@pytest.mark.parametrize("text", [", ", "<", '<a>"', '<>\\"', ";a", '"\\', "<a>;rel=", " "])
def test_a_hostile_field_costs_no_time(text: str) -> None:
    assert ice_servers_of([text * 100_000]) == ()


def test_no_more_servers_are_taken_than_an_engine_can_ask() -> None:
    links = [f"<stun:a{number}.test>; rel=ice-server" for number in range(1000)]
    assert len(ice_servers_of(links)) == 32
