"""Elements of HTML and SVG as text; whatever is not markup already is escaped on the way in.

That is the only way in which text gets into a report. Control characters and those that turn lines
around (Unicode UAX 9) are written out visibly, as a name may come from anywhere.
"""

import re
from html import escape
from typing import Final

_VOID: Final = frozenset({"br", "meta"})
_EMPTY_IN_SVG: Final = frozenset({"circle", "path"})

_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028\u2029\u202a-\u202e\u2060-\u2064"
    "\u2066-\u2069\ufeff\ufff9-\ufffb\ud800-\udfff]"
)

_NUMBER_AND_UNIT = re.compile(r"(?<=\d) (?=(?:%|ms|s|[kMG]bit/s|bit/s|MiB|KiB|bytes|times)\b|%)")

Attribute = str | int | float | None


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(tag: str, /, *children: str, **attributes: Attribute) -> Markup:
    """Write an element.

    Args:
        tag: its name.
        children: markup, or text, which is escaped.
        attributes: their values, escaped; None leaves one out. An underscore in a name is a dash,
            one at its end is nothing.
    """
    begin = f"<{tag}{''.join(map(_attribute, attributes, attributes.values()))}"
    if tag in _VOID:
        return Markup(f"{begin}>")
    if tag in _EMPTY_IN_SVG and not children:
        return Markup(f"{begin}/>")
    return Markup(f"{begin}>{joined(*children)}</{tag}>")


def document(title: str, style: str, *content: str, policy: str) -> str:
    """Write a page that needs nothing but itself.

    Args:
        title: of the page.
        style: of all of it.
        content: what is in it.
        policy: what it may load (W3C Content Security Policy).
    """
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        Markup(f'<meta http-equiv="Content-Security-Policy" content="{policy}">'),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"{title} · Wirescope"),
        element("style", Markup(style)),
    )
    body = element("body", element("main", *content))
    return f"<!doctype html>\n{element('html', head, body, lang='en')}\n"


def joined(*parts: str) -> Markup:
    """Put markup and text together, one after the other."""
    return Markup("".join(each if isinstance(each, Markup) else text(each) for each in parts))


def text(raw: str) -> Markup:
    r"""Escape text, and keep numbers and their units on one line.

    >>> text("<b>\x1b")
    '&lt;b&gt;\\x1b'
    """
    return Markup(escape(_NUMBER_AND_UNIT.sub("\u00a0", _UNSAFE.sub(_written_out, raw))))


def _written_out(match: re.Match[str]) -> str:
    number = ord(match.group())
    return f"\\x{number:02x}" if number <= 0xFF else f"\\u{number:04x}"


def _attribute(name: str, value: Attribute) -> str:
    if value is None:
        return ""
    shown = text(value) if isinstance(value, str) else f"{value:g}"
    return f' {name.rstrip("_").replace("_", "-")}="{shown}"'
