"""Rules about the end of a connection that was open (WS2xx)."""
