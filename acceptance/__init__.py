"""Promises, each shown by a script that prints its figures; see `acceptance.__main__`."""
