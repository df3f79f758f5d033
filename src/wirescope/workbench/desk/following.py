"""What is learnt of one connection by following its events in a capture, once, and kept.

A question about a connection reads what has come since the one before, and no event twice. It does
so by pieces, so that other questions get their turn between them.
"""

from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from typing import Any, Generic, Protocol, TypeVar, cast

from wirescope.capture import Capture, parse_filter
from wirescope.errors import UnknownConnectionError
from wirescope.events import AnyEvent
from wirescope.workbench.desk.reading import Deadline

KEPT = 8
"""Connections of a capture that one kind of question is kept ready for."""

T = TypeVar("T")


class Follower(ABC):
    """Follows the events of one connection.

    Args:
        connection: `c1` …
        wanted: a filter for those of its events that tell something.
        beside: one for events of any connection that do so, too; empty for none.

    Raises:
        UnknownConnectionError: no connection can have this id.

    Attributes:
        connection: as it was given.
        read_seq: up to which event the capture was looked through.
    """

    def __init__(self, connection: str, wanted: str, *, beside: str = "") -> None:
        if not (len(connection) < 20 and connection.isascii() and connection.isalnum()):
            raise unknown_connection(connection)
        self.connection = connection
        self.read_seq = 0
        own = f'connection == "{connection}" and ({wanted})'
        self._wanted = parse_filter(f"({own}) or ({beside})" if beside else own)

    @abstractmethod
    def take(self, event: AnyEvent) -> None:
        """Take an event, in its order."""

    def extend(self, capture: Capture, deadline: Deadline) -> bool:
        """Go on until the deadline; whether all there is was looked through."""
        for batch in capture.batches(filter=self._wanted, after=self.read_seq):
            for event in batch.events:
                self.take(event)
            self.read_seq = batch.last_seq
            if deadline.passed:
                return self.read_seq >= capture.last_seq
        return True


def unknown_connection(connection: str) -> UnknownConnectionError:
    """Say that a capture has no WebRTC connection of an id."""
    return UnknownConnectionError(
        f"There is no WebRTC connection {connection[:20]!r} in this capture.",
        hint="The timeline and the list of openings name those that there are.",
    )


F = TypeVar("F", bound=Follower)


class _Run(Protocol):
    """Does a piece of work in the file's thread, as `OpenCapture.run`."""

    def __call__(self, work: Callable[[Capture], T], /) -> Coroutine[Any, Any, T]: ...


class Followers(Generic[F]):
    """Those of one capture that a kind of question needs; the ones that were asked last are kept.

    Args:
        run: does a piece of work in the file's thread.
        make: makes one for a connection.
    """

    def __init__(self, run: _Run, make: Callable[[str], F]) -> None:
        self._run = run
        self._make = make
        self._kept: OrderedDict[str, F] = OrderedDict()

    async def ask(self, connection: str, question: Callable[[F], T]) -> T:
        """Follow a connection up to what is in the capture by now, and ask then.

        Raises:
            UnknownConnectionError: there is no such connection.
            CaptureError: the capture cannot be read.
        """
        # One and the same to the end: many who ask at once would take those that are kept from
        # each other, and begin anew for ever.
        follower, wanted_seq = await self._run(
            lambda capture: (self._of(connection), capture.last_seq)
        )

        def go_on(capture: Capture) -> tuple[bool, T | None]:
            complete = follower.extend(capture, Deadline()) or follower.read_seq >= wanted_seq
            return complete, question(follower) if complete else None

        while True:
            complete, answer = await self._run(go_on)
            if complete:
                return cast("T", answer)

    def _of(self, connection: str) -> F:
        found = self._kept.pop(connection, None) or self._make(connection)
        self._kept[connection] = found
        if len(self._kept) > KEPT:
            self._kept.popitem(last=False)
        return found
