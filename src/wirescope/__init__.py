"""Wirescope: see, test, compare and fix WebSocket and WebRTC connections."""

__version__ = "0.1.0"
