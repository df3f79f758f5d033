"""What is illegal about a message of TURN (RFC 8656), beside what STUN says of every message.

Here a message is judged by itself. What depends on an allocation (that there is one, whose it is,
what it permits) only its server knows.
"""

from collections.abc import Callable, Iterator
from typing import TypeVar

from wirescope.errors import PacketError
from wirescope.wire.stun import (
    HEADER_LENGTH,
    IPV4,
    IPV6,
    AdditionalAddressFamily,
    Breach,
    ChannelNumber,
    Data,
    ErrorCode,
    EvenPort,
    Icmp,
    Lifetime,
    MessageClass,
    MessageIntegrity,
    MessageIntegritySha256,
    Method,
    Nonce,
    Realm,
    RequestedAddressFamily,
    RequestedTransport,
    ReservationToken,
    StunMessage,
    Value,
    XorMappedAddress,
    XorPeerAddress,
    XorRelayedAddress,
)
from wirescope.wire.turn.channel_data import CHANNEL_NUMBERS, ChannelData

UDP = 17
"""The protocol number of UDP, for REQUESTED-TRANSPORT."""

DEFAULT_LIFETIME_S = 600
"""How long an allocation lasts that nobody asked another time for (RFC 8656 section 6)."""

MAX_LIFETIME_S = 3600
"""The longest that a server should grant (RFC 8656 section 7.2)."""

PERMISSION_LIFETIME_S = 300
"""How long a permission lasts (RFC 8656 section 9)."""

CHANNEL_LIFETIME_S = 600
"""How long a channel stays bound (RFC 8656 section 12)."""

_Found = Iterator[tuple[str, str]]
_Kind = TypeVar("_Kind", bound=Value)
_TCP = 6
_INDICATIONS = (Method.SEND, Method.DATA)
_REQUESTS = (Method.ALLOCATE, Method.REFRESH, Method.CREATE_PERMISSION, Method.CHANNEL_BIND)


def check_turn(message: StunMessage) -> list[Breach]:
    """Name what is illegal beside what `check_message` names; nothing of other methods.

    An attribute that breaks its form is named there, and is not looked into here.
    """
    found = [*_check_class(message), *_check_authentication(message)]
    check = _CHECKS.get((message.method, message.message_class))
    if check is not None:
        found += check(message)
    return [Breach(clause, text, HEADER_LENGTH) for clause, text in found]


def check_channel_data(message: ChannelData, *, stream: bool = False) -> list[Breach]:
    """Name what is illegal about ChannelData.

    Args:
        message: what was read.
        stream: it came over TCP or TLS, where padding is neither left out nor longer.
    """
    missing = -(len(message.data) + len(message.padding)) % 4
    if (stream and missing) or len(message.padding) > 3:
        text = f"The data is followed by {len(message.padding)} bytes of padding."
        return [Breach("RFC 8656 12.5", text, 4 + len(message.data))]
    return []


def _check_class(message: StunMessage) -> _Found:
    is_indication = message.message_class is MessageClass.INDICATION
    if (message.method in _INDICATIONS and not is_indication) or (
        message.method in _REQUESTS and is_indication
    ):
        yield "RFC 8656 17", f"There is no {message.name}."


def _check_authentication(message: StunMessage) -> _Found:
    if message.method not in _REQUESTS:
        return
    signed = message.has(MessageIntegrity) or message.has(MessageIntegritySha256)
    is_request = message.message_class is MessageClass.REQUEST
    if is_request and message.method != Method.ALLOCATE and not signed:
        yield "RFC 8656 5", f"The {message.name} is not signed, as all but the first Allocate are."
    error = _find(message, ErrorCode)
    if error is not None and error.code in (401, 438):
        for kind in (Realm, Nonce):
            if not message.has(kind):
                yield "RFC 8489 9.2.4", f"The error {error.code} comes without {kind.NAME}."


def _find(message: StunMessage, kind: type[_Kind]) -> _Kind | None:
    try:
        return message.find(kind)
    except PacketError:
        return None


def _missing(message: StunMessage, clause: str, *kinds: type[Value]) -> _Found:
    for kind in kinds:
        if not message.has(kind):
            yield clause, f"The {message.name} has no {kind.NAME}."


def _allocate_request(message: StunMessage) -> _Found:
    clause = "RFC 8656 7.2"
    yield from _missing(message, clause, RequestedTransport)
    transport = _find(message, RequestedTransport)
    if transport is not None and transport.protocol not in (_TCP, UDP):
        text = (
            f"The protocol {transport.protocol} is asked for; it is 17, UDP, or 6, TCP (RFC 6062)."
        )
        yield RequestedTransport.CLAUSE, text
    families = [k for k in (RequestedAddressFamily, AdditionalAddressFamily) if message.has(k)]
    if message.has(ReservationToken):
        for kind in (EvenPort, *families):
            if message.has(kind):
                yield clause, f"RESERVATION-TOKEN stands together with {kind.NAME}."
    if len(families) == 2:
        yield clause, "Both REQUESTED-ADDRESS-FAMILY and ADDITIONAL-ADDRESS-FAMILY are there."
    even, additional = _find(message, EvenPort), _find(message, AdditionalAddressFamily)
    if even is not None and even.reserve_next and additional is not None:
        yield clause, "A port is to be reserved, and an additional address is asked for."
    if additional is not None and additional.family != IPV6:
        text = f"The additional family is {additional.family}; it is 2, for IPv6."
        yield clause, text
    yield from _check_family(message)


def _check_family(message: StunMessage) -> _Found:
    requested = _find(message, RequestedAddressFamily)
    if requested is not None and requested.family not in (IPV4, IPV6):
        text = f"The family {requested.family} is asked for; it is 1 or 2."
        yield RequestedAddressFamily.CLAUSE, text


def _allocate_success(message: StunMessage) -> _Found:
    needed = (XorRelayedAddress, Lifetime, XorMappedAddress)
    return _missing(message, "RFC 8656 7.2", *needed)


def _refresh_success(message: StunMessage) -> _Found:
    return _missing(message, "RFC 8656 8.2", Lifetime)


def _permission_request(message: StunMessage) -> _Found:
    return _missing(message, "RFC 8656 10.2", XorPeerAddress)


def _channel_request(message: StunMessage) -> _Found:
    yield from _missing(message, "RFC 8656 12.2", ChannelNumber, XorPeerAddress)
    channel = _find(message, ChannelNumber)
    if channel is not None and channel.number not in CHANNEL_NUMBERS:
        text = f"The channel is 0x{channel.number:04x}; it goes from 0x4000 to 0x4fff."
        yield "RFC 8656 12.2", text


def _send(message: StunMessage) -> _Found:
    return _missing(message, "RFC 8656 11.2", XorPeerAddress, Data)


def _data(message: StunMessage) -> _Found:
    # section 11.5: what came back by ICMP takes the place of the data
    needed = (XorPeerAddress,) if message.has(Icmp) else (XorPeerAddress, Data)
    return _missing(message, "RFC 8656 11.3", *needed)


_CHECKS: dict[tuple[int, MessageClass], Callable[[StunMessage], _Found]] = {
    (Method.ALLOCATE, MessageClass.REQUEST): _allocate_request,
    (Method.ALLOCATE, MessageClass.SUCCESS): _allocate_success,
    (Method.REFRESH, MessageClass.REQUEST): _check_family,
    (Method.REFRESH, MessageClass.SUCCESS): _refresh_success,
    (Method.CREATE_PERMISSION, MessageClass.REQUEST): _permission_request,
    (Method.CHANNEL_BIND, MessageClass.REQUEST): _channel_request,
    (Method.SEND, MessageClass.INDICATION): _send,
    (Method.DATA, MessageClass.INDICATION): _data,
}
