"""`wirescope show`: print or convert a capture."""

import sys
from collections.abc import Iterator
from contextlib import ExitStack, closing
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

import click

from wirescope.cli.commands import Command, Option
from wirescope.cli.convert import FORMS, LIVE_FORMS, redaction_options
from wirescope.cli.decode_option import DecodeOption, is_capture
from wirescope.cli.replacing import replacing
from wirescope.errors import UsageError

if TYPE_CHECKING:
    from wirescope.capture import Filter
    from wirescope.cli.output import Output
    from wirescope.cli.sources import Source
    from wirescope.events import AnyEvent

_WINDOW = 20_000
_CONNECTIONS_EXPLAINED = 20
_FILE_WIDTH = 160


@click.command(
    cls=Command,
    name="show",
    examples=[
        ("What happened, a row a frame", "wirescope show night.wirescope"),
        ("Only what is large",
         "wirescope show night.wirescope --filter 'opcode == text and length > 1kB'"),
        ("As NDJSON, for jq", "wirescope show night.wirescope --format ndjson"),
        ("Frames for Wireshark", "wirescope show night.wirescope --format pcapng -o night.pcapng"),
        ("For sharing, without hosts, credentials and what you name",
         "wirescope show night.wirescope --format bundle --redact-field email -o n.zip"),
        ("While it is being recorded", "wirescope show night.wirescope --follow"),
        ("A payload, byte for byte", "wirescope show night.wirescope --payload 812 -o picture.png"),
        ("What the messages say", "wirescope show night.wirescope --decode"),
        ("What is intact in a damaged one",
         "wirescope show broken.wirescope --repair mended.wirescope"),
        ("In figures", "wirescope show night.wirescope --stats"),
        ("A table of what another command says",
         "wirescope connect URL --format ndjson | wirescope show -"),
    ],
)  # fmt: skip
@click.argument("file", metavar="FILE|-")
@click.option(
    "--format",
    "form",
    cls=Option,
    type=click.Choice(FORMS),
    default="table",
    show_default=True,
    metavar="NAME",
    help=f"How events are written: {', '.join(FORMS)}.",
)
@click.option(
    "--filter",
    "expression",
    cls=Option,
    metavar="EXPR",
    help="Only events that this expression lets through.",
)
@click.option(
    "-o",
    "--output",
    cls=Option,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Write to this file instead of stdout.",
)
@click.option(
    "--payload",
    "payload_seq",
    cls=Option,
    type=click.IntRange(1),
    metavar="EVENT",
    help="Write this event's payload, whole: a frame's as on the wire, a message's decoded.",
)
@click.option(
    "--decode",
    cls=DecodeOption,
    subject=is_capture,
    help="Show what messages say, by their subprotocol or with this decoder; --payload, as a tree.",
)
@click.option("--stats", cls=Option, is_flag=True, help="Write figures instead of events.")
@click.option("--follow", cls=Option, is_flag=True, help="Go on as more is recorded.")
@click.option(
    "--limit", cls=Option, type=click.IntRange(1), metavar="N", help="Write at most N events."
)
@click.option(
    "--after",
    cls=Option,
    type=click.IntRange(0),
    default=0,
    metavar="EVENT",
    help="Begin behind this event.",
)
@click.option(
    "--repair",
    "mended",
    cls=Option,
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="CAPTURE",
    help="Write a mended copy of a damaged capture, say what it kept and lost.",
)
@redaction_options
@click.option("--no-color", cls=Option, is_flag=True,
              help="No colour; NO_COLOR does the same.")  # fmt: skip
def command(
    file: str,
    form: str,
    expression: str | None,
    output: Path | None,
    payload_seq: int | None,
    decode: str | None,
    stats: bool,  # noqa: FBT001
    follow: bool,  # noqa: FBT001
    limit: int | None,
    after: int,
    mended: Path | None,
    no_color: bool,  # noqa: FBT001
    redact_fields: tuple[str, ...],
    redact_payloads: bool,  # noqa: FBT001
) -> int:
    """Print a capture as a table, or convert it; NDJSON from a file or stdin (-) as well.

    Each frame is a row: when, > sent or < received, what it is, its bytes on the wire and of
    payload, what is special about it. A message in several frames has a row of its own, with =.
    """
    from wirescope.capture import parse_filter
    from wirescope.cli.convert import Conversion
    from wirescope.cli.decoding import Watched, reading
    from wirescope.cli.sources import open_source

    wanted = parse_filter(expression) if expression is not None else None
    if mended is not None:
        from wirescope.cli.repair import write_mended

        if output or wanted or payload_seq or decode or stats or follow or limit or after:
            raise UsageError("--repair writes the whole capture, so nothing else goes with it.")
        return write_mended(file, mended)
    if output is not None and file != "-" and output.resolve() == Path(file).resolve():
        raise UsageError("A capture is not written over by what is read from it.")
    conversion = Conversion(form, output, wanted, after, limit, redact_fields, redact_payloads)
    conversion.check(alone=payload_seq is None and not stats and not follow)
    with closing(open_source(file)) as source, ExitStack() as stack:
        if decode is not None:
            source = Watched(source, stack.enter_context(reading(decode, form=form)))
        if form not in LIVE_FORMS:
            return conversion.run(source)
        stream: BinaryIO = sys.stdout.buffer
        if output is not None:
            # What is followed is watched as it grows.
            writing = _create(output) if follow else replacing(output)
            stream = stack.enter_context(writing)
        if payload_seq is not None and isinstance(source, Watched):
            stream.write(source.tree(payload_seq, safe=_is_screen(stream)))
            return 0
        if payload_seq is not None:
            return _write_payload(source, payload_seq, stream)
        if stats:
            return _write_figures(source, stream, form=form)
        printer = _Printer(source, stream, form=form, colour=not no_color)
        if follow:
            return _follow(source, printer, wanted, after=after, limit=limit)
        printer.print(islice(_in_windows(source, wanted, after=after), limit))
        plain = wanted is None and limit is None and not after
        printer.conclude(explain=plain and form == "table" and output is None)
    return 0


def _create(path: Path) -> BinaryIO:
    try:
        return path.open("wb")
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{str(path)!r} cannot be written: {reason}.") from None


def _in_windows(source: "Source", wanted: "Filter | None", *, after: int) -> Iterator["AnyEvent"]:
    """Yield events and say how far it is, also while a filter lets none through."""
    from wirescope.cli.progress import Progress

    if not source.last_seq or not sys.stderr.isatty() or sys.stdout.isatty():
        yield from source.events(wanted, after=after)
        return
    progress = Progress("events", source.last_seq)
    while after < source.last_seq:
        before = after + _WINDOW + 1
        last = before > source.last_seq
        yield from source.events(wanted, after=after, before=None if last else before)
        after += _WINDOW
        progress.at(min(after, source.last_seq))
    progress.end()


class _Printer:
    """Writes events in one of the forms."""

    def __init__(self, source: "Source", stream: BinaryIO, *, form: str, colour: bool) -> None:
        from wirescope.cli.decoding import Watched
        from wirescope.cli.layout import Layout
        from wirescope.cli.output import NdjsonOutput, TableOutput
        from wirescope.cli.talk import colour_wanted
        from wirescope.cli.width import terminal_width

        self._source = source
        self._stream = stream
        self._count = 0
        self._verdicts = _Verdicts()
        on_screen = stream is sys.stdout.buffer
        painted = on_screen and colour_wanted(sys.stdout, no_colour=not colour)
        width = terminal_width(sys.stdout) if on_screen else _FILE_WIDTH
        self._output: Output
        if form == "ndjson":
            started = source.started_wall_ns
            safe = on_screen and sys.stdout.isatty()
            self._output = NdjsonOutput(self._write, started_wall_ns=started, safe=safe)
        else:
            several = source.last_seq > 0 and _has_several_connections(source)
            layout = Layout(width=width, colour=painted, several=several)
            summary = source.reader.summary if isinstance(source, Watched) else None
            self._output = TableOutput(self._write, layout, summary)

    def _write(self, data: bytes) -> None:
        self._stream.write(data)

    def print(self, events: Iterator["AnyEvent"]) -> None:
        """Write events; what is still coming is not held back."""
        for event in events:
            self.one(event)
            if self._source.live:
                self._stream.flush()

    def one(self, event: "AnyEvent") -> None:
        """Write one event."""
        self._count += 1
        self._output.feed(event)
        self._verdicts.feed((event,))

    def flush(self) -> None:
        """Let the reader have everything."""
        self._output.finish()
        self._stream.flush()

    def conclude(self, *, explain: bool) -> None:
        """Write what was held back; say how the connections ended, or that there was nothing."""
        from wirescope.cli.width import fitted

        self.flush()
        if not self._count:
            click.echo(fitted(f"* No event in {self._source.name} matches."), err=True)
        elif explain:
            for line in self._verdicts.lines():
                click.echo(fitted(line), err=True)


class _Verdicts:
    """How each of the first connections ended."""

    def __init__(self) -> None:
        from wirescope.analysis import Analyzer

        self._analyzer = Analyzer(rules=())
        self.feed = self._analyzer.feed

    def lines(self) -> Iterator[str]:
        """Yield the sentences."""
        from wirescope.cli.escape import escape

        self._analyzer.finish()
        conversations = self._analyzer.conversations
        for conversation in conversations[:_CONNECTIONS_EXPLAINED]:
            verdict = conversation.verdict()
            label = f"{conversation.id}: " if len(conversations) > 1 else ""
            for line in filter(None, (verdict.sentence, verdict.advice)):
                yield f"* {escape(label + line)}"


def _has_several_connections(source: "Source") -> bool:
    return len(source.statistics().connections) > 1


def _is_screen(stream: BinaryIO) -> bool:
    return stream is sys.stdout.buffer and sys.stdout.isatty()


def _write_payload(source: "Source", seq: int, stream: BinaryIO) -> int:
    on_screen = _is_screen(stream)
    for piece in source.payload(seq):
        if on_screen:
            _refuse_binary(piece)
        stream.write(piece)
    stream.flush()
    return 0


def _refuse_binary(piece: bytes) -> None:
    """Keep bytes that would steer the terminal away from it, as curl does."""
    from wirescope.cli.escape import escape_lines

    try:
        text = piece.decode()
    except UnicodeDecodeError:
        text = "\0"
    if escape_lines(text) != text:
        raise UsageError(
            "The payload is not plain text, so it is not written to the terminal.",
            hint="Write it to a file with -o FILE, or into a pipe.",
        )


def _write_figures(source: "Source", stream: BinaryIO, *, form: str) -> int:
    from wirescope.cli import figures
    from wirescope.cli.width import terminal_width

    statistics, started = source.statistics(), source.started_wall_ns
    if form == "ndjson":
        text = figures.as_json(statistics, started_wall_ns=started)
    else:
        width = terminal_width(sys.stdout) if stream is sys.stdout.buffer else _FILE_WIDTH
        text = figures.as_text(statistics, name=source.name, started_wall_ns=started, width=width)
    stream.write(text.encode())
    return 0


def _follow(
    source: "Source", printer: _Printer, wanted: "Filter | None", *, after: int, limit: int | None
) -> int:
    from wirescope.cli.decoding import Watched
    from wirescope.cli.loop import run_async
    from wirescope.cli.sources import CaptureSource

    if not isinstance(source.source if isinstance(source, Watched) else source, CaptureSource):
        raise UsageError(
            "Only a capture can be followed.",
            hint="NDJSON on stdin is shown as it comes without --follow.",
        )
    run_async(_follow_capture(source, printer, wanted, after=after, limit=limit))
    printer.conclude(explain=False)
    return 0


async def _follow_capture(
    source: "Source", printer: _Printer, wanted: "Filter | None", *, after: int, limit: int | None
) -> None:
    import asyncio

    from wirescope.cli.decoding import Watched
    from wirescope.cli.listening import end_on_signals
    from wirescope.cli.sources import CaptureSource

    reader = None
    if isinstance(source, Watched):
        reader, source = source.reader, source.source
    assert isinstance(source, CaptureSource)
    stop = asyncio.Event()
    end_on_signals(stop)
    count = 0
    capture = source.capture
    begin, let_through = (after, wanted) if reader is None else (0, None)
    async for event in capture.follow(after=begin, filter=let_through, stop=stop):
        if reader is not None:
            reader.watch(event)
            if event.seq <= after or (wanted is not None and not wanted.matches(event)):
                continue
        printer.one(event)
        count += 1
        if event.seq >= capture.last_seq:
            printer.flush()
        if count == limit:
            return
