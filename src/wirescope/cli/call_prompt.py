"""The prompt of `wirescope connect` for a WebRTC connection.

Where codes are pasted, it says this end's and asks for the other side's first. Then messages of
channels are rows above the prompt, and what is typed goes out on the channel that was chosen.
"""

from prompt_toolkit import PromptSession
from prompt_toolkit.history import InMemoryHistory

from wirescope.cli.call_run import CallRun
from wirescope.cli.call_slash import (
    USAGE,
    Choose,
    End,
    Open,
    Restart,
    SayOn,
    Stats,
    Typed,
    call_help_lines,
    parse_call_line,
)
from wirescope.cli.console import Console
from wirescope.cli.escape import escape
from wirescope.cli.feeding import send_on
from wirescope.cli.keyboard import pause
from wirescope.cli.plan import Outgoing
from wirescope.cli.run import Stop
from wirescope.cli.slash import Help, Say, SendFile, Show, Wait
from wirescope.errors import ConnectionClosedError, DescriptionError, UsageError, WirescopeError
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    DataChannelMessage,
    DataChannelOpened,
    Emission,
    MessageChunk,
    PayloadChunk,
    say,
)
from wirescope.transports.webrtc import ChannelOptions, DataChannel
from wirescope.workbench.calling import Call


class CallPrompt(Console):
    """A person at a terminal who types on a WebRTC connection."""

    usage = USAGE
    welcome = "* Type a message, or /help. Ctrl-D closes."

    def __init__(self, run: CallRun) -> None:
        super().__init__(run)
        self._call_run = run
        self._chosen: DataChannel | None = None

    # What is shown

    def feed(self, emission: Emission) -> None:
        """Show messages of channels as rows, and tell of all else what is worth it."""
        if isinstance(emission, PayloadChunk | MessageChunk):
            return
        if isinstance(emission, ConnectionClosed | ConnectionFailed):
            self._note_end_of(emission.connection)
        if not isinstance(emission, DataChannelMessage):
            self._run.talk.feed(emission)
            if isinstance(emission, DataChannelOpened):
                self.show_rows(emission)  # so that rows know its label
                if emission.initiator == "local":
                    self.tell(f"Channel{say(emission).removeprefix('channel')}.")
            return
        self.kept.keep(emission)
        if not (self._run.plan.form == "ndjson" and self.owns_stdout):
            self.show_rows(emission)

    def _note_end_of(self, connection: str) -> None:
        call = self._call_run.call
        if call is not None and call.id == connection:
            self.note_end()

    # What is typed

    async def begin(self, connection: Call, prompt: PromptSession[str]) -> None:
        """Exchange codes where that is due, wait until it stands, and read lines then."""
        if not await self._hand_over(connection):
            return
        self.app = prompt.app
        try:
            await connection.wait_open()
        except WirescopeError:
            return  # the verdict tells of it
        self._call_run.tell_rejected(connection)
        await self.read(prompt, connection)

    async def _hand_over(self, call: Call) -> bool:
        """Say this end's code and ask for the other side's; False when the person has ended it."""
        if not call.code:
            return True
        self._call_run.say_code(call)
        if not call.awaits_code:
            self.tell("It is waited for the other side.")
            return True
        self.tell("Paste the code that comes back, and press Enter.")
        codes: PromptSession[str] = PromptSession(history=InMemoryHistory(), erase_when_done=True)
        self.app = codes.app
        while not self.over:
            code = await self.ask(codes)
            if code is None:
                return False
            if code.strip() and await self._accept(call, code):
                return True
        return False

    async def _accept(self, call: Call, code: str) -> bool:
        try:
            await call.accept(code)
        except DescriptionError as error:
            self.tell(error.message)
            self.tell(error.hint)
            return False
        self.tell("The code is taken; a path is looked for.")
        return True

    async def do(self, line: str, connection: Call) -> None:
        """Carry out what was typed."""
        alive = [each for each in connection.channels if each.closed is None]
        names = {name for each in alive for name in (each.label, _number_of(each)) if name}
        try:
            await self._do(parse_call_line(line, names), connection)
        except (ConnectionClosedError, UsageError) as error:
            if connection.peer.closed is None:
                raise UsageError(error.message, hint=error.hint) from None
        except WirescopeError as error:
            raise UsageError(error.message, hint=error.hint) from None

    async def _do(self, typed: Typed, call: Call) -> None:
        match typed:
            case Say(data):
                await self._send(data, self._channel(call))
            case SayOn(name, text):
                await self._send(text, _named(name, call))
            case SendFile(path, binary):
                await send_on(self._channel(call), Outgoing(path, binary))
            case Choose(name):
                self._choose(name, call)
            case Open(text):
                call.open_channel(ChannelOptions.parse(text))
            case Restart():
                await call.restart_ice()
                self.tell("ICE was restarted.")
            case _:
                await self._do_local(typed)

    async def _do_local(self, typed: Typed) -> None:
        match typed:
            case Stats():
                self.tell(self._call_run.monitor.line())
            case End():
                self._run.stop(Stop.TYPED)
            case Wait(seconds):
                self.tell(f"Nothing is taken for {seconds:,g} s; Ctrl-D closes.")
                assert self.app is not None
                await pause(self.app.input, seconds)
            case Show(seq):
                self.show(seq)
            case Help():
                for line in call_help_lines():
                    self.say(line)

    async def _send(self, data: str | bytes, channel: DataChannel) -> None:
        payload = data.encode("utf-8", "surrogateescape") if isinstance(data, str) else data
        await send_on(channel, Outgoing(payload, binary=isinstance(data, bytes)))

    def _channel(self, call: Call) -> DataChannel:
        chosen = self._chosen
        if chosen is None:
            return call.channel()
        if chosen.closed is not None:
            raise UsageError(
                f"The channel {chosen.label!r} is closed.", hint="/channel LABEL chooses another."
            )
        return chosen

    def _choose(self, name: str, call: Call) -> None:
        if name:
            self._chosen = _named(name, call)
            self.tell(f"What you type goes out on {_name_of(self._chosen, call)}.")
            return
        alive = [each for each in call.channels if each.closed is None]
        for each in alive:
            chosen = ", chosen" if each is (self._chosen or alive[0]) else ""
            self.tell(f"channel {line_of(each)}{chosen}")
        if not alive:
            self.tell("There is no channel; /open LABEL opens one.")

    def toolbar(self) -> str:
        """Count what went and came, and say the state and the path."""
        tally, monitor = self._run.tally, self._call_run.monitor
        state = "closing" if self._run.stopping else monitor.state
        call, chosen = self._call_run.call, self._chosen
        on = f"   on {escape(_name_of(chosen, call))}" if chosen and call else ""
        path = f"   {monitor.path}" if monitor.path else ""
        return f"{state}{path}   > {tally.sent.messages:,}   < {tally.received.messages:,}{on}"


def _alike(label: str, call: Call) -> list[DataChannel]:
    return [each for each in call.channels if each.closed is None and each.label == label]


def _named(name: str, call: Call) -> DataChannel:
    """Find a channel by its label, or by `#` and its id.

    Raises:
        UsageError: there is none, or there are several.
    """
    alike = _alike(name, call)
    if len(alike) > 1:
        numbers = " or ".join(number for each in alike if (number := _number_of(each)))
        raise UsageError(
            f"There are {len(alike)} channels {name!r}.",
            hint=f"Say which one: {numbers}." if numbers else "They are told apart once open.",
        )
    if not alike and name[:1] == "#" and name[1:].isascii() and name[1:].isdigit():
        return call.channel(int(name[1:]))
    return call.channel(name)


def _name_of(channel: DataChannel, call: Call) -> str:
    """Name a channel by what tells it from the others."""
    is_plain = channel.label and len(_alike(channel.label, call)) == 1
    return channel.label if is_plain else _number_of(channel) or repr(channel.label)


def line_of(channel: DataChannel) -> str:
    """Say a channel's number, label and state."""
    return f"{_number_of(channel)} {channel.label!r}, {channel.state.value}".lstrip()


def _number_of(channel: DataChannel) -> str:
    return "" if channel.id < 0 else f"#{channel.id}"  # it has none before it is open
