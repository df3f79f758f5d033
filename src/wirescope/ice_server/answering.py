"""Answers: to somebody known signed and as long as they are, to all others short (see `budget`).

An answer to a request without valid credentials is made of what it must have, and then of what
still fits. One that would be too long as it is, is not sent.
"""

from wirescope.ice_server.authentication import Identity
from wirescope.ice_server.budget import AnswerBudget, answer_room
from wirescope.ice_server.flows import Flow
from wirescope.ice_server.telling import Counts
from wirescope.wire.stun import (
    HEADER_LENGTH,
    ErrorCode,
    Fingerprint,
    MessageClass,
    StunMessage,
    Value,
    add_fingerprint,
    add_integrity,
    add_integrity_sha256,
    build_stun,
    error_meaning,
    make_attribute,
    make_message,
)

_FINGERPRINT_LENGTH = 8


def signed(request: StunMessage, answer: StunMessage, identity: Identity) -> bytes:
    """Sign the answer to a request as that was signed, and write it."""
    add = add_integrity_sha256 if identity.sha256 else add_integrity
    answer = add(answer, identity.key)
    return build_stun(add_fingerprint(answer) if request.has(Fingerprint) else answer)


class ShortAnswers:
    """Answers those who have shown no credentials.

    Args:
        datagrams: says who may have one over UDP, where nobody knows who it is.
        streams: says it over TCP and TLS, so that a flood of datagrams leaves a way in.
        counts: counts those who get none.
    """

    def __init__(self, *, datagrams: AnswerBudget, streams: AnswerBudget, counts: Counts) -> None:
        self._budgets = {True: datagrams, False: streams}
        self._counts = counts

    def _budget(self, flow: Flow) -> AnswerBudget:
        return self._budgets[flow.transport == "udp"]

    def allows(self, flow: Flow) -> bool:
        """Whether a client would get an answer now; counts it where not."""
        if self._budget(flow).allows(flow.host):
            return True
        self._counts.over_budget += 1
        return False

    def make(
        self,
        flow: Flow,
        request: StunMessage,
        size: int,
        needed: tuple[Value, ...],
        *welcome: Value,
    ) -> bytes | None:
        """Make an answer; None where there is none to be had.

        Args:
            flow: whom it is for.
            request: what it answers.
            size: bytes that the request had.
            needed: what it must say; with an `ErrorCode` it is an error response.
            welcome: what it says beside, one after the other, as long as it fits.
        """
        room = answer_room(size, flow.overhead)
        failed = isinstance(needed[0], ErrorCode)
        kind = MessageClass.ERROR if failed else MessageClass.SUCCESS
        answer = make_message(kind, request.method, request.transaction_id, *needed)
        left = room - HEADER_LENGTH - sum(each.wire_length for each in answer.attributes)
        if left < 0:
            self._counts.too_short += 1
            return None
        if not self._budget(flow).take(flow.host):
            self._counts.over_budget += 1
            return None
        finger = _FINGERPRINT_LENGTH if request.has(Fingerprint) else 0
        if finger > left:
            finger = 0
        left -= finger
        for value in welcome:
            attribute = make_attribute(value, request.transaction_id)
            if attribute.wire_length <= left:
                left -= attribute.wire_length
                answer = answer.with_values(attribute)
        return build_stun(add_fingerprint(answer) if finger else answer)

    def refuse(
        self, flow: Flow, request: StunMessage, size: int, code: int, *values: Value
    ) -> bool:
        """Answer with an error, with the code's name where it fits; whether it was sent."""
        named = (ErrorCode(code, error_meaning(code).name), *values)
        length = sum(make_attribute(each, request.transaction_id).wire_length for each in named)
        fits = HEADER_LENGTH + length <= answer_room(size, flow.overhead)
        needed = named if fits else (ErrorCode(code), *values)
        answer = self.make(flow, request, size, needed)
        if answer is None:
            return False
        flow.send(answer)
        self._counts.refused += 1
        return True
