"""Close codes: their names, what they mean, which of them may be sent (RFC 6455 section 7.4).

The names and codes are those of IANA's registry "WebSocket Close Code Number"; 1012 to 1014 and
those from 3000 on were registered after the RFC.
"""

import msgspec

NORMAL_CLOSURE = 1000
GOING_AWAY = 1001
PROTOCOL_ERROR = 1002
UNSUPPORTED_DATA = 1003
NO_STATUS = 1005
ABNORMAL_CLOSURE = 1006
INVALID_PAYLOAD = 1007
POLICY_VIOLATION = 1008
MESSAGE_TOO_BIG = 1009
MANDATORY_EXTENSION = 1010
INTERNAL_ERROR = 1011


class CloseCode(msgspec.Struct, frozen=True):
    """A registered close code.

    Attributes:
        code: the number.
        name: its name in the registry.
        meaning: what its sender says with it, as the end of a sentence.
    """

    code: int
    name: str
    meaning: str


_REGISTERED = {
    entry.code: entry
    for entry in (
        CloseCode(1000, "normal closure", "the purpose of the connection is fulfilled"),
        CloseCode(1001, "going away", "the server goes down or the page is being left"),
        CloseCode(1002, "protocol error", "a frame broke the WebSocket protocol"),
        CloseCode(1003, "unsupported data", "data of a type came that it cannot take"),
        CloseCode(1004, "reserved", "nothing; the code is reserved"),
        CloseCode(1005, "no status received", "nothing; the Close frame carried no code"),
        CloseCode(1006, "abnormal closure", "nothing; the connection ended without a Close frame"),
        CloseCode(1007, "invalid frame payload data", "a message did not fit its type"),
        CloseCode(1008, "policy violation", "a message broke its policy"),
        CloseCode(1009, "message too big", "a message was too big to process"),
        CloseCode(1010, "mandatory extension", "an extension that the client needs is missing"),
        CloseCode(1011, "internal error", "the server met a condition that it did not expect"),
        CloseCode(1012, "service restart", "the service is being restarted"),
        CloseCode(1013, "try again later", "the service is overloaded; come back later"),
        CloseCode(1014, "bad gateway", "a gateway got an invalid answer from the server behind it"),
        CloseCode(1015, "TLS handshake", "nothing; the TLS handshake failed"),
        CloseCode(3000, "unauthorized", "the endpoint wants to know who is there"),
        CloseCode(3003, "forbidden", "who is there may not do this"),
        CloseCode(3008, "timeout", "something took too long"),
    )
}  # fmt: skip

_NEVER_SENT = {1004, NO_STATUS, ABNORMAL_CLOSURE, 1015}


def close_code(code: int) -> CloseCode:
    """Look a close code up; codes outside the registry get the meaning of their range."""
    known = _REGISTERED.get(code)
    if known is not None:
        return known
    if 3000 <= code <= 3999:
        return CloseCode(code, "registered code", "something that its library or framework defines")
    if 4000 <= code <= 4999:
        return CloseCode(code, "private code", "something that this application defines")
    return CloseCode(code, "invalid code", "nothing; the code must not be used")


def may_be_sent(code: int) -> bool:
    """Whether a Close frame may carry the code (RFC 6455 section 7.4.1 and 7.4.2)."""
    if 3000 <= code <= 4999:
        return True
    return code in _REGISTERED and code not in _NEVER_SENT
