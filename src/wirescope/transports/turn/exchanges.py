"""Requests and their answers on one flow, each kept as a record with its times.

A request is sent as often as its transaction says; what comes is matched by its transaction id,
whatever address it comes from. An answer to a signed request that is not signed rightly counts as
never received (RFC 8489 section 9.2.5), so that nobody beside the way can answer for the server.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from wirescope.errors import PacketError
from wirescope.events import ConnectionPhase, IceError
from wirescope.transports.journal import Journal
from wirescope.transports.turn.authentication import LongTerm
from wirescope.transports.turn.flow import Address, Flow
from wirescope.transports.turn.options import Timers
from wirescope.transports.turn.transaction import Transaction
from wirescope.wire.stun import (
    ErrorCode,
    MessageClass,
    StunMessage,
    build_stun,
    error_meaning,
    method_name,
)
from wirescope.wire.turn import ChannelData

MOST_KEPT = 256
"""Exchanges that are kept; older ones are forgotten."""

NOT_REACHED = 701
"""W3C webrtc's code of a server that gave no answer."""

_CHALLENGES = (400, 401, 438)
"""Errors that need not be signed (RFC 8489 section 9.2.5)."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and what became of it.

    Attributes:
        request: as it was sent.
        answer: as it came; None if nothing did in time.
        began_ns: when the request was sent first, on the capture's clock.
        ended_ns: when the answer came, or was not waited for any more.
        sends: how often the request was sent.
        source: where the answer came from.
        signed: whether the request was signed.
        discarded: answers that were not signed rightly, and did not count.
        evidence: the number of the event that tells of it.
    """

    request: StunMessage
    answer: StunMessage | None
    began_ns: int
    ended_ns: int
    sends: int
    source: Address | None
    signed: bool
    discarded: int
    evidence: int

    @property
    def name(self) -> str:
        """What was asked, as `Allocate`."""
        return method_name(self.request.method)

    @property
    def duration_ms(self) -> float:
        """Milliseconds from the first sending to the answer."""
        return (self.ended_ns - self.began_ns) / 1e6

    @property
    def error(self) -> ErrorCode | None:
        """The answer's error; None of a success, and without an answer.

        Raises:
            PacketError: the error breaks its form.
        """
        if self.answer is None or self.answer.message_class is not MessageClass.ERROR:
            return None
        return self.answer.find(ErrorCode) or ErrorCode(0)

    @property
    def is_challenge(self) -> bool:
        """Whether this is the 401 that every TURN server begins with, which is no failure."""
        error = self.error
        return error is not None and error.code == 401 and not self.signed

    @property
    def is_success(self) -> bool:
        """Whether it was answered as wanted."""
        return self.answer is not None and self.answer.message_class is MessageClass.SUCCESS


class _Waiting:
    def __init__(self, transaction: Transaction, key: LongTerm | None) -> None:
        self.transaction = transaction
        self.key = key
        self.discarded = 0
        self.done: asyncio.Future[tuple[StunMessage, Address]] = (
            asyncio.get_running_loop().create_future()
        )

    def take(self, message: StunMessage, source: Address) -> None:
        if self.done.done() or not self.transaction.is_answered_by(message):
            return
        if self.key is not None and not self._may_count(message, self.key):
            self.discarded += 1
            return
        self.done.set_result((message, source))

    @staticmethod
    def _may_count(message: StunMessage, key: LongTerm) -> bool:
        if message.message_class is MessageClass.ERROR:
            # servers in use sign no errors, so only a signature that is wrong speaks against one
            unsigned = not any(each.type in (0x0008, 0x001C) for each in message.attributes)
            if unsigned or _error_code(message) in _CHALLENGES:
                return True
        return key.trusts(message)


def _error_code(message: StunMessage) -> int | None:
    """Read an error's code; None of one that breaks its form, which no signature is spared for."""
    try:
        error = message.find(ErrorCode)
    except PacketError:
        return None
    return None if error is None else error.code


class Exchanges:
    """Asks over one flow.

    Args:
        flow: the way to the server, taken over: what comes on it comes here.
        timers: how long answers are waited for.
        journal: where each exchange is written down.
        url: the server's address, for the events.

    Attributes:
        kept: what was asked, the last ones.
        on_other: gets what is no answer, and where it came from.
    """

    def __init__(self, flow: Flow, *, timers: Timers, journal: Journal, url: str) -> None:
        self.flow = flow
        self.kept: deque[Exchange] = deque(maxlen=MOST_KEPT)
        self.on_other: Callable[[StunMessage | ChannelData, Address], None] = _pass
        self._timers = timers
        self._journal = journal
        self._url = url
        self._waiting: dict[bytes, _Waiting] = {}
        flow.on_message = self._take

    def _take(self, message: StunMessage | ChannelData, source: Address) -> None:
        waiting = None
        if isinstance(message, StunMessage):
            waiting = self._waiting.get(message.transaction_id)
        if waiting is not None and isinstance(message, StunMessage):
            waiting.take(message, source)
        else:
            self.on_other(message, source)

    async def ask(
        self,
        request: StunMessage,
        *,
        key: LongTerm | None = None,
        to: Address | None = None,
        timers: Timers | None = None,
    ) -> Exchange:
        """Send a request until it is answered, its time is over, or the flow ends.

        Args:
            request: what to ask, signed where it is to be.
            key: what the answer has to be signed with; None takes any.
            to: where to send it, on a socket that is bound to no server.
            timers: others than usual.

        Raises:
            PacketError: the answer is an error that breaks its form; the exchange is kept.
        """
        now_ns = self._journal.now_ns
        began_ns = now_ns()
        timers = timers or self._timers
        reliable = self.flow.reliable
        transaction = Transaction(request, timers, reliable=reliable, began_ns=began_ns)
        data = build_stun(request)
        with self._expecting(transaction, key) as waiting:
            news: list[asyncio.Future[Any]] = [waiting.done, self.flow.ended]
            while not (waiting.done.done() or self.flow.is_over):
                now = now_ns()
                if transaction.is_over(now):
                    break
                if transaction.take(now):
                    self.flow.send(data, to)
                rest_s = max(0, transaction.next_ns - now_ns()) / 1e9
                await asyncio.wait(news, timeout=rest_s, return_when=asyncio.FIRST_COMPLETED)
        answer, source = waiting.done.result() if waiting.done.done() else (None, None)
        return self._keep(waiting, answer, source, began_ns)

    @contextmanager
    def _expecting(self, transaction: Transaction, key: LongTerm | None) -> Iterator[_Waiting]:
        waiting = _Waiting(transaction, key)
        self._waiting[transaction.request.transaction_id] = waiting
        try:
            yield waiting
        finally:
            del self._waiting[transaction.request.transaction_id]

    def _keep(
        self,
        waiting: _Waiting,
        answer: StunMessage | None,
        source: Address | None,
        began_ns: int,
    ) -> Exchange:
        transaction, ended_ns = waiting.transaction, self._journal.now_ns()
        exchange = Exchange(
            transaction.request,
            answer,
            began_ns,
            ended_ns,
            transaction.sends,
            source,
            waiting.key is not None,
            waiting.discarded,
            self._journal.next_seq(),
        )
        self.kept.append(exchange)
        self._tell(exchange)
        return exchange

    def _tell(self, exchange: Exchange) -> None:
        head = exchange.evidence, exchange.ended_ns, self._journal.connection
        if exchange.is_success or exchange.is_challenge:
            name = "challenge" if exchange.is_challenge else exchange.name.lower()
            duration_ns = exchange.ended_ns - exchange.began_ns
            self._journal.emit(ConnectionPhase(*head, name, duration_ns))
            return
        error = exchange.error
        code = NOT_REACHED if error is None else error.code
        words = f"{exchange.name}: {error_meaning(code).name}"
        host, port = self.flow.local
        self._journal.emit(IceError(*head, self._url, code, words, host, port))


def _pass(*_: object) -> None:
    pass
