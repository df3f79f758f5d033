"""TCP's congestion control is the one that was asked for, from the first segment on."""

import socket
from pathlib import Path

import pytest

from wirescope.errors import UsageError
from wirescope.events import Timeline
from wirescope.transports.websocket import (
    Acceptance,
    ConnectOptions,
    ServerOptions,
    WebSocketConnection,
    connect,
    serve,
)

CHOICES = Path("/proc/sys/net/ipv4/tcp_allowed_congestion_control")

ALLOWED = sorted(CHOICES.read_text().split()) if CHOICES.exists() else []

pytestmark = pytest.mark.skipif(not CHOICES.exists(), reason="the system names no choices")


def control_of(connection: WebSocketConnection) -> str:
    name = connection.tcp_socket.getsockopt(socket.IPPROTO_TCP, socket.TCP_CONGESTION, 16)
    return str(name.rstrip(b"\0").decode())


@pytest.mark.each_loop
async def test_both_ends_have_the_one_that_they_were_told() -> None:
    for name in ALLOWED:
        found = []

        async def handle(connection: WebSocketConnection) -> None:
            found.append(control_of(connection))  # noqa: B023
            await connection.send("here")
            await connection.wait_closed()

        async with serve(
            lambda _: Acceptance(handler=handle),
            options=ServerOptions(congestion_control=name),
        ) as server:
            async with await connect(
                server.url,
                options=ConnectOptions(congestion_control=name),
                timeline=Timeline(),
                sink=lambda _: None,
            ) as connection:
                await connection.receive()
                assert control_of(connection) == name
                assert connection.buffered_bytes == 0
            assert connection.tcp_socket is None
        assert found == [name]


async def test_one_that_the_system_does_not_have_is_the_users_mistake() -> None:
    with pytest.raises(UsageError, match="'avian' is not on this system"):
        async with serve(
            lambda _: Acceptance(handler=lambda _: connection_never()),
            options=ServerOptions(congestion_control="avian"),
        ):
            pass
    with pytest.raises(UsageError, match="'avian' is not on this system"):
        await connect(
            "ws://127.0.0.1:9/",
            options=ConnectOptions(congestion_control="avian"),
            timeline=Timeline(),
            sink=lambda _: None,
        )


async def connection_never() -> None:
    raise AssertionError("nobody connects")
