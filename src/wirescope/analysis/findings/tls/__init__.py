"""Rules about the TLS handshake and certificates (TLS1xx)."""
