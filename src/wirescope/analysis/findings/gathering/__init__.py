"""Rules about STUN and TURN servers, and the addresses of this end (ICE1xx)."""
