"""How a comparison is shown: a report of one HTML page, and the words and numbers of tables."""

from wirescope.lab.report.links import link_words
from wirescope.lab.report.page import report_html
from wirescope.lab.report.summary import title, what_was_run
from wirescope.lab.report.words import (
    Column,
    columns,
    name,
    short_name,
    sure,
    what_does_not_count,
)
from wirescope.lab.verdicts import winner_name

__all__ = [
    "Column",
    "columns",
    "link_words",
    "name",
    "report_html",
    "short_name",
    "sure",
    "title",
    "what_does_not_count",
    "what_was_run",
    "winner_name",
]
