"""Conversations of foreign clients with foreign servers, recorded on their way between them.

A relay stands in the middle and keeps each message of both directions. The same recordings go to
Wirescope's decoders and, in a process of its own, to the parser that the client itself uses.
"""

import asyncio
import contextlib
import json
import shutil
import subprocess
import sys
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve
from websockets.exceptions import ConnectionClosed
from websockets.typing import Subprotocol

from tests.interop.brokers import mosquitto, rabbitmq
from tests.support.node_packages import with_packages
from tests.support.parts import cache_folder
from wirescope.decoders import ConnectionDecoder, Decoded, Payload, standard_decoders

SCRIPTS = Path(__file__).with_name("subprotocols")
BROKERS = {"mosquitto": mosquitto, "rabbitmq": rabbitmq}
_TALK_S = 30

Require = Callable[[str], str]


@dataclass(slots=True)
class Recording:
    """The messages of one connection, and what was agreed on when it was opened."""

    url: str
    subprotocol: str
    payloads: list[Payload] = field(default_factory=list)

    def decoded(self) -> tuple[str, list[Decoded]]:
        """Let Wirescope read it; the name of the decoder that it chose, and what it read."""
        reader = ConnectionDecoder(standard_decoders())
        return reader.chosen, [reader.decode(payload) for payload in self.payloads]


@dataclass(frozen=True, slots=True)
class Project:
    """A subprotocol with a client that is not ours.

    Attributes:
        name: how it is called in the table.
        decoder: the decoder that has to be chosen.
        script: the JavaScript file with the client and its parser.
        server: `script` for the same file, a Python file of the folder and its argument, or a
            broker.
        path: where to connect to on the server.
        options: what the parser has to be told.
    """

    name: str
    decoder: str
    script: str
    server: str = "script"
    path: str = "/"
    options: str = ""


PROJECTS = (
    Project("Socket.IO 5, Engine.IO 4", "socketio", "socketio.js", "with_socketio.py", ""),
    Project("Socket.IO 4, Engine.IO 3", "socketio", "socketio2.js", path=""),
    Project("GraphQL, graphql-ws", "graphql-transport-ws", "graphql_transport_ws.js"),
    Project("GraphQL, subscriptions-transport-ws", "graphql-ws", "graphql_ws.js"),
    Project("STOMP, RabbitMQ", "stomp", "stomp.js", "rabbitmq", ""),
    Project("MQTT 3.1.1, Mosquitto", "mqtt", "mqtt.js", "mosquitto", "?version=4", "4"),
    Project("MQTT 5, Mosquitto", "mqtt", "mqtt.js", "mosquitto", "?version=5", "5"),
    Project("SignalR, JSON", "signalr", "signalr.js", "with_websockets.py signalr", "/hub?json"),
    Project(
        "SignalR, MessagePack", "signalr", "signalr.js", "with_websockets.py signalr",
        "/hub?messagepack", "messagepack",
    ),
    Project("Phoenix, serialiser 2", "phoenix", "phoenix.js", "with_websockets.py phoenix",
            "/socket/websocket?vsn=2", "vsn=2"),
    Project("Phoenix, serialiser 1", "phoenix", "phoenix.js", "with_websockets.py phoenix",
            "/socket/websocket?vsn=1", "vsn=1"),
    Project("JSON-RPC 2.0, rpc-websockets", "jsonrpc", "jsonrpc.js"),
    Project("WAMP, JSON", "wamp", "wamp.js"),
    Project("WAMP, MessagePack", "wamp", "wamp.js", path="/?msgpack", options="msgpack"),
    Project("Action Cable", "actioncable", "actioncable.js", "with_websockets.py actioncable",
            "/cable"),
)  # fmt: skip


def install(require: Require) -> Path:
    """Put the scripts beside their packages, in the user's cache."""
    return with_packages(SCRIPTS, "subprotocols", require("npm"))


@contextlib.contextmanager
def serving(project: Project, folder: Path, require: Require) -> Iterator[str]:
    """Run a project's server and give its address, without the path."""
    scratch = cache_folder(f"brokers-{project.server.partition(' ')[0]}")
    if project.server in BROKERS:
        shutil.rmtree(scratch)
        scratch.mkdir()
        with BROKERS[project.server](scratch, require) as url:
            yield url
        return
    if project.server == "script":
        command = [require("node"), str(folder / project.script), "serve", project.options]
    else:
        file, *arguments = project.server.split()
        command = [sys.executable, str(SCRIPTS / file), *arguments]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            port = int(process.stdout.readline() or 0)
            assert port, f"{project.name}: its server did not start"
            yield f"ws://127.0.0.1:{port}"
        finally:
            process.stdin.close()
            try:
                process.wait(5)
            except subprocess.TimeoutExpired:
                process.kill()


async def converse(
    project: Project, server: str, folder: Path, require: Require
) -> tuple[list[Recording], list[Any]]:
    """Let the client talk to its server through the relay; what was recorded, what it saw.

    Raises:
        RuntimeError: the client saw nothing.
    """
    async with relaying(server) as (url, recordings):
        process = await asyncio.create_subprocess_exec(
            require("node"), str(folder / project.script), "talk", url + project.path,
            *filter(None, [project.options]),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )  # fmt: skip
        async with asyncio.timeout(_TALK_S):
            seen, complaint = await process.communicate()
    if not seen.strip():
        reason = complaint.decode("utf-8", "replace")[-2000:]
        raise RuntimeError(f"the client ended with {process.returncode}: {reason}")
    return recordings, json.loads(seen)


@contextlib.asynccontextmanager
async def relaying(server: str) -> AsyncIterator[tuple[str, list[Recording]]]:
    """Stand before a server, and record what passes."""
    recordings: list[Recording] = []

    def choose(_: ServerConnection, offered: Any) -> Subprotocol | None:
        return offered[0] if offered else None

    async def relay(client: ServerConnection) -> None:
        assert client.request is not None
        agreed = [client.subprotocol] if client.subprotocol else None
        base, _, path = server.partition("//")[2].partition("/")
        url = f"ws://{base}{'/' + path if path else ''}{client.request.path}".replace("/ws/", "/ws")
        async with connect(url, subprotocols=agreed, max_size=None) as upstream:
            kept = Recording(url, str(upstream.subprotocol or ""))
            recordings.append(kept)
            async with asyncio.TaskGroup() as group:
                group.create_task(_pump(client, upstream, kept, "sent"))
                group.create_task(_pump(upstream, client, kept, "received"))

    async with serve(relay, "127.0.0.1", 0, select_subprotocol=choose, max_size=None) as listener:
        port = next(iter(listener.sockets)).getsockname()[1]
        yield f"ws://127.0.0.1:{port}", recordings


async def _pump(source: Any, sink: Any, kept: Recording, direction: Any) -> None:
    with contextlib.suppress(ConnectionClosed):
        async for message in source:
            text = isinstance(message, str)
            kept.payloads.append(
                Payload(
                    data=message.encode() if text else bytes(message),
                    kind="text" if text else "binary",
                    direction=direction,
                    subprotocol=kept.subprotocol,
                    url=kept.url,
                )
            )
            await sink.send(message)
    await sink.close()


def parsed_by_theirs(
    project: Project, recording: Recording, folder: Path, require: Require
) -> list[list[Any]]:
    """Give what the client's own parser makes of each recorded message."""
    lines = "".join(
        json.dumps({
            "direction": payload.direction,
            "kind": payload.kind,
            "base64": b64encode(payload.data).decode(),
        })
        + "\n"
        for payload in recording.payloads
    )  # fmt: skip
    done = subprocess.run(
        [require("node"), str(folder / project.script), "parse", project.options],
        input=lines.encode(),
        capture_output=True,
        timeout=60,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(done.stderr.decode("utf-8", "replace")[-2000:])
    found: list[list[Any]] = json.loads(done.stdout)
    return found


def unwrapped(value: Any) -> Any:
    """Give bytes as bytes again."""
    if isinstance(value, dict):
        if value.keys() == {"base64"}:
            return b64decode(value["base64"])
        return {key: unwrapped(each) for key, each in value.items()}
    if isinstance(value, list):
        return [unwrapped(each) for each in value]
    return value
