"""What the traffic could be spared (WS5xx)."""
