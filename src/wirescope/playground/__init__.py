"""What the two transports exist for, to use and to look at: the test endpoints, the samples."""

from wirescope.playground.endpoints import ENDPOINTS, Endpoint, Parameter, serve_endpoints
from wirescope.playground.relaying import RelayAccess, relay_access, serve_relay
from wirescope.playground.samples import SAMPLES

__all__ = [
    "ENDPOINTS",
    "SAMPLES",
    "Endpoint",
    "Parameter",
    "RelayAccess",
    "relay_access",
    "serve_endpoints",
    "serve_relay",
]
