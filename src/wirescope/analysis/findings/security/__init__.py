"""What could be read by others (WS7xx)."""
