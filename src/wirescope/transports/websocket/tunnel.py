"""A proxy on a socket that is connected to it: HTTP CONNECT and SOCKS5.

CONNECT (RFC 9110 section 9.3.6) is spoken here, on the same reader of heads as the opening
handshake, since the answer may come in pieces and its status and headers are what explains a
refusal. SOCKS5 (RFC 1928, RFC 1929) is python-socks'. Not here: the way to the proxy.
"""

import asyncio
import socket
from base64 import b64encode
from typing import Any, cast

from python_socks import ProxyError, ProxyType
from python_socks.async_.asyncio import Proxy

from wirescope.errors import ConnectError, HandshakeError
from wirescope.transports.websocket.url import ProxyURL
from wirescope.wire.websocket import HeadReader, ResponseHead, parse_response

_FAR_FUTURE_S = 1e6  # the time-out for opening ends it; python-socks wants one of its own

_HINTS = {
    403: "The proxy does not allow this target; ask who runs it, or connect without it.",
    400: "It does not tunnel; it may be an ordinary web server.",
    405: "It does not tunnel; it may be an ordinary web server.",
    407: "Put the user and password that it wants into its address (--proxy), before an @.",
    502: "The proxy cannot reach the target; check the host and port.",
    503: "The proxy cannot reach the target; check the host and port.",
    504: "The target did not answer the proxy in time; check the host and port.",
}


async def tunnel(sock: socket.socket, proxy: ProxyURL, host: str, port: int) -> None:
    """Have the proxy connect to a host and port; afterwards the socket leads there.

    Raises:
        ConnectError: an HTTP proxy refused, or answered with something else than HTTP.
        python_socks.ProxyError: a SOCKS5 proxy refused, or answered with something else.
        OSError: the connection to the proxy broke.
    """
    if proxy.scheme == "http":
        await _tunnel_by_http(sock, proxy, f"[{host}]:{port}" if ":" in host else f"{host}:{port}")
    else:
        await _tunnel_by_socks(sock, proxy, host, port)


async def _tunnel_by_http(sock: socket.socket, proxy: ProxyURL, target: str) -> None:
    loop = asyncio.get_running_loop()
    await loop.sock_sendall(sock, connect_request(proxy, target))
    try:
        head, leftover = await _read_answer(sock)
    except HandshakeError as error:
        raise ConnectError(
            f"The proxy {proxy} did not answer in HTTP: {error.message}",
            phase="proxy",
            kind="proxy",
            hint="Check its port and kind; a SOCKS5 proxy is written socks5h://HOST:PORT.",
        ) from None
    # RFC 9110 section 9.3.6: any 2xx means that the tunnel begins after the head
    if head.status // 100 != 2:
        raise ConnectError(
            f"The proxy {proxy} refused to connect to {target} with"
            f" {head.status} {head.reason}".rstrip()
            + ".",
            phase="proxy",
            kind="proxy-authentication" if head.status == 407 else "proxy",
            hint=_HINTS.get(head.status, "The proxy's log may say why."),
        )
    if leftover:  # neither TLS nor WebSocket lets the server speak first
        raise ConnectError(
            f"The proxy {proxy} sent {len(leftover)} bytes before anything was said to {target}.",
            phase="proxy",
            kind="proxy",
            hint="What is behind it is no WebSocket server; check the host and port.",
        )


def connect_request(proxy: ProxyURL, target: str) -> bytes:
    """Write the request for a tunnel, with the proxy's credentials if the address has them."""
    pair = f"{proxy.user}:{proxy.password}".encode("utf-8", "surrogateescape")
    lines = [f"CONNECT {target} HTTP/1.1", f"Host: {target}"]
    if proxy.user is not None:
        lines.append(f"Proxy-Authorization: Basic {b64encode(pair).decode('ascii')}")
    return "\r\n".join([*lines, "", ""]).encode("ascii")


async def _read_answer(sock: socket.socket) -> tuple[ResponseHead, bytes]:
    loop, reader = asyncio.get_running_loop(), HeadReader(kind="response")
    while True:
        data = await loop.sock_recv(sock, 65536)
        if not data:
            raise ConnectionResetError("the proxy closed the connection")
        raw = reader.feed(data)
        if raw is not None:
            return parse_response(raw), reader.leftover


class _Connected:
    """Stands where python-socks looks for the proxy before the proxy: the socket is there."""

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock

    async def connect(self, **_: Any) -> socket.socket:
        return self._sock


async def _tunnel_by_socks(sock: socket.socket, proxy: ProxyURL, host: str, port: int) -> None:
    connector = Proxy(
        ProxyType.SOCKS5,
        proxy.host,
        proxy.port,
        username=proxy.user,
        password=proxy.password or None,
        rdns=True,
        forward=cast("Any", _Connected(sock)),
    )
    try:
        await connector.connect(host, port, timeout=_FAR_FUTURE_S)
    except ValueError as error:  # credentials or an answer that do not fit the protocol
        raise ProxyError(f"SOCKS5 cannot carry this: {error}") from None
