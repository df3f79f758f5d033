"""The ways to a server: what ends them, and what they remember."""

import pytest

from wirescope.transports.turn import TurnOptions, parse_server_url
from wirescope.transports.turn.opening import open_datagrams
from wirescope.wire.stun import MessageClass, Method, build_stun, make_message


@pytest.mark.each_loop
async def test_an_address_of_the_other_family_ends_the_flow_and_raises_nothing():
    url, _ = parse_server_url("stun:127.0.0.1")
    flow = await open_datagrams(("127.0.0.1", 9), url, TurnOptions(), connected=False)
    try:
        flow.send(b"hello", ("::1", 9))
        await flow.ended
        assert isinstance(flow.end_error, OSError)
    finally:
        await flow.close()


@pytest.mark.parametrize("stray_first", [True, False])
async def test_a_stray_datagram_is_forgotten_where_messages_come(stray_first):
    url, _ = parse_server_url("stun:127.0.0.1")
    flow = await open_datagrams(("127.0.0.1", 9), url, TurnOptions())
    message = build_stun(make_message(MessageClass.INDICATION, Method.BINDING, bytes(12)))
    try:
        for data in (b"?", message) if stray_first else (message, b"?"):
            flow.datagram_received(data, ("127.0.0.1", 9))
        assert not flow.garbage
    finally:
        await flow.close()
