"""The fakes do what tests believe of them."""

import asyncio
import ssl
from collections.abc import Callable
from contextlib import suppress

import pytest

from tests.support.authority import Authority
from tests.support.proxies import ConnectProxy, Socks5Proxy
from tests.support.raw_server import RawServer, header, read_head


async def shout(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while line := await reader.readline():
        writer.write(line.upper())
        await writer.drain()


async def ask(port: int, *said: bytes, tls: ssl.SSLContext | None = None) -> bytes:
    host = "localhost" if tls else None
    reader, writer = await asyncio.open_connection("127.0.0.1", port, ssl=tls, server_hostname=host)
    answers = b""
    for each in said:
        writer.write(each)
        answers += await reader.read(100)
    writer.transport.abort()
    return answers


async def test_a_raw_server_says_what_it_is_told_and_counts() -> None:
    async with RawServer(shout) as server:
        assert await ask(server.port, b"a\n") + await ask(server.port, b"b\n") == b"A\nB\n"
        assert server.accepted == 2


async def test_a_raw_server_ends_its_connections_when_it_is_left() -> None:
    async with RawServer(shout) as server:
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        writer.write(b"a\n")
        await reader.readline()
    with suppress(ConnectionResetError):  # an end, too
        assert await reader.read() == b""
    writer.transport.abort()


async def test_an_authority_s_certificate_is_trusted(tmp_path) -> None:
    authority = Authority(tmp_path)
    trusting = ssl.create_default_context(cafile=authority.ca_file)
    async with RawServer(shout, tls=authority.server("localhost")) as server:
        assert await ask(server.port, b"a\n", tls=trusting) == b"A\n"


async def test_a_header_is_found_in_a_head() -> None:
    reader = asyncio.StreamReader()
    reader.feed_data(b"GET / HTTP/1.1\r\nA: b\r\n\r\nrest")
    head = await read_head(reader)
    assert (header(head, "a"), header(head, "c")) == ("b", "")


CONNECT = b"CONNECT far:1 HTTP/1.1\r\n\r\n"
SOCKS_FAR = b"\x05\x01\x00\x03\x03far\x00\x01"


@pytest.mark.parametrize(
    ("make", "said", "heard"),
    [
        (ConnectProxy, (CONNECT, b"a\n"), b"HTTP/1.1 200 Connection established\r\n\r\nA\n"),
        (
            Socks5Proxy,
            (b"\x05\x01\x00", SOCKS_FAR, b"a\n"),
            b"\x05\x00\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00A\n",
        ),
    ],
)
async def test_a_proxy_leads_to_where_a_name_is_said_to_be(
    make: Callable[..., ConnectProxy | Socks5Proxy], said: tuple[bytes, ...], heard: bytes
) -> None:
    async with RawServer(shout) as server, make({"far:1": server.port}) as proxy:
        assert await ask(proxy.port, *said) == heard
        assert len(proxy.asked) == 1


@pytest.mark.parametrize(
    ("make", "said", "heard"),
    [
        (ConnectProxy, (CONNECT,), b"HTTP/1.1 407"),
        (Socks5Proxy, (b"\x05\x01\x00",), b"\x05\xff"),
        (Socks5Proxy, (b"\x05\x01\x02", b"\x01\x01u\x01x"), b"\x05\x02\x01\x01"),
    ],
)
async def test_a_proxy_asks_for_its_credentials(
    make: Callable[..., ConnectProxy | Socks5Proxy], said: tuple[bytes, ...], heard: bytes
) -> None:
    async with make({}, credentials="u:w") as proxy:
        assert (await ask(proxy.port, *said)).startswith(heard)
