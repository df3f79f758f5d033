"""Rules about data channels (SCTP1xx)."""
