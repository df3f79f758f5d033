"""Texts of other tools, each of a syntax of its own: curl commands, .http files and .bru files."""

from fuzz.fuzz_collections import read_each
from tests.workbench.exchange.samples import FILES

FORMS = ("bruno", "curl", "http")
SEEDS = [data for (form, _), data in FILES.items() if form in FORMS]


def check(data: bytes) -> None:
    """Any bytes are refused, or become records with fit names that every format can write."""
    read_each(FORMS, data)
