"""A TURN server over UDP that does one thing wrong, for faults that no option of coturn makes.

It knows one user, answers rightly until its fault is due, and relays nothing: what is sent to a
peer is gone.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import cast

from tests.support.local_coturn import PASSWORD, REALM, USER
from wirescope.errors import PacketError
from wirescope.wire.stun import (
    Algorithm,
    Attribute,
    ErrorCode,
    Lifetime,
    MessageClass,
    Method,
    Nonce,
    PasswordAlgorithms,
    Realm,
    SecurityFeatures,
    StunMessage,
    Username,
    Value,
    XorMappedAddress,
    XorRelayedAddress,
    add_integrity,
    build_stun,
    long_term_key,
    make_error,
    make_message,
    make_nonce,
    make_response,
    parse_stun,
)

Address = tuple[str, int]
Fault = Callable[["FaultyTurn", StunMessage], StunMessage | None]
"""Answers a request in place of the server; None is silence."""


class FaultyTurn(asyncio.DatagramProtocol):
    """The server.

    Attributes:
        port: where it listens.
        asked: the requests that came.
        relayed: the relayed address that it gives out.
    """

    def __init__(self, fault: Fault | None = None, *, elsewhere: bool = False) -> None:
        self.port = 0
        self.asked: list[StunMessage] = []
        self.relayed: Address = ("127.0.0.1", 9)
        self.source: Address = ("", 0)
        self.key = long_term_key(USER, REALM, PASSWORD)
        self._fault = fault or FaultyTurn.rightly
        self._elsewhere = elsewhere
        self._socket: asyncio.DatagramTransport | None = None
        self.other: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._socket = cast("asyncio.DatagramTransport", transport)
        self.port = transport.get_extra_info("sockname")[1]

    def datagram_received(self, data: bytes, addr: Address) -> None:
        try:
            message = parse_stun(data)
        except PacketError:
            return
        if message.message_class is not MessageClass.REQUEST:
            return
        self.asked.append(message)
        self.source = addr
        answer = self._fault(self, message)
        way = self.other if self._elsewhere else self._socket
        if answer is not None and way is not None:
            way.sendto(build_stun(answer), addr)

    def rightly(self, request: StunMessage) -> StunMessage | None:
        """Answer as it should be."""
        if request.method == Method.BINDING:
            return make_response(request, XorMappedAddress(*self.source))
        if not request.has(Username):
            return make_error(request, 401, Realm(REALM), Nonce(b"nonce"))
        return add_integrity(make_response(request, *self._values(request)), self.key)

    def _values(self, request: StunMessage) -> list[Value]:
        if request.method == Method.ALLOCATE:
            mapped = XorMappedAddress(*self.source)
            return [XorRelayedAddress(*self.relayed), mapped, Lifetime(600)]
        return [Lifetime(600)] if request.method == Method.REFRESH else []


@asynccontextmanager
async def faulty_turn(
    fault: Fault | None = None, *, elsewhere: bool = False
) -> AsyncIterator[FaultyTurn]:
    """Run a server while the context lasts.

    Args:
        fault: what it does wrong; None does nothing wrong.
        elsewhere: whether it answers from another port.
    """
    loop = asyncio.get_running_loop()
    transport, server = await loop.create_datagram_endpoint(
        lambda: FaultyTurn(fault, elsewhere=elsewhere), local_addr=("127.0.0.1", 0)
    )
    other, _ = await loop.create_datagram_endpoint(
        asyncio.DatagramProtocol, local_addr=("127.0.0.1", 0)
    )
    server.other = other
    try:
        yield server
    finally:
        for each in (transport, other):
            each.abort()
        await asyncio.sleep(0)


def refuses(code: int, method: Method = Method.ALLOCATE) -> Fault:
    """Refuse what has credentials with a code, signed."""

    def answer(server: FaultyTurn, request: StunMessage) -> StunMessage | None:
        if request.method != method or not request.has(Username):
            return server.rightly(request)
        return add_integrity(make_error(request, code), server.key)

    return answer


def names_no_realm(server: FaultyTurn, request: StunMessage) -> StunMessage | None:
    """Ask for credentials without saying what for."""
    if request.method == Method.ALLOCATE:
        return make_error(request, 401)
    return server.rightly(request)


def finds_every_nonce_stale(server: FaultyTurn, request: StunMessage) -> StunMessage | None:
    """Refuse each nonce with a new one."""
    if not request.has(Username):
        return server.rightly(request)
    nonce = Nonce(b"nonce %d" % len(server.asked))
    return make_error(request, 438, Realm(REALM), nonce)


def finds_a_nonce_stale_once(server: FaultyTurn, request: StunMessage) -> StunMessage | None:
    """Refuse the first nonce."""
    nonce = request.find(Nonce)
    if nonce is None or nonce.data != b"nonce":
        return server.rightly(request)
    return make_error(request, 438, Realm(REALM), Nonce(b"a new one"))


def signs_with_another_password(server: FaultyTurn, request: StunMessage) -> StunMessage | None:
    """Answer as somebody else would."""
    if not request.has(Username):
        return server.rightly(request)
    key = long_term_key(USER, REALM, "another")
    return add_integrity(make_response(request, Lifetime(600)), key)


def breaks_its_errors(server: FaultyTurn, request: StunMessage) -> StunMessage | None:
    """Refuse what has credentials, unsigned, with an ERROR-CODE that has no code in it."""
    if not request.has(Username):
        return server.rightly(request)
    return _without_a_code(request)


def breaks_its_errors_and_signs_them_wrongly(
    server: FaultyTurn, request: StunMessage
) -> StunMessage | None:
    """Do the same, signed with another password."""
    if not request.has(Username):
        return server.rightly(request)
    return add_integrity(_without_a_code(request), long_term_key(USER, REALM, "another"))


def _without_a_code(request: StunMessage) -> StunMessage:
    broken = Attribute(ErrorCode.TYPE, b"\0\0")
    return make_message(MessageClass.ERROR, request.method, request.transaction_id, broken)


def loses_its_password_algorithms(server: FaultyTurn, request: StunMessage) -> StunMessage | None:
    """Promise password algorithms in the nonce and list none."""
    return _challenges(server, request)


def knows_no_password_algorithm(server: FaultyTurn, request: StunMessage) -> StunMessage | None:
    """List a password algorithm alone that nobody knows."""
    return _challenges(server, request, PasswordAlgorithms((Algorithm(0x7FFF),)))


def _challenges(server: FaultyTurn, request: StunMessage, *more: Value) -> StunMessage | None:
    if request.method == Method.BINDING or request.has(Username):
        return server.rightly(request)
    nonce = Nonce(make_nonce(SecurityFeatures.PASSWORD_ALGORITHMS, b"nonce"))
    return make_error(request, 401, Realm(REALM), nonce, *more)


def knows_only_stun(server: FaultyTurn, request: StunMessage) -> StunMessage | None:
    """Answer Binding requests and nothing else."""
    return server.rightly(request) if request.method == Method.BINDING else None
