"""Thirty secrets, used in each place that takes one, and looked for in all that is left of them."""

import base64
import json
import secrets
import sqlite3
import threading
import zlib
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, Page, expect
from websockets.exceptions import WebSocketException
from websockets.sync.server import ServerConnection, serve

from acceptance.hostile.showing import ask
from tests.support.chromium import new_context, open_page
from tests.support.workbench import Workbench
from wirescope.capture.formats import registry
from wirescope.workbench.exchange import writable

COUNT = 30
REACH = 20
"""So many are seen by the server that they are sent to, at least; the others belong to a proxy that
is not there, to the key of a certificate, to a digest, to pings and to a port that is closed."""

NAMES = [f"secret_{number}" for number in range(COUNT)]


@contextmanager
def echo(heard: list[str]) -> Iterator[str]:
    """Serve what says again what it was told, compressed if asked, and notes it."""

    def talk(connection: ServerConnection) -> None:
        request = connection.request
        assert request is not None
        heard.append(f"{request.path} {list(request.headers.raw_items())}")
        with suppress(WebSocketException):
            for message in connection:
                heard.append(message if isinstance(message, str) else message.hex())
                connection.send(message)

    with serve(talk, "127.0.0.1", 0) as server:
        port = server.socket.getsockname()[1]
        threading.Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"ws://127.0.0.1:{port}"
        finally:
            server.shutdown()


def endpoints(url: str) -> dict[str, dict[str, Any]]:
    """Make endpoints that use the first twenty secrets, each in another place."""
    of = [f"{{{{{name}}}}}" for name in NAMES]
    plain = {"offer": False}
    return {
        "bearer": {
            "url": f"{url}/",
            "auth": {"kind": "bearer", "token": of[0]},
            "headers": [
                {"name": "X-Api-Key", "value": of[1]},
                {"name": "X-Note", "value": f"begins {of[2]} ends"},
            ],
            "compression": plain,
        },
        "basic": {
            "url": f"{url}/",
            "auth": {"kind": "basic", "user": "ada", "password": of[3]},
            "cookies": [{"name": "session", "value": of[4]}, {"name": "theme", "value": of[5]}],
        },
        "query": {
            "url": f"{url}/path/{of[6]}?direct={of[7]}",
            "query": [{"name": "token", "value": of[8]}, {"name": "room", "value": of[9]}],
            "origin": f"https://{of[10]}.example",
            "compression": {"offer": True},
        },
        "digest": {
            "url": f"{url}/",
            "auth": {"kind": "digest", "user": "ada", "password": of[11]},
            "heartbeat": {"interval_s": 0.5, "payload": of[12]},
        },
        "proxied": {
            "url": f"{url}/",
            "network": {"proxy": f"http://me:{of[13]}@127.0.0.1:1"},
        },
        "socks": {
            "url": f"{url}/",
            "network": {"proxy": f"socks5://me:{of[14]}@127.0.0.1:1"},
        },
        "tls": {
            "url": f"{url.replace('ws:', 'wss:')}/",
            "tls": {"certificate": "missing.pem", "key": "missing.key", "key_password": of[15]},
        },
        "subprotocol": {"url": f"{url}/", "subprotocols": ["chat", of[16]]},
        "userinfo": {"url": f"ws://me:{of[17]}@{url.removeprefix('ws://')}/"},
        "answering": {
            "url": f"{url}/",
            "on_message": [{"when": "direction == received", "body": f"answer {of[18]}"}],
            "compression": {"offer": True},
        },
        "refused": {"url": f"ws://127.0.0.1:1/{of[19]}?key={of[19]}"},
    }


def bodies() -> list[dict[str, Any]]:
    """Make messages that use the other ten."""
    of = [f"{{{{{name}}}}}" for name in NAMES]
    return [
        {"form": "json", "body": json.dumps({"login": of[20], "again": of[20]})},
        {"form": "text", "body": f"auth {of[21]} {of[22]}"},
        {"form": "text", "body": f"cut {of[23]} here", "fragments": 3},
        {"form": "text", "body": f"cut small {of[24]}", "fragments": 20},
        {"form": "hex", "body": f"00{of[25]}ff"},
        {"form": "text", "body": of[26], "opcode": 9},
        {"form": "text", "body": of[27], "opcode": 1, "rsv": 0},
        {"form": "json", "body": f'["{of[28]}"]', "binary": True},
        {"form": "text", "body": f"plain, then {of[29]}" + " and much the same" * 40},
        {"form": "text", "body": "no secret in it" + " and much the same" * 40},
    ]


@dataclass
class Search:
    """Looks for secrets, as they are and as they may have been spelled."""

    values: list[str]
    found: list[str] = field(default_factory=list)
    looked: int = 0

    def look(self, where: str, data: bytes | str) -> None:
        """Look through bytes or a text."""
        data = data if isinstance(data, bytes) else data.encode("utf-8", "replace")
        self.looked += len(data)
        for number, value in enumerate(self.values):
            if any(each in data for each in _spellings(value)):
                self.found.append(f"{NAMES[number]} in {where}")


def _spellings(value: str) -> list[bytes]:
    plain = value.encode()
    basic = base64.b64encode(f"ada:{value}".encode())
    return [
        plain,
        basic,
        base64.b64encode(plain).rstrip(b"="),
        plain.hex().encode(),
        bytes.fromhex(value),
    ]


def _reaches(value: str, said: str) -> bool:
    return any(each.decode("latin-1") in said for each in _spellings(value))


def _sqlite_in_full(path: Path) -> Iterator[bytes]:
    """Yield all values of a capture's tables, and what unpacks from them."""
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
        names = [
            name
            for (name,) in database.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        for name in names:
            for row in database.execute(f'SELECT * FROM "{name}"'):
                for value in row:
                    data = value if isinstance(value, bytes) else str(value).encode()
                    yield data
                    with suppress(zlib.error):
                        yield zlib.decompress(data)


def keep(browser: Browser, folder: Path) -> Iterator[tuple[str, str, bool]]:
    """Use all secrets, and look for them in what is left."""
    values = [secrets.token_hex(12) for _ in NAMES]
    search = Search(values)
    workspace, home = folder / "workspace", folder / "home"
    heard: list[str] = []
    with echo(heard) as url, Workbench(workspace, home=home) as workbench:
        context = new_context(browser)
        watched = open_page(context, workbench.address)
        page = watched.page
        _plant(page, values, url)
        sessions = _use(page, url, search)
        page.reload()
        expect(page.get_by_role("contentinfo", name="Status")).to_contain_text("Wirescope")
        _look_around(page, search)
        asked = _ask_everything(page, search)
        for address in watched.asked:
            search.look("an address", address)
        kept = page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}])")
        search.look("the browser's storage", kept)
        for complaint in watched.errors:
            search.look("the console", complaint)
        yield "secrets used", f"{COUNT} in {sessions} connections", sessions >= 10
        said = " ".join(heard)
        reached = [value for value in values if _reaches(value, said)]
        yield "secrets that reached the server", f"{len(reached)}", len(reached) >= REACH
        yield "answers of the API", f"{asked} looked through", asked > 60
        context.close()
    for path in sorted(each for each in folder.rglob("*") if each.is_file()):
        if path.name == ".env":
            continue
        where = str(path.relative_to(folder))
        search.look(where, path.read_bytes())
        if path.suffix == ".wirescope":
            for data in _sqlite_in_full(path):
                search.look(where, data)
    search.look("what the command said", workbench.said())
    env = (workspace / ".env").read_text("utf-8")
    held = sum(value in env for value in values)
    yield "in .env", f"{held} of {COUNT}", held == COUNT
    found = sorted(set(search.found))
    words = f"{search.looked / 1e6:,.1f} MB looked through"
    yield "anywhere else", "; ".join(found[:12]) or f"none in {words}", not found


def _plant(page: Page, values: list[str], url: str) -> None:
    """Give the secrets to the workspace, and files that name them."""
    for name, value in zip(NAMES, values, strict=True):
        saved = ask(page, "/api/workspace/secret", {"name": name, "value": value, "where": ".env"})
        assert saved["status"] == 200, saved
    environment = {"variables": {"plain": "x"}, "secrets": NAMES}
    items = [("environment", "planted", environment)]
    items += [("endpoint", path, value) for path, value in endpoints(url).items()]
    items += [
        ("message", f"saved {number}", {"kind": "text", "body": body["body"]})
        for number, body in enumerate(bodies())
    ]
    for kind, path, fields in items:
        item = {"kind": kind, "path": path, "value": fields}
        saved = ask(page, "/api/workspace/save", item)
        assert saved["status"] == 200, (path, saved)


def _use(page: Page, url: str, search: Search) -> int:
    """Connect by each endpoint and send each message; how many connections there were."""
    count = 0
    for path, endpoint in endpoints(url).items():
        body = {"endpoint": endpoint, "path": path, "environment": "planted"}
        answer = ask(page, "/api/sessions", body)
        search.look(f"the answer to connecting {path}", answer["text"])
        if answer["status"] != 200:
            continue
        count += 1
        session = json.loads(answer["text"])["id"]
        page.wait_for_timeout(500)
        for outgoing in bodies():
            for operation in (f"/api/sessions/{session}/send", "/api/preview"):
                said = ask(page, operation, {"outgoing": outgoing, "environment": "planted"})
                search.look(f"the answer to {operation}", said["text"])
        page.wait_for_timeout(300)
    return count


def _look_around(page: Page, search: Search) -> None:
    """Look at each tab in the page, in each view."""
    for tab in page.get_by_role("navigation", name="Connections").locator(".conn-name").all():
        tab.click()
        for name in ("Wire", "Handshake", "Charts", "Findings"):
            views = page.get_by_role("navigation", name="Views and options")
            views.get_by_role("button", name=name).first.click()
            page.wait_for_timeout(250)
            search.look(f"the view {name}", page.locator("body").inner_text())


def _ask_everything(page: Page, search: Search) -> int:
    """Ask for all that the API gives of captures and of the workspace; how much was answered."""
    count = 0

    def look(path: str, body: Any = None) -> str:
        nonlocal count
        answer = ask(page, path, body)
        count += answer["status"] == 200
        search.look(f"the answer to {path}", answer["text"])
        return str(answer["text"])

    state = json.loads(look("/api/state"))
    for path in ("/api/workspace", "/api/captures", "/api/retention", "/api/openapi.json"):
        look(path)
    for form in writable():
        look("/api/workspace/export", {"format": form, "paths": []})
    for capture in state["captures"]:
        of = f"/api/captures/{capture['id']}"
        for mode in ("messages", "frames"):
            view = {"capture": capture["id"], "mode": mode, "fold": False}
            rows = json.loads(look("/api/rows", {"view": view, "start": 0, "count": 400}))["rows"]
            for row in rows[:80]:
                look(f"{of}/detail", {"seq": row["seq"]})
            seqs = [row["seq"] for row in rows][:100]
            for form in ("text", "hex", "json", "curl", "wscat", "python"):
                look(f"{of}/copy", {"seqs": seqs, "form": form})
        for name in ("openings", "analysis", "notes"):
            look(f"{of}/{name}")
        for form in registry.FORMATS:
            look(f"{of}/export/{form}")
    return count
