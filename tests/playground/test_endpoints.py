"""The test endpoints, with our client and with plain HTTP."""

import asyncio
import urllib.error
import urllib.request
from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from wirescope.errors import UpgradeRefusedError
from wirescope.events import Emission, Timeline, WebSocketMessage, WebSocketViolation
from wirescope.playground import ENDPOINTS, serve_endpoints
from wirescope.transports.websocket import ConnectOptions, WebSocketConnection, connect


def visit(
    target: str,
    scenario: Callable[[WebSocketConnection], Coroutine[Any, Any, Any]],
    **options: Any,
) -> tuple[Any, list[Emission]]:
    events: list[Emission] = []

    async def main() -> Any:
        async with asyncio.timeout(20), serve_endpoints() as server:
            connection = await connect(
                server.url + target,
                options=ConnectOptions(**options),
                timeline=Timeline(),
                sink=events.extend,
            )
            async with connection:
                return await scenario(connection)

    return asyncio.run(main()), events


async def texts(connection: WebSocketConnection) -> list[str]:
    return [message.text async for message in connection]


async def ended(connection: WebSocketConnection) -> tuple[int, str, str]:
    closed = await connection.wait_closed()
    return closed.code, closed.initiator, closed.cause


def messages(events: list[Emission]) -> list[WebSocketMessage]:
    return [event for event in events if isinstance(event, WebSocketMessage)]


@pytest.mark.parametrize("data", ["text", "", "ünïcode 🦀", b"\x00\xff"], ids=repr)
def test_echo_sends_back_what_came(data: str | bytes) -> None:
    async def scenario(connection: WebSocketConnection) -> str | bytes:
        await connection.send(data)
        message = await connection.receive()
        return message.text if message.kind == "text" else message.payload

    assert visit("/echo", scenario)[0] == data


def test_echo_cuts_its_answer_into_as_many_frames_as_asked() -> None:
    async def scenario(connection: WebSocketConnection) -> int:
        await connection.send("ünïcode")
        return len((await connection.receive()).frames)

    assert visit("/echo?fragments=5", scenario)[0] == 5


def test_push_sends_as_many_messages_of_the_size_as_asked_and_closes() -> None:
    received, _ = visit("/push?count=300&size=50&kind=binary", texts)
    assert len(received) == 300
    assert {len(text) for text in received} == {50}


def test_fragments_come_with_pings_in_between() -> None:
    async def scenario(connection: WebSocketConnection) -> str:
        return (await connection.receive()).text

    assert visit("/fragments?parts=4&size=2&ping_between=1", scenario)[0] == "aabbccdd"


def test_ping_tells_how_long_the_pong_took() -> None:
    async def scenario(connection: WebSocketConnection) -> str:
        return (await connection.receive()).text

    assert visit("/ping?count=1&payload=x", scenario)[0].startswith("ping 1: pong after")


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("code=4001&reason=enough", (4001, "remote", "close")),
        ("code=0", (1005, "remote", "close")),
        ("mode=drop", (1006, "network", "eof")),
        ("mode=reset", (1006, "network", "reset")),
    ],
)
def test_close_ends_the_connection_in_the_way_asked(
    query: str, expected: tuple[int, str, str]
) -> None:
    assert visit(f"/close?{query}", ended)[0] == expected


def test_idle_hangs_up_without_a_close_frame() -> None:
    assert visit("/idle?after_ms=20", ended)[0] == (1006, "network", "eof")


def test_slow_reads_in_the_end_what_was_sent() -> None:
    async def scenario(connection: WebSocketConnection) -> str:
        await connection.send("abc")
        return (await connection.receive()).text

    assert visit("/slow?pause_ms=20", scenario)[0] == "1 messages, 3 bytes read"


def test_deflate_negotiates_what_the_query_says() -> None:
    async def scenario(connection: WebSocketConnection) -> str:
        return (await connection.receive()).text

    agreed, _ = visit("/deflate?server_max_window_bits=10&server_no_context_takeover=1", scenario)
    assert "server_max_window_bits=10" in agreed
    assert "server_no_context_takeover" in agreed


def test_reject_refuses_with_the_status_and_body_asked_for() -> None:
    with pytest.raises(UpgradeRefusedError) as caught:
        visit("/reject?status=429&body=slower&retry_after=7", texts)
    assert (caught.value.status, caught.value.body) == (429, b"slower\n")
    assert ("Retry-After", "7") in caught.value.headers


def test_subprotocol_chooses_the_first_that_both_speak() -> None:
    async def scenario(connection: WebSocketConnection) -> str:
        return connection.subprotocol

    assert visit("/subprotocol?speak=b,a", scenario, subprotocols=("a", "b"))[0] == "b"


@pytest.mark.parametrize(
    ("call", "answer"),
    [
        ('{"jsonrpc":"2.0","id":1,"method":"add","params":[1,2]}', '"result":3'),
        ('{"jsonrpc":"2.0","id":1,"method":"nope"}', "-32601"),
        ('{"jsonrpc":"2.0","id":1,"method":"add","params":["x"]}', "-32602"),
        ('{"jsonrpc":"2.0","id":1,"method":"error"}', "-32000"),
        ("{", "-32700"),
        ("[]", "-32600"),
    ],
)
def test_jsonrpc_answers_a_call(call: str, answer: str) -> None:
    async def scenario(connection: WebSocketConnection) -> str:
        await connection.send(call)
        return (await connection.receive()).text

    assert answer in visit("/jsonrpc", scenario)[0]


KINDS = next(each for each in ENDPOINTS if each.path == "/illegal").parameters[0].choices


@pytest.mark.parametrize("kind", KINDS)
def test_illegal_breaks_a_rule_that_the_client_names(kind: str) -> None:
    _, events = visit(f"/illegal?kind={kind}", ended)
    seen = [event for event in events if isinstance(event, WebSocketViolation)]
    assert any(event.direction == "received" and event.clause for event in seen)


def test_bomb_is_stopped_at_the_limit() -> None:
    result, _ = visit("/bomb?size=2000000", ended, max_message_size=100_000)
    assert result == (1009, "local", "violation")


def test_binary_sends_what_it_says() -> None:
    async def scenario(connection: WebSocketConnection) -> bytes:
        return (await connection.receive()).payload

    assert visit("/binary?size=300", scenario)[0][:258] == bytes([*range(256), 0, 1])


@pytest.mark.slow
def test_demo_shows_every_kind_of_frame_and_ends_cleanly() -> None:
    result, events = visit("/demo", ended)
    assert result == (1000, "remote", "close")
    received = [message for message in messages(events) if message.direction == "received"]
    assert [message.compressed for message in received] == [False, True, False, False]
    assert len(received[-1].frames) == 3


@pytest.mark.parametrize(
    ("target", "status", "says"),
    [
        ("/push?count=x", 400, "count takes a number from 0 to 100000000."),
        ("/push?counts=1", 400, "/push has no parameter counts"),
        ("/close?mode=softly", 400, "mode takes one of"),
        ("/nothing", 404, "There is no /nothing here"),
    ],
)
def test_a_wrong_address_is_answered_with_a_sentence(target: str, status: int, says: str) -> None:
    with pytest.raises(UpgradeRefusedError) as caught:
        visit(target, texts)
    assert caught.value.status == status
    assert says in caught.value.body.decode()


def test_bomb_refuses_an_offer_that_cannot_be_read() -> None:
    headers = (("Sec-WebSocket-Extensions", "=;="),)
    with pytest.raises(UpgradeRefusedError) as caught:
        visit("/bomb", texts, headers=headers)
    assert caught.value.status == 400
    assert "cannot be read at character 1" in caught.value.body.decode()


@pytest.mark.parametrize("accept", ["*/*", "text/html"])
def test_the_root_lists_every_endpoint(accept: str) -> None:
    async def main() -> str:
        async with serve_endpoints() as server:
            request = urllib.request.Request(
                server.url.replace("ws", "http") + "/", headers={"Accept": accept}
            )

            def fetch() -> str:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return str(answer.read(), "utf-8")

            return await asyncio.to_thread(fetch)

    listed = asyncio.run(main())
    assert all(endpoint.path in listed for endpoint in ENDPOINTS)


def test_a_reserved_opcode_makes_no_message_where_breaches_are_only_noted() -> None:
    async def scenario(connection: WebSocketConnection) -> None:
        assert (await connection.receive()).text == "The next frame is illegal."

    _, events = visit("/illegal?kind=reserved-opcode", scenario, strict=False)
    assert len(messages(events)) == 1
