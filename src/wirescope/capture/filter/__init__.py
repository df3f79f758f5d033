"""The filter language: which events are wanted, as one expression.

`docs/reference/filter.md` describes it. A `Filter` looks at events wherever they come from, live or
read; for a reader it also says which blocks of a capture cannot hold a match.
"""

from wirescope.capture.filter.evaluate import Filter
from wirescope.capture.filter.fields import FIELDS, Bounds
from wirescope.capture.filter.parser import parse

__all__ = ["FIELDS", "Bounds", "Filter", "parse_filter"]


def parse_filter(text: str) -> Filter:
    """Read a filter expression; the empty one lets everything through.

    FilterSyntaxError says what is wrong and in which column.

    >>> parse_filter('direction == received and length > 1kB').needs_payload
    False
    """
    return Filter(text, parse(text))
