"""A foreign file as UTF-8, whichever encoding of Unicode its byte order mark names.

PowerShell and editors of Windows write UTF-16. What is of another encoding is refused where its
text is needed, since it cannot be told which one it is: a wrong guess changes what is sent.
"""

import codecs

from wirescope.errors import ForeignFormatError

_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF32_LE: "utf-32-le",
    codecs.BOM_UTF32_BE: "utf-32-be",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}
"""By what a file begins with; the mark of UTF-32 begins with that of UTF-16."""


def as_utf8(data: bytes) -> bytes:
    """Give the text of a file in UTF-8 without its mark; as it is where its mark is not true."""
    for mark, encoding in _MARKS.items():
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(encoding).encode()
            except UnicodeDecodeError:
                return data
    return data


def text_of(data: bytes) -> str:
    """Give the text of a file.

    Raises:
        ForeignFormatError: it is not UTF-8; `where` is the line.
    """
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise not_utf8(f"line {line}") from None


def not_utf8(where: str = "") -> ForeignFormatError:
    """Say that a file is of an unknown encoding."""
    return ForeignFormatError(
        "It is not UTF-8.", where=where, hint="Save it as UTF-8 in an editor and import that."
    )
