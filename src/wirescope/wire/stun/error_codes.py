"""Error codes: their names, what they mean, what to do (IANA, "STUN Error Codes").

Beside the codes of STUN, TURN and ICE here is 701, which no server sends: W3C's WebRTC gives it to
pages when a server could not be reached.
"""

import msgspec


class ErrorMeaning(msgspec.Struct, frozen=True):
    """What an error code means.

    Attributes:
        code: the number.
        name: its name in the registry, which servers give as the reason.
        source: the section that defines it.
        meaning: one sentence, what happened.
        advice: one sentence, what to do about it.
    """

    code: int
    name: str
    source: str
    meaning: str
    advice: str


_STUN, _TURN = "RFC 8489 14.8", "RFC 8656 19"

ERROR_MEANINGS = tuple(
    ErrorMeaning(*row)
    for row in (
        (
            300, "Try Alternate", _STUN,
            "The server sends the client to another one, which ALTERNATE-SERVER names.",
            "Send the request to that server; if both send you on, see how they share the load.",
        ),
        (
            400, "Bad Request", _STUN,
            "The request is malformed, or an attribute that it needs is missing.",
            "Look at the request's breaches; a port that speaks another protocol is a usual"
            " reason, too.",
        ),
        (
            401, "Unauthenticated", _STUN,
            "The request has no credentials, or they are wrong.",
            "The first 401 is part of how TURN works; after a second one, check user name, password"
            " and, of credentials with a time in them, both clocks.",
        ),
        (
            403, "Forbidden", _TURN,
            "The request is valid, and the server's rules forbid it.",
            "See whether the server relays to the peer's address at all: private and loopback"
            " addresses are usually denied.",
        ),
        (
            405, "Mobility Forbidden", "RFC 8016 3.4",
            "The server lets no client keep its allocation when its address changes.",
            "Make a new allocation after a change of networks, without MOBILITY-TICKET.",
        ),
        (
            420, "Unknown Attribute", _STUN,
            "The server does not know an attribute that it would have to; UNKNOWN-ATTRIBUTES names"
            " it.",
            "Leave that attribute out, or use a server that knows it.",
        ),
        (
            437, "Allocation Mismatch", _TURN,
            "There is no allocation for this client's address and port, or there is one already.",
            "After a change of address or a lapse, make a new allocation from another port.",
        ),
        (
            438, "Stale Nonce", _STUN,
            "The nonce is too old; the answer has a new one.",
            "Send the request again with the new nonce; a client does so by itself.",
        ),
        (
            440, "Address Family not Supported", _TURN,
            "The server has no relayed address of the family that was asked for.",
            "Ask for the other family, or give the server an address of this one.",
        ),
        (
            441, "Wrong Credentials", _TURN,
            "The credentials are not those that the allocation was made with.",
            "Use one user name as long as an allocation lasts, or make a new one.",
        ),
        (
            442, "Unsupported Transport Protocol", _TURN,
            "The server does not relay over the transport that was asked for between it and the"
            " peers.",
            "Ask for UDP in REQUESTED-TRANSPORT; how the client reaches the server is another"
            " matter.",
        ),
        (
            443, "Peer Address Family Mismatch", _TURN,
            "The peer's address is of another family than the relayed address.",
            "Ask for a relayed address of the peer's family when allocating.",
        ),
        (
            446, "Connection Already Exists", "RFC 6062 6.3",
            "There is a TCP connection from this allocation to this peer already.",
            "Use the connection that there is, or close it first.",
        ),
        (
            447, "Connection Timeout or Failure", "RFC 6062 6.3",
            "The server's TCP connection to the peer failed or took too long.",
            "See whether the peer listens, and whether a firewall drops the server's packets.",
        ),
        (
            486, "Allocation Quota Reached", _TURN,
            "This user name has as many allocations as it may have.",
            "End allocations that are not used, or raise the server's quota.",
        ),
        (
            487, "Role Conflict", "RFC 8445 7.3.1.1",
            "Both sides of ICE take themselves for controlling, or both for controlled.",
            "Nothing, if it comes once: the sides settle it by their tie-breakers.",
        ),
        (
            500, "Server Error", _STUN,
            "The server failed for a moment.",
            "Try again; if it stays, the server's log has the cause.",
        ),
        (
            508, "Insufficient Capacity", _TURN,
            "The server has reached a limit: no relayed address or port is left, or the reserved"
            " one is gone.",
            "Widen the server's range of ports, or use another server.",
        ),
        (
            701, "Server Not Reached", "W3C webrtc, RTCPeerConnectionIceErrorEvent",
            "No answer came from the server, so no address could be had of it.",
            "Check the server's name and port, and whether a firewall drops UDP; TURN over TCP or"
            " TLS goes where UDP does not.",
        ),
    )
)  # fmt: skip
"""What is known, by rising code."""

_BY_CODE = {entry.code: entry for entry in ERROR_MEANINGS}

_RANGES = {
    3: ("The server sends the client elsewhere.", "See what else its answer says."),
    4: ("The server refused the request.", "Look at the request, and at the answer's reason."),
    5: ("The server could not carry out the request.", "Try again, or read the server's log."),
    6: ("No server can carry out the request.", "Look at the request, and at the answer's reason."),
}


def error_meaning(code: int) -> ErrorMeaning:
    """Look an error code up; one outside the registry gets the meaning of its range.

    >>> error_meaning(438).name
    'Stale Nonce'
    >>> error_meaning(499).meaning
    'The server refused the request.'
    """
    known = _BY_CODE.get(code)
    if known is not None:
        return known
    nothing = ("It means nothing: codes go from 300 to 699.", "See what the server's program is.")
    meaning, advice = _RANGES.get(code // 100, nothing)
    return ErrorMeaning(code, f"Error {code}", _STUN, meaning, advice)
