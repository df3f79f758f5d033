"""Rules about signaling and descriptions (SIG1xx)."""
