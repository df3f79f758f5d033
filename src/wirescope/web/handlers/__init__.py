"""What each operation does: ask the desk and the workspace, and put the answer into its record."""

from collections.abc import Mapping

from wirescope.web.app import Handler
from wirescope.web.bench import Bench
from wirescope.web.handlers.captures import capture_handlers
from wirescope.web.handlers.exchange import exchange_handlers
from wirescope.web.handlers.sessions import session_handlers
from wirescope.web.handlers.workspace import workspace_handlers


def all_handlers(bench: Bench) -> Mapping[str, Handler]:
    """Return what does each operation, by its name."""
    return {
        **workspace_handlers(bench),
        **exchange_handlers(bench),
        **session_handlers(bench),
        **capture_handlers(bench),
    }
