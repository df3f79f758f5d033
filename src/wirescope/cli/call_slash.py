"""What is typed at the prompt of a WebRTC connection: a message, or a command. Pure.

What is typed is what is sent, on the channel that was chosen. `@LABEL text` sends it on another
one, where there is one of that label; where several have it, `#ID` tells them apart. A message that
begins with a slash or an at sign is typed with two.
"""

from collections.abc import Collection
from dataclasses import dataclass

from wirescope.cli.slash import Help, Say, SendFile, Show, Wait, read_common
from wirescope.errors import UsageError


@dataclass(frozen=True, slots=True)
class SayOn:
    """Send a text on another channel."""

    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Choose:
    """Send what is typed on this channel from now on; empty lists the channels."""

    name: str


@dataclass(frozen=True, slots=True)
class Open:
    """Open a channel, described as `--channel` takes it."""

    text: str


@dataclass(frozen=True, slots=True)
class Restart:
    """Look for a path anew."""


@dataclass(frozen=True, slots=True)
class Stats:
    """Tell how the connection is doing."""


@dataclass(frozen=True, slots=True)
class End:
    """Close the connection."""


Typed = Say | SayOn | Choose | Open | Restart | Stats | End | SendFile | Wait | Show | Help

USAGE = {
    "/channel": ("/channel [LABEL|#ID]", "send on this channel from now on; alone, list them"),
    "/open": ("/open LABEL[,ordered=false,…]", "open a channel, as --channel does"),
    "/stats": ("/stats", "say state, path, codecs, rates and loss"),
    "/restart": ("/restart", "look for a path anew (ICE restart)"),
    "/close": ("/close", "close the connection"),
    "/hex": ("/hex 00 01 ff", "send bytes, written in hex, as binary"),
    "/base64": ("/base64 AAH/", "send bytes, written in base64, as binary"),
    "/send": ("/send [--binary] @FILE", "send a file as one message, text or binary"),
    "/wait": ("/wait SECONDS", "take nothing from the prompt for a while"),
    "/show": ("/show [EVENT]", "show a message whole: the last, or by number"),
    "/help": ("/help", "list all of this"),
}


def parse_call_line(line: str, names: Collection[str]) -> Typed:
    """Read a line typed at the prompt.

    Args:
        line: as it was typed.
        names: of the channels that there are: labels, and ids behind a `#`.

    Raises:
        UsageError: a command that is not known, or with arguments that it does not take.
    """
    if line.startswith(("//", "@@")):
        return Say(line[1:])
    if line.startswith("@"):
        name, _, text = line[1:].partition(" ")
        return SayOn(name, text) if name in names else Say(line)
    if not line.startswith("/"):
        return Say(line)
    name, _, rest = line.partition(" ")
    if name not in USAGE:
        raise UsageError(
            f"There is no command {name}.",
            hint=f"/help lists them; to send it as it stands, type /{line}",
        )
    try:
        return _read(name, rest)
    except ValueError as error:
        raise UsageError(f"{name}: {error}.", hint=f"Usage: {USAGE[name][0]}") from None


def _read(name: str, rest: str) -> Typed:
    word = rest.strip()
    match name:
        case "/channel":
            return Choose(word)
        case "/open":
            if not word:
                raise ValueError("a label was expected")
            return Open(word)
        case "/restart" | "/stats" | "/close":
            if word:
                raise ValueError("it takes nothing")
            return _PLAIN[name]
    return read_common(name, rest)


_PLAIN: dict[str, Typed] = {"/restart": Restart(), "/stats": Stats(), "/close": End()}


def call_help_lines() -> list[str]:
    """What `/help` shows."""
    lines = ["What you type is sent on the chosen channel; // and @@ send a literal / and @."]
    lines.append("  @LABEL text                   send it on the channel of that label")
    lines += [f"  {usage:<29} {purpose}" for usage, purpose in USAGE.values()]
    lines.append("Ctrl-D or Ctrl-C closes the connection; twice ends at once.")
    return lines
