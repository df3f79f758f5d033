"""A server: whom it lets in, what becomes of handlers, how it stops, and what it survives."""

import asyncio
import contextlib
import random
from contextlib import AsyncExitStack, asynccontextmanager

import pytest

from tests.support.linked import Log, until
from tests.support.raw_client import dialed, request, upgraded
from wirescope.events import ConnectionClosed, ConnectionFailed, WebSocketHandshake
from wirescope.transports.websocket import (
    Acceptance,
    Refusal,
    ServerOptions,
    Settings,
    serve,
)

pytestmark = pytest.mark.each_loop


async def echo(connection):
    async for message in connection:
        await connection.send(message.text if message.kind == "text" else message.payload)


def accept(_):
    return Acceptance(handler=echo)


@asynccontextmanager
async def served(route=accept, *, sink=None, **options):
    options.setdefault("settings", Settings(close_timeout_s=0.2))
    log = Log()
    async with serve(route, options=ServerOptions(**options), sink=sink or log) as server:
        server.log = log
        yield server


async def status_of(url, **changes):
    async with dialed(url) as client:
        await client.write(request(url, **changes))
        return await client.status()


# Who is let in


HOSTILE_HOSTS = [
    "evil.example", "evil.example:80", "localhost.evil.example", "evil-localhost",
    "localhost:80:80", "127.0.0.1.evil.example", "127.0.0.2", "0.0.0.0", "2130706433",
    "0x7f000001", "127.1", "[::]", "[::ffff:127.0.0.1]", "::1", "localhost@evil.example",
    "localhost/evil", "localhost.", "", " ", "localhost,evil.example", "localhost evil.example",
    "http://localhost", "*", "local\xadhost",
]  # fmt: skip

HOSTILE_ORIGINS = [
    "http://evil.example", "https://evil.example", "null", "", "http://localhost.evil.example",
    "http://evil.example/localhost", "http://127.0.0.1", "http://127.0.0.1:1", "https://{host}",
    "ws://{host}", "wss://{host}", "HTTP://{host}", "http://{host}/", "http://{host}.evil.example",
    "http://{host}@evil.example", "http://evil.example#{host}", "http://evil.example?{host}",
    "{host}", "//{host}", "http:{host}", "http://{host} http://evil.example", "file://", "*",
    "http://evil.example, http://{host}", "chrome-extension://abcdef", "http://{host}\t.evil.example",
    "http://localhost", "http://[::1]", "data:", "about:blank", "http://\x7f{host}", "http://{host}0",
]  # fmt: skip


@pytest.mark.parametrize("host", HOSTILE_HOSTS)
async def test_another_host_is_refused(host):
    async with served() as server:
        assert await status_of(server.url, host=host) == 403


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST:9", "127.0.0.1", "[::1]", "[::1]:80"])
async def test_the_machine_s_own_names_are_let_in(host):
    async with served() as server:
        assert await status_of(server.url, host=host) == 101


@pytest.mark.parametrize("origin", HOSTILE_ORIGINS)
async def test_another_origin_is_refused(origin):
    async with served() as server:
        origin = origin.format(host=server.url.removeprefix("ws://"))
        assert await status_of(server.url, origin=origin) == 403


async def test_the_own_origin_and_those_listed_are_let_in():
    async with served(origins=("https://app.example",)) as server:
        own = server.url.replace("ws://", "http://")
        assert await status_of(server.url, origin=own) == 101
        assert await status_of(server.url, origin="https://app.example") == 101
        assert await status_of(server.url, origin="https://app.example:444") == 403
        assert await status_of(server.url) == 101


async def test_two_hosts_or_two_origins_are_refused():
    async with served() as server:
        host = server.url.removeprefix("ws://")
        for more, status in (
            ("Host: evil.example", 400),
            (f"Origin: http://{host}\r\nOrigin: http://evil.example", 403),
        ):
            async with dialed(server.url) as client:
                await client.write(request(server.url)[:-2] + f"{more}\r\n\r\n".encode())
                assert await client.status() == status


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"sec_websocket_key": None}, 400),
        ({"sec_websocket_key": "short"}, 400),
        ({"sec_websocket_version": "8"}, 426),
        ({"upgrade": None}, 426),
        ({"connection": "close"}, 426),
        ({"host": None}, 403),
    ],
)
async def test_a_handshake_that_breaks_a_rule_is_refused(changes, status):
    async with served() as server:
        assert await status_of(server.url, **changes) == status


async def test_a_refusal_of_the_route_is_sent_and_recorded():
    async with served(lambda _: Refusal(401, b"who?", (("X-Why", "no token"),))) as server:
        async with dialed(server.url) as client:
            await client.write(request(server.url))
            head = await client.head()
            assert " 401 " in head
            assert "X-Why: no token" in head
            assert await client.rest() == b"who?"
        (failed,) = server.log.of(ConnectionFailed)
        assert (failed.status, failed.body, failed.kind) == (401, b"who?", "status")


@pytest.mark.each_loop
async def test_a_refusal_reaches_a_client_that_sends_a_body():
    too_much = Refusal(413, b"too much")
    async with served(lambda _: too_much) as server, dialed(server.url) as client:
        await client.write(request(server.url, content_length=str(4 << 20)) + bytes(4 << 20))
        assert await client.status() == 413
        assert await client.rest() == b"too much"


async def test_what_follows_a_refused_request_is_not_read_for_ever():
    async with served(lambda _: Refusal(413), head_timeout_s=60) as server:
        async with dialed(server.url) as client:
            await client.write(request(server.url))
            assert await client.status() == 413
            with pytest.raises(OSError):  # noqa: PT012 only some write fails
                while True:
                    await client.write(bytes(1 << 20))
        await until(lambda: not server._openings)


async def test_a_refused_client_that_does_not_hang_up_is_dropped():
    async with (
        served(lambda _: Refusal(404), head_timeout_s=0.05) as server,
        dialed(server.url) as client,
    ):
        await client.write(request(server.url))
        assert await client.rest() != b""
        await until(lambda: not server._openings)


@pytest.mark.parametrize("target", ["/a?b=c&b=d&e=", "http://localhost/a?b=d&e=", "/a?b=d&e=&%ff"])
async def test_a_route_sees_path_and_query(target):
    seen = []

    def route(asked):
        seen.append((asked.path, asked.query))
        return Refusal(404)

    async with served(route) as server:
        await status_of(server.url, path=target)
    ((path, query),) = seen
    assert path == "/a"
    assert (query["b"], query["e"]) == ("d", "")


async def test_a_hostile_target_is_only_a_path():
    def route(asked):
        return Refusal(404, f"{asked.path} {asked.query}".encode())

    async with served(route) as server:
        for target in ("//[", "http://[", "*", "/%", "/?%", "x:y", "/" + "a" * 60_000):
            assert await status_of(server.url, path=target) == 404


async def test_a_subprotocol_is_chosen_by_the_server_s_preference():
    async with served(subprotocols=("v2", "v1")) as server, dialed(server.url) as client:
        await client.write(request(server.url, sec_websocket_protocol="v1, v2"))
        assert "Sec-WebSocket-Protocol: v2" in await client.head()


@pytest.mark.parametrize(
    ("offer", "answer"),
    [
        ("permessage-deflate", "permessage-deflate"),
        ("permessage-deflate; server_max_window_bits=15", "server_max_window_bits=15"),
        ("permessage-deflate; unknown, permessage-deflate", "permessage-deflate"),
        ("permessage-deflate; server_max_window_bits=7", None),
        ("x-other", None),
        ("=broken", None),
    ],
)
async def test_compression_is_agreed_on_or_declined(offer, answer):
    async with served() as server, dialed(server.url) as client:
        await client.write(request(server.url, sec_websocket_extensions=offer))
        head = await client.head()
        assert head.startswith("HTTP/1.1 101")
        assert (f"{answer}\r\n" in head) if answer else "Extensions" not in head


async def test_a_server_that_is_full_says_so_and_recovers():
    async with served(max_connections=1) as server:
        async with upgraded(server.url) as client:
            assert await status_of(server.url) == 503
            await client.close()
        await until(lambda: not server.full)
        assert await status_of(server.url) == 101


# Bytes before, after and instead of a handshake


async def test_frames_that_come_with_the_handshake_are_read():
    async with served() as server, dialed(server.url) as client:
        await client.write(request(server.url) + client.frame(1, b"at once") + b"\x89")
        assert await client.status() == 101
        assert (await client.receive()).payload == b"at once"
        await client.write(b"\x80\x00\x00\x00\x00")
        assert (await client.receive()).opcode == 10


async def test_a_client_that_takes_too_long_for_its_request_is_dropped():
    async with served(head_timeout_s=0.03) as server, dialed(server.url) as client:
        await client.write(b"GET / HTTP/1.1\r\nHost: ")
        assert await client.rest() == b""


async def test_a_client_that_trickles_its_request_gets_no_more_time():
    async with served(head_timeout_s=0.05) as server, dialed(server.url) as client:
        await client.write(b"GET / HTTP/1.1\r\n")
        await until(lambda: bool(server._openings))
        with contextlib.suppress(OSError):
            while server._openings:  # the test's own deadline ends it otherwise
                await client.write(b"a")
                await asyncio.sleep(0.005)  # each byte comes well within the time
        assert await client.rest() == b""
    assert server.log == []


async def test_slow_heads_take_no_places_of_connections():
    async with served(max_connections=1) as server, AsyncExitStack() as slow:
        for _ in range(5):
            client = await slow.enter_async_context(dialed(server.url))
            await client.write(b"GET / HTTP/1.1\r\n")
        async with upgraded(server.url) as client:
            assert await status_of(server.url) == 503
            await client.close()


async def test_a_refusal_for_want_of_room_is_recorded():
    async with served(max_connections=0) as server:
        assert await status_of(server.url) == 503
        (failed,) = server.log.of(ConnectionFailed)
        assert failed.status == 503
        assert b"no room" in failed.body


LONG_HEADS = {
    "one long field": "X-Long: " + "a" * 65_536,
    "many fields": "\r\n".join(f"X-{number:04}: {'b' * 8}" for number in range(4096)),
}


@pytest.mark.parametrize("fields", LONG_HEADS.values(), ids=LONG_HEADS)
async def test_a_request_with_64_kib_of_headers_is_taken_and_recorded_whole(fields):
    async with served() as server, dialed(server.url) as client:
        sent = request(server.url)[:-2] + fields.encode() + b"\r\n\r\n"
        assert len(sent) > 65_536
        await client.write(sent)
        assert await client.status() == 101
        (handshake,) = server.log.of(WebSocketHandshake)
        assert handshake.request.encode() == sent


@pytest.mark.parametrize("fields", LONG_HEADS.values(), ids=LONG_HEADS)
async def test_a_request_longer_than_the_limit_is_refused(fields):
    async with served() as server, dialed(server.url) as client:
        await client.write(request(server.url)[:-2] + (fields.encode() + b"\r\n") * 3 + b"\r\n")
        assert await client.status() == 431
        assert b"longer than 131072 bytes" in await client.rest()


@pytest.mark.parametrize("seed", range(10))
async def test_random_bytes_instead_of_a_request_are_refused_or_time_out(seed):
    garbage = random.Random(seed).randbytes(300)
    async with served(head_timeout_s=0.05) as server, dialed(server.url) as client:
        await client.write(garbage)
        assert (await client.rest())[:12] in (b"HTTP/1.1 400", b"")
        await until(lambda: not server._openings)
        assert await status_of(server.url) == 101


async def test_a_head_without_an_end_is_refused():
    async with served() as server, dialed(server.url) as client:
        await client.write(b"GET / HTTP/1.1\r\nCookie: " + b"a" * 140_000)
        assert await client.status() == 431


@pytest.mark.parametrize(
    "garbage",
    [
        b"\x16\x03\x01\x02\x00\x01\x00",
        b"\x00" * 100,
        b"hello\r\n\r\n",
        b"GET\r\n\r\n",
        b"\xff\xfe\r\n\r\n",
    ],
)
async def test_what_is_not_http_is_refused(garbage):
    async with served() as server, dialed(server.url) as client:
        await client.write(garbage)
        assert await client.status() == 400


async def test_garbage_ends_only_its_own_connection():
    generator = random.Random(6455)
    async with served() as server, upgraded(server.url) as good:
        for _ in range(30):
            async with dialed(server.url) as client:
                await client.write(generator.randbytes(generator.randrange(1, 200)))
        for _ in range(20):
            async with upgraded(server.url) as client:
                await client.write(generator.randbytes(200))
        await good.send(1, b"still here?")
        assert (await good.receive()).payload == b"still here?"
        await good.close()


@pytest.mark.slow
async def test_others_are_served_beside_500_half_handshakes():
    async with served() as server, asyncio.TaskGroup() as group:
        opened = asyncio.Event()
        halves = 0

        async def half():
            nonlocal halves
            async with dialed(server.url) as client:
                await client.write(b"GET / HTTP/1.1\r\n")
                halves += 1
                await opened.wait()

        for _ in range(500):
            group.create_task(half())
        await until(lambda: halves == 500)
        async with upgraded(server.url) as client:
            await client.send(1, b"me")
            assert (await client.receive()).payload == b"me"
            await client.close()
        opened.set()


# Handlers


async def test_the_connection_is_closed_when_its_handler_returns():
    async def greet(connection):
        await connection.send("hello")

    async with (
        served(lambda _: Acceptance(handler=greet)) as server,
        upgraded(server.url) as client,
    ):
        assert (await client.receive()).payload == b"hello"
        assert (await client.receive()).payload == b"\x03\xe8"
        await client.send(8, b"\x03\xe8")
        assert await client.rest() == b""


async def test_a_handler_that_fails_closes_with_1011():
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))

    async def fail(_):
        raise LookupError("a bug")

    async with served(lambda _: Acceptance(handler=fail)) as server, upgraded(server.url) as client:
        assert (await client.receive()).payload[:2] == b"\x03\xf3"
        await client.send(8, b"\x03\xf3")
        await client.rest()
    assert [type(context["exception"]) for context in told] == [LookupError]


async def test_a_handler_that_notices_the_end_has_not_failed():
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))

    async def receive(connection):
        async with asyncio.TaskGroup() as group:
            group.create_task(connection.receive())

    async with served(lambda _: Acceptance(handler=receive)) as server:
        async with upgraded(server.url) as client:
            await client.close(4000)
        await until(lambda: bool(server.log.of(ConnectionClosed)))
    assert told == []


# The end of the server


async def test_a_server_that_stops_says_1001():
    async with served() as server:
        async with upgraded(server.url) as client, asyncio.TaskGroup() as group:
            stopping = group.create_task(server.close())
            assert (await client.receive()).payload[:2] == b"\x03\xe9"
            await client.send(8, b"\x03\xe9")
            await client.rest()
            client.hang_up()
            await stopping
        assert server.log.of(ConnectionClosed)[0].initiator == "local"


async def test_a_server_stops_within_the_close_time_out():
    never = asyncio.Event()

    async def stubborn(_):
        await never.wait()

    settings = Settings(close_timeout_s=0.05)
    route = lambda _: Acceptance(handler=stubborn)  # noqa: E731
    async with AsyncExitStack() as clients:
        async with served(route, settings=settings) as server:
            for _ in range(3):
                await clients.enter_async_context(upgraded(server.url))
            await clients.enter_async_context(dialed(server.url))
            started = asyncio.get_running_loop().time()
        assert asyncio.get_running_loop().time() - started < 0.5


async def test_an_address_in_use_is_an_os_error():
    async with served() as server:
        port = int(server.url.rpartition(":")[2])
        with pytest.raises(OSError):
            async with serve(accept, port=port):
                pass


async def test_an_error_inside_comes_out_as_it_is():
    with pytest.raises(LookupError):
        async with served():
            raise LookupError


# What is recorded


async def test_the_handshake_is_recorded_byte_for_byte():
    async with served() as server, dialed(server.url) as client:
        sent = request(server.url, "/x?y", x_Odd="\xe4  b")
        await client.write(sent)
        head = await client.head()
        (handshake,) = server.log.of(WebSocketHandshake)
        assert handshake.request == sent.decode("latin-1")
        assert handshake.response == head
        assert handshake.status == 101
