"""Who has an allocation: found by its flow, counted against quotas, ended, and told of."""

from wirescope.ice_server.allocations import Allocation, Relaying
from wirescope.ice_server.flows import Flow
from wirescope.ice_server.options import IceServerOptions
from wirescope.ice_server.telling import Allocated, Deallocated, EndReason, OnEvent


class Register:
    """All allocations of a server.

    Args:
        options: have the quotas.
        relaying: holds the allocations by their relayed address.
        on_event: told what happened.
    """

    def __init__(self, options: IceServerOptions, relaying: Relaying, on_event: OnEvent) -> None:
        self._options = options
        self._relaying = relaying
        self._on_event = on_event
        self._of_user: dict[str, int] = {}

    def of(self, flow: Flow) -> Allocation | None:
        """Give the allocation that a client has, if its lifetime has not ended."""
        allocation = flow.allocation
        if allocation is not None and allocation.is_over:
            self.end(allocation, "lifetime")
        return flow.allocation

    def is_full_for(self, user: str) -> bool:
        """Whether a user has as many as one may have."""
        return self._of_user.get(user, 0) >= self._options.max_allocations_per_user

    @property
    def is_full(self) -> bool:
        """Whether there are as many as there may be."""
        return len(self._relaying.by_address) >= self._options.max_allocations

    def add(self, allocation: Allocation, lifetime_s: int) -> None:
        """Take an allocation in, which has its relayed address."""
        flow, user = allocation.flow, allocation.identity.user
        flow.allocation = allocation
        if flow.door is not None:
            flow.door.flows[flow.remote] = flow
        self._relaying.by_address[allocation.relay.address] = allocation
        self._of_user[user] = self._of_user.get(user, 0) + 1
        counts = self._relaying.counts
        counts.allocated += 1
        counts.allocations += 1
        self._on_event(
            Allocated(
                flow.where,
                flow.transport,
                allocation.identity.username,
                _relayed(allocation),
                lifetime_s,
            )
        )

    def end(self, allocation: Allocation, reason: EndReason) -> None:
        """Give a relayed address back."""
        flow, user = allocation.flow, allocation.identity.user
        flow.allocation = None
        if flow.door is not None:
            flow.door.flows.pop(flow.remote, None)
        del self._relaying.by_address[allocation.relay.address]
        allocation.relay.close()
        left = self._of_user[user] - 1
        if left:
            self._of_user[user] = left
        else:
            del self._of_user[user]
        self._relaying.counts.allocations -= 1
        self._on_event(
            Deallocated(
                flow.where,
                flow.transport,
                allocation.identity.username,
                _relayed(allocation),
                reason,
                allocation.to_peers,
                allocation.to_peers_bytes,
                allocation.to_clients,
                allocation.to_clients_bytes,
            )
        )

    def tick(self) -> None:
        """End what has not been refreshed, and forget permissions and channels that are over."""
        for allocation in list(self._relaying.by_address.values()):
            if allocation.is_over:
                self.end(allocation, "lifetime")
            else:
                allocation.forget_old()

    def close(self) -> None:
        """End all of them."""
        for allocation in list(self._relaying.by_address.values()):
            self.end(allocation, "server")


def _relayed(allocation: Allocation) -> str:
    host, port = allocation.relay.address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
