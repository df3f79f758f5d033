"""Parsers and builders of what is on the wire; pure: bytes in, records out, no clock, no I/O."""
