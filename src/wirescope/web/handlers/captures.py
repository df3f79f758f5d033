"""The operations on captures: rows, pictures, meaning, files."""

from collections.abc import AsyncIterator, Mapping

from wirescope.analysis import RULES, Ways
from wirescope.capture import parse_filter
from wirescope.errors import FilterSyntaxError, UsageError
from wirescope.web.app import Call, DiskFile, File, Handler
from wirescope.web.bench import Bench
from wirescope.web.failures import RequestRefusedError
from wirescope.web.requests import (
    CheckFilter,
    CompareEvents,
    CopyEvents,
    ExplainedRule,
    FilterCheck,
    FindRow,
    ImportedCapture,
    ReadDetail,
    ReadOverview,
    ReadRows,
    ReadStatistics,
    RenameCapture,
    Text,
)
from wirescope.workbench.desk import (
    Analysis,
    CaptureState,
    Charts,
    ComparedCaptures,
    Comparison,
    Detail,
    Note,
    Opening,
    Overview,
    PeerView,
    Place,
    StatisticsSeries,
    Window,
)
from wirescope.workbench.workspace import name_of

BYTES = "application/octet-stream"
MOST_DIGITS = 40


def capture_handlers(bench: Bench) -> Mapping[str, Handler]:
    """Return the handlers of captures."""
    handlers = _Captures(bench)
    return {
        "captures": handlers.captures,
        "rows": handlers.rows,
        "find": handlers.find,
        "overview": handlers.overview,
        "charts": handlers.charts,
        "check_filter": handlers.check_filter,
        "detail": handlers.detail,
        "payload": handlers.payload,
        "openings": handlers.openings,
        "peer": handlers.peer,
        "ways": handlers.ways,
        "statistics": handlers.statistics,
        "analysis": handlers.analysis,
        "copy": handlers.copy,
        "notes": handlers.notes,
        "save_note": handlers.save_note,
        "compare_events": handlers.compare_events,
        "compare_captures": handlers.compare_captures,
        "export_capture": handlers.export,
        "import_capture": handlers.take_in,
        "recording": handlers.recording,
        "rename_capture": handlers.rename,
        "delete_capture": handlers.delete,
        "explain": handlers.explain,
    }


class _Captures:
    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._desk = bench.desk

    async def captures(self, _: Call) -> list[CaptureState]:
        return await self._desk.captures()

    async def rows(self, call: Call) -> Window:
        asked: ReadRows = call.body
        return await self._desk.rows(asked.view, asked.start, asked.count)

    async def find(self, call: Call) -> Place:
        asked: FindRow = call.body
        return await self._desk.find(
            asked.view,
            asked.seq,
            matching=asked.matching,
            backward=asked.backward,
            at_ns=asked.at_ns,
        )

    async def overview(self, call: Call) -> Overview:
        asked: ReadOverview = call.body
        return await self._desk.overview(
            asked.view,
            bins=asked.bins,
            from_ns=asked.from_ns,
            to_ns=asked.to_ns,
            search=asked.search,
        )

    async def charts(self, call: Call) -> Charts:
        asked: ReadOverview = call.body
        return await self._desk.charts(
            asked.view, bins=asked.bins, from_ns=asked.from_ns, to_ns=asked.to_ns
        )

    async def check_filter(self, call: Call) -> FilterCheck:
        asked: CheckFilter = call.body
        try:
            parse_filter(asked.filter)
        except FilterSyntaxError as error:
            message = error.message if error.message.endswith(".") else f"{error.message}."
            return FilterCheck(problem=f"{message} {error.hint}".rstrip(), at=error.column - 1)
        return FilterCheck(problem="", at=-1)

    async def detail(self, call: Call) -> Detail:
        asked: ReadDetail = call.body
        return await self._desk.detail(call.path["capture"], asked.seq, asked.decoder)

    async def payload(self, call: Call) -> File:
        seq = _number(call.path["seq"])
        data = await self._desk.payload(call.path["capture"], seq)
        return File(_once(data), BYTES, f"payload-{seq}.bin")

    async def openings(self, call: Call) -> list[Opening]:
        return await self._desk.openings(call.path["capture"])

    async def peer(self, call: Call) -> PeerView:
        return await self._desk.peer(call.path["capture"], call.path["connection"])

    async def ways(self, call: Call) -> Ways:
        return await self._desk.ways(call.path["capture"], call.path["connection"])

    async def statistics(self, call: Call) -> StatisticsSeries:
        asked: ReadStatistics = call.body
        return await self._desk.statistics(
            asked.capture,
            asked.connection,
            from_ns=asked.from_ns,
            to_ns=asked.to_ns,
            points=asked.points,
        )

    async def analysis(self, call: Call) -> Analysis:
        return await self._desk.analysis(call.path["capture"])

    async def copy(self, call: Call) -> Text:
        asked: CopyEvents = call.body
        copied = await self._desk.copy(call.path["capture"], asked.seqs, asked.form)
        return Text(name=copied.name, text=copied.text)

    async def notes(self, call: Call) -> list[Note]:
        return await self._desk.notes(call.path["capture"])

    async def save_note(self, call: Call) -> None:
        await self._desk.save_note(call.path["capture"], call.body)

    async def compare_events(self, call: Call) -> Comparison:
        asked: CompareEvents = call.body
        return await self._desk.compare_events(
            call.path["capture"],
            asked.one_seq,
            asked.other_capture,
            asked.other_seq,
            asked.decoder,
        )

    async def compare_captures(self, call: Call) -> ComparedCaptures:
        return await self._desk.compare_captures(call.path["capture"], call.path["other"])

    async def export(self, call: Call) -> File:
        name, pieces = await self._desk.export_capture(call.path["capture"], call.path["format"])
        return File(pieces, BYTES, name)

    async def take_in(self, call: Call) -> ImportedCapture:
        data = b"".join([piece async for piece in call.body])
        capture, notes = await self._desk.import_capture(call.path["name"], data)
        return ImportedCapture(capture=capture, notes=notes)

    async def recording(self, call: Call) -> DiskFile:
        path, file = await self._desk.recording(call.path["capture"], call.path["recording"])
        return DiskFile(path, file.media_type)

    async def rename(self, call: Call) -> CaptureState:
        asked: RenameCapture = call.body
        before = call.path["capture"]
        state = await self._desk.rename_capture(before, asked.to)
        self._bench.note_on_desk(
            f"Rename {name_of(before)}", lambda: self._desk.move_capture(state.id, before)
        )
        return state

    async def delete(self, call: Call) -> None:
        capture = call.path["capture"]
        trashed = await self._desk.delete_capture(capture)
        self._bench.note_on_desk(
            f"Delete {name_of(capture)}", lambda: self._desk.restore_capture(trashed.id)
        )

    async def explain(self, call: Call) -> ExplainedRule:
        return _explained(call.path["code"])


def _explained(code: str) -> ExplainedRule:
    rule = next((rule for rule in RULES if rule.code == code.upper()), None)
    if rule is None:
        raise RequestRefusedError(f"There is no finding {code}.", status=404)
    return ExplainedRule(
        code=rule.code, title=rule.title, severity=rule.severity, markdown=rule.page
    )


def _number(text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > MOST_DIGITS:
        raise UsageError(f"{text[:MOST_DIGITS]!r} is not the number of an event.")
    return int(text)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data
