"""The Python API against a server of the `websockets` library."""

import asyncio
from contextlib import asynccontextmanager

import pytest
from websockets.asyncio.server import serve

import wirescope
from wirescope.errors import CaptureExistsError, ConnectionClosedError, UsageError
from wirescope.events import (
    ConnectionClosed,
    ConnectionOpening,
    PayloadChunk,
    WebSocketFrame,
    WebSocketMessage,
)


@asynccontextmanager
async def serving(handler, **options):
    async with serve(handler, "127.0.0.1", 0, **options) as server:
        yield f"ws://127.0.0.1:{server.sockets[0].getsockname()[1]}"


async def echo(connection):
    async for message in connection:
        await connection.send(message)


async def push(connection, count=5):
    for number in range(count):
        await connection.send(str(number))


async def test_what_is_sent_comes_back():
    async with serving(echo) as url, wirescope.connect(url) as connection:
        await connection.send("text")
        assert (await connection.receive()).text == "text"
        await connection.send(b"\x00\xff")
        assert (await connection.receive()).payload == b"\x00\xff"
        assert await connection.ping() < 30


async def test_messages_can_be_iterated_to_the_end():
    async with serving(push) as url, wirescope.connect(url) as connection:
        assert [message.text async for message in connection] == list("01234")
        assert connection.closed.code == 1000
        assert connection.verdict.sentence.startswith("The server closed the connection with 1000")


async def test_events_begin_with_the_opening_however_late_they_are_asked_for():
    async with serving(push) as url, wirescope.connect(url) as connection:
        await connection.wait_closed()
        events = [event async for event in connection.events]
    assert isinstance(events[0], ConnectionOpening)
    assert isinstance(events[-1], ConnectionClosed)
    assert [event.seq for event in events] == list(range(1, len(events) + 1))


async def test_reading_events_alone_never_stalls():
    async def push_much(connection):
        for number in range(20_000):
            await connection.send(f"{number:>1000}")

    async with serving(push_much, compression=None) as url, wirescope.connect(url) as connection:
        count = 0
        async for event in connection.events:
            count += isinstance(event, WebSocketMessage)
    assert count == 20_000


async def test_a_reader_of_events_that_does_not_keep_up_holds_the_server_back():
    sent = 0
    blocked = asyncio.Event()

    async def push_for_ever(connection):
        nonlocal sent
        while True:
            try:
                async with asyncio.timeout(1):
                    await connection.send(bytes(1 << 18))
            except TimeoutError:
                blocked.set()
                return
            sent += 1

    async with (
        serving(push_for_ever, compression=None) as url,
        wirescope.connect(url) as connection,
    ):
        events = aiter(connection.events)
        await anext(events)
        await blocked.wait()
        assert len(connection.events._held) <= 1024
        assert connection.events._bytes < 8 << 20
    assert sent > 4


async def test_events_that_nobody_reads_are_not_kept_for_ever():
    async def push_much(connection):
        await push(connection, 2000)

    async with serving(push_much) as url, wirescope.connect(url) as connection:
        assert len([message async for message in connection]) == 2000
        assert not connection.events._held
        with pytest.raises(UsageError, match="too late"):
            aiter(connection.events)


async def test_receiving_after_the_end_says_how_it_ended():
    async def leave(connection):
        await connection.close(4001, "no more")

    async with serving(leave) as url, wirescope.connect(url) as connection:
        with pytest.raises(ConnectionClosedError, match="4001") as caught:
            await connection.receive()
    assert (caught.value.code, caught.value.reason) == (4001, "no more")
    assert caught.value.hint


async def test_a_refusal_raises_with_status_and_body():
    def refuse(connection, request):
        return connection.respond(401, "who are you")

    async with serving(echo, process_request=refuse) as url:
        with pytest.raises(wirescope.UpgradeRefusedError) as caught:
            async with wirescope.connect(url):
                pass
    assert (caught.value.status, caught.value.body) == (401, b"who are you")


async def test_an_error_inside_closes_the_connection_and_passes_through():
    closed = asyncio.Event()

    async def wait(connection):
        await connection.wait_closed()
        closed.set()

    async with serving(wait) as url:
        with pytest.raises(ZeroDivisionError):
            async with wirescope.connect(url):
                raise ZeroDivisionError
        await closed.wait()


async def test_a_capture_has_every_event_also_of_a_failure(tmp_path):
    def refuse(connection, request):
        return connection.respond(503, "later")

    path = tmp_path / "run.wirescope"
    async with serving(echo) as url, wirescope.connect(url, capture=path) as connection:
        await connection.send("kept")
        await connection.receive()
    with wirescope.open_capture(path) as capture:
        events = list(capture.events())
    assert isinstance(events[-1], ConnectionClosed)
    assert wirescope.explain(events).sentence.endswith("the server confirmed.")

    failed = tmp_path / "failed.wirescope"
    async with serving(echo, process_request=refuse) as url:
        with pytest.raises(wirescope.UpgradeRefusedError):
            async with wirescope.connect(url, capture=failed):
                pass
    with wirescope.open_capture(failed) as capture:
        *_, failure, finding = capture.events()
    assert failure.status == 503
    assert (finding.code, finding.evidence[-1]) == ("WS107", failure.seq)


async def test_a_capture_is_never_written_over(tmp_path):
    path = tmp_path / "precious"
    path.write_text("do not lose me")
    with pytest.raises(CaptureExistsError):
        async with wirescope.connect("ws://127.0.0.1:1", capture=path):
            pass
    assert path.read_text() == "do not lose me"


async def test_secrets_that_are_named_are_not_written(tmp_path):
    path = tmp_path / "kept"
    headers = (("X-Room", "hunter2"),)
    async with serving(echo) as url:
        connecting = wirescope.connect(
            f"{url}/hunter2", capture=path, headers=headers, secrets=["hunter2"]
        )
        async with connecting as connection:
            assert connection.url.endswith("/hunter2")
    with wirescope.open_capture(path) as capture:
        told = "".join(map(repr, capture.events()))
    assert "hunter2" not in told
    assert "X-Room: [redacted]" in told


async def test_options_go_by_name_and_before_the_record():
    options = wirescope.ConnectOptions(subprotocols=("one",), origin="https://a.test")
    async with (
        serving(echo, subprotocols=["two"], origins=["https://a.test"]) as url,
        wirescope.connect(url, options=options, subprotocols=("two",)) as connection,
    ):
        assert connection.subprotocol == "two"


async def test_watchers_see_everything():
    seen = []
    async with serving(push) as url, wirescope.connect(url, watchers=[seen.extend]) as connection:
        await connection.wait_closed()
    assert not any(isinstance(emission, PayloadChunk) for emission in seen)
    assert sum(isinstance(emission, WebSocketFrame) for emission in seen) == 5 + 2


async def test_closing_does_not_wait_for_a_reader_that_left_off():
    async def push_for_ever(connection):
        while True:
            await connection.send("x" * 1000)
            await asyncio.sleep(0)  # sending alone lets nobody else run

    async with serving(push_for_ever) as url:
        async with wirescope.connect(url, close_timeout_s=2) as connection:
            async for _ in connection.events:
                break
        assert connection.closed is not None
