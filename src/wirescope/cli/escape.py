"""Text of a peer made safe for a terminal, and cut to the columns that there are.

A peer must not move the cursor, change colours, set titles or turn lines around (C0 and C1
controls, ECMA-48; bidirectional controls, Unicode UAX 9), so these are written out visibly. Widths
are counted as terminals do: wide characters take two columns, combining ones none.
"""

import re
import unicodedata

_NAMED = {"\n": "\\n", "\r": "\\r", "\t": "\\t", "\0": "\\0"}

# C0, DEL, C1; line and paragraph separators; bidirectional embeddings, overrides and isolates; zero
# width characters and tags that hide text; lone surrogates.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064\u2066-\u2069"
    "\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_UNSAFE_IN_LINES = re.compile(_UNSAFE.pattern.replace("\x00-\x1f", "\x00-\x08\x0b-\x1f"))


def escape(text: str) -> str:
    r"""Write control characters out, line feeds included, so that the text is one safe line.

    >>> escape("a\x1b[31mb\n")
    'a\\x1b[31mb\\n'
    """
    return _UNSAFE.sub(_written_out, text)


def escape_lines(text: str) -> str:
    """Write control characters out, except for line feeds and tabs."""
    return _UNSAFE_IN_LINES.sub(_written_out, text)


def escape_json(text: str) -> str:
    r"""Write control characters out as JSON does, so that lines of JSON stay what they are.

    >>> escape_json('"\x9b31m"')
    '"\\u009b31m"'
    """
    return _UNSAFE_IN_LINES.sub(_written_in_json, text)


def _written_in_json(match: re.Match[str]) -> str:
    utf16 = match.group().encode("utf-16-be", "surrogatepass")
    units = (utf16[at : at + 2].hex() for at in range(0, len(utf16), 2))
    return "".join(f"\\u{unit}" for unit in units)


def _written_out(match: re.Match[str]) -> str:
    character = match.group()
    number = ord(character)
    named = _NAMED.get(character)
    if named:
        return named
    if number <= 0xFF:
        return f"\\x{number:02x}"
    return f"\\u{number:04x}" if number <= 0xFFFF else f"\\U{number:08x}"


def cut(text: str, columns: int) -> str:
    """Cut text to a number of columns; an ellipsis in the last one says that more follows.

    >>> cut("abcdef", 4), cut("abc", 4), cut("日本語", 5)
    ('abc…', 'abc', '日本…')
    """
    if text.isascii() and len(text) <= columns:
        return text
    if columns <= 0:
        return ""
    used = 0
    fits = 0
    for position, character in enumerate(text):
        used += column_width(character)
        if used > columns:
            return text[:fits] + "…"
        if used <= columns - 1:
            fits = position + 1
    return text


def text_width(text: str) -> int:
    """Columns that a text takes."""
    return len(text) if text.isascii() else sum(map(column_width, text))


def column_width(character: str) -> int:
    """Columns that a character takes: 0, 1 or 2."""
    if character.isascii():
        return 1
    if unicodedata.combining(character) or unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def preview_bytes(data: bytes, *, limit: int = 512) -> str:
    """Show bytes as escaped text where they are UTF-8, as spaced hex where they are not."""
    head = data[:limit]
    for dropped in range(4):  # the cut may stand inside a character
        try:
            return escape(head[: len(head) - dropped].decode())
        except UnicodeDecodeError:
            if len(data) <= limit:
                break
    return head[:64].hex(" ")
