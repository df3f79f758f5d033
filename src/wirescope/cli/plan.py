"""What one run of `wirescope connect` is to do, once its options are understood."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from wirescope.cli.output import BinaryForm
from wirescope.transports.websocket import ConnectOptions

if TYPE_CHECKING:
    from wirescope.workbench.calling import Address, CallOptions

Form = Literal["text", "ndjson", "table"]
Encoding = Literal["text", "binary", "hex", "base64"]


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message to send: its bytes, or the file that has them."""

    data: bytes | Path
    binary: bool


@dataclass(frozen=True, slots=True)
class Given:
    """An option that was given: the name of its value, its flag, its section of the help."""

    name: str
    flag: str
    section: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """One run.

    Attributes:
        url: where to connect to.
        options: how; of a WebRTC connection, how its signaling's server is reached.
        call: where a WebRTC connection leads, and what is asked of it; None for a WebSocket.
        capture: the file to record into; None records nothing.
        secrets: texts that must not be written anywhere.
        form: what stdout gets.
        binary_form: how binary messages are written in the form `text`.
        messages: what `-d` says; None reads stdin or the prompt instead.
        encoding: how lines of stdin are read.
        as_text: send as text what `encoding` decodes to bytes.
        one_message: send one line of stdin and no more.
        exit_on_eof: close at the end of stdin.
        max_messages: end after this many received messages.
        wait_s: end this long after the last thing sent.
        max_time_s: end, with an error, after this long.
        interactive: a person types at a prompt.
        include: write the response's head to stdout.
        fail: do not write the body of a refused upgrade.
        decode: the decoder for messages, or `auto`; None decodes none.
        write_out: the format of `-w`.
        silent: say only why it failed.
        verbose: say everything.
        ping_pong: say pings and pongs.
        colour: use colour on stdout and stderr where they are terminals.
    """

    url: str
    options: ConnectOptions
    call: "tuple[Address, CallOptions] | None" = None
    capture: Path | None = None
    secrets: tuple[str, ...] = ()
    form: Form = "text"
    binary_form: BinaryForm = "hex"
    messages: tuple[Outgoing, ...] | None = None
    encoding: Encoding = "text"
    as_text: bool = False
    one_message: bool = False
    exit_on_eof: bool = False
    max_messages: int | None = None
    wait_s: float | None = None
    max_time_s: float | None = None
    interactive: bool = False
    include: bool = False
    fail: bool = False
    decode: str | None = None
    write_out: str = ""
    silent: bool = False
    verbose: bool = False
    ping_pong: bool = False
    colour: bool = True
