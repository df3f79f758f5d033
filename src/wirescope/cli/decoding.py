"""`--decode`: what messages say, in rows, as lines of JSON, or one as a whole.

Decoders may need everything that came before on a connection, so that a reader watches all events,
also those that are not shown.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from wirescope.cli.escape import escape, escape_json
from wirescope.cli.width import fitted
from wirescope.decoders import (
    ConnectionDecoder,
    Decoded,
    Payload,
    Problem,
    Tree,
    tree_to_json,
    undecoded,
)
from wirescope.errors import UsageError
from wirescope.events import (
    ConnectionClosed,
    ConnectionOpening,
    Emission,
    Full,
    WebSocketHandshake,
    WebSocketMessage,
)

if TYPE_CHECKING:
    from wirescope.capture import Filter, Statistics
    from wirescope.cli.output import Write
    from wirescope.cli.sources import Source
    from wirescope.decoders import Registry
    from wirescope.events import AnyEvent

_PLAIN = ("text", "hex", "json")


class MessageReader:
    """Reads the messages of all connections, each with the decoder that fits.

    Args:
        wanted: what `--decode` says.
    """

    def __init__(self, wanted: str) -> None:
        self.problems: list[str] = []
        self._wanted = wanted
        self._registry: Registry | None = None
        self._name: str | None = None
        self._known: dict[str, tuple[str, str]] = {}
        self._connections: dict[str, ConnectionDecoder] = {}
        self._last: tuple[WebSocketMessage, Decoded] | None = None

    @contextmanager
    def opened(self) -> Iterator[None]:
        """Have the decoders ready, those that run in processes of their own as well."""
        from wirescope.workbench import open_decoders

        with open_decoders(self._wanted, report=self._tell) as (self._registry, self._name):
            yield

    @property
    def waits(self) -> bool:
        """Whether a decoder of another process may be asked, whose answers take their time."""
        from wirescope.workbench import IsolatedDecoder

        assert self._registry is not None
        return any(isinstance(each, IsolatedDecoder) for each in self._registry)

    def watch(self, event: Emission) -> None:
        """Take the next event."""
        match event:
            case WebSocketMessage():
                self._last = event, self._decode(event)
            case ConnectionOpening():
                self._known[event.connection] = (event.url, "")
            case WebSocketHandshake():
                url, _ = self._known.get(event.connection, ("", ""))
                self._known[event.connection] = (url, event.subprotocol)
            case ConnectionClosed():
                self._connections.pop(event.connection, None)
            case _:
                pass

    def decoded(self, message: WebSocketMessage) -> Decoded | None:
        """Give what the message that was watched last says."""
        return self._last[1] if self._last is not None and self._last[0] is message else None

    def summary(self, message: WebSocketMessage) -> str | None:
        """Give it as one line, escaped for a terminal."""
        decoded = self.decoded(message)
        if decoded is None:
            return None
        label = "" if decoded.format in _PLAIN else f"{decoded.format} "
        problem = f" ({decoded.problem})" if decoded.problem else ""
        return escape(f"{label}{decoded.summary}{problem}")

    def pass_over(self, message: WebSocketMessage) -> None:
        """Take the next event without decoding it."""
        problem = "not decoded, as it had to end"
        self._last = message, replace(undecoded(self._payload(message)), problem=problem)

    def _decode(self, message: WebSocketMessage) -> Decoded:
        payload = self._payload(message)
        if message.truncated:
            return replace(undecoded(payload), problem="too long to be decoded")
        return self._connection(message.connection).decode(payload)

    def _payload(self, message: WebSocketMessage) -> Payload:
        url, subprotocol = self._known.get(message.connection, ("", ""))
        return Payload(
            data=message.payload,
            kind=message.kind,
            direction=message.direction,
            subprotocol=subprotocol,
            url=url,
        )

    def _connection(self, name: str) -> ConnectionDecoder:
        found = self._connections.get(name)
        if found is None:
            assert self._registry is not None
            found = ConnectionDecoder(self._registry, name=self._name, report=self._report)
            self._connections[name] = found
        return found

    def _report(self, problem: Problem) -> None:
        if problem.fault:
            self._tell(f"The decoder {problem.decoder} failed: {problem.message}")

    def _tell(self, words: str) -> None:
        if words not in self.problems and len(self.problems) < 20:
            self.problems.append(words)


class Watched:
    """A source whose events a reader watches from the first on, whichever are asked for.

    Args:
        source: where the events come from.
        reader: what watches them.
    """

    def __init__(self, source: "Source", reader: MessageReader) -> None:
        self.source = source
        self.reader = reader
        self.name = source.name
        self.started_wall_ns = source.started_wall_ns
        self.last_seq = source.last_seq
        self.live = source.live
        self._watched = 0

    def events(
        self, wanted: "Filter | None", *, after: int = 0, before: int | None = None
    ) -> Iterator["AnyEvent"]:
        """Yield events in order; each call goes on where the one before ended."""
        for event in self.source.events(None, after=self._watched, before=before):
            self._watched = event.seq
            self.reader.watch(event)
            if event.seq > after and (wanted is None or wanted.matches(event)):
                yield event

    def payload(self, seq: int) -> Iterator[bytes]:
        """Yield the whole payload of an event in pieces."""
        return self.source.payload(seq)

    def statistics(self) -> "Statistics":
        """Sum everything up."""
        return self.source.statistics()

    def close(self) -> None:
        """Close the file."""
        self.source.close()

    def tree(self, seq: int, *, safe: bool) -> bytes:
        """Write what a message says as indented JSON; a frame's number stands for its message.

        Raises:
            UsageError: there is no such message.
        """
        for event in self.events(None):
            if isinstance(event, WebSocketMessage) and seq in (event.seq, *event.frames):
                decoded = self.reader.decoded(event)
                assert decoded is not None
                return whole(decoded, safe=safe)
        raise UsageError(
            f"Event {seq} is no message and no part of one.",
            hint="Without --decode, --payload writes the bytes of any event that has some.",
        )


@contextmanager
def reading(wanted: str, *, form: str) -> Iterator[MessageReader]:
    """Have a reader, and say at the end which decoders failed.

    Raises:
        UsageError: there is no such decoder, or the form shows no messages.
    """
    if form != "table":
        raise UsageError(f"--decode and --format {form} exclude each other.", hint="Leave one out.")
    reader = MessageReader(wanted)
    with reader.opened():
        yield reader
    for problem in reader.problems:
        click.echo(fitted(f"* {escape(problem)}"), err=True)


class DecodedOutput:
    """Each received message as a line of JSON.

    Args:
        write: takes the bytes.
        reader: has watched the message when it comes.
        safe: escape control characters, for a terminal.
        limit: write at most this many messages.
    """

    def __init__(
        self, write: "Write", reader: MessageReader, *, safe: bool, limit: int | None
    ) -> None:
        self._write = write
        self._reader = reader
        self._safe = safe
        self._left = limit

    def feed(self, emission: Emission) -> Full | None:
        """Write what a received message says."""
        if not isinstance(emission, WebSocketMessage) or emission.direction != "received":
            return None
        if self._left == 0:
            return None
        if self._left is not None:
            self._left -= 1
        decoded = self._reader.decoded(emission)
        assert decoded is not None
        line = tree_to_json(fields_of(decoded)) + b"\n"
        return self._write(escape_json(line.decode()).encode() if self._safe else line)

    def finish(self) -> None:
        """Nothing is held back."""


def fields_of(decoded: Decoded) -> dict[str, Tree]:
    """Give what was decoded as a tree; what does not apply is left out."""
    fields: dict[str, Tree] = {
        "format": decoded.format,
        "name": decoded.name,
        "role": decoded.role,
        "correlation": decoded.correlation,
        "value": decoded.value,
        "problem": decoded.problem,
    }
    if decoded.nested is not None:
        fields["nested"] = fields_of(decoded.nested)
    if decoded.parts:
        fields["parts"] = [fields_of(part) for part in decoded.parts]
    return {key: each for key, each in fields.items() if key == "value" or each not in ("", None)}


def whole(decoded: Decoded, *, safe: bool) -> bytes:
    """Write what was decoded as indented JSON."""
    text = tree_to_json(fields_of(decoded), indent=2).decode() + "\n"
    return (escape_json(text) if safe else text).encode()
