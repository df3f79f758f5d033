"""Requests that were carried out before, and are not to be again when somebody sends them again.

A nonce is bound to a client's address, which whoever overhears a request can claim to have. While
the nonce is fresh, what made or ended an allocation is known again by its transaction and its flow.
Not here: the request that made the allocation which is there, which gets its answer again.
"""

from wirescope.ice_server.flows import Flow

MAX_REPLAYS = 4096
"""Requests that are known again, of all clients together."""


class Replays:
    """The last requests that made or ended an allocation."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, bytes], None] = {}

    def has(self, flow: Flow, transaction_id: bytes) -> bool:
        """Whether a client's request was carried out before."""
        return (str(flow), transaction_id) in self._known

    def note(self, flow: Flow, transaction_id: bytes) -> None:
        """Know a request again from now on."""
        if len(self._known) >= MAX_REPLAYS:
            del self._known[next(iter(self._known))]
        self._known[str(flow), transaction_id] = None
