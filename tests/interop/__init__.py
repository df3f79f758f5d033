"""Servers that this project did not write, and what our client sees of them."""
