"""The workbench page: its server, and nothing that another face would need."""

from wirescope.web.app import Call, File, Handler, Live, make_app
from wirescope.web.failures import RequestRefusedError
from wirescope.web.live import Feed, LiveSocket
from wirescope.web.opening import open_workbench
from wirescope.web.server import PageServer, listen, serve_page

__all__ = [
    "Call",
    "Feed",
    "File",
    "Handler",
    "Live",
    "LiveSocket",
    "PageServer",
    "RequestRefusedError",
    "listen",
    "make_app",
    "open_workbench",
    "serve_page",
]
