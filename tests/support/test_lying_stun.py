"""The STUN server that answers as if a NAT were there."""

from tests.support.lying_stun import OUTER, lying_stun
from wirescope.transports.turn import Behaviour, open_client, parse_server_url


async def test_it_says_an_outer_address_and_where_else_it_is():
    async with lying_stun(Behaviour.ADDRESS_DEPENDENT, Behaviour.ADDRESS_DEPENDENT) as server:
        host, port = server.address
        url, _ = parse_server_url(f"stun:{host}:{port}")
        async with open_client(url) as client:
            one, other = await client.binding(), await client.binding()
    assert one.mapped == other.mapped
    assert one.mapped[0] == OUTER
    assert one.other is not None
    assert one.other[0] == "127.0.0.2"
