"""Rules about the search for a path (ICE2xx)."""
