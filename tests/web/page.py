"""The whole workbench on a socket of its own, asked as the page asks it."""

import asyncio
import http.client
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import Any, Self
from urllib.parse import quote

import aiohttp
import msgspec

from wirescope.web import PageServer, listen, open_workbench
from wirescope.web.messages import SUBPROTOCOL, Ack, Batch, Unwatch, Watch
from wirescope.web.operations import OPERATIONS
from wirescope.workbench.workspace import Workspace

_BY_NAME = {operation.name: operation for operation in OPERATIONS}


def _place(name: str, path: dict[str, str]) -> str:
    """Give the path of an operation, its parameters filled in."""
    quoted = {each: quote(value, safe="") for each, value in path.items()}
    return _BY_NAME[name].path.format(**quoted)


@dataclass
class Answer:
    """What came back: the status, and the JSON or the bytes."""

    status: int
    body: Any


class Page:
    """Asks the server as the page does, with the cookie of the printed address."""

    def __init__(self, server: PageServer, client: aiohttp.ClientSession) -> None:
        self.server = server
        self._client = client
        self._base = server.url.rstrip("/")

    async def enter(self) -> Self:
        async with self._client.get(self.server.new_address()) as answer:
            assert answer.status == http.client.OK
        return self

    async def try_(self, name: str, body: Any = None, **path: str) -> Answer:
        """Ask for an operation and return what came back, whatever it is."""
        operation = _BY_NAME[name]
        place = _place(name, path)
        data = body if isinstance(body, bytes) else json.dumps(body).encode() if body else b"{}"
        headers = {"origin": self._base, "content-type": "application/json"}
        options = {"data": BytesIO(data)} if operation.method == "POST" else {}
        async with self._client.request(
            operation.method, self._base + place, headers=headers, **options
        ) as answer:
            content = await answer.read()
            is_json = answer.content_type == "application/json"
            return Answer(answer.status, json.loads(content) if is_json else content)

    async def call(self, name: str, body: Any = None, **path: str) -> Any:
        """Ask for an operation that is to succeed, and return its answer."""
        answer = await self.try_(name, body, **path)
        assert answer.status == http.client.OK, answer
        return answer.body

    @asynccontextmanager
    async def stream(
        self, name: str, *, range_: str = "", **path: str
    ) -> AsyncIterator[aiohttp.ClientResponse]:
        """Ask for an operation that gives bytes, as a player does."""
        place = _place(name, path)
        headers = {"range": range_} if range_ else {}
        async with self._client.get(self._base + place, headers=headers) as answer:
            yield answer

    async def head(self, name: str, **path: str) -> Answer:
        """Ask for the head of what an operation gives."""
        async with self._client.head(self._base + _place(name, path)) as answer:
            return Answer(answer.status, await answer.read())

    async def ask_and_go(self, name: str, **path: str) -> None:
        """Ask for what an operation gives, and close the connection before anything comes."""
        cookies = "; ".join(f"{each.key}={each.value}" for each in self._client.cookie_jar)
        host = self._base.removeprefix("http://")
        _, writer = await asyncio.open_connection(*host.split(":"))
        head = f"GET {_place(name, path)} HTTP/1.1\r\nHost: {host}\r\nCookie: {cookies}\r\n\r\n"
        writer.write(head.encode())
        await writer.drain()
        writer.close()
        await writer.wait_closed()

    async def connect(self, path: str = "/echo", **endpoint: Any) -> Any:
        """Open a session to one of the built-in endpoints, and wait until it is open."""
        state = await self.call("state")
        route = path.partition("?")[0]
        (url,) = [each["url"] for each in state["built_in"] if each["path"] == route]
        url = url.removesuffix(route) + path
        return await self.call("open_session", {"endpoint": {"url": url, **endpoint}})

    @asynccontextmanager
    async def live(self, *, subprotocol: str = SUBPROTOCOL) -> AsyncIterator["Live"]:
        async with self._client.ws_connect(
            self._base + "/api/live", protocols=[subprotocol], origin=self._base
        ) as socket:
            yield Live(socket)


class Live:
    """The live socket, as the page uses it."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket

    async def say(self, what: Watch | Unwatch | Ack) -> None:
        await self.socket.send_bytes(msgspec.msgpack.encode(what))

    async def batch(self) -> Batch:
        """Return the next batch, acknowledged."""
        batch = msgspec.msgpack.decode(await self.socket.receive_bytes(), type=Batch)
        await self.say(Ack(number=batch.number))
        return batch


@asynccontextmanager
async def workbench(folder: Path) -> AsyncIterator[Page]:
    """Open a workbench in a folder and enter it."""
    known = (folder / "wirescope.yaml").exists()
    workspace = Workspace.open(folder) if known else Workspace.create(folder)
    jar = aiohttp.CookieJar(unsafe=True)
    async with (
        open_workbench(listen(0), workspace) as server,
        aiohttp.ClientSession(cookie_jar=jar) as client,
    ):
        yield await Page(server, client).enter()
