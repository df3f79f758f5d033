"""The browsers' engine and our STUN: as a client of ours for both kinds of servers, and in ICE."""

import asyncio
import re
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

import webrtc

from tests.support.peers import until
from wirescope.transports.webrtc.engine import load
from wirescope.wire.stun import (
    IceControlling,
    Lifetime,
    MessageClass,
    MessageIntegrity,
    Method,
    Nonce,
    Realm,
    StunMessage,
    UseCandidate,
    XorMappedAddress,
    XorRelayedAddress,
    add_fingerprint,
    add_integrity,
    build_stun,
    check_message,
    is_stun,
    long_term_key,
    make_error,
    make_response,
    parse_stun,
    short_term_key,
    verify_fingerprint,
    verify_integrity,
)
from wirescope.wire.turn import check_turn

KEY = long_term_key("alice", "example.org", "secret")
RELAYED = XorRelayedAddress("127.0.0.1", 49152)

Answer = Callable[[StunMessage, tuple[str, int]], StunMessage]


class Responder(asyncio.DatagramProtocol):
    """Answers requests, and keeps all messages; each is given back to the byte and legal."""

    def __init__(self, answer: Answer) -> None:
        self._answer = answer
        self._transport: asyncio.DatagramTransport
        self.requests: list[StunMessage] = []
        self.faults: list[object] = []

    def connection_made(self, transport: Any) -> None:
        self._transport = transport

    def datagram_received(self, data: bytes, address: tuple[str, int]) -> None:
        if not is_stun(data):
            return  # DTLS, once a pair is there
        message = parse_stun(data)
        if build_stun(message) != data:
            self.faults.append(data)
        self.faults += check_message(message) + check_turn(message)
        if message.message_class is MessageClass.REQUEST:
            self.requests.append(message)
            self._transport.sendto(build_stun(self._answer(message, address)), address)


@asynccontextmanager
async def responding(answer: Answer) -> AsyncIterator[tuple[Responder, int]]:
    loop = asyncio.get_running_loop()
    transport, responder = await loop.create_datagram_endpoint(
        lambda: Responder(answer), local_addr=("127.0.0.1", 0)
    )
    try:
        yield responder, transport.get_extra_info("sockname")[1]
    finally:
        transport.close()


def as_server(request: StunMessage, address: tuple[str, int]) -> StunMessage:
    """Answer as a STUN and TURN server that has one address to give."""
    mapped = XorMappedAddress(*address)
    if request.method == Method.BINDING:
        return add_fingerprint(make_response(request, mapped))
    if not request.has(MessageIntegrity):
        return make_error(request, 401, Realm("example.org"), Nonce(b"once"))
    if not verify_integrity(request, KEY):
        return make_error(request, 400)
    granted = (RELAYED,) if request.method == Method.ALLOCATE else ()
    return add_integrity(make_response(request, *granted, Lifetime(600), mapped), KEY)


def offering(servers: list[Any]) -> Any:
    native = load().RTCPeerConnection(webrtc.RTCConfiguration(ice_servers=servers))
    native.create_data_channel("any")
    return native


async def test_the_engine_gets_an_address_of_a_server_made_of_our_messages() -> None:
    async with responding(as_server) as (responder, port):
        native = offering(
            [
                webrtc.RTCIceServer(urls=f"stun:127.0.0.1:{port}"),
                webrtc.RTCIceServer(
                    urls=f"turn:127.0.0.1:{port}", username="alice", credential="secret"
                ),
            ]
        )
        candidates: list[str] = []
        native.on(
            "icecandidate",
            lambda event: candidates.append(event.candidate.candidate if event.candidate else ""),
        )
        try:
            await native.set_local_description(await native.create_offer())
            await until(lambda: any(f" {RELAYED.port} typ relay" in each for each in candidates))
        finally:
            native.close()
    assert responder.faults == []
    assert {each.name for each in responder.requests} >= {"Binding request", "Allocate request"}


async def test_the_engine_nominates_a_pair_that_our_responses_confirm() -> None:
    passwords: list[str] = []

    def as_peer(request: StunMessage, address: tuple[str, int]) -> StunMessage:
        key = short_term_key(passwords[0])
        if not verify_integrity(request, key) or not verify_fingerprint(request):
            return make_error(request, 401)
        response = make_response(request, XorMappedAddress(*address))
        return add_fingerprint(add_integrity(response, key))

    async with responding(as_peer) as (responder, port):
        one, two = offering([]), offering([])
        try:
            await one.set_local_description(await one.create_offer())
            await two.set_remote_description(
                webrtc.RTCSessionDescriptionInit(type="offer", sdp=one.local_description.sdp)
            )
            answer = (await two.create_answer()).sdp
            found = re.search(r"a=ice-pwd:(\S+)", answer)
            assert found is not None
            passwords.append(found[1])
            candidate = f"a=candidate:1 1 udp 2130706431 127.0.0.1 {port} typ host\r\n"
            await one.set_remote_description(
                webrtc.RTCSessionDescriptionInit(type="answer", sdp=answer + candidate)
            )
            await until(lambda: any(each.has(UseCandidate) for each in responder.requests))
            await until(lambda: str(one.ice_connection_state) in ("connected", "completed"))
        finally:
            one.close()
            two.close()
    assert responder.faults == []
    assert all(each.has(IceControlling) for each in responder.requests)
