"""The doctor for STUN and TURN servers: every way to one, and what it does with an allocation."""

from wirescope.workbench.doctor.servers.bench import ServerOrders
from wirescope.workbench.doctor.servers.runner import diagnose_server

__all__ = ["ServerOrders", "diagnose_server"]
