"""The prompt of `wirescope connect` for a WebSocket.

Every frame is a row above the prompt; the line under it counts. What is typed is what is sent.
"""

import asyncio

from prompt_toolkit import PromptSession

from wirescope.cli.console import Console
from wirescope.cli.escape import escape_lines
from wirescope.cli.feeding import send
from wirescope.cli.keyboard import pause
from wirescope.cli.plan import Outgoing
from wirescope.cli.run import Stop
from wirescope.cli.slash import (
    USAGE,
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
from wirescope.errors import ConnectionClosedError
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

_PING_WITHIN_S = 20.0
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


class Prompt(Console):
    """A person at a terminal who types on a WebSocket."""

    usage = USAGE
    welcome = "* Type a message, or /help. Ctrl-D closes."

    def feed(self, emission: Emission) -> None:
        """Show an event above the prompt."""
        if isinstance(emission, PayloadChunk | MessageChunk):
            return
        if isinstance(emission, WebSocketMessage):
            self.kept.keep(emission)
        elif _ends(emission):
            self.note_end()
        if isinstance(emission, _TOLD):
            self._run.talk.feed(emission)
            if isinstance(emission, WebSocketHandshake) and self._run.plan.include:
                head = emission.response.rstrip("\r\n").replace("\r\n", "\n")
                self.say(f"{escape_lines(head)}\n")
            return
        if self._run.plan.form == "ndjson" and self.owns_stdout:
            return  # the records on the screen say it
        if not self._hidden(emission):
            self.show_rows(emission)

    def _hidden(self, emission: Emission) -> bool:
        """Pings that keep the connection alive would bury what a person looks at."""
        plan = self._run.plan
        heartbeat = plan.options.ping_interval_s is not None
        control = isinstance(emission, WebSocketFrame) and emission.opcode in (PING, PONG)
        return control and heartbeat and not (plan.ping_pong or plan.verbose)

    async def begin(self, connection: WebSocketConnection, prompt: PromptSession[str]) -> None:
        """Have what is typed carried out."""
        async with asyncio.TaskGroup() as self._pings:
            await self.read(prompt, connection)

    async def do(self, line: str, connection: WebSocketConnection) -> None:
        """Carry out what was typed."""
        await self._do(parse_typed(line), connection)

    async def _ping(self, payload: bytes | None, connection: WebSocketConnection) -> None:
        try:
            took_s = await connection.ping(payload, timeout_s=_PING_WITHIN_S)
        except TimeoutError:
            self.tell(f"No pong came within {_PING_WITHIN_S:g} s.")
        except ConnectionClosedError:
            pass  # the verdict tells of it
        else:
            self.tell(f"Pong after {took_s * 1000:,.1f} ms.")

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
                self._run.stop(Stop.TYPED)
                await connection.close(code, reason)
            case SendFile(path, binary):
                await send(connection, Outgoing(path, binary))
            case SendFrame():
                await self._send_frame(typed, connection)
            case Wait(seconds):
                self.tell(f"Nothing is taken for {seconds:,g} s; Ctrl-D closes.")
                assert self.app is not None
                await pause(self.app.input, seconds)
            case Show(seq):
                self.show(seq)
            case Help():
                for line in help_lines():
                    self.say(line)

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

    def toolbar(self) -> str:
        """Count what went and came."""
        tally = self._run.tally
        sent, received = tally.sent, tally.received
        state = "closing" if self._run.stopping else "open"
        ping = f"{tally.last_ping_ns / 1e6:,.1f} ms" if tally.last_ping_ns is not None else "none"
        return (
            f"{state}   > {sent.messages:,} ({sent.wire_bytes:,} B)"
            f"   < {received.messages:,} ({received.wire_bytes:,} B)   last ping {ping}"
        )


def _ends(emission: Emission) -> bool:
    """Whether nothing more can be sent."""
    if isinstance(emission, WebSocketFrame):
        return emission.opcode == CLOSE
    return isinstance(emission, ConnectionClosed)
