"""A workspace: the folder of text files that a person keeps endpoints, messages and captures in."""

from wirescope.workbench.workspace.calling import PreparedCall, channel_options
from wirescope.workbench.workspace.capture_names import (
    CAPTURE_SUFFIX,
    name_of,
    recording_path,
    renamed,
)
from wirescope.workbench.workspace.choosing import find_workspace, own_folder
from wirescope.workbench.workspace.connecting import Prepared, prepare_endpoint
from wirescope.workbench.workspace.documents import KINDS, Document, Kind
from wirescope.workbench.workspace.folder import (
    ENDPOINT,
    ENVIRONMENT,
    MESSAGE,
    SETTINGS,
    RawFile,
    Workspace,
)
from wirescope.workbench.workspace.glance import Glance
from wirescope.workbench.workspace.history import History, Kept, RecordedFile
from wirescope.workbench.workspace.model import (
    TLS,
    Auth,
    AuthKind,
    Channel,
    Compression,
    Cookie,
    Endpoint,
    Environment,
    Header,
    Heartbeat,
    IceServer,
    Limits,
    MessageKind,
    Network,
    OnMessage,
    Parameter,
    Retention,
    Retry,
    SavedMessage,
    WebRtc,
    WorkspaceSettings,
)
from wirescope.workbench.workspace.notes import EventNote, Notes, NotesFile
from wirescope.workbench.workspace.problems import Problem, Severity
from wirescope.workbench.workspace.retention import Removal, RetentionPlan, Stored
from wirescope.workbench.workspace.schemas import Key, key_tables, schemas
from wirescope.workbench.workspace.searching import Match
from wirescope.workbench.workspace.secret_store import Keyring, SecretStore
from wirescope.workbench.workspace.trash import Trashed
from wirescope.workbench.workspace.tree import Entry, Tree
from wirescope.workbench.workspace.undoing import UndoStack
from wirescope.workbench.workspace.variables import (
    BUILT_INS,
    HIDDEN,
    Resolved,
    Resolver,
    SecretSource,
    Span,
)
from wirescope.workbench.workspace.watch import Change, ChangeKind, watching

__all__ = [
    "BUILT_INS",
    "CAPTURE_SUFFIX",
    "ENDPOINT",
    "ENVIRONMENT",
    "HIDDEN",
    "KINDS",
    "MESSAGE",
    "SETTINGS",
    "TLS",
    "Auth",
    "AuthKind",
    "Change",
    "ChangeKind",
    "Channel",
    "Compression",
    "Cookie",
    "Document",
    "Endpoint",
    "Entry",
    "Environment",
    "EventNote",
    "Glance",
    "Header",
    "Heartbeat",
    "History",
    "IceServer",
    "Kept",
    "Key",
    "Keyring",
    "Kind",
    "Limits",
    "Match",
    "MessageKind",
    "Network",
    "Notes",
    "NotesFile",
    "OnMessage",
    "Parameter",
    "Prepared",
    "PreparedCall",
    "Problem",
    "RawFile",
    "RecordedFile",
    "Removal",
    "Resolved",
    "Resolver",
    "Retention",
    "RetentionPlan",
    "Retry",
    "SavedMessage",
    "SecretSource",
    "SecretStore",
    "Severity",
    "Span",
    "Stored",
    "Trashed",
    "Tree",
    "UndoStack",
    "WebRtc",
    "Workspace",
    "WorkspaceSettings",
    "channel_options",
    "find_workspace",
    "key_tables",
    "name_of",
    "own_folder",
    "prepare_endpoint",
    "recording_path",
    "renamed",
    "schemas",
    "watching",
]
