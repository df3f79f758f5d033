"""The messages that came and wait for the application, bounded in bytes and in number.

Who fills it asks `full` and stops reading from the peer; it goes on once there is `room`, which is
well below the bound, so that reading is not stopped and resumed for each message.
"""

import asyncio
from collections import deque
from collections.abc import Sequence

from wirescope.events import WebSocketMessage

MAX_BYTES = 4 << 20
MAX_MESSAGES = 8192


class Inbox:
    """A queue of messages with any number of receivers."""

    def __init__(self) -> None:
        self._messages: deque[WebSocketMessage] = deque()
        self._bytes = 0
        self._changed = asyncio.Event()

    def __bool__(self) -> bool:
        return bool(self._messages)

    @property
    def full(self) -> bool:
        """Whether more was put in than it may hold; one `put` may be more than that."""
        return self._bytes > MAX_BYTES or len(self._messages) > MAX_MESSAGES

    @property
    def room(self) -> bool:
        """Whether enough was taken out for it to be filled again."""
        return self._bytes <= MAX_BYTES // 4 and len(self._messages) <= MAX_MESSAGES // 4

    def put(self, messages: Sequence[WebSocketMessage]) -> None:
        """Add messages; `wake` tells the receivers."""
        self._messages.extend(messages)
        self._bytes += sum([len(message.payload) for message in messages])

    def take(self) -> WebSocketMessage | None:
        """Take the oldest message out; None if there is none."""
        if not self._messages:
            return None
        message = self._messages.popleft()
        self._bytes -= len(message.payload)
        return message

    def clear(self) -> None:
        """Forget the messages."""
        self._messages.clear()
        self._bytes = 0

    def wake(self) -> None:
        """Have whoever waits look again: there are messages, or there will be none."""
        self._changed.set()

    async def wait(self) -> None:
        """Wait until `wake` is called."""
        self._changed.clear()
        await self._changed.wait()
