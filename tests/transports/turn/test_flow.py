"""The ways to a server: what ends them, and what they remember."""

import pytest

from wirescope.transports.turn import TurnOptions, parse_server_url
from wirescope.transports.turn.opening import open_datagrams


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
