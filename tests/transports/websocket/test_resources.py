"""Plain HTTP beside WebSocket: bodies within bounds, any method, the same rules of entry."""

import asyncio
import random
from contextlib import asynccontextmanager

import pytest

from tests.support.linked import until
from tests.support.raw_client import dialed, request
from wirescope.transports.websocket import (
    Acceptance,
    Resource,
    Response,
    ServerOptions,
    Settings,
    serve,
)

pytestmark = pytest.mark.each_loop


async def mirror(asked, body):
    return Response(200, body, (("X-Method", asked.head.method), ("X-Path", asked.path)))


async def echo(connection):
    async for message in connection:
        await connection.send(message.payload)


@asynccontextmanager
async def served(handler=mirror, *, times=None, **options):
    resource = Resource(handler=handler, **(times or {}))

    def route(asked):
        return resource if asked.path.startswith("/whip") else Acceptance(handler=echo)

    async with serve(route, options=ServerOptions(**options)) as server:
        yield server


def written(url, method="POST", body=b"", *, path="/whip", **fields):
    fields.setdefault("content_length", str(len(body)) if body else None)
    changes = {"upgrade": None, "connection": None, **fields}
    changes |= {"sec_websocket_key": None, "sec_websocket_version": None}
    head = request(url, path, **changes)
    return head.replace(b"GET ", f"{method} ".encode(), 1) + body


async def asked(url, *pieces):
    async with dialed(url) as client:
        for piece in pieces:
            await client.write(piece)
            await asyncio.sleep(0)
        head = await client.head()
        return int(head.split(" ")[1]), head, await client.rest()


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "DELETE", "OPTIONS", "PUT", "BREW"])
async def test_any_method_reaches_the_resource(method):
    async with served() as server:
        status, head, body = await asked(server.url, written(server.url, method, b"hello"))
        assert (status, body) == (200, b"hello")
        assert f"X-Method: {method}\r\n" in head
        assert "Connection: close\r\n" in head


async def test_a_body_comes_in_pieces():
    async with served() as server:
        whole = written(server.url, body=b"0123456789" * 1000)
        pieces = [whole[at : at + 700] for at in range(0, len(whole), 700)]
        assert (await asked(server.url, *pieces))[2] == b"0123456789" * 1000


async def test_a_chunked_body_is_put_together():
    async with served() as server:
        head = written(server.url, transfer_encoding="chunked")
        chunks = (b"3\r\nabc\r\n", b"4;x=y\r\ndefg\r\n", b"0\r\nTrailer: x\r\n\r\n")
        status, _, body = await asked(server.url, head, *chunks)
        assert (status, body) == (200, b"abcdefg")


async def test_a_client_that_waits_to_be_told_is_told_to_go_on():
    async with served() as server, dialed(server.url) as client:
        head = written(server.url, content_length="5", expect="100-continue")
        await client.write(head)
        assert await client.status() == 100
        await client.write(b"hello")
        assert await client.status() == 200


@pytest.mark.parametrize(
    ("fields", "sent", "status"),
    [
        ({"content_length": str((256 << 10) + 1)}, b"", 413),
        ({"content_length": "9" * 400}, b"", 413),
        ({"content_length": "-1"}, b"", 400),
        ({"content_length": "5, 6"}, b"hello", 400),
        ({"content_length": "x"}, b"", 400),
        ({"content_length": "5", "transfer_encoding": "chunked"}, b"0\r\n\r\n", 400),
        ({"transfer_encoding": "gzip"}, b"", 501),
        ({"transfer_encoding": "chunked"}, b"zz\r\n", 400),
        ({"transfer_encoding": "chunked"}, b"fffffffffffffffffffffffff\r\n", 400),
        ({"transfer_encoding": "chunked"}, b"41000\r\n" + b"x" * 0x41000 + b"\r\n", 413),
        ({"transfer_encoding": "chunked"}, b"5\r\nhelloX", 400),
    ],
)
async def test_a_body_that_is_too_long_or_unclear_is_refused(fields, sent, status):
    async with served() as server:
        assert (await asked(server.url, written(server.url, **fields), sent))[0] == status


async def test_a_field_with_a_blank_before_its_colon_is_refused():
    async with served() as server:
        raw = written(server.url).replace(b"\r\n\r\n", b"\r\nContent-Length : 5\r\n\r\nhello")
        assert (await asked(server.url, raw))[0] == 400


async def test_random_bodies_get_an_answer_or_an_end():
    chance = random.Random(9112)
    async with served(times={"body_time_s": 0.02}) as server:
        for _ in range(100):
            body = bytes(chance.choice(b"0123456789abcdef;\r\n x") for _ in range(60))
            async with dialed(server.url) as client:
                await client.write(written(server.url, transfer_encoding="chunked") + body)
                assert (await client.rest())[:9] in (b"", b"HTTP/1.1 ")
        await until(lambda: not server._requests)


async def test_a_body_that_does_not_come_in_time_ends_the_connection():
    async with served(times={"body_time_s": 0.03}) as server, dialed(server.url) as client:
        await client.write(written(server.url, content_length="5") + b"he")
        assert await client.rest() == b""
        await until(lambda: not server._requests)


async def test_a_handler_may_take_longer_than_a_head():
    async def slow(_, body):
        await asyncio.sleep(0.1)
        return Response(201, body)

    async with served(slow, head_timeout_s=0.05) as server:
        assert (await asked(server.url, written(server.url, body=b"x")))[0] == 201


async def test_a_handler_that_takes_too_long_is_given_up():
    async def never(_, body):
        await asyncio.Event().wait()

    async with served(never, times={"answer_time_s": 0.03}) as server:
        status, head, _ = await asked(server.url, written(server.url))
        assert status == 503
        assert "Retry-After: " in head


async def test_a_handler_that_fails_is_answered_with_500():
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))

    async def broken(_, body):
        raise LookupError("of the handler's own")

    async def splitting(_, body):
        return Response(200, b"", (("X-A", "b\r\nX-C: d"),))

    for handler in (broken, splitting):
        async with served(handler) as server:
            status, head, body = await asked(server.url, written(server.url))
            assert status == 500
            assert b"of the handler's own" not in body
            assert "X-C" not in head
    assert len(told) == 2


async def test_answers_without_a_body_have_none():
    async def nothing(_, body):
        return Response(204)

    async with served(nothing) as server:
        _, head, body = await asked(server.url, written(server.url))
        assert ("Content-Length" in head, body) == (False, b"")
    async with served() as server:
        _, head, body = await asked(server.url, written(server.url, "HEAD", b"hello"))
        assert ("Content-Length: 5\r\n" in head, body) == (True, b"")


async def test_so_many_requests_are_answered_at_a_time():
    free = asyncio.Event()

    async def waiting(_, body):
        await free.wait()
        return Response(200)

    async with served(waiting, max_requests=1) as server, dialed(server.url) as first:
        await first.write(written(server.url))
        await until(lambda: server._requests)
        assert (await asked(server.url, written(server.url)))[0] == 503
        free.set()
        assert await first.status() == 200
        assert (await asked(server.url, written(server.url)))[0] == 200


async def test_a_client_that_leaves_before_its_answer_is_forgotten():
    free = asyncio.Event()

    async def waiting(_, body):
        await free.wait()
        return Response(200)

    async with served(waiting) as server:
        async with dialed(server.url) as client:
            await client.write(written(server.url))
            await until(lambda: server._requests)
        free.set()
        await until(lambda: not server._requests)


async def test_a_server_that_closes_waits_for_no_request():
    async def never(_, body):
        await asyncio.Event().wait()

    quick = Settings(close_timeout_s=0.05)
    async with served(never, settings=quick) as server, dialed(server.url) as client:
        await client.write(written(server.url))
        await until(lambda: server._requests)


async def test_hosts_and_origins_are_checked_for_resources_too():
    async with served() as server:
        for fields in ({"host": "evil.example"}, {"origin": "https://evil.example"}):
            assert (await asked(server.url, written(server.url, **fields)))[0] == 403


async def test_pages_of_a_shared_path_s_origins_get_there_with_http_and_nowhere_else():
    shared = (("/whip", ("https://player.example",)),)
    page = {"origin": "https://player.example"}
    async with served(shared=shared) as server:
        url = server.url
        for path, status in (("/whip", 200), ("/whip/1", 200), ("/whipped", 403), ("/echo", 403)):
            assert (await asked(url, written(url, "OPTIONS", path=path, **page)))[0] == status
        other = written(url, origin="https://evil.example")
        assert (await asked(url, other))[0] == 403
        assert (await asked(url, written(url, host="evil.example", **page)))[0] == 403
        async with dialed(url) as client:
            await client.write(request(url, "/whip", **page))
            assert await client.status() == 403


async def test_websockets_go_on_beside_resources():
    async with served() as server, dialed(server.url) as client:
        await client.write(request(server.url, "/echo"))
        assert await client.status() == 101
