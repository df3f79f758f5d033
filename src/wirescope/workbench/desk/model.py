"""What the desk tells of a capture: rows of a timeline, pictures, details, what it means.

Plain records without behaviour; the page's types are generated from them. Times are nanoseconds on
the capture's own clock (`at_ns`) unless a name says otherwise, sizes are bytes. Rows travel as
arrays, since there are many; everything else as objects.
"""

from enum import IntFlag
from typing import Any, Literal

import msgspec

from wirescope.events import Certificate, Direction, Severity, Transport

Mode = Literal["messages", "frames"]
"""What a timeline lists: messages that unfold into frames, or every frame."""

Layer = Literal["message", "frame", "event", "fold"]
"""What a row stands for; a fold stands for a run of alike neighbours."""


class Flags(IntFlag):
    """What a row's marks are, besides its kind."""

    FIN = 1
    RSV1 = 2
    RSV2 = 4
    RSV3 = 8
    MASKED = 16
    COMPRESSED = 32
    TRUNCATED = 64
    ILLEGAL = 128
    UNANSWERED = 256
    NOTED = 512


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One line of a timeline.

    Attributes:
        seq: the number of the event that it stands for, of a fold that of the first.
        last_seq: of a fold the number of the last event in it, otherwise `seq`.
        at_ns: when it happened.
        gap_ns: time since the row before; -1 in the first row.
        layer: what it is.
        kind: `text` or `binary` of a message, the opcode's name of a frame, the event's type of
            anything else; of a fold `heartbeat`, `alike` or `statistics`.
        direction: of messages, frames, violations, tracks, and of descriptions and candidates,
            which one side tells the other; empty of anything else.
        connection: `c1`, `c2` …
        flags: `Flags`.
        length: bytes of payload, decoded of a message.
        wire_length: bytes on the wire, headers included; 0 of a data channel's message, where what
            SCTP and DTLS add is not known.
        count: frames of a message that came in frames; events of a fold; 0 of anything else.
        text: the beginning of the payload, or the event in a sentence; 240 characters at most.
        is_hex: whether `text` spells bytes in hex.
        answers: number of the message that this one answers; 0 when it answers none.
        latency_ns: how long that took; -1 when it answers none.
        channel: the number of the data channel that it is about; -1 of anything else.
    """

    seq: int
    last_seq: int
    at_ns: int
    gap_ns: int
    layer: Layer
    kind: str
    direction: Direction | Literal[""]
    connection: str
    flags: int
    length: int
    wire_length: int
    count: int
    text: str
    is_hex: bool
    answers: int
    latency_ns: int
    channel: int


class View(msgspec.Struct, frozen=True, kw_only=True):
    """Which rows of a capture are looked at, and how.

    Attributes:
        capture: the capture's id.
        mode: messages or frames.
        filter: an expression of the filter language; empty lets everything through.
        fold: whether heartbeats and runs of alike messages are one row.
        connection: only this connection; empty is all.
    """

    capture: str
    mode: Mode = "messages"
    filter: str = ""
    fold: bool = True
    connection: str = ""


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a view from `start` on.

    Attributes:
        start: index of the first row.
        total: rows known so far.
        complete: whether all events of the capture so far have been looked through.
        read_seq: up to which event they have.
        last_seq: the last event there is.
        rows: the rows, in order.
    """

    start: int
    total: int
    complete: bool
    read_seq: int
    last_seq: int
    rows: list[Row]


class Place(msgspec.Struct, frozen=True, kw_only=True):
    """Where an event is in a view: the index of its row, or of the nearest row before it."""

    index: int
    exact: bool


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A point on the overview: a finding, a note, an end of a connection."""

    at_ns: int
    seq: int
    kind: Literal["error", "warning", "info", "note", "closed", "failed", "gap"]
    label: str


class Overview(msgspec.Struct, frozen=True, kw_only=True):
    """A whole capture, or a part of it, in bins of equal time.

    Attributes:
        from_ns: where the first bin begins.
        to_ns: where the last one ends.
        sent_bytes: on the wire, a bin each; of data channels the payload alone, since what SCTP and
            DTLS add is not known. Likewise the other lists.
        received_bytes: likewise.
        sent: messages.
        received: messages.
        control: control frames of both directions.
        hits: rows of the view that the filter lets through; empty without a filter.
        marks: findings, notes, ends.
    """

    from_ns: int
    to_ns: int
    sent_bytes: list[int]
    received_bytes: list[int]
    sent: list[int]
    received: list[int]
    control: list[int]
    hits: list[int]
    marks: list[Mark]


class LatencyPoint(msgspec.Struct, frozen=True, kw_only=True):
    """An answer: when it came, which event it is, how long it took, whether it is a pong."""

    at_ns: int
    seq: int
    latency_ns: int
    is_pong: bool


class Charts(msgspec.Struct, frozen=True, kw_only=True):
    """What the charts show of a part of a capture.

    Attributes:
        overview: counts and bytes over time.
        latency: answers, pongs among them; where there are too many, the slowest of each bin, and
            the slowest pong.
        latency_total: how many there are in all, pongs among them.
        latency_pongs: how many of those are pongs.
        sizes: bit length of a message's length -> how many, sent and received.
        gaps: bit length of the microseconds between two messages -> how many, sent and received.
        sizes_share: the share of the part's events that sizes and compression were taken of.
        gaps_share: the share of the part's events that the gaps were taken of; 1 is all of them.
        compression: decoded and wire bytes of compressed messages, sent and received.
    """

    overview: Overview
    latency: list[LatencyPoint]
    latency_total: int
    latency_pongs: int
    sizes: dict[str, dict[int, int]]
    sizes_share: float
    gaps: dict[str, dict[int, int]]
    gaps_share: float
    compression: dict[str, tuple[int, int]]


class Decoding(msgspec.Struct, frozen=True, kw_only=True):
    """A payload as a decoder reads it.

    Attributes:
        decoder: the name of the decoder that was used.
        summary: the payload in a line, such as `subscribe quotes`.
        tree: JSON; bytes are `{"base64": …}`.
        problem: why another decoder could not read it; empty when nothing went wrong.
        available: names of the decoders that can be chosen.
    """

    decoder: str
    summary: str
    tree: Any
    problem: str
    available: list[str]


class FrameDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One frame of a message, with its header bytes.

    Attributes:
        row: the frame as a row.
        header: the header's bytes in hex.
        masking_key: in hex, empty when the frame is not masked.
        offset: where it began in the direction's bytes.
        violations: what is wrong with it: clause and sentence.
    """

    row: Row
    header: str
    masking_key: str
    offset: int
    violations: list[tuple[str, str]]


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """All about one event.

    Attributes:
        row: the event as a row.
        record: the event as in NDJSON.
        frames: those of a message, or the frame itself.
        decoding: of messages and data frames; None of anything else.
        payload_length: bytes that `payload` gives in all.
        answered_by: number of the message that answers this one; 0 for none.
        answered_latency_ns: how long that took; -1 for none.
        note: what the user wrote about it.
        bookmarked: whether the user marked it.
    """

    row: Row
    record: dict[str, Any]
    frames: list[FrameDetail]
    decoding: Decoding | None
    payload_length: int
    answered_by: int
    answered_latency_ns: int
    note: str
    bookmarked: bool


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """A step of opening a WebSocket, for the waterfall.

    Attributes:
        name: `dns`, `tcp`, `proxy`, `tls`, `upgrade`, then `message` for the first message.
        start_ns: when it began.
        duration_ns: how long it took; -1 while it is not done.
        failed: whether it failed.
    """

    name: str
    start_ns: int
    duration_ns: int
    failed: bool


class ExtensionParameter(msgspec.Struct, frozen=True, kw_only=True):
    """A parameter of an extension, and what it means."""

    text: str
    meaning: str


class Reached(msgspec.Struct, frozen=True, kw_only=True):
    """Between which addresses the TCP connection of an attempt runs.

    Attributes:
        address: of the server, or of the proxy; of the client where this is a server's capture.
        port: likewise.
        local_address: of this end.
        local_port: likewise.
        proxy: the proxy's URL, without credentials; empty without one.
        seq: number of the event that says so.
    """

    address: str
    port: int
    local_address: str
    local_port: int
    proxy: str
    seq: int


class Secured(msgspec.Struct, frozen=True, kw_only=True):
    """What TLS agreed on, and what the peer showed.

    Attributes:
        version: as OpenSSL names it, `TLSv1.3`.
        cipher: the cipher suite, likewise.
        alpn: the protocol that was chosen; empty for none.
        server_name: the name that was asked for; empty in a server's capture.
        verified: whether the peer's certificate was checked and accepted.
        certificates: as the peer sent them, its own first.
        refused: whether TLS failed over the certificate, so that this is from a second look.
        seq: number of the event that says so.
    """

    version: str
    cipher: str
    alpn: str
    server_name: str
    verified: bool
    certificates: list[Certificate]
    refused: bool
    seq: int


class Opening(msgspec.Struct, frozen=True, kw_only=True):
    """One attempt to open a connection.

    Attributes:
        connection: `c1`, `c2` …
        transport: of WebRTC there is a failure alone; the rest is `PeerView`.
        url: where to.
        steps: what was done, in order; of WebRTC none, which has `PeerView.ladders`.
        request: the request's head, each byte as the character of that number.
        response: the response's head, likewise.
        status: of the response; 0 for none.
        subprotocol: the one that was agreed on.
        extensions: the parameters that were agreed on, in words.
        reached: whom it leads to; None where TCP did not come about, or nobody wrote it down.
        tls: how it is secured; None without TLS, where that failed, or where nobody wrote it down.
        failure: why it failed: the sentence, the hint and the body; empty when it did not.
        seq: number of the event that says most.
    """

    connection: str
    transport: Transport
    url: str
    steps: list[Step]
    request: str
    response: str
    status: int
    subprotocol: str
    extensions: list[ExtensionParameter]
    reached: Reached | None
    tls: Secured | None
    failure: dict[str, str]
    seq: int


class FindingState(msgspec.Struct, frozen=True, kw_only=True):
    """A finding, and what can be done about it here.

    Attributes:
        seq: its number in the capture; 0 for one that is not kept in it.
        connection: whose it is.
        code: of the rule, as `WS501`.
        severity: how bad it is.
        title: the fact.
        cause: what is to blame, with the numbers.
        fix: what to do.
        evidence: numbers of the events that show it.
        before_bytes: what the messages took; -1 where no gain was computed.
        after_bytes: what they would have taken; -1 likewise.
        method: how the gain was computed.
        change: fields of the endpoint that put the fix into effect, to be merged into those that
            it has (RFC 7396); None where none does.
        button: what the button for that says; empty without one.
    """

    seq: int
    connection: str
    code: str
    severity: Severity
    title: str
    cause: str
    fix: str
    evidence: list[int]
    before_bytes: int
    after_bytes: int
    method: str
    change: dict[str, Any] | None
    button: str


class Proven(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of the endpoint's capture before that is gone in this one.

    Attributes:
        code: of the rule.
        title: the fact, as it was.
        before: the figure then, with its unit and the capture's time.
        after: the same figure now.
        promised: what the finding had promised; empty where it promised nothing.
    """

    code: str
    title: str
    before: str
    after: str
    promised: str


class Unproven(msgspec.Struct, frozen=True, kw_only=True):
    """A finding of the endpoint's capture before that this one is too short to say anything about.

    Attributes:
        code: of the rule.
        title: the fact, as it was.
        lacks: how much it takes to see whether it is gone, and how much there is, in a sentence.
    """

    code: str
    title: str
    lacks: str


class Analysis(msgspec.Struct, frozen=True, kw_only=True):
    """What a capture means, so far.

    Attributes:
        revision: rises whenever something changed.
        complete: whether everything that was captured has been looked through.
        verdict: what happened, in a sentence.
        advice: what to do; may be empty.
        findings: the worst first.
        proven: what was wrong when this endpoint was connected to before, and no longer is.
        unproven: what was wrong then and has not come up, in a capture too short to tell.
        metrics: those of WebSocket connections, as `wirescope analyze --format json` gives them; of
            a capture without one they have no connection.
        rules: how many rules were applied.
    """

    revision: int
    complete: bool
    verdict: str
    advice: str
    findings: list[FindingState]
    proven: list[Proven]
    unproven: list[Unproven]
    metrics: dict[str, Any]
    rules: int


class Note(msgspec.Struct, frozen=True, kw_only=True):
    """What the user wrote beside an event, or about the whole capture.

    Attributes:
        seq: the event's number; 0 for the whole capture, which has no bookmark.
        text: what was written.
        bookmarked: whether the event is to be found again.
    """

    seq: int
    text: str
    bookmarked: bool


class Comparison(msgspec.Struct, frozen=True, kw_only=True):
    """Two texts, line by line: `same`, `removed` or `added`, and the line.

    Attributes:
        one: what the first text is, in words.
        other: what the second one is.
        lines: of both.
    """

    one: str
    other: str
    lines: list[tuple[Literal["same", "removed", "added"], str]]


class ComparedCaptures(msgspec.Struct, frozen=True, kw_only=True):
    """Two captures side by side: figures by name, before and after; findings gone, new and kept."""

    figures: list[tuple[str, str, str]]
    gone: list[str]
    new: list[str]
    kept: list[str]
