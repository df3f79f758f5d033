"""What the two transports exist for, to use and to look at; so far, the test endpoints."""

from wirescope.playground.endpoints import ENDPOINTS, Endpoint, Parameter, serve_endpoints

__all__ = ["ENDPOINTS", "Endpoint", "Parameter", "serve_endpoints"]
