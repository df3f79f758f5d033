"""The prompt of `wirescope connect` on a terminal: what happens above, what is typed below.

Every frame is a row above the prompt; the line under it counts. What is typed is what is sent.
"""

import asyncio
import sys
from collections import OrderedDict
from collections.abc import Callable

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application, create_app_session
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.output import ColorDepth, create_output

from wirescope.cli.escape import escape, escape_lines
from wirescope.cli.feeding import send
from wirescope.cli.keyboard import SlashCompleter, keyboard, open_history, pause
from wirescope.cli.layout import Layout
from wirescope.cli.plan import Outgoing
from wirescope.cli.rows import RowBuilder
from wirescope.cli.session import Session, Stop
from wirescope.cli.slash import (
    Close,
    Help,
    Ping,
    Pong,
    Say,
    SendFile,
    SendFrame,
    Show,
    Typed,
    Wait,
    help_lines,
    parse_typed,
)
from wirescope.cli.talk import colour_wanted
from wirescope.cli.width import fitted, terminal_width
from wirescope.errors import ConnectionClosedError, UsageError
from wirescope.events import (
    CLOSE,
    PING,
    PONG,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    ConnectionReached,
    ConnectionSecured,
    Emission,
    MessageChunk,
    PayloadChunk,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
)
from wirescope.transports.websocket import WebSocketConnection

_KEPT_MESSAGES = 256
_KEPT_BYTES = 4 << 20
_PING_WITHIN_S = 20.0
_TOGETHER_S = 0.02
_WELCOME = "* Type a message, or /help. Ctrl-D closes."
# What happens before there is a prompt is told as it is without one.
_TOLD = (
    ConnectionOpening,
    ConnectionPhase,
    ConnectionReached,
    ConnectionSecured,
    WebSocketHandshake,
    ConnectionOpened,
    ConnectionFailed,
)


class Prompt:
    """A person at a terminal.

    Args:
        session: the run; it is told when the person ends it.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self.owns_stdout = sys.stdout.isatty()
        self._colour = colour_wanted(sys.stderr, no_colour=not session.plan.colour)
        self._rows = RowBuilder(session.summary)
        self._kept = _KeptMessages()
        self._pings: asyncio.TaskGroup
        self._head_shown = False
        self._over = False
        self._app: Application[str] | None = None
        self._waiting: list[str] = []
        self._showing: asyncio.TimerHandle | None = None

    # What is shown

    def feed(self, emission: Emission) -> None:
        """Show an event above the prompt."""
        if isinstance(emission, PayloadChunk | MessageChunk):
            return
        if isinstance(emission, WebSocketMessage):
            self._kept.keep(emission)
        elif _ends(emission):
            self._over = True
            self._waiting = [text for text in self._waiting if text != _WELCOME]
        if isinstance(emission, _TOLD):
            self._session.talk.feed(emission)
            if isinstance(emission, WebSocketHandshake) and self._session.plan.include:
                head = emission.response.rstrip("\r\n").replace("\r\n", "\n")
                self._say(f"{escape_lines(head)}\n")
            return
        if self._session.plan.form == "ndjson" and self.owns_stdout:
            return  # the records on the screen say it
        if self._hidden(emission):
            return
        layout = self._layout()
        for row in self._rows.feed(emission):
            if not self._head_shown and row.kind:
                self._head_shown = True
                self._say(layout.head())
            if row.kind or row.alarming:
                self._say(layout.line(row))

    def _hidden(self, emission: Emission) -> bool:
        """Pings that keep the connection alive would bury what a person looks at."""
        plan = self._session.plan
        heartbeat = plan.options.ping_interval_s is not None
        control = isinstance(emission, WebSocketFrame) and emission.opcode in (PING, PONG)
        return control and heartbeat and not (plan.ping_pong or plan.verbose)

    def write(self, data: bytes) -> None:
        """Show data for stdout, which is the terminal."""
        self._say(escape_lines(data.decode("utf-8", "backslashreplace")).removesuffix("\n"))

    def _tell(self, sentence: str) -> None:
        self._say(fitted(f"* {escape(sentence)}", sys.__stderr__))

    def _say(self, text: str) -> None:
        """Show a line; lines of the same moment are shown together, above the prompt."""
        self._waiting.append(text)
        if self._showing is None:
            loop = asyncio.get_running_loop()
            self._showing = loop.call_later(_TOGETHER_S, self._show_waiting)

    def _show_waiting(self) -> None:
        self._showing = None
        app = self._app
        if app is None or not app.is_running:
            self.flush()
            return
        # `run_in_terminal` would leave raw mode meanwhile, and what is typed at that moment, a
        # Ctrl-D above all, would be lost to the line discipline. These lines need no such thing.
        app.renderer.erase()
        self.flush()
        app.renderer.reset()
        app.renderer.request_absolute_cursor_position()
        app.invalidate()

    def flush(self) -> None:
        """Write the lines that wait."""
        lines, self._waiting = self._waiting, []
        if lines:
            self._session.talk.insist("\n".join(lines))

    def _layout(self) -> Layout:
        return Layout(width=terminal_width(sys.__stderr__), colour=self._colour, numbered=True)

    # What is typed

    async def converse(self, connection: WebSocketConnection) -> None:
        """Send what is typed, until Ctrl-D, Ctrl-C or the connection's end."""
        # The prompt stands on stderr: stdout may be a pipe.
        output = create_output(stdout=sys.__stderr__)
        with keyboard() as keys, create_app_session(input=keys, output=output):
            prompt = self._make_prompt()
            self._app = prompt.app
            async with asyncio.TaskGroup() as self._pings:
                await self._read(prompt, connection)

    async def _read(self, prompt: PromptSession[str], connection: WebSocketConnection) -> None:
        welcome: Callable[[], None] | None = self._welcome
        while not (self._over or self._session.stopping):
            try:
                line = await prompt.prompt_async("> ", handle_sigint=False, pre_run=welcome)
                welcome = None
            except (EOFError, KeyboardInterrupt):
                self._session.stop(Stop.INTERRUPT)
                return
            await self._carry_out(line, connection)

    def _welcome(self) -> None:
        self._say(_WELCOME)

    async def _carry_out(self, line: str, connection: WebSocketConnection) -> None:
        if not line:
            return
        self._say(f"> {escape(line)}")
        try:
            await self._do(parse_typed(line), connection)
        except UsageError as error:
            self._tell(error.message)
            if error.hint:
                self._tell(error.hint)

    async def _ping(self, payload: bytes | None, connection: WebSocketConnection) -> None:
        try:
            took_s = await connection.ping(payload, timeout_s=_PING_WITHIN_S)
        except TimeoutError:
            self._tell(f"No pong came within {_PING_WITHIN_S:g} s.")
        except ConnectionClosedError:
            pass  # the verdict tells of it
        else:
            self._tell(f"Pong after {took_s * 1000:,.1f} ms.")

    async def _do(self, typed: Typed, connection: WebSocketConnection) -> None:
        match typed:
            case Say(str(text)):
                await connection.send_text(text.encode("utf-8", "surrogateescape"))
            case Say(data):
                await connection.send(data)
            case Ping(payload):
                self._pings.create_task(self._ping(payload, connection))
            case Pong(payload):
                await connection.pong(payload)
            case Close(code, reason):
                self._session.stop(Stop.TYPED)
                await connection.close(code, reason)
            case SendFile(path, binary):
                await send(connection, Outgoing(path, binary))
            case SendFrame():
                await self._send_frame(typed, connection)
            case Wait(seconds):
                self._tell(f"Nothing is taken for {seconds:,g} s; Ctrl-D closes.")
                assert self._app is not None
                await pause(self._app.input, seconds)
            case Show(seq):
                self._show(seq)
            case Help():
                for line in help_lines():
                    self._say(line)

    async def _send_frame(self, frame: SendFrame, connection: WebSocketConnection) -> None:
        await connection.send_frame(
            frame.opcode,
            frame.payload,
            fin=frame.fin,
            rsv1=frame.rsv1,
            rsv2=frame.rsv2,
            rsv3=frame.rsv3,
            masked=frame.masked,
            length_encoding=frame.length_encoding,
            announced_length=frame.announced_length,
        )

    def _show(self, seq: int | None) -> None:
        message = self._kept.find(seq)
        if message is None:
            raise UsageError(
                "There is no such message any more." if seq else "No message came yet.",
                hint=f"The last {_KEPT_MESSAGES} are kept here; -o FILE keeps all.",
            )
        if message.kind == "text":
            self._say(escape_lines(message.text))
        else:
            self._say(message.payload.hex(" "))
        if message.truncated:
            shown, whole = len(message.payload), message.length
            self._tell(f"These are the first {shown:,} of {whole:,} bytes.")

    def _make_prompt(self) -> PromptSession[str]:
        return PromptSession(
            history=open_history(),
            completer=SlashCompleter(),
            complete_while_typing=True,
            color_depth=None if self._colour else ColorDepth.DEPTH_1_BIT,
            # A line that was entered is shown again in its place among the rows; one that was not,
            # because the connection ended, asks nobody any more.
            erase_when_done=True,
            bottom_toolbar=self._toolbar,
            refresh_interval=0.5,
        )

    def _toolbar(self) -> ANSI:
        tally = self._session.tally
        sent, received = tally.sent, tally.received
        state = "closing" if self._session.stopping else "open"
        ping = f"{tally.last_ping_ns / 1e6:,.1f} ms" if tally.last_ping_ns is not None else "none"
        return ANSI(
            f"{state}   > {sent.messages:,} ({sent.wire_bytes:,} B)"
            f"   < {received.messages:,} ({received.wire_bytes:,} B)   last ping {ping}"
        )


def _ends(emission: Emission) -> bool:
    """Whether nothing more can be sent."""
    if isinstance(emission, WebSocketFrame):
        return emission.opcode == CLOSE
    return isinstance(emission, ConnectionClosed)


class _KeptMessages:
    """The messages that came last, for `/show`; bounded by count and by bytes."""

    def __init__(self) -> None:
        self._messages: OrderedDict[int, WebSocketMessage] = OrderedDict()
        self._bytes = 0

    def keep(self, message: WebSocketMessage) -> None:
        # The row of a whole message has its frame's number, so that is what a person types.
        self._messages[message.frames[0] if message.frames else message.seq] = message
        self._bytes += len(message.payload)
        while len(self._messages) > _KEPT_MESSAGES or (
            self._bytes > _KEPT_BYTES and len(self._messages) > 1
        ):
            _, oldest = self._messages.popitem(last=False)
            self._bytes -= len(oldest.payload)

    def find(self, seq: int | None) -> WebSocketMessage | None:
        if seq is None:
            return next(reversed(self._messages.values()), None)
        for message in self._messages.values():
            if seq == message.seq or seq in message.frames:
                return message
        return None
