"""What keeps a connection alive: pings, pongs and small messages at a period (WS4xx)."""
