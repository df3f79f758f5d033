"""How a comparison is shown: a report of one HTML page, and the words and numbers of tables."""

from wirescope.lab.report.links import link_words
from wirescope.lab.report.media_page import (
    Clip,
    MediaSection,
    media_html,
    png_file,
    wav_file,
)
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
    "Clip",
    "Column",
    "MediaSection",
    "columns",
    "link_words",
    "media_html",
    "name",
    "png_file",
    "report_html",
    "short_name",
    "sure",
    "title",
    "wav_file",
    "what_does_not_count",
    "what_was_run",
    "winner_name",
]
