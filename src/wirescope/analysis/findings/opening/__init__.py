"""Rules about the opening handshake (WS1xx)."""
