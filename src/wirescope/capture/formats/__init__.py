"""Captures from and to other formats, one module a format."""
