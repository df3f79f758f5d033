"""A page of media: figures in tables, and beside them what they are of, to be heard and seen.

It is one page of HTML that needs nothing else. Sound is in it as WAV, pictures as PNG, both written
here, so any browser plays them and shows them.
"""

import io
import struct
import wave
import zlib
from base64 import b64encode
from collections.abc import Sequence
from typing import Final, NamedTuple

from wirescope.lab.report.markup import Markup, document, element, joined
from wirescope.lab.report.style import STYLE

_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'; media-src data:; img-src data:"


class Clip(NamedTuple):
    """A sound or a picture.

    Attributes:
        caption: what it is.
        kind: its media type, `audio/wav` or `image/png`.
        data: the file.
    """

    caption: str
    kind: str
    data: bytes


class MediaSection(NamedTuple):
    """One thing that was measured.

    Attributes:
        heading: what.
        notes: how, a paragraph each.
        columns: the names of the figures, with their units.
        rows: the figures, as they are shown; the first is what the row is about.
        clips: what they are of.
    """

    heading: str
    notes: Sequence[str]
    columns: Sequence[str]
    rows: Sequence[Sequence[str]]
    clips: Sequence[Clip]


def media_html(title: str, lede: str, sections: Sequence[MediaSection]) -> str:
    """Write the page.

    Args:
        title: what follows, in a sentence.
        lede: what was run.
        sections: what was measured.
    """
    header = element("header", element("h1", title), element("p", lede, class_="lede"))
    return document(title, STYLE, header, *map(_section, sections), policy=_POLICY)


def _section(section: MediaSection) -> Markup:
    return element(
        "section",
        element("header", element("h2", section.heading)),
        *(element("p", each, class_="note") for each in section.notes),
        element("div", _table(section), class_="over"),
        element("div", *map(_clip, section.clips), class_="clips"),
    )


def _table(section: MediaSection) -> Markup:
    first, *others = section.columns
    heads = [element("th", first, scope="col")]
    heads += [element("th", each, scope="col", class_="num") for each in others]
    rows = [
        element(
            "tr",
            element("th", name, scope="row"),
            *(element("td", each, class_="num") for each in figures),
        )
        for name, *figures in section.rows
    ]
    table = joined(element("thead", element("tr", *heads)), element("tbody", *rows))
    return element("table", table, class_="grid")


def _clip(clip: Clip) -> Markup:
    # Markup, as base64 has nothing to escape, and there is much of it.
    address = f"data:{clip.kind};base64,{b64encode(clip.data).decode('ascii')}"
    caption = element("figcaption", clip.caption)
    if clip.kind.startswith("audio/"):
        shown = Markup(f'<audio controls preload="metadata" src="{address}"></audio>')
    else:
        shown = Markup(f'<img alt="" src="{address}">')
    return element("figure", shown, caption)


# Files


def wav_file(samples: bytes, rate: int) -> bytes:
    """Write sound of one channel, 16 bits each and little-endian, as WAV."""
    file = io.BytesIO()
    with wave.open(file, "wb") as written:
        written.setnchannels(1)
        written.setsampwidth(2)
        written.setframerate(rate)
        written.writeframes(samples)
    return file.getvalue()


def png_file(width: int, height: int, i420: bytes) -> bytes:
    """Write a picture as PNG (W3C png-3).

    Args:
        width: in pixels; even.
        height: in pixels; even.
        i420: its planes, in the narrow range of ITU-R BT.601.
    """
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    lines = b"".join(b"\0" + _line(width, height, i420, y) for y in range(height))
    parts = ((b"IHDR", head), (b"IDAT", zlib.compress(lines)), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))


def _line(width: int, height: int, i420: bytes, y: int) -> bytes:
    """Give the colours of a line: red, green and blue of each pixel."""
    half = width // 2
    u_first = width * height + y // 2 * half
    v_first = u_first + half * (height // 2)
    line = bytearray()
    for x in range(width):
        light = 1.164 * (i420[y * width + x] - 16)
        u, v = i420[u_first + x // 2] - 128, i420[v_first + x // 2] - 128
        colours = (light + 1.596 * v, light - 0.392 * u - 0.813 * v, light + 2.017 * u)
        line += bytes(min(255, max(0, round(each))) for each in colours)
    return bytes(line)
