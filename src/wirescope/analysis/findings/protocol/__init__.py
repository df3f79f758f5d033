"""Rules about breaches of the protocol on an open connection (WS3xx)."""
