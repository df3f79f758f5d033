"""The received direction of a connection: bytes in, events and messages out.

It joins the codec's parts: the parser cuts frames, the rules judge them, the assembler makes
messages. Each becomes an event at once. What a breach leads to is the connection's business, and so
is flow control: `process` stops between two frames when it is told to.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from wirescope.events import (
    BINARY,
    CLOSE,
    CONTINUATION,
    INLINE_LIMIT,
    PREVIEW_LENGTH,
    TEXT,
    Emission,
    MessageChunk,
    PayloadChunk,
    WebSocketFrame,
    WebSocketMessage,
)
from wirescope.transports.websocket.journal import Journal
from wirescope.wire.websocket import (
    Breach,
    DeflateParameters,
    Frame,
    FrameParser,
    FramePayload,
    FrameRules,
    FrameStart,
    Inflater,
    Message,
    MessageAssembler,
    MessageError,
    ParsedItem,
    check_close_payload,
)

_ALWAYS_CHECKED = 1024
_NEVER = 1 << 64
BATCH_FRAMES = 256
"""After so many frames at most, whoever takes them is asked whether it is full."""


class Receiver(Protocol):
    """What a reception tells its connection."""

    def on_messages(self, messages: list[WebSocketMessage]) -> None:
        """Messages are complete."""

    def on_control(self, frame: Frame) -> None:
        """A control frame came that breaks no rule."""

    def on_breach(self, breach: Breach) -> None:
        """The peer broke a rule; the violation is in the journal already."""


class Reception:
    """The received direction of one connection.

    Args:
        journal: takes the events.
        receiver: the connection.
        masked: whether the peer has to mask, so whether it is the client.
        deflate: makes the inflater, if permessage-deflate was negotiated.
        max_message_size: bytes, decoded; None for no limit.
        max_fragments: frames of one message.
        hold_limit: bytes of a message that are held in memory.
        strict: whether breaches end the connection; if not, text need not be UTF-8.
    """

    def __init__(
        self,
        journal: Journal,
        receiver: Receiver,
        *,
        masked: bool,
        deflate: DeflateParameters | None,
        max_message_size: int | None,
        max_fragments: int,
        hold_limit: int,
        strict: bool,
    ) -> None:
        self._journal = journal
        self._receiver = receiver
        self._strict = strict
        self._parser = FrameParser()
        self._rules = FrameRules(masked=masked, rsv1_allowed=deflate is not None)
        self._assembler = MessageAssembler(
            inflater=_inflater(deflate, from_client=masked),
            max_size=max_message_size,
            max_fragments=max_fragments,
            on_bad_text=None if strict else self._on_bad_text,
            hold_limit=hold_limit,
            on_chunk=self._on_message_chunk,
        )
        size_limit = INLINE_LIMIT if max_message_size is None else max_message_size
        self._plain_limit = min(INLINE_LIMIT, hold_limit, size_limit)
        self._items: deque[ParsedItem] = deque()
        self._streamed: _StreamedFrame | None = None
        self._messages_wanted = True
        self._checked_ahead = 0
        self._current: tuple[int, int] = (0, 0)  # the frame under way: its offset, its event

    def feed(self, data: bytes) -> None:
        """Take bytes from the peer; `process` turns them into events."""
        self._items.extend(self._parser.feed(data))

    @property
    def backlog(self) -> bool:
        """Whether frames wait to be processed."""
        return bool(self._items)

    @property
    def close_seen(self) -> bool:
        """Whether the peer sent a Close frame, right or wrong."""
        return self._rules.close_seen

    def only_frames(self) -> None:
        """From now on write frames down, but make no messages of them: the connection failed."""
        self._messages_wanted = False
        if self._streamed is not None:
            self._streamed.wanted = False

    def process(self, stop: Callable[[], bool]) -> None:
        """Turn what was fed into events, until `stop` says that somebody is full."""
        items = self._items
        while items and not stop():
            if not self._process_plain():
                item = items.popleft()
                if type(item) is Frame:
                    self._process_frame(item)
                else:
                    self._process_piece(item)
        if not items:
            self._check_ahead()

    def _process_plain(self) -> bool:
        """Process the next frames as far as each is a message that breaks no rule, a batch at most.

        Most of what ever arrives is such frames, so they are spared the assembler's bookkeeping.
        Returns whether there was one.
        """
        items, journal = self._items, self._journal
        next_seq, connection, at_ns = journal.next_seq, journal.connection, journal.now_ns()
        plain_bytes, least_lengths = self._rules.plain_first_bytes, self._rules.least_lengths
        batch: list[Emission] = []
        messages: list[WebSocketMessage] = []
        for _ in range(min(len(items), BATCH_FRAMES)):
            item = items[0]
            if type(item) is not Frame:
                break
            header, payload = item.header, item.payload
            length = len(payload)
            if (
                header[0] not in plain_bytes
                or not least_lengths.get(len(header), _NEVER) <= length <= self._plain_limit
                or (header[0] == 0x80 | TEXT and not payload.isascii() and not _is_utf8(payload))
            ):
                break
            items.popleft()
            seq = next_seq()
            batch.append(
                WebSocketFrame(seq, at_ns, connection, "received", header, payload, item.offset)
            )
            if self._messages_wanted:
                message = WebSocketMessage(
                    next_seq(),
                    at_ns,
                    connection,
                    "received",
                    "text" if header[0] == 0x80 | TEXT else "binary",
                    length,
                    len(header) + length,
                    False,  # noqa: FBT003 -- by position, which takes half the time
                    (seq,),
                    payload,
                )
                batch.append(message)
                messages.append(message)
        if batch:
            journal.emit(*batch)
        if messages:
            self._receiver.on_messages(messages)
        return bool(batch)

    def _process_frame(self, frame: Frame) -> None:
        journal = self._journal
        seq = journal.next_seq()
        journal.emit(
            WebSocketFrame(
                seq,
                journal.now_ns(),
                journal.connection,
                "received",
                frame.header,
                frame.payload,
                frame.offset,
            )
        )
        self._on_frame(frame, seq)

    def _on_frame(self, frame: Frame, seq: int) -> None:
        breaches = self._check(frame, seq)
        if frame.is_control:
            if frame.opcode == CLOSE and not breaches:
                breaches = self._report(check_close_payload(frame), frame, seq)
            if not breaches or not self._strict:
                self._receiver.on_control(frame)
        elif frame.opcode <= BINARY and self._takes_data(breaches):
            self._current = (frame.offset, seq)
            try:
                self._begin(frame)
                self._add(frame.payload, final=frame.fin)
                self._end_frame(frame, seq)
            except MessageError as error:
                self._report([error.breach], frame, seq)

    def _process_piece(self, item: ParsedItem) -> None:
        """Process a frame that is too long to be held, piece by piece."""
        if type(item) is FrameStart:
            self._start_streamed(item)
            return
        streamed = self._streamed
        assert streamed is not None
        try:
            if type(item) is FramePayload:
                self._continue_streamed(streamed, item.data)
            else:
                self._end_streamed(streamed)
        except MessageError as error:
            streamed.wanted = False
            self._report([error.breach], streamed.start, streamed.seq)

    def _start_streamed(self, start: FrameStart) -> None:
        self._streamed = _StreamedFrame(start, self._journal.timeline.next_payload_id())
        breaches = self._check(start, 0)
        if start.opcode <= BINARY and self._takes_data(breaches):
            self._streamed.wanted = True
            self._current = (start.offset, 0)
            self._begin(start)
            self._expect(self._streamed)

    def _expect(self, streamed: "_StreamedFrame") -> None:
        """Fail on a length that is too large before the payload comes."""
        try:
            if self._assembler.under_way:
                self._assembler.expect(streamed.start.payload_length)
        except MessageError as error:
            streamed.wanted = False
            self._report([error.breach], streamed.start, 0)

    def _continue_streamed(self, streamed: "_StreamedFrame", data: bytes) -> None:
        journal = self._journal
        journal.emit(PayloadChunk(streamed.payload_id, journal.connection, "received", data))
        streamed.keep(data)
        if streamed.wanted:
            self._add(data, final=streamed.start.fin and streamed.complete)

    def _end_streamed(self, streamed: "_StreamedFrame") -> None:
        self._streamed = None
        streamed.seq = self._emit_streamed(streamed)
        if streamed.wanted:
            self._end_frame(streamed.start, streamed.seq)

    def _emit_streamed(self, streamed: "_StreamedFrame") -> int:
        seq = self._journal.next_seq()
        self._journal.emit(
            WebSocketFrame(
                seq,
                self._journal.now_ns(),
                self._journal.connection,
                "received",
                streamed.start.header,
                streamed.preview,
                streamed.start.offset,
                streamed.payload_id,
            )
        )
        return seq

    def _check(self, frame: Frame | FrameStart, seq: int) -> list[Breach]:
        return self._report(self._rules.check_header(frame), frame, seq)

    def _report(self, breaches: list[Breach], frame: Frame | FrameStart, seq: int) -> list[Breach]:
        for breach in breaches:
            self._journal.violation(breach, "received", offset=frame.offset, frame=seq)
            self._receiver.on_breach(breach)
        return breaches

    def _takes_data(self, breaches: list[Breach]) -> bool:
        if not self._messages_wanted or self._rules.close_seen:
            return False
        return not breaches or not self._strict

    def _begin(self, frame: Frame | FrameStart) -> None:
        if frame.opcode != CONTINUATION:
            self._assembler.begin(frame.opcode, compressed=frame.rsv1)

    def _add(self, data: bytes, *, final: bool) -> None:
        if self._assembler.under_way:
            self._assembler.add(data, final=final)

    def _end_frame(self, frame: Frame | FrameStart, seq: int) -> None:
        if not self._assembler.under_way:
            return
        message = self._assembler.end_frame(seq, frame.wire_length, fin=frame.fin)
        if message is not None:
            self._deliver(self._message_event(message))

    def _message_event(self, message: Message) -> WebSocketMessage:
        return WebSocketMessage(
            self._journal.next_seq(),
            self._journal.now_ns(),
            self._journal.connection,
            "received",
            message.kind,
            message.length,
            message.wire_length,
            message.compressed,
            message.frames,
            message.payload,
        )

    def _deliver(self, message: WebSocketMessage) -> None:
        self._journal.emit(message)
        self._receiver.on_messages([message])

    def _on_bad_text(self, breach: Breach) -> None:
        offset, seq = self._current
        self._journal.violation(breach, "received", offset=offset, frame=seq)
        self._receiver.on_breach(breach)

    def _on_message_chunk(self, data: bytes) -> None:
        kind = self._assembler.kind
        self._journal.emit(MessageChunk(self._journal.connection, "received", kind, data))

    def _check_ahead(self) -> None:
        """Fail early on text that is already wrong in a frame still on its way (section 8.1)."""
        held = self._parser.pending_length
        if not held or not self._strict or not self._messages_wanted:
            self._checked_ahead = 0
            return
        if held > _ALWAYS_CHECKED and held < 2 * self._checked_ahead:
            return  # looking again only once it has doubled keeps the whole linear
        self._checked_ahead = held
        partial = self._parser.peek()
        if partial is None or not partial.payload or not self._is_plain_text(partial.header):
            return
        try:
            self._assembler.check_ahead(partial.payload)
        except MessageError as error:
            self._journal.violation(error.breach, "received", offset=partial.offset, frame=0)
            self._receiver.on_breach(error.breach)

    def _is_plain_text(self, header: bytes) -> bool:
        """Whether a frame has text of an uncompressed message; begins the check of a new one."""
        first = header[0]
        if self._rules.fragmented:
            return first & 0x4F == CONTINUATION
        if first & 0x4F != TEXT:
            return False
        self._assembler.begin(TEXT, compressed=False)
        return True

    def finish(self) -> None:
        """Write down what the end of the stream left of a frame."""
        partial = self._parser.peek()
        if partial is None:
            return
        journal = self._journal
        seq = 0
        if self._streamed is not None:
            seq = self._emit_streamed(self._streamed)
        elif partial.missing is not None:
            seq = journal.next_seq()
            journal.emit(
                WebSocketFrame(
                    seq,
                    journal.now_ns(),
                    journal.connection,
                    "received",
                    partial.header,
                    partial.payload,
                    partial.offset,
                )
            )
            cut_off = Frame(partial.header, partial.payload, partial.offset)
            for breach in self._rules.check_header(cut_off):
                journal.violation(breach, "received", offset=partial.offset, frame=seq)
        missing = f"{partial.missing} bytes" if partial.missing else "a part of its header"
        breach = Breach(
            "RFC 6455 7.1.4", f"The connection ended inside a frame; {missing} did not come."
        )
        journal.violation(breach, "received", offset=partial.offset, frame=seq)


class _StreamedFrame:
    """What is kept of a frame while its payload passes."""

    def __init__(self, start: FrameStart, payload_id: int) -> None:
        self.start = start
        self.payload_id = payload_id
        self.preview = b""
        self.wanted = False
        self.seq = 0  # of its event, once it has one
        self._received = 0

    @property
    def complete(self) -> bool:
        return self._received == self.start.payload_length

    def keep(self, data: bytes) -> None:
        self._received += len(data)
        if len(self.preview) < PREVIEW_LENGTH:
            self.preview += data[: PREVIEW_LENGTH - len(self.preview)]


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode()
    except UnicodeDecodeError:
        return False
    return True


def _inflater(deflate: DeflateParameters | None, *, from_client: bool) -> Inflater | None:
    if deflate is None:
        return None
    if from_client:
        return Inflater(
            window_bits=deflate.client_max_window_bits,
            context_takeover=not deflate.client_no_context_takeover,
        )
    return Inflater(
        window_bits=deflate.server_max_window_bits,
        context_takeover=not deflate.server_no_context_takeover,
    )
