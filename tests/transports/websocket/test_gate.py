"""What a server asks of a request before it lets anybody near its route."""

import asyncio
import sys

import pytest

from tests.support.raw_client import dialed, request
from wirescope.transports.websocket import Refusal, serve


def broken(_):
    raise LookupError("of the route's own")


async def test_a_route_that_fails_is_answered_with_500():
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with serve(broken) as server, dialed(server.url) as client:
        await client.write(request(server.url))
        assert await client.status() == 500
    assert [type(each["exception"]) for each in told] == [LookupError]


def found(_):
    return Refusal(404)


@pytest.mark.skipif(sys.platform != "linux", reason="127.0.0.2 leads nowhere elsewhere")
async def test_the_address_that_a_client_came_to_is_a_name_of_the_server():
    async with serve(found, host="0.0.0.0") as server:
        url = server.url.replace("0.0.0.0", "127.0.0.2")
        for host, status in (("127.0.0.2", 404), ("127.0.0.3", 403), ("evil.test", 403)):
            async with dialed(url) as client:
                await client.write(request(url, host=host))
                assert await client.status() == status
