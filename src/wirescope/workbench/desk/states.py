"""What the desk tells of itself: connections as they are, captures as they grow, what is new.

Plain records without behaviour, as in `model`; the page's types are generated from them.
"""

from typing import Literal

import msgspec

from wirescope.events import Severity, Transport
from wirescope.workbench.desk.model import Row
from wirescope.workbench.desk.peer_states import SessionPeer
from wirescope.workbench.workspace import RecordedFile

Phase = Literal["connecting", "open", "closing", "waiting", "closed", "failed"]
"""Where a connection is; waiting is between two attempts."""


class Repeat(msgspec.Struct, frozen=True, kw_only=True):
    """A message that is sent again and again."""

    id: str
    summary: str
    interval_s: float
    sent: int


class SessionState(msgspec.Struct, frozen=True, kw_only=True):
    """A connection that this workbench opened, as it is now.

    Attributes:
        id: `s1`, `s2` …
        name: the endpoint's name, or its host.
        endpoint: path of the endpoint in the workspace; empty for one that is not saved.
        url: as it was resolved, credentials hidden.
        transport: what it is.
        capture: id of the capture that records it.
        connection: `c1` … the latest attempt's.
        phase: where it is.
        step: the step that is being taken while it connects.
        since: when it came into this phase, RFC 3339.
        attempt: of how many, when it is tried again; both 0 otherwise.
        attempts: see `attempt`.
        sentence: how it stands, as a person would say it.
        advice: what to do; may be empty.
        code: the close code of a WebSocket once it is closed.
        insecure: whether the server's certificate is not checked.
        subprotocol: what was agreed on.
        extensions: what was agreed on.
        repeats: messages that are sent again and again.
        notices: what a person should know of it beside that, the newest last.
        peer: what it has because it is one of WebRTC; null of a WebSocket.
        revision: rises with every change, so that of two answers the newer is known.
    """

    id: str
    name: str
    endpoint: str
    url: str
    transport: Transport
    capture: str
    connection: str
    phase: Phase
    step: str
    since: str
    attempt: int
    attempts: int
    sentence: str
    advice: str
    code: int | None
    insecure: bool
    subprotocol: str
    extensions: list[str]
    repeats: list[Repeat]
    notices: list[str]
    peer: SessionPeer | None
    revision: int


class CaptureState(msgspec.Struct, frozen=True, kw_only=True):
    """A capture's figures as they are now.

    Attributes:
        id: the capture's id.
        name: its name for people.
        file: the file's name.
        started: RFC 3339.
        recording: whether it is being written.
        last_seq: the last event.
        committed_seq: the last event that is saved.
        lost: events that could not be kept.
        bytes: the size of its files, recordings included.
        sent: messages.
        received: messages.
        sent_bytes: on the wire; of data channels the payload alone.
        received_bytes: likewise.
        findings: how many of each severity.
        verdict: how it ended, in a sentence; empty while another program records it.
        has_notes: whether a note or bookmark belongs to it.
        recordings: files of media that were recorded beside it; `recording` gives one.
    """

    id: str
    name: str
    file: str
    started: str
    recording: bool
    last_seq: int
    committed_seq: int
    lost: int
    bytes: int
    sent: int
    received: int
    sent_bytes: int
    received_bytes: int
    findings: dict[Severity, int]
    verdict: str
    has_notes: bool
    recordings: list[RecordedFile]


class Outgoing(msgspec.Struct, frozen=True, kw_only=True):
    """Something to send, as it was typed.

    Attributes:
        form: how `body` spells it: text and JSON go out as text, hex, base64 and file as binary.
        body: what was typed, variables and all; for a file its path.
        opcode: a frame of this opcode instead of a message; with it the header bits below count.
        fin: the frame's FIN bit.
        rsv: its three reserved bits, 0 to 7.
        masked: whether it is masked.
        code: the close code of a Close frame; None sends none.
        reason: the close reason.
        binary: send text as a binary message, or bytes as text; None decides by `form`.
        fragments: cut the message into this many frames.
        channel: key of the data channel that it goes through; empty takes the first that is open.
            Through one goes a whole message, never a frame.
    """

    form: Literal["text", "json", "hex", "base64", "file"] = "text"
    body: str = ""
    opcode: int | None = None
    fin: bool = True
    rsv: int = 0
    masked: bool = True
    code: int | None = None
    reason: str = ""
    binary: bool | None = None
    fragments: int = 1
    channel: str = ""


class Preview(msgspec.Struct, frozen=True, kw_only=True):
    """What would go out: sizes, and what is wrong with it.

    Attributes:
        length: bytes of payload.
        wire_length: bytes on the wire, without compression; -1 through a data channel, where that
            is not known before.
        text: the payload with its variables resolved, secrets hidden and not counted.
        problem: why it cannot be sent; empty if it can.
        warning: what is wrong with it though it can be sent, as JSON that is none.
        unresolved: variables without a value.
    """

    length: int
    wire_length: int
    text: str
    problem: str
    warning: str
    unresolved: list[str]


class BuiltIn(msgspec.Struct, frozen=True, kw_only=True):
    """An endpoint that this machine offers for trying things out."""

    name: str
    path: str
    url: str
    summary: str


class ViewUpdate(msgspec.Struct, frozen=True, kw_only=True):
    """What is new in a view.

    Attributes:
        id: the watch's.
        total: rows so far.
        complete: whether all events so far have been looked through.
        read_seq: up to which event they have.
        last_seq: the last event there is.
        tail_start: index of the first row of `tail`.
        tail: the newest rows, `Watch.tail` at most, from the first one that is new or has changed:
            a run that is folded takes the place of rows that were there before, so what the page
            has from `tail_start` on is void.
        skipped: rows before `tail_start` that are new or have changed; they are in the store.
        problem: why the view cannot be shown, such as a filter that cannot be read.
    """

    id: int
    total: int
    complete: bool
    read_seq: int
    last_seq: int
    tail_start: int
    tail: list[Row]
    skipped: int
    problem: str


class Rates(msgspec.Struct, frozen=True, kw_only=True):
    """Messages and bytes a second of a capture over the last second, as `CaptureState` has them."""

    capture: str
    sent: float
    received: float
    sent_bytes: float
    received_bytes: float


class Changes(msgspec.Struct, frozen=True, kw_only=True):
    """What happened on the desk since it was last asked.

    Attributes:
        sessions: those that changed.
        forgotten: ids of those that are gone.
        captures: those that changed.
        deleted: ids of those that are gone.
        views: of each watch that changed.
        rates: of captures that are being recorded, where they are not what they were.
        analyses: capture -> revision of its analysis, where it rose.
    """

    sessions: list[SessionState]
    forgotten: list[str]
    captures: list[CaptureState]
    deleted: list[str]
    views: list[ViewUpdate]
    rates: list[Rates]
    analyses: dict[str, int]
