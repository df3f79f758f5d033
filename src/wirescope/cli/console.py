"""A terminal on which a person converses: what happens above the prompt, what is typed below.

What is shown of which events, and what a line that was typed does, is said by `prompt` for a
WebSocket and by `call_prompt` for WebRTC.
"""

import asyncio
import sys
from abc import ABC, abstractmethod
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar

from prompt_toolkit import PromptSession
from prompt_toolkit.application import Application, create_app_session
from prompt_toolkit.formatted_text import ANSI
from prompt_toolkit.output import ColorDepth, create_output

from wirescope.cli.escape import escape, escape_lines
from wirescope.cli.keyboard import SlashCompleter, keyboard, open_history
from wirescope.cli.layout import Layout
from wirescope.cli.rows import RowBuilder
from wirescope.cli.run import Run, Stop
from wirescope.cli.talk import colour_wanted
from wirescope.cli.width import fitted, terminal_width
from wirescope.errors import UsageError
from wirescope.events import DataChannelMessage, Emission, WebSocketMessage

_KEPT_MESSAGES = 256
_KEPT_BYTES = 4 << 20
_TOGETHER_S = 0.02

Message = WebSocketMessage | DataChannelMessage


class Console(ABC):
    """A person at a terminal.

    Args:
        run: what is carried out; it is told when the person ends it.
    """

    usage: ClassVar[Mapping[str, tuple[str, str]]]
    """What can be typed after a slash: how it is used, and what it does."""

    welcome: ClassVar[str]
    """What is said above the first prompt."""

    def __init__(self, run: Run) -> None:
        self.owns_stdout = sys.stdout.isatty()
        self.over = False
        self.kept = KeptMessages()
        self.app: Application[str] | None = None
        self._run = run
        self._colour = colour_wanted(sys.stderr, no_colour=not run.plan.colour)
        self._rows = RowBuilder(run.summary)
        self._head_shown = False
        self._waiting: list[str] = []
        self._showing: asyncio.TimerHandle | None = None

    # What is shown

    @abstractmethod
    def feed(self, emission: Emission) -> None:
        """Show an event above the prompt."""

    def show_rows(self, emission: Any) -> None:
        """Show the rows that an event completes, and sentences about what is wrong."""
        layout = self._layout()
        for row in self._rows.feed(emission):
            if not self._head_shown and row.kind:
                self._head_shown = True
                self.say(layout.head())
            if row.kind or row.alarming:
                self.say(layout.line(row))

    def note_end(self) -> None:
        """Take note that nothing more can be sent."""
        self.over = True
        self._waiting = [text for text in self._waiting if text != self.welcome]

    def write(self, data: bytes) -> None:
        """Show data for stdout, which is the terminal."""
        self.say(escape_lines(data.decode("utf-8", "backslashreplace")).removesuffix("\n"))

    def tell(self, sentence: str) -> None:
        """Say a sentence above the prompt."""
        self.say(fitted(f"* {escape(sentence)}", sys.__stderr__))

    def say(self, text: str) -> None:
        """Show a line; lines of the same moment are shown together, above the prompt."""
        self._waiting.append(text)
        if self._showing is None:
            loop = asyncio.get_running_loop()
            self._showing = loop.call_later(_TOGETHER_S, self._show_waiting)

    def _show_waiting(self) -> None:
        self._showing = None
        app = self.app
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
            self._run.talk.put("\n".join(lines))

    def _layout(self) -> Layout:
        return Layout(width=terminal_width(sys.__stderr__), colour=self._colour, numbered=True)

    # What is typed

    async def begin(self, connection: Any, prompt: PromptSession[str]) -> None:
        """Have what is typed carried out; what comes before the first line is done here."""
        await self.read(prompt, connection)

    @abstractmethod
    async def do(self, line: str, connection: Any) -> None:
        """Carry out what was typed.

        Raises:
            UsageError: it cannot be.
        """

    @abstractmethod
    def toolbar(self) -> str:
        """Say how it stands, for the line under the prompt."""

    async def converse(self, connection: Any) -> None:
        """Send what is typed, until Ctrl-D, Ctrl-C or the connection's end."""
        # The prompt stands on stderr: stdout may be a pipe.
        output = create_output(stdout=sys.__stderr__)
        with keyboard() as keys, create_app_session(input=keys, output=output):
            prompt = self._make_prompt()
            self.app = prompt.app
            self._run.talk.above = self.say
            try:
                await self.begin(connection, prompt)
            finally:
                self._run.talk.above = None
                self.flush()

    async def read(self, prompt: PromptSession[str], connection: Any) -> None:
        """Carry out line after line."""
        welcome: Callable[[], None] | None = lambda: self.say(self.welcome)  # noqa: E731
        while not (self.over or self._run.stopping):
            line = await self.ask(prompt, pre_run=welcome)
            if line is None:
                return
            welcome = None
            await self._carry_out(line, connection)

    async def ask(
        self, prompt: PromptSession[str], *, pre_run: Callable[[], None] | None = None
    ) -> str | None:
        """Read a line; None when the person has ended it."""
        try:
            return await prompt.prompt_async("> ", handle_sigint=False, pre_run=pre_run)
        except (EOFError, KeyboardInterrupt):
            self._run.stop(Stop.INTERRUPT)
            return None

    async def _carry_out(self, line: str, connection: Any) -> None:
        if not line:
            return
        self.say(f"> {escape(line)}")
        try:
            await self.do(line, connection)
        except UsageError as error:
            self.tell(error.message)
            if error.hint:
                self.tell(error.hint)

    def show(self, seq: int | None) -> None:
        """Show a message whole: the last, or by its event's number."""
        message = self.kept.find(seq)
        if message is None:
            raise UsageError(
                "There is no such message any more." if seq else "No message came yet.",
                hint=f"The last {_KEPT_MESSAGES} are kept here; -o FILE keeps all.",
            )
        if message.kind == "text":
            self.say(escape_lines(message.text))
        else:
            self.say(message.payload.hex(" "))
        if len(message.payload) < message.length:
            shown, whole = len(message.payload), message.length
            self.tell(f"These are the first {shown:,} of {whole:,} bytes.")

    def _make_prompt(self) -> PromptSession[str]:
        return PromptSession(
            history=open_history(),
            completer=SlashCompleter(self.usage),
            complete_while_typing=True,
            color_depth=None if self._colour else ColorDepth.DEPTH_1_BIT,
            # A line that was entered is shown again in its place among the rows; one that was not,
            # because the connection ended, asks nobody any more.
            erase_when_done=True,
            bottom_toolbar=lambda: ANSI(self.toolbar()),
            refresh_interval=0.5,
        )


class KeptMessages:
    """The messages that came last, for `/show`; bounded by count and by bytes."""

    def __init__(self) -> None:
        self._messages: OrderedDict[int, Message] = OrderedDict()
        self._bytes = 0

    def keep(self, message: Message) -> None:
        """Keep a message, and forget what is too much."""
        # The row of a whole message has its frame's number, so that is what a person types.
        self._messages[_frames(message)[0] if _frames(message) else message.seq] = message
        self._bytes += len(message.payload)
        while len(self._messages) > _KEPT_MESSAGES or (
            self._bytes > _KEPT_BYTES and len(self._messages) > 1
        ):
            _, oldest = self._messages.popitem(last=False)
            self._bytes -= len(oldest.payload)

    def find(self, seq: int | None) -> Message | None:
        """Find a message by a number in it; None gives the last."""
        if seq is None:
            return next(reversed(self._messages.values()), None)
        for message in self._messages.values():
            if seq == message.seq or seq in _frames(message):
                return message
        return None


def _frames(message: Message) -> Sequence[int]:
    return message.frames if isinstance(message, WebSocketMessage) else ()
