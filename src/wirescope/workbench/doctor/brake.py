"""Ends an examination early; what was seen until then is reported."""

import asyncio


class Brake:
    """Given to an examination, it can be pulled once from the same loop.

    Attributes:
        pulled: whether it was.
    """

    def __init__(self) -> None:
        self.pulled = False
        self._deadline: asyncio.Timeout | None = None

    def pull(self) -> None:
        """End the examination in the step that is under way."""
        self.pulled = True
        if self._deadline is not None and not self._deadline.expired():
            self._deadline.reschedule(asyncio.get_running_loop().time())

    def hold(self, deadline: asyncio.Timeout) -> None:
        """Take what ends the examination, from within it."""
        self._deadline = deadline
        if self.pulled:
            self.pull()

    def release(self) -> None:
        """Forget it: there is nothing to be ended any more."""
        self._deadline = None
