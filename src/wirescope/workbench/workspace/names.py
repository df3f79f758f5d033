"""Names of files in a workspace, good on every system, and where they lead on this one.

A name is what a person sees: the path below the kind's folder without `.yaml`, with `/` between
folders. What Windows cannot hold is refused everywhere, since a workspace travels. Nothing is read
or written through a link that leaves the workspace's folder.
"""

import re
import unicodedata
from pathlib import Path

from wirescope.errors import UsageError

SUFFIX = ".yaml"

MAX_PARTS = 12
"""Of a name: folders and the file in them."""

_MAX_BYTES = 200
"""Of one part of a name: file systems hold 255, and a temporary name is a little longer."""

_FORBIDDEN = re.compile(r'[<>:"\\|?*\x00-\x1f\x7f]')
_RESERVED = re.compile(r"(?i)(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\..*)?")


def check_name(name: str) -> str:
    """Return a name in its usual form.

    Raises:
        UsageError: it is none that every system can hold.
    """
    usual = unicodedata.normalize("NFC", name)
    parts = usual.split("/")
    if len(parts) > MAX_PARTS:
        raise _bad(name, f"it has more than {MAX_PARTS} parts")
    for part in parts:
        why = _why_not(part)
        if why:
            raise _bad(name, why)
    return usual


def usable_name(text: str) -> str:
    """Make one part of a name of any text, for files that are named after something else.

    >>> usable_name("wss://a/b?c"), usable_name("con"), usable_name("")
    ('wss a b c', 'con_', 'unnamed')
    """
    printable = "".join(each if each.isprintable() else " " for each in text)
    words = " ".join(re.sub(r"[/]|" + _FORBIDDEN.pattern, " ", printable).split())
    short = words.encode()[:120].decode(errors="ignore").strip(" .")
    if not short:
        return "unnamed"
    return f"{short}_" if _RESERVED.fullmatch(short) else short


def inside(root: Path, path: Path) -> Path:
    """Follow the links of a path and return where it leads.

    Raises:
        UsageError: it leads out of the workspace's folder.
    """
    try:
        real = path.resolve()
    except (OSError, RuntimeError):  # links that lead in a circle
        real = Path(path.anchor)
    if not real.is_relative_to(root):
        shown = path.relative_to(root) if path.is_relative_to(root) else path
        raise UsageError(
            f"{shown} is a link that leads out of the workspace's folder.",
            hint="Put a copy into the folder instead of the link.",
        )
    return real


def _why_not(part: str) -> str:
    if not part:
        return "a part of it is empty"
    if part.startswith("."):
        return f"{part!r} begins with a dot"
    if part != part.strip() or part.endswith("."):
        return f"{part!r} begins or ends with a blank, or ends with a dot"
    if bad := _FORBIDDEN.search(part):
        return f"it has the character {bad[0]!r}"
    if _RESERVED.fullmatch(part):
        return f"{part!r} is reserved on Windows"
    try:
        size = len(part.encode())
    except UnicodeEncodeError:
        return "it has half of a character"
    return f"{part[:20]!r}… is too long" if size > _MAX_BYTES else ""


def _bad(name: str, why: str) -> UsageError:
    return UsageError(
        f"{name[:80]!r} cannot be the name of a file: {why}.",
        hint="Choose a name of letters, digits, blanks, - and _; / makes folders.",
    )
