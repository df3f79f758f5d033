"""Rules about the path that data takes (ICE3xx)."""
