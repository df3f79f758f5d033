"""Events as CSV (RFC 4180): a header line, then a row an event, in UTF-8.

Whoever opens it in a spreadsheet gets what a peer sent put into cells, and a cell that begins with
`=`, `+`, `-` or `@` is a formula there. A text that begins so, or with a tab, a carriage return or
a line feed before it, gets an apostrophe in front, which spreadsheets read as "this is text".
"""

import csv
import io
from base64 import b64encode
from typing import BinaryIO

from wirescope.capture.formats.columns import COLUMNS, Value, row
from wirescope.capture.formats.selection import Selection

# The wide forms of the four are formulas to spreadsheets that are set up for Japanese.
_DANGEROUS = tuple("=+-@\t\r\n＝＋－＠")


def write_csv(selection: Selection, stream: BinaryIO) -> None:
    """Write the chosen events."""
    text = io.TextIOWrapper(stream, "utf-8", newline="", write_through=True)
    try:
        writer = csv.writer(text)
        writer.writerow(COLUMNS)
        for event in selection.events():
            values = row(event, selection)
            writer.writerow([_cell(values.get(name)) for name in COLUMNS])
    finally:
        text.detach()  # the stream stays open


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, bytes):
        return b64encode(value).decode("ascii")
    return neutral(value) if isinstance(value, str) else str(value)


def neutral(text: str) -> str:
    """Take away a text's power to be a formula.

    >>> neutral("=HYPERLINK(A1)"), neutral("plain")
    ("'=HYPERLINK(A1)", 'plain')
    """
    # RFC 4180 knows no NUL, and programs end a text there.
    text = text.replace("\0", "\N{SYMBOL FOR NULL}")
    return f"'{text}" if text.startswith(_DANGEROUS) else text
