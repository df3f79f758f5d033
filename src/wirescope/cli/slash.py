"""What is typed at the prompt: a message, or a command that begins with a slash. Pure.

What is typed is what is sent: nothing is trimmed, parsed or completed on its way. A message that
begins with a slash is typed with two.
"""

from dataclasses import dataclass
from pathlib import Path

from wirescope.cli.values import parse_duration
from wirescope.decoders import decode_base64, decode_hex
from wirescope.errors import UsageError
from wirescope.events import LengthEncoding, Opcode, opcode_from_name
from wirescope.wire.websocket import build_header

LONGEST_WAIT_S = 3600.0


@dataclass(frozen=True, slots=True)
class Say:
    """Send a message: text for a str, binary for bytes."""

    data: str | bytes


@dataclass(frozen=True, slots=True)
class Ping:
    """Send a ping and wait for its pong; None makes a payload that no other ping has."""

    payload: bytes | None


@dataclass(frozen=True, slots=True)
class Pong:
    """Send a pong that answers nothing."""

    payload: bytes


@dataclass(frozen=True, slots=True)
class Close:
    """Close with a code, or without one."""

    code: int | None
    reason: str


@dataclass(frozen=True, slots=True)
class SendFile:
    """Send a file's bytes as one message."""

    path: Path
    binary: bool


@dataclass(frozen=True, slots=True)
class SendFrame:
    """Send one frame, legal or not."""

    opcode: Opcode
    payload: bytes
    fin: bool = True
    rsv1: bool = False
    rsv2: bool = False
    rsv3: bool = False
    masked: bool | None = None
    length_encoding: LengthEncoding | None = None
    announced_length: int | None = None


@dataclass(frozen=True, slots=True)
class Wait:
    """Take nothing more from the prompt for some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Show:
    """Show a message whole; None is the one that came last."""

    seq: int | None


@dataclass(frozen=True, slots=True)
class Help:
    """Show what can be typed."""


Typed = Say | Ping | Pong | Close | SendFile | SendFrame | Wait | Show | Help

USAGE = {
    "/ping": ("/ping [TEXT]", "send a ping, see how long its pong takes"),
    "/pong": ("/pong [TEXT]", "send a pong that nobody asked for"),
    "/close": ("/close [CODE [REASON]]", "close with 1000 or CODE; `-` sends no code"),
    "/hex": ("/hex 00 01 ff", "send bytes, written in hex, as binary"),
    "/base64": ("/base64 AAH/", "send bytes, written in base64, as binary"),
    "/send": ("/send [--binary] @FILE", "send a file as one message, text or binary"),
    "/frame": ("/frame OPCODE [WORDS] [DATA]", "send one frame, legal or not (see /help)"),
    "/wait": ("/wait SECONDS", "take nothing from the prompt for a while"),
    "/show": ("/show [EVENT]", "show a message whole: the last, or by number"),
    "/help": ("/help", "list all of this"),
}

FRAME_WORDS = {
    "more": "FIN is not set: more fragments follow",
    "rsv1": "set RSV1; rsv2 and rsv3 likewise",
    "unmasked": "leave the masking key out",
    "length=16": "16 bits for the length; 7 and 64 likewise",
    "announce=N": "announce N bytes, whatever the payload has",
    "hex:00ff": "the payload in hex; other DATA is text",
}


def parse_typed(line: str) -> Typed:
    """Read a line typed at the prompt.

    Raises:
        UsageError: a command that is not known, or with arguments that it does not take.
    """
    if not line.startswith("/"):
        return Say(line)
    if line.startswith("//"):
        return Say(line[1:])
    name, _, rest = line.partition(" ")
    reader = _READERS.get(name)
    if reader is None:
        raise UsageError(
            f"There is no command {name}.",
            hint=f"/help lists them; to send it as it stands, type /{line}",
        )
    try:
        return reader(rest)
    except ValueError as error:
        raise UsageError(f"{name}: {error}.", hint=f"Usage: {USAGE[name][0]}") from None


def _ping(rest: str) -> Typed:
    return Ping(_control_payload(rest) if rest else None)


def _control_payload(text: str) -> bytes:
    payload = text.encode()
    if len(payload) > 125:
        raise ValueError(f"{len(payload)} bytes do not fit, a control frame carries up to 125")
    return payload


def _close(rest: str) -> Typed:
    code, _, reason = rest.strip().partition(" ")
    if not code:
        return Close(1000, "")
    if code == "-":
        return Close(None, "")
    if not code.isascii() or not code.isdigit() or int(code) > 0xFFFF:
        raise ValueError(f"{code!r} is not a close code, a number of at most 65535")
    if len(reason.encode()) > 123:
        raise ValueError("the reason is longer than the 123 bytes that fit into a Close frame")
    return Close(int(code), reason)


def _send(rest: str) -> Typed:
    words = rest.strip()
    binary = words.startswith("--binary ")
    name = words.removeprefix("--binary ").strip()
    if not name.startswith("@") or name == "@":
        raise ValueError("a file was expected, written as @FILE")
    return SendFile(Path(name[1:]).expanduser(), binary)


def _frame(rest: str) -> Typed:
    name, _, rest = rest.strip().partition(" ")
    try:
        opcode = opcode_from_name(name)
    except ValueError:
        raise ValueError(
            f"{name!r} is not an opcode: text, binary, ping, … or 0x0 to 0xf"
        ) from None
    settings: dict[str, object] = {}
    while rest:
        word, _, after = rest.partition(" ")
        setting = _frame_setting(word)
        if setting is None:
            break
        settings.update(setting)
        rest = after
    payload = decode_hex(rest[4:]) if rest.startswith("hex:") else rest.encode()
    frame = SendFrame(opcode, payload, **settings)  # type: ignore[arg-type]
    length = len(payload) if frame.announced_length is None else frame.announced_length
    # Illegal is fine, but a length has to fit into the bits that it is written in.
    build_header(opcode, length, length_encoding=frame.length_encoding)
    return frame


def _frame_setting(word: str) -> dict[str, object] | None:
    match word:
        case "more":
            return {"fin": False}
        case "rsv1" | "rsv2" | "rsv3":
            return {word: True}
        case "unmasked":
            return {"masked": False}
        case "length=7" | "length=16" | "length=64":
            return {"length_encoding": int(word[7:])}
    if word.startswith("announce=") and word[9:].isdecimal():
        return {"announced_length": int(word[9:])}
    return None


def _wait(rest: str) -> Typed:
    seconds = parse_duration(rest)
    if seconds > LONGEST_WAIT_S:
        raise ValueError(f"{rest.strip()} is too long; an hour is the most")
    return Wait(seconds)


def _show(rest: str) -> Typed:
    word = rest.strip()
    if word and not word.isdecimal():
        raise ValueError(f"{word!r} is not an event's number")
    return Show(int(word) if word else None)


def _nothing(rest: str) -> Typed:
    if rest.strip():
        raise ValueError("it takes nothing")
    return Help()


_READERS = {
    "/ping": _ping,
    "/pong": lambda rest: Pong(_control_payload(rest)),
    "/close": _close,
    "/hex": lambda rest: Say(decode_hex(rest)),
    "/base64": lambda rest: Say(decode_base64(rest)),
    "/send": _send,
    "/frame": _frame,
    "/wait": _wait,
    "/show": _show,
    "/help": _nothing,
}


def read_common(name: str, rest: str) -> Say | SendFile | Wait | Show | Help:
    """Read a command that is the same on whatever is typed.

    Raises:
        ValueError: its arguments cannot be read.
    """
    typed = _READERS[name](rest)
    assert isinstance(typed, Say | SendFile | Wait | Show | Help)
    return typed


def help_lines() -> list[str]:
    """What `/help` shows."""
    lines = ["What you type is sent as it stands; // sends a literal slash. Commands:"]
    lines += [f"  {usage:<29} {purpose}" for usage, purpose in USAGE.values()]
    lines.append("Words of /frame, before its data:")
    lines += [f"  {word:<29} {purpose}" for word, purpose in FRAME_WORDS.items()]
    lines.append("Ctrl-D or Ctrl-C closes the connection; twice ends at once.")
    return lines
