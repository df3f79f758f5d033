"""What a server asks of a request before it lets anybody near its route."""

import asyncio

from tests.support.raw_client import dialed, request
from wirescope.transports.websocket import serve


def broken(_):
    raise LookupError("of the route's own")


async def test_a_route_that_fails_is_answered_with_500():
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with serve(broken) as server, dialed(server.url) as client:
        await client.write(request(server.url))
        assert await client.status() == 500
    assert [type(each["exception"]) for each in told] == [LookupError]
