"""Rules about the encryption of a path (DTLS1xx)."""
