"""Nothing of the server is reached without a key, from another page or under another name."""

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from starlette.routing import Mount, Route, WebSocketRoute
from starlette.websockets import WebSocket

from tests.support.other_pages import HOSTILE_HOSTS, HOSTILE_ORIGINS, SOCKET
from wirescope.web import Call, PageServer, app, listen, make_app, serve_page
from wirescope.web.operations import OPERATIONS


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: str


@dataclass
class Reached:
    """Counts what came through the gate."""

    calls: list[str] = field(default_factory=list)

    def handlers(self) -> dict[str, object]:
        return {each.name: self._handler(each.name) for each in OPERATIONS}

    def _handler(self, name: str) -> object:
        async def handle(call: Call) -> None:
            self.calls.append(name)

        return handle

    async def live(self, socket: WebSocket) -> None:
        self.calls.append("live")
        await socket.accept()
        await socket.close()


@asynccontextmanager
async def gated(reached: Reached, keys: Path | None = None) -> AsyncIterator[PageServer]:
    async with serve_page(listen(0), reached.handlers(), reached.live, keys=keys) as server:
        yield server


async def ask(
    server: PageServer, method: str, path: str, body: bytes = b"", **headers: str | list[str]
) -> Answer:
    return await asyncio.to_thread(_ask, server.port, method, path, body, headers)


def _ask(
    port: int, method: str, path: str, body: bytes, headers: dict[str, str | list[str]]
) -> Answer:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    connection.putrequest(method, path, skip_host=True)
    named = {"host": f"127.0.0.1:{port}", **headers}
    for name, values in named.items():
        for value in [values] if isinstance(values, str) else values:
            connection.putheader(name.replace("_", "-"), value)
    if body:
        connection.putheader("content-length", str(len(body)))
    connection.endheaders(body or None)
    response = connection.getresponse()
    told = {name.lower(): value for name, value in response.getheaders()}
    answer = Answer(response.status, told, response.read().decode())
    connection.close()
    return answer


async def enter(server: PageServer) -> str:
    """Open the printed address and return the cookie."""
    answer = await ask(server, "GET", server.new_address().removeprefix(server.url.rstrip("/")))
    assert answer.status == 303
    return answer.headers["set-cookie"].partition(";")[0]


def routes() -> list[tuple[str, str]]:
    """List every route of the application as method and path, from the application itself."""
    reached = Reached()
    found = []
    for route in make_app(reached.handlers(), reached.live).routes:
        if isinstance(route, Route):
            path = route.path.replace("{", "").replace("}", "")
            found += [(method, path) for method in route.methods or ()]
        elif isinstance(route, WebSocketRoute):
            found.append(("SOCKET", route.path))
        else:
            assert isinstance(route, Mount)
            found.append(("GET", f"{route.path}/index.html"))
    return found


def request_of(server: PageServer, method: str, **headers: str) -> tuple[str, dict[str, str]]:
    if method == "SOCKET":
        return "GET", {**SOCKET, "origin": server.url.rstrip("/"), **headers}
    return method, {"origin": server.url.rstrip("/"), **headers}


def test_the_list_of_routes_is_not_empty():
    assert len(routes()) > len(OPERATIONS)


async def test_each_route_asks_for_a_key():
    reached = Reached()
    async with gated(reached) as server:
        for method, path in routes():
            verb, headers = request_of(server, method)
            answer = await ask(server, verb, path, **headers)
            assert answer.status == (403 if method == "SOCKET" else 401), (method, path)
    assert reached.calls == []


async def test_each_route_asks_for_a_key_that_was_given_out():
    reached = Reached()
    async with gated(reached) as server:
        for method, path in routes():
            cookie = f"wirescope-{server.port}=guessed"
            verb, headers = request_of(server, method, cookie=cookie)
            answer = await ask(server, verb, path, **headers)
            assert answer.status == (403 if method == "SOCKET" else 401), (method, path)
    assert reached.calls == []


async def test_each_route_refuses_another_page():
    reached = Reached()
    async with gated(reached) as server:
        cookie = await enter(server)
        for method, path in routes():
            verb, headers = request_of(server, method, cookie=cookie)
            headers["origin"] = "http://evil.example"
            assert (await ask(server, verb, path, **headers)).status == 403, (method, path)
    assert reached.calls == []


async def test_a_key_opens_each_operation():
    reached = Reached()
    async with gated(reached) as server:
        cookie = await enter(server)
        for method, path in routes():
            verb, headers = request_of(server, method, cookie=cookie)
            if verb == "POST":
                headers["content_type"] = "application/json"
            answer = await ask(server, verb, path, b"{}" if verb == "POST" else b"", **headers)
            assert answer.status not in (401, 403, 404, 421), (method, path, answer)
    assert "live" in reached.calls
    assert "state" in reached.calls


async def test_hostile_origins_are_refused():
    reached = Reached()
    async with gated(reached) as server:
        cookie = await enter(server)
        for origin in HOSTILE_ORIGINS:
            said = origin.replace("{port}", str(server.port))
            for path, extra in [("/api/state", {}), ("/api/live", SOCKET)]:
                headers = {**extra, "origin": said, "cookie": cookie}
                assert (await ask(server, "GET", path, **headers)).status == 403, said
    assert reached.calls == []


async def test_hostile_hosts_are_refused():
    reached = Reached()
    async with gated(reached) as server:
        cookie, origin = await enter(server), server.url.rstrip("/")
        for host in HOSTILE_HOSTS:
            said = host.replace("{port}", str(server.port))
            for path, extra in [("/api/state", {}), ("/api/live", SOCKET)]:
                headers = {**extra, "origin": origin, "host": said, "cookie": cookie}
                answer = await ask(server, "GET", path, **headers)
                assert answer.status in (400, 403, 421), said
    assert reached.calls == []


async def test_two_hosts_are_refused():
    reached = Reached()
    async with gated(reached) as server:
        cookie = await enter(server)
        both = [f"127.0.0.1:{server.port}", "evil.example"]
        answer = await ask(server, "GET", "/api/state", cookie=cookie, host=both)
        assert answer.status in (400, 421)
    assert reached.calls == []


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_a_request_that_another_site_caused_is_refused(site):
    reached = Reached()
    async with gated(reached) as server:
        cookie = await enter(server)
        answer = await ask(server, "GET", "/api/state", cookie=cookie, sec_fetch_site=site)
        assert answer.status == 403
    assert reached.calls == []


@pytest.mark.parametrize("method", ["POST", "SOCKET"])
async def test_what_changes_something_must_say_its_origin(method):
    reached = Reached()
    async with gated(reached) as server:
        verb, headers = request_of(server, method, cookie=await enter(server))
        del headers["origin"]
        path = "/api/live" if method == "SOCKET" else "/api/workspace/undo"
        assert (await ask(server, verb, path, **headers)).status == 403
    assert reached.calls == []


async def test_the_printed_address_works_once():
    async with gated(Reached()) as server:
        path = server.new_address().removeprefix(server.url.rstrip("/"))
        assert (await ask(server, "GET", path)).status == 303
        again = await ask(server, "GET", path)
        assert again.status == 401
        assert "Press Enter" in again.body


async def test_a_new_address_makes_the_one_before_worthless():
    async with gated(Reached()) as server:
        old = server.new_address().removeprefix(server.url.rstrip("/"))
        server.new_address()
        assert (await ask(server, "GET", old)).status == 401


async def test_the_cookie_is_for_the_page_alone():
    async with gated(Reached()) as server:
        path = server.new_address().removeprefix(server.url.rstrip("/"))
        answer = await ask(server, "GET", path)
        said = answer.headers["set-cookie"].lower()
        assert "httponly" in said
        assert "samesite=strict" in said
        assert answer.headers["location"] == "/"


async def test_a_key_outlives_the_server(tmp_path):
    reached = Reached()
    async with gated(reached, tmp_path) as server:
        cookie = (await enter(server)).partition("=")[2]
        port = server.port
    handlers, live = reached.handlers(), reached.live
    async with serve_page(listen(port), handlers, live, keys=tmp_path) as server:
        answer = await ask(server, "GET", "/api/state", cookie=f"wirescope-{port}={cookie}")
        assert answer.status == 200
    file = tmp_path / f"page-{port}.json"
    assert cookie not in file.read_text("utf-8")
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize(
    "other",
    ['theme={"dark":1}', "a b=c", 'x="unterminated', "=x", "é=1", "flags[]=1"],
)
async def test_a_cookie_of_another_server_of_this_machine_locks_nobody_out(other):
    async with gated(Reached()) as server:
        ours = await enter(server)
        said = f"{other}; {ours}".encode().decode("latin-1")
        assert (await ask(server, "GET", "/api/state", cookie=said)).status == 200


async def test_a_folder_of_keys_that_cannot_be_written_locks_nobody_out(tmp_path):
    (tmp_path / "file").write_text("in the way", "utf-8")
    async with gated(Reached(), tmp_path / "file") as server:
        cookie = await enter(server)
        assert (await ask(server, "GET", "/api/state", cookie=cookie)).status == 200


async def test_every_answer_forbids_scripts_of_others():
    async with gated(Reached()) as server:
        cookie = await enter(server)
        for path in ("/", "/api/state", "/page/index.html", "/nowhere"):
            answer = await ask(server, "GET", path, cookie=cookie)
            policy = answer.headers["content-security-policy"]
            assert "default-src 'none'" in policy
            assert "'unsafe-inline'" not in policy
            assert "require-trusted-types-for 'script'" in policy
            assert answer.headers["x-content-type-options"] == "nosniff"
            assert "access-control-allow-origin" not in answer.headers


async def test_a_body_of_another_media_type_is_refused():
    reached = Reached()
    async with gated(reached) as server:
        cookie, origin = await enter(server), server.url.rstrip("/")
        answer = await ask(
            server, "POST", "/api/sessions", b"{}",
            cookie=cookie, origin=origin, content_type="text/plain",
        )  # fmt: skip
        assert answer.status == 415
    assert reached.calls == []


@pytest.mark.parametrize(("method", "path", "status"), [
    ("GET", "/nowhere", 404), ("GET", "/api/nowhere", 404), ("GET", "/page/../app.py", 404),
    ("POST", "/api/state", 405), ("DELETE", "/api/captures", 405),
])  # fmt: skip
async def test_what_is_not_there_is_told_as_every_failure_is(method, path, status):
    async with gated(Reached()) as server:
        cookie, origin = await enter(server), server.url.rstrip("/")
        answer = await ask(server, method, path, cookie=cookie, origin=origin)
        assert answer.status == status
        assert path.removeprefix("/page/..") in json.loads(answer.body)["error"]
        assert ("allow" in answer.headers) == (status == 405)


async def test_a_fault_of_the_program_is_answered_and_told():
    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, said: told.append(said))
    reached = Reached()

    async def fail(_: Call) -> None:
        raise RuntimeError("for the terminal alone")

    handlers = {**reached.handlers(), "state": fail}
    async with serve_page(listen(0), handlers, reached.live) as server:
        answer = await ask(server, "GET", "/api/state", cookie=await enter(server))
    asyncio.get_running_loop().set_exception_handler(None)
    assert answer.status == 500
    failure = json.loads(answer.body)
    assert "fault of its own (RuntimeError)" in failure["error"]
    assert "for the terminal" not in answer.body
    assert [str(each["exception"]) for each in told] == ["for the terminal alone"]


async def test_the_live_socket_is_not_compressed():
    offered = {"sec_websocket_extensions": "permessage-deflate"}
    async with gated(Reached()) as server:
        verb, headers = request_of(server, "SOCKET", cookie=await enter(server))
        answer = await ask(server, verb, "/api/live", **headers, **offered)
    assert answer.status == 101
    assert "sec-websocket-extensions" not in answer.headers


async def test_a_body_that_stops_is_not_waited_for_without_end(monkeypatch):
    monkeypatch.setattr(app, "BODY_TIMEOUT_S", 0.05)
    reached = Reached()
    async with gated(reached) as server, asyncio.timeout(10):
        cookie, origin = await enter(server), server.url.rstrip("/")
        reader, writer = await asyncio.open_connection("127.0.0.1", server.port)
        head = [
            "POST /api/sessions HTTP/1.1", f"Host: 127.0.0.1:{server.port}", f"Origin: {origin}",
            f"Cookie: {cookie}", "Content-Type: application/json", "Content-Length: 100",
        ]  # fmt: skip
        writer.write("\r\n".join([*head, "", '{"endpoint":']).encode())
        assert (await reader.readline()).startswith(b"HTTP/1.1 408 ")
        writer.close()
    assert reached.calls == []
