"""Floods of those without credentials: answered within a budget, and the others do not notice."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from tests.support.ice_child import LOOPBACK, our_server
from tests.support.relay_load import CHANNEL, PlainClient, must
from wirescope.clock import SystemClock
from wirescope.wire.stun import (
    MessageClass,
    Method,
    RequestedTransport,
    build_stun,
    make_message,
)
from wirescope.wire.turn import UDP

FLOOD = 200_000
EACH = 50
SOURCES, FROM_EACH = 2000, 20
CONNECTIONS, ALLOWED, CLOSED_S = 400, 100, 5
RATE, AT_ONCE = 100.0, 500.0
ALL_RATE, ALL_AT_ONCE = 1000.0, 3000.0
BUDGET: dict[str, Any] = {
    "answers_per_s": RATE,
    "answers_at_once": AT_ONCE,
    "all_answers_per_s": ALL_RATE,
    "all_answers_at_once": ALL_AT_ONCE,
}
Row = tuple[str, str, bool]
_now_ns = SystemClock().monotonic_ns


async def show(folder: Path) -> AsyncIterator[Row]:
    """Flood a server from one address, from many, and with connections."""
    del folder
    parts: tuple[tuple[Callable[[int], Iterator[Row]], dict[str, Any]], ...] = (
        (_one_source, BUDGET),
        (_many_sources, BUDGET),
        (_connections, {"max_connections": ALLOWED, "credentials_timeout_s": CLOSED_S}),
    )
    for rows, more in parts:
        began_ns = _now_ns()
        async with our_server(allowed_peers=LOOPBACK, **more) as server:
            for row in await asyncio.to_thread(_all, rows, server.port):
                yield row
        most = ALL_AT_ONCE + ALL_RATE * (_now_ns() - began_ns) / 1e9
        counted = {name: each for name, each in server.counters.items() if each}
        yield "  what the server counted", _words(counted), counted["refused"] <= most


def _all(rows: Callable[[int], Iterator[Row]], port: int) -> list[Row]:
    return list(rows(port))


def _words(counted: dict[str, int]) -> str:
    shown = ("refused", "over_budget", "timed_out", "turned_away", "to_peers", "unsent")
    return ", ".join(f"{name} {counted[name]:,}" for name in shown if name in counted)


def _first_request() -> bytes:
    asked = RequestedTransport(UDP)
    return build_stun(make_message(MessageClass.REQUEST, Method.ALLOCATE, bytes(12), asked))


def _drain(sock: socket.socket) -> int:
    count = 0
    try:
        while True:
            sock.recv(2000)
            count += 1
    except BlockingIOError:
        return count


def _one_source(port: int) -> Iterator[Row]:
    with ExitStack() as stack:
        peer = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        peer.bind(("127.0.0.1", 0))
        peer.settimeout(5)
        client = PlainClient(port)
        stack.callback(client.socket.close)
        must(client.allocate())
        must(client.bind(peer.getsockname()))
        flood = stack.enter_context(socket.socket(type=socket.SOCK_DGRAM))
        flood.connect(("127.0.0.1", port))
        flood.settimeout(0)
        request, answers, relayed = _first_request(), 0, 0
        began_ns = _now_ns()
        for number in range(FLOOD // EACH):
            for _ in range(EACH):
                flood.send(request)
            data = number.to_bytes(4, "big")
            client.socket.send(CHANNEL.to_bytes(2, "big") + b"\x00\x04" + data)
            relayed += peer.recv(100) == data
            answers += _drain(flood)
        refreshed = client.code(Method.REFRESH)
        seconds = (_now_ns() - began_ns) / 1e9
    most = AT_ONCE + RATE * seconds
    words = f"{answers:,} answers to {FLOOD:,} requests in {seconds:.1f} s; at most {most:,.0f}"
    yield "a flood from one address", words, 0 < answers <= most
    words = f"{relayed:,} of {FLOOD // EACH:,} relayed, Refresh answered with {refreshed}"
    yield "a client at that address meanwhile", words, relayed == FLOOD // EACH and not refreshed


def _many_sources(port: int) -> Iterator[Row]:
    request, answers, seen = _first_request(), 0, 0
    began_ns = _now_ns()
    for number in range(SOURCES):
        with socket.socket(type=socket.SOCK_DGRAM) as flood:
            flood.bind((f"127.1.{number // 200}.{1 + number % 200}", 0))
            flood.connect(("127.0.0.1", port))
            for _ in range(FROM_EACH):
                flood.send(request)
            flood.settimeout(0.005)
            try:
                answers += len(flood.recv(2000)) > 0
            except TimeoutError:
                continue
            seen += 1
            flood.settimeout(0)
            answers += _drain(flood)
    seconds = (_now_ns() - began_ns) / 1e9
    most = ALL_AT_ONCE + ALL_RATE * seconds
    words = (
        f"{answers:,} answers to {SOURCES * FROM_EACH:,} requests of {SOURCES:,} in"
        f" {seconds:.1f} s; at most {most:,.0f}; {seen:,} sources heard of it"
    )
    yield "a flood from many addresses", words, 0 < answers <= most


def _connections(port: int) -> Iterator[Row]:
    with ExitStack() as stack:
        made = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            for _ in range(CONNECTIONS)
        ]
        client = PlainClient(port)
        stack.callback(client.socket.close)
        served = client.allocate()
        began_ns = _now_ns()
        at_once = sum(_ended(each, 0.001) for each in made[ALLOWED:])
        left = sum(_ended(each, 2.0 + CLOSED_S) for each in made[:ALLOWED])
        seconds = (_now_ns() - began_ns) / 1e9
    words = f"{at_once} of {CONNECTIONS} closed at once, {left} within {seconds:.1f} s"
    holds = at_once == CONNECTIONS - ALLOWED and left == ALLOWED
    yield "connections that say nothing", words, holds
    yield "a client over UDP meanwhile", f"Allocate answered with {served}", served == 0


def _ended(connection: socket.socket, within_s: float) -> bool:
    connection.settimeout(max(within_s, 0.5))
    try:
        return connection.recv(1) == b""
    except ConnectionResetError:
        return True
    except TimeoutError:
        return False
