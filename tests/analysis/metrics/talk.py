"""Messages in a line each, for tests of what they are to each other."""

from itertools import count

from wirescope.events import WebSocketMessage


class Talk:
    """Numbers messages and puts them on a clock that each moves by a millisecond."""

    def __init__(self):
        self._next = count(1).__next__
        self.at_ns = 0

    def wait(self, seconds):
        self.at_ns += round(seconds * 1e9)
        return self

    def message(self, direction, payload, kind="text"):
        data = payload.encode() if isinstance(payload, str) else payload
        self.at_ns += 1_000_000
        fields = (direction, kind, len(data), len(data) + 2, False, (), data)
        return WebSocketMessage(self._next(), self.at_ns, "c1", *fields)

    def sent(self, payload, kind="text"):
        return self.message("sent", payload, kind)

    def received(self, payload, kind="text"):
        return self.message("received", payload, kind)
