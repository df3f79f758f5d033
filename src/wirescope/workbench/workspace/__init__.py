"""A workspace: the folder of text files that a person keeps endpoints, messages and captures in."""

from wirescope.workbench.workspace.choosing import find_workspace, own_folder
from wirescope.workbench.workspace.connecting import Prepared, to_connect_options
from wirescope.workbench.workspace.documents import Document, Kind
from wirescope.workbench.workspace.folder import (
    ENDPOINT,
    ENVIRONMENT,
    MESSAGE,
    SETTINGS,
    RawFile,
    Workspace,
)
from wirescope.workbench.workspace.model import (
    TLS,
    Auth,
    AuthKind,
    Compression,
    Cookie,
    Endpoint,
    Environment,
    Header,
    Heartbeat,
    Limits,
    MessageKind,
    Network,
    OnMessage,
    Parameter,
    Retention,
    Retry,
    SavedMessage,
    WorkspaceSettings,
)
from wirescope.workbench.workspace.problems import Problem, Severity
from wirescope.workbench.workspace.schemas import schemas
from wirescope.workbench.workspace.searching import Match
from wirescope.workbench.workspace.secret_store import Keyring, SecretStore
from wirescope.workbench.workspace.trash import Trashed
from wirescope.workbench.workspace.tree import Entry, Tree
from wirescope.workbench.workspace.undoing import UndoStack
from wirescope.workbench.workspace.variables import (
    Resolved,
    Resolver,
    SecretSource,
    Span,
)

__all__ = [
    "ENDPOINT",
    "ENVIRONMENT",
    "MESSAGE",
    "SETTINGS",
    "TLS",
    "Auth",
    "AuthKind",
    "Compression",
    "Cookie",
    "Document",
    "Endpoint",
    "Entry",
    "Environment",
    "Header",
    "Heartbeat",
    "Keyring",
    "Kind",
    "Limits",
    "Match",
    "MessageKind",
    "Network",
    "OnMessage",
    "Parameter",
    "Prepared",
    "Problem",
    "RawFile",
    "Resolved",
    "Resolver",
    "Retention",
    "Retry",
    "SavedMessage",
    "SecretSource",
    "SecretStore",
    "Severity",
    "Span",
    "Trashed",
    "Tree",
    "UndoStack",
    "Workspace",
    "WorkspaceSettings",
    "find_workspace",
    "own_folder",
    "schemas",
    "to_connect_options",
]
