"""What `/api` offers, as a table: the routes, the OpenAPI description and the page's types.

A name in braces in a path is a parameter, a text. What an operation takes is its JSON body; what it
gives is JSON as well, or bytes of a media type. A refusal is a `Failure`.
"""

from dataclasses import dataclass
from typing import Any, Literal

from wirescope.analysis import Ways
from wirescope.web import requests as r
from wirescope.workbench import desk as d


@dataclass(frozen=True, slots=True)
class Operation:
    """One thing that can be asked for.

    Attributes:
        name: in the page and in OpenAPI (`operationId`).
        method: of HTTP. GET changes nothing.
        path: below the server's address.
        summary: one sentence.
        takes: the type of the JSON body; None for none, `bytes` for a file as it is.
        gives: the type of the JSON answer, or `bytes`.
    """

    name: str
    method: Literal["GET", "POST"]
    path: str
    summary: str
    takes: Any = None
    gives: Any = r.Done


OPERATIONS: tuple[Operation, ...] = (
    Operation("state", "GET", "/api/state", "All that the page begins with.", gives=r.State),

    Operation("workspace", "GET", "/api/workspace", "The workspace as it is.",
              gives=r.WorkspaceState),
    Operation("save_item", "POST", "/api/workspace/save",
              "Write a file; 409 if it is not as it was read.", r.SaveItem, r.Item),
    Operation("make_folder", "POST", "/api/workspace/folder", "Make a folder.", r.MakeFolder),
    Operation("move_item", "POST", "/api/workspace/move", "Rename, move or copy.", r.MoveItem),
    Operation("delete_item", "POST", "/api/workspace/delete", "Take a file or folder away.",
              r.DeleteItem),
    Operation("undo", "POST", "/api/workspace/undo", "Take the last change back."),
    Operation("save_secret", "POST", "/api/workspace/secret", "Keep a secret, not in the files.",
              r.SaveSecret),
    Operation("import_text", "POST", "/api/workspace/import", "Read another tool's file.",
              r.ImportText, r.Imported),
    Operation("export_items", "POST", "/api/workspace/export", "Write for another tool.",
              r.ExportItems, r.WrittenFiles),

    Operation("open_session", "POST", "/api/sessions", "Connect.", r.OpenSession, d.SessionState),
    Operation("send", "POST", "/api/sessions/{session}/send", "Send something.", r.SendMessage,
              r.Sent),
    Operation("close_session", "POST", "/api/sessions/{session}/close", "End the connection.",
              r.CloseSession),
    Operation("paste_code", "POST", "/api/sessions/{session}/code",
              "Take the other side's code.", r.PasteCode),
    Operation("open_channel", "POST", "/api/sessions/{session}/channels",
              "Open a data channel.", r.OpenChannel, d.SessionChannel),
    Operation("close_channel", "POST", "/api/sessions/{session}/channels/close",
              "Close a data channel.", r.CloseChannel),
    Operation("restart_ice", "POST", "/api/sessions/{session}/restart",
              "Look for a path anew."),
    Operation("session_media", "GET", "/api/sessions/{session}/media",
              "What a WebRTC connection receives, as a stream that a player shows.", gives=bytes),
    Operation("stop_repeat", "POST", "/api/sessions/{session}/stop", "Stop a repeated message.",
              r.StopRepeat),
    Operation("forget_session", "POST", "/api/sessions/{session}/forget",
              "Close and take it off the list; its capture stays."),
    Operation("preview", "POST", "/api/preview", "Say what would go out.", r.PreviewMessage,
              d.Preview),

    Operation("captures", "GET", "/api/captures", "All captures, the newest first.",
              gives=list[d.CaptureState]),
    Operation("rows", "POST", "/api/rows", "Rows of a view.", r.ReadRows, d.Window),
    Operation("find", "POST", "/api/find", "Where an event or the next hit is in a view.",
              r.FindRow, d.Place),
    Operation("overview", "POST", "/api/overview", "A capture in bins.", r.ReadOverview,
              d.Overview),
    Operation("charts", "POST", "/api/charts", "What the charts show.", r.ReadOverview, d.Charts),
    Operation("check_filter", "POST", "/api/filter", "Whether an expression can be read.",
              r.CheckFilter, r.FilterCheck),
    Operation("detail", "POST", "/api/captures/{capture}/detail", "All about an event.",
              r.ReadDetail, d.Detail),
    Operation("payload", "GET", "/api/captures/{capture}/payload/{seq}",
              "A whole payload, decoded of a message.", gives=bytes),
    Operation("openings", "GET", "/api/captures/{capture}/openings",
              "How its connections were opened.", gives=list[d.Opening]),
    Operation("peer", "GET", "/api/captures/{capture}/peers/{connection}",
              "What was agreed on, and where a WebRTC connection got to.", gives=d.PeerView),
    Operation("ways", "GET", "/api/captures/{capture}/peers/{connection}/ways",
              "The ways between the two sides: servers, addresses, pairs, paths.",
              gives=Ways),
    Operation("statistics", "POST", "/api/statistics",
              "The main statistics of a WebRTC connection over time.", r.ReadStatistics,
              d.StatisticsSeries),
    Operation("analysis", "GET", "/api/captures/{capture}/analysis", "What it means.",
              gives=d.Analysis),
    Operation("copy", "POST", "/api/captures/{capture}/copy", "Events for the clipboard.",
              r.CopyEvents, r.Text),
    Operation("notes", "GET", "/api/captures/{capture}/notes",
              "What was written beside events, and about the whole.",
              gives=list[d.Note]),
    Operation("save_note", "POST", "/api/captures/{capture}/note", "Write beside an event.",
              d.Note),
    Operation("compare_events", "POST", "/api/captures/{capture}/compare",
              "Two messages line by line.", r.CompareEvents, d.Comparison),
    Operation("compare_captures", "GET", "/api/captures/{capture}/compare/{other}",
              "Two captures figure by figure.", gives=d.ComparedCaptures),
    Operation("export_capture", "GET", "/api/captures/{capture}/export/{format}",
              "A capture as another program's file.", gives=bytes),
    Operation("import_capture", "POST", "/api/captures/import/{name}",
              "Take in a capture or another program's file.", bytes, r.ImportedCapture),
    Operation("recording", "GET", "/api/captures/{capture}/recordings/{recording}",
              "A file of media that was recorded beside a capture, also in ranges.", gives=bytes),
    Operation("rename_capture", "POST", "/api/captures/{capture}/rename",
              "Give a capture another name; its id is another one then.", r.RenameCapture,
              d.CaptureState),
    Operation("delete_capture", "POST", "/api/captures/{capture}/delete",
              "Put a capture into the trash; an undo brings it back."),
    Operation("retention", "GET", "/api/retention", "What retention would delete now.",
              gives=r.Retention),
    Operation("apply_retention", "POST", "/api/retention", "Delete for good what retention says."),
    Operation("explain", "GET", "/api/explain/{code}", "The page of a finding.",
              gives=r.ExplainedRule),
)  # fmt: skip
"""Everything but the page itself, `/api/live` and `/api/openapi.json`."""
