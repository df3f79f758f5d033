"""What the page asks for and is answered, beside the desk's own records: bodies of `/api`."""

from typing import Any, Literal

import msgspec

from wirescope.events import Transport
from wirescope.workbench.desk import BuiltIn, CaptureState, Outgoing, SessionState, View
from wirescope.workbench.workspace import Channel

ItemKind = Literal["endpoint", "message", "environment"]


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """A file of the workspace, read.

    Attributes:
        kind: what it is.
        path: its place below `endpoints/`, `messages/` or `environments/`, without the suffix.
        value: what it says, defaults filled in; None where the file is broken.
        digest: of the file as it was read; given back when it is saved.
    """

    kind: ItemKind
    path: str
    value: dict[str, Any] | None
    digest: str


class Trouble(msgspec.Struct, frozen=True, kw_only=True):
    """Something in a file of the workspace that a person should look at."""

    file: str
    line: int
    message: str
    hint: str
    severity: Literal["error", "warning"]


class WorkspaceState(msgspec.Struct, frozen=True, kw_only=True):
    """The whole workspace, small as it is.

    Attributes:
        name: its name.
        folder: where it is.
        trash_bytes: what was deleted and can come back takes this much.
        revision: rises with every change, made here or outside.
        items: endpoints, messages and environments, sorted by kind and path.
        folders: folders of endpoints and messages that hold nothing, too.
        troubles: what is wrong in its files.
        secrets: names of secrets -> where each comes from: `keyring`, `environment`, `.env`,
            or empty for one that is nowhere.
        retention_days: captures are kept this long; null for ever.
        retention_bytes: captures may take this much together; null for any.
        can_undo: what the next undo would take back, in words; empty for nothing.
    """

    name: str
    folder: str
    trash_bytes: int = 0
    revision: int
    items: list[Item]
    folders: list[str]
    troubles: list[Trouble]
    secrets: dict[str, str]
    retention_days: float | None
    retention_bytes: int | None
    can_undo: str


class State(msgspec.Struct, frozen=True, kw_only=True):
    """What the page needs to begin."""

    version: str
    workspace: WorkspaceState
    built_in: list[BuiltIn]
    sessions: list[SessionState]
    captures: list[CaptureState]
    defaults: dict[str, Any]
    decoders: list[str]
    filter_fields: list[str]
    event_types: list[str]
    url: str


class SaveItem(msgspec.Struct, frozen=True, kw_only=True):
    """Write a file of the workspace; `digest` is that of the file as it was read, empty if new."""

    kind: ItemKind
    path: str
    value: dict[str, Any]
    digest: str = ""


class MakeFolder(msgspec.Struct, frozen=True, kw_only=True):
    """Make a folder for endpoints or messages."""

    kind: ItemKind
    path: str


class MoveItem(msgspec.Struct, frozen=True, kw_only=True):
    """Give a file or folder another place; `copy` keeps the one there is."""

    kind: ItemKind
    path: str
    to: str
    copy: bool = False


class DeleteItem(msgspec.Struct, frozen=True, kw_only=True):
    """Take a file or folder away; an undo brings it back."""

    kind: ItemKind
    path: str


class SaveSecret(msgspec.Struct, frozen=True, kw_only=True):
    """Keep a secret, in the system's keyring or in the ignored `.env`."""

    name: str
    value: str
    where: Literal["keyring", ".env"] = "keyring"


class ImportText(msgspec.Struct, frozen=True, kw_only=True):
    """Read what another tool wrote; nothing is saved while `apply` is false.

    Attributes:
        name: what the file is called.
        text: what it holds.
        folder: of endpoints and messages, where they go; without it, beside the others.
        apply: save it.
    """

    name: str
    text: str
    folder: str = ""
    apply: bool = False


class Imported(msgspec.Struct, frozen=True, kw_only=True):
    """What was read.

    Attributes:
        format: whose file it is.
        items: what stands in it, by the paths that it has in the workspace; secrets have become
            variables.
        made: files of the workspace that are made or added to by it.
        secrets: values by the names of the variables that they became; the items hold none of
            them, and with `apply` they go into `.env`.
        notes: what was not understood, and where it stands.
    """

    format: str
    items: list[Item]
    made: list[str]
    secrets: dict[str, str]
    notes: list[str]


class ImportedCapture(msgspec.Struct, frozen=True, kw_only=True):
    """A capture that was taken in, and what could not be."""

    capture: CaptureState
    notes: list[str]


class Text(msgspec.Struct, frozen=True, kw_only=True):
    """A text, and the name of the file it could be."""

    name: str
    text: str


class WrittenFiles(msgspec.Struct, frozen=True, kw_only=True):
    """Files of another tool, by their path, and what it has no place for."""

    files: list[Text]
    notes: list[str]


class ExportItems(msgspec.Struct, frozen=True, kw_only=True):
    """Write endpoints for another tool, with their messages and the environments.

    Attributes:
        format: the other tool's.
        paths: of saved endpoints; with neither these nor drafts it is all of them.
        drafts: endpoints as they stand in the page, by name.
    """

    format: str
    paths: list[str] = []
    drafts: dict[str, dict[str, Any]] = {}


class OpenSession(msgspec.Struct, frozen=True, kw_only=True):
    """Connect.

    Attributes:
        endpoint: an Endpoint's fields; those that are missing have their defaults.
        path: of the saved endpoint it is; empty for none.
        environment: whose variables are resolved; empty for none.
        name: for people; empty for the host.
    """

    endpoint: dict[str, Any]
    path: str = ""
    environment: str = ""
    name: str = ""


class SendMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Send something, once or every `repeat_s` seconds."""

    outgoing: Outgoing
    environment: str = ""
    repeat_s: float = 0


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """It went out; the id to stop it by where it goes out again and again."""

    repeat: str


class PreviewMessage(msgspec.Struct, frozen=True, kw_only=True):
    """Say what would go out, as a message of this transport; nothing does."""

    outgoing: Outgoing
    environment: str = ""
    transport: Transport = "websocket"


class CloseSession(msgspec.Struct, frozen=True, kw_only=True):
    """End a connection: with a Close frame, or at once with none; of WebRTC both say the same."""

    code: int | None = 1000
    reason: str = ""
    drop: bool = False


class PasteCode(msgspec.Struct, frozen=True, kw_only=True):
    """Take the code that the other side of a WebRTC connection has handed over."""

    code: str


class OpenChannel(msgspec.Struct, frozen=True, kw_only=True):
    """Open a data channel; the fields are those of an endpoint's `webrtc.channels`."""

    channel: Channel


class CloseChannel(msgspec.Struct, frozen=True, kw_only=True):
    """Close a data channel, by its key."""

    key: str


class StopRepeat(msgspec.Struct, frozen=True, kw_only=True):
    """Stop sending a message again and again."""

    id: str


class RenameCapture(msgspec.Struct, frozen=True, kw_only=True):
    """Give a capture another name for people; its time stays."""

    to: str


class ReadRows(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of a view, from an index on, 1000 at most."""

    view: View
    start: int = 0
    count: int = 200


class FindRow(msgspec.Struct, frozen=True, kw_only=True):
    """Where an event is in a view, or the next row that a filter lets through.

    Attributes:
        view: the view.
        seq: the event's number, or where the search begins.
        matching: an expression; empty finds the event itself.
        backward: search towards the beginning.
        at_ns: find what happened at this time instead, or last before it; -1 goes by `seq`.
    """

    view: View
    seq: int = 0
    matching: str = ""
    backward: bool = False
    at_ns: int = -1


class ReadOverview(msgspec.Struct, frozen=True, kw_only=True):
    """A capture in bins; `to_ns` 0 is its end; `search` marks hits."""

    view: View
    bins: int = 600
    from_ns: int = 0
    to_ns: int = 0
    search: str = ""


class ReadStatistics(msgspec.Struct, frozen=True, kw_only=True):
    """The main statistics of a WebRTC connection over time.

    Attributes:
        capture: the capture's id.
        connection: `c1`, `c2` …
        from_ns: where the part begins that is wanted; a negative one is counted back from the last
            sample.
        to_ns: where it ends; 0 is the end of the capture.
        points: how many values a series has at most, 2000 at most.
    """

    capture: str
    connection: str
    from_ns: int = 0
    to_ns: int = 0
    points: int = 600


class ReadDetail(msgspec.Struct, frozen=True, kw_only=True):
    """All about an event; `decoder` chooses one by hand."""

    seq: int
    decoder: str = "auto"


class CompareEvents(msgspec.Struct, frozen=True, kw_only=True):
    """Two messages, perhaps of two captures, as texts that a person can compare."""

    one_seq: int
    other_capture: str
    other_seq: int
    decoder: str = "auto"


class CopyEvents(msgspec.Struct, frozen=True, kw_only=True):
    """Events as a text for the clipboard."""

    seqs: list[int]
    form: Literal["text", "hex", "json", "curl", "wscat", "python"]


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """What retention would delete now.

    Attributes:
        captures: id and reason of each.
        freed: bytes of these, and of what would go from the trash.
        total: bytes of all captures and of the trash.
        left_over: bytes above the limit that stay, since nothing more may be deleted.
        trash: bytes of the trash alone.
        emptied: how many things would go from the trash.
    """

    captures: list[tuple[str, str]]
    freed: int
    total: int
    left_over: int
    trash: int
    emptied: int


class ExplainedRule(msgspec.Struct, frozen=True, kw_only=True):
    """The page of a finding, as Markdown."""

    code: str
    title: str
    severity: str
    markdown: str


class CheckFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Whether an expression can be read."""

    filter: str


class FilterCheck(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with an expression, and where; empty and -1 when nothing is."""

    problem: str
    at: int


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """It is done; what was, in words, where there is something to say."""

    said: str = ""


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """Why a request was not done, with any status of 400 and above."""

    error: str
    hint: str = ""
    field: str = ""
    current: Item | None = None
