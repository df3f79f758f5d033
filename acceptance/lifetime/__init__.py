"""What shows that nothing is left of a connection."""
