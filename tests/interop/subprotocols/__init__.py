"""Servers, clients and parsers of subprotocols as their own projects wrote them."""
