"""Send on match: when a received message matches, another one is sent.

Two ends that answer each other would never stop, so the rate is bounded, and it is said when the
bound was reached. What is due while the peer is slow is bounded as well.
"""

import asyncio
from collections.abc import Awaitable, Callable, Sequence

import msgspec

from wirescope.capture import Filter, parse_filter
from wirescope.clock import SystemClock
from wirescope.errors import UsageError, WirescopeError
from wirescope.workbench.desk.carriers import AnyMessage
from wirescope.workbench.desk.states import Outgoing
from wirescope.workbench.workspace import OnMessage, SavedMessage

RATE = 10
"""Messages a second that are sent on match, of all rules of a connection together."""

BURST = 20
"""So many may follow each other at once, after a pause."""

QUEUE = 32
MOST_RULES = 32

_SECOND_NS = 1_000_000_000


class _Rule(msgspec.Struct, frozen=True):
    wanted: Filter
    outgoing: Outgoing


class Answerer:
    """The rules of one connection, and what they have asked for.

    Args:
        rules: as the endpoint says.
        saved: gives a saved message by its name; None where there is none.
        notice: is told what a person should know.
        address: says which way the answer to a message goes; None where there is to be none.

    Raises:
        UsageError: a filter cannot be read, or there is no message of that name.

    Attributes:
        sent: how many messages were asked for.
        held_back: how many were not, because there were too many.
    """

    def __init__(
        self,
        rules: Sequence[OnMessage],
        *,
        saved: Callable[[str], SavedMessage | None],
        notice: Callable[[str], None],
        address: Callable[[AnyMessage, Outgoing], Outgoing | None],
    ) -> None:
        self.sent = self.held_back = 0
        self._rules = [_rule(each, saved) for each in rules if each.enabled]
        if len(self._rules) > MOST_RULES:
            raise UsageError(f"There are {len(self._rules)} rules to send on; {MOST_RULES} fit.")
        self._notice = notice
        self._address = address
        self._due: asyncio.Queue[Outgoing] = asyncio.Queue(QUEUE)
        self._left = float(BURST)
        self._at_ns = SystemClock.monotonic_ns()

    def __bool__(self) -> bool:
        return bool(self._rules)

    def take(self, message: AnyMessage) -> None:
        """Look whether a received message matches."""
        for rule in self._rules:
            outgoing = self._address(message, rule.outgoing)
            if outgoing is not None and rule.wanted.matches(message):
                self._ask(outgoing)

    def _ask(self, outgoing: Outgoing) -> None:
        now_ns = SystemClock.monotonic_ns()
        self._left = min(BURST, self._left + (now_ns - self._at_ns) * RATE / _SECOND_NS)
        self._at_ns = now_ns
        if self._left >= 1 and not self._due.full():
            self._left -= 1
            self.sent += 1
            self._due.put_nowait(outgoing)
            return
        if not self.held_back:
            self._notice(
                f"Sending on match is held to {RATE} messages a second; what is more is not sent."
            )
        self.held_back += 1

    async def run(self, send: Callable[[Outgoing], Awaitable[None]]) -> None:
        """Send what is due, one after the other, until the connection ends."""
        while True:
            outgoing = await self._due.get()
            try:
                await send(outgoing)
            except WirescopeError as error:
                self._notice(f"Sending on match failed: {error.message}")


def _rule(rule: OnMessage, saved: Callable[[str], SavedMessage | None]) -> _Rule:
    wanted = parse_filter(rule.when)
    if not rule.send:
        return _Rule(wanted, Outgoing(form="text", body=rule.body))
    message = saved(rule.send)
    if message is None:
        raise UsageError(
            f"There is no message {rule.send!r} to send on match.",
            hint="Save one of that name, or write the text into `body`.",
        )
    return _Rule(wanted, Outgoing(form=message.kind, body=message.body))
