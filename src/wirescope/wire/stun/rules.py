"""What is illegal about a message that can be read (RFC 8489), each with its clause.

What belongs to a usage is in `wirescope.wire.stun.ice_rules` and in `wirescope.wire.turn`.
"""

from collections.abc import Container, Iterator

import msgspec

from wirescope.errors import PacketError
from wirescope.wire.stun.attributes import (
    ErrorCode,
    Fingerprint,
    MessageIntegrity,
    MessageIntegritySha256,
    Nonce,
    PasswordAlgorithm,
    PasswordAlgorithms,
    Realm,
    UnknownAttributes,
    UserHash,
    Username,
    XorMappedAddress,
)
from wirescope.wire.stun.ice_rules import check_ice
from wirescope.wire.stun.integrity import verify_fingerprint
from wirescope.wire.stun.messages import (
    HEADER_LENGTH,
    Attribute,
    MessageClass,
    StunMessage,
    read_value,
)
from wirescope.wire.stun.nonces import NONCE_COOKIE, SecurityFeatures, read_features
from wirescope.wire.stun.registry import ATTRIBUTES, Method
from wirescope.wire.stun.relay_attributes import (
    AddressErrorCode,
    XorPeerAddress,
    XorRelayedAddress,
)
from wirescope.wire.stun.usage_attributes import ResponsePort
from wirescope.wire.stun.values import TextValue, Value

_ATTRIBUTES = "RFC 8489 14"
_MAY_REPEAT = frozenset((XorPeerAddress.TYPE, XorRelayedAddress.TYPE))
_MOST_CHARACTERS = 127

_NOT_UNDERSTOOD = {
    MessageClass.REQUEST: ("RFC 8489 6.3.1", "it is answered with 420"),
    MessageClass.INDICATION: ("RFC 8489 6.3.2", "it is dropped"),
    MessageClass.SUCCESS: ("RFC 8489 6.3.3", "it is dropped, and its transaction has failed"),
    MessageClass.ERROR: ("RFC 8489 6.3.4", "it is dropped, and its transaction has failed"),
}
"""What a receiver does about an attribute that it would have to know."""


class Breach(msgspec.Struct, frozen=True):
    """One breach of a specification.

    Attributes:
        clause: the section, as `RFC 8489 14.7`.
        message: one sentence, what was seen and what was expected.
        offset: where in the message it shows, in bytes.
    """

    clause: str
    message: str
    offset: int


def check_message(message: StunMessage, *, known: Container[int] = ATTRIBUTES) -> list[Breach]:
    """Name what is illegal, in the order in which it stands.

    Args:
        message: what was read.
        known: types that its receiver understands; all that are read here by default.
    """
    breaches = [*_check_method(message), *_check_attributes(message, known)]
    breaches += _check_fingerprint(message)
    for check in (_check_response, _check_credentials, check_ice):
        breaches += [Breach(clause, text, HEADER_LENGTH) for clause, text in check(message)]
    return sorted(breaches, key=lambda breach: breach.offset)


def _check_method(message: StunMessage) -> Iterator[Breach]:
    if message.method > 0xFF:
        text = (
            f"The method is 0x{message.method:03x}; up to 0xff it can be told from other protocols."
        )
        yield Breach("RFC 8489 18.2", text, 0)


def _check_attributes(message: StunMessage, known: Container[int]) -> Iterator[Breach]:
    seen: set[int] = set()
    counted = set(message.counted)
    for index, (start, end) in enumerate(message.spans):
        attribute = message.attributes[index]
        kind, name = attribute.type, attribute.name
        yield from _check_padding(attribute, start, end)
        if index not in counted:
            text = f"{name} follows the message's integrity, and is ignored."
            yield Breach("RFC 8489 9", text, start)
        elif kind in seen and kind not in _MAY_REPEAT:
            text = f"{name} stands here again; only the first one counts."
            yield Breach(_ATTRIBUTES, text, start)
        elif attribute.comprehension_required and kind not in known:
            clause, then = _NOT_UNDERSTOOD[message.message_class]
            text = f"{name} would have to be understood, and is not; {then}."
            yield Breach(clause, text, start)
        seen.add(kind)
        yield from _check_value(attribute, message.transaction_id, start + 4)


def _check_padding(attribute: Attribute, start: int, end: int) -> Iterator[Breach]:
    missing = -end % 4
    if missing:
        text = f"{attribute.name} is not padded to a multiple of 4 bytes; {missing} are missing."
        yield Breach(_ATTRIBUTES, text, end)
    elif any(attribute.padding_bytes):
        text = f"The padding of {attribute.name} is not zeros."
        yield Breach(_ATTRIBUTES, text, start + 4 + len(attribute.value))


def _check_value(attribute: Attribute, transaction_id: bytes, offset: int) -> Iterator[Breach]:
    try:
        value = read_value(attribute, transaction_id)
    except PacketError as error:
        yield Breach(error.clause, error.message, offset + error.offset)
        return
    if value is None:
        return
    for text in _check_limits(value, attribute.value):
        yield Breach(value.CLAUSE, text, offset)
    if _says_more(value, attribute.value, transaction_id):
        text = f"{value.NAME} has bits set that are reserved; they are zero."
        yield Breach(value.CLAUSE, text, offset)


def _says_more(value: Value, data: bytes, transaction_id: bytes) -> bool:
    """Whether the bytes have anything that the record of them has not."""
    written = value.pack(transaction_id)
    return data != (written[: len(data)] if isinstance(value, ResponsePort) else written)


def _check_limits(value: Value, data: bytes) -> Iterator[str]:
    most_bytes, most_characters, text = 763, _MOST_CHARACTERS, ""
    if isinstance(value, ErrorCode) and not 300 <= value.code <= 699:
        yield f"The error code {value.code} is none; one goes from 300 to 699."
    if isinstance(value, AddressErrorCode) and value.code not in (440, 508):
        yield f"The code of {value.NAME} is {value.code}; it is 440 or 508."
    match value:
        case TextValue():
            most_bytes, most_characters = value.MOST_BYTES, value.MOST_CHARACTERS
            text = value.text
        case ErrorCode() | AddressErrorCode():
            text, data = value.reason, data[4:]
        case Nonce():
            text = data.decode(errors="replace")
        case _:
            return
    if len(data) > most_bytes:
        yield f"The text of {value.NAME} has {len(data)} bytes; it may have {most_bytes}."
    elif len(text) > most_characters:
        yield f"The text of {value.NAME} has {len(text)} characters; it may have {most_characters}."


def _check_fingerprint(message: StunMessage) -> Iterator[Breach]:
    index = message.index(Fingerprint)
    if index is None:
        return
    start, end = message.spans[index]
    if index != len(message.attributes) - 1:
        yield Breach(Fingerprint.CLAUSE, "FINGERPRINT is not the last attribute.", start)
    if end - start == 8 and not verify_fingerprint(message):
        text = "FINGERPRINT is not that of the message: it is no STUN, or was changed on its way."
        yield Breach(Fingerprint.CLAUSE, text, start)


def _check_response(message: StunMessage) -> Iterator[tuple[str, str]]:
    refused, code = message.message_class is MessageClass.ERROR, _code(message)
    if refused and not message.has(ErrorCode):
        yield "RFC 8489 6.3.1.1", "The error response has no ERROR-CODE."
    if not refused and message.has(ErrorCode):
        yield ErrorCode.CLAUSE, f"ERROR-CODE stands in a {message.name}."
    if code == 420 and not message.has(UnknownAttributes):
        yield "RFC 8489 6.3.1", "The error 420 comes without UNKNOWN-ATTRIBUTES."
    if message.has(UnknownAttributes) and not (refused and code in (420, None)):
        yield UnknownAttributes.CLAUSE, "UNKNOWN-ATTRIBUTES belongs to the error 420 alone."
    succeeded = message.message_class is MessageClass.SUCCESS
    if succeeded and message.method == Method.BINDING and not message.has(XorMappedAddress):
        yield "RFC 8489 6.3.1.1", "The Binding success response has no XOR-MAPPED-ADDRESS."


def _code(message: StunMessage) -> int | None:
    try:
        error = message.find(ErrorCode)
    except PacketError:
        return None
    return None if error is None else error.code


def _check_credentials(message: StunMessage) -> Iterator[tuple[str, str]]:
    signed = message.has(MessageIntegrity) or message.has(MessageIntegritySha256)
    named = message.has(Username) or message.has(UserHash)
    long_term = message.has(Realm), message.has(Nonce)
    if message.message_class is MessageClass.REQUEST:
        if signed and not named:
            yield "RFC 8489 9.1.3", "The request is signed, and says not by whom."
        if signed and any(long_term) and not all(long_term):
            clause = "RFC 8489 9.2.4"
            yield clause, "The request is signed, and only one of REALM and NONCE is in it."
        if message.has(Username) and message.has(UserHash):
            yield "RFC 8489 9.2.3", "Both USERNAME and USERHASH are in the request."
        if message.has(PasswordAlgorithm) is not message.has(PasswordAlgorithms):
            text = "Only one of PASSWORD-ALGORITHM and PASSWORD-ALGORITHMS is in the request."
            yield "RFC 8489 9.2.4", text
    elif message.message_class is MessageClass.INDICATION and signed and any(long_term):
        yield "RFC 8489 9.2", "The indication is signed with a long-term credential."
    nonce = message.find(Nonce)
    if nonce is not None:
        yield from _check_nonce(message, nonce.data)


def _check_nonce(message: StunMessage, nonce: bytes) -> Iterator[tuple[str, str]]:
    features = read_features(nonce)
    if features is None:
        if nonce.startswith(NONCE_COOKIE):
            yield "RFC 8489 9.2", "The nonce begins as one that tells features, and tells none."
        return
    asks = message.message_class is MessageClass.ERROR
    wanted = SecurityFeatures.PASSWORD_ALGORITHMS in features
    if asks and wanted and not message.has(PasswordAlgorithms):
        text = "The nonce says that the server has PASSWORD-ALGORITHMS; the response has none."
        yield "RFC 8489 9.2.1", text
