"""Binding requests: how a client looks from here (RFC 8489), and what its NAT does (RFC 5780).

A server with two addresses answers from another address or port, or to another port, where it is
asked to; one with a single address says so by 420 (RFC 5780 section 6.1). How much an answer says
depends on how long the request was: a client that pads its request gets all of it.
"""

from functools import partial

from wirescope.errors import PacketError
from wirescope.ice_server.answering import ShortAnswers
from wirescope.ice_server.flows import Address, Buffer, Door, Flow
from wirescope.ice_server.telling import Counts
from wirescope.wire.stun import (
    ChangeRequest,
    Fingerprint,
    MessageIntegrity,
    MessageIntegritySha256,
    Nonce,
    OtherAddress,
    Padding,
    PasswordAlgorithm,
    Realm,
    ResponseOrigin,
    ResponsePort,
    StunMessage,
    UnknownAttributes,
    UserHash,
    Username,
    Value,
    XorMappedAddress,
)

# credentials are understood, and not asked for
_KNOWN = frozenset(
    kind.TYPE
    for kind in (
        Username, UserHash, Realm, Nonce, MessageIntegrity, MessageIntegritySha256, Fingerprint,
        PasswordAlgorithm,
    )
)  # fmt: skip
_BEHAVIOUR = frozenset(kind.TYPE for kind in (ChangeRequest, Padding, ResponsePort))


class Bindings:
    """Answers Binding requests.

    Args:
        answers: sends what those without credentials get.
        counts: counts them.
    """

    def __init__(self, answers: ShortAnswers, counts: Counts) -> None:
        self._answers = answers
        self._counts = counts

    def on_request(self, flow: Flow, request: StunMessage, size: int) -> None:
        """Answer a request."""
        if not self._answers.allows(flow):
            return
        others = {} if flow.door is None else flow.door.others
        unknown = request.not_understood(_KNOWN | _BEHAVIOUR if others else _KNOWN)
        try:
            code = 420 if unknown else self._answer(flow, request, size)
        except PacketError:
            code = 400
        if code:
            values = (UnknownAttributes(unknown),) if unknown else ()
            self._answers.refuse(flow, request, size, code, *values)

    def _answer(self, flow: Flow, request: StunMessage, size: int) -> int:
        """Answer a request that is understood; the code of the error where it cannot be."""
        change = request.find(ChangeRequest)
        port, padding = request.find(ResponsePort), request.find(Padding)
        if port is not None and (padding is not None or port.port == 0):
            return 400  # RFC 5780 section 6.1
        mapped = XorMappedAddress(flow.host, flow.port)
        welcome: list[Value] = []
        send, door = flow.send, flow.door
        if door is not None and door.others:
            asked = (False, False) if change is None else (change.change_ip, change.change_port)
            origin, other = door.others[asked], door.others[True, True]
            welcome = [OtherAddress(*other.local), ResponseOrigin(*origin.local)]
            if padding is not None:
                welcome.append(padding)
            there = flow.remote if port is None else (flow.remote[0], port.port)
            send = partial(_send, origin, there)
        answer = self._answers.make(flow, request, size, (mapped,), *welcome)
        if answer is not None:
            self._counts.bindings += 1
            send(answer)
        return 0


def _send(door: Door, there: Address, data: Buffer) -> None:
    door.send(data, there)
