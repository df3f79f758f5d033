"""Rules about sound and picture (RTP1xx)."""
