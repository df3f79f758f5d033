"""What we write is read by the tools themselves, and what they write is read by us."""

import asyncio
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.support.node_packages import with_packages
from tests.workbench.exchange.test_asyncapi import VERSION_2, VERSION_3
from wirescope.events import Emission, Timeline, WebSocketMessage
from wirescope.transports.websocket import Acceptance, Request, WebSocketConnection, serve
from wirescope.workbench.exchange import FOREIGN_FORMATS, Exported, import_foreign_folder
from wirescope.workbench.exchange.postman import read as read_postman
from wirescope.workbench.workspace import (
    Auth,
    Cookie,
    Endpoint,
    Environment,
    Header,
    Heartbeat,
    Limits,
    Parameter,
    SavedMessage,
)

pytestmark = [pytest.mark.slow, pytest.mark.requires("node", "npm"), pytest.mark.timeout(600)]

CLIENTS = Path(__file__).with_name("clients")

EXPORTED = Exported(
    "Chat",
    {
        "rooms/lobby": Endpoint(
            url="wss://{{host}}/lobby",
            description="The lobby.",
            query=(Parameter(name="room", value="a b"), Parameter(name="off", enabled=False)),
            headers=(
                Header(name="X-A", value="b: c"),
                Header(name="X-Off", value="1", enabled=False),
            ),
            origin="https://app.example",
            cookies=(Cookie(name="theme", value="dark"),),
            auth=Auth(kind="bearer", token="{{token}}"),
            subprotocols=("chat", "v2"),
            limits=Limits(open_timeout_s=5),
            heartbeat=Heartbeat(interval_s=10),
        ),
        "feed": Endpoint(url="ws://localhost:8080/feed"),
    },
    {
        "rooms/lobby/join": SavedMessage(
            kind="json", body='{\n  "op": "join"\n}', endpoint="rooms/lobby"
        ),
        "rooms/lobby/hi": SavedMessage(body="hello\nthere", endpoint="rooms/lobby"),
    },
    {"dev": Environment(variables={"host": "chat.example"}, secrets=("token",))},
)


@pytest.fixture(scope="module")
def packages(real_part: Callable[[str], str]) -> Path:
    return with_packages(CLIENTS, "clients", real_part("npm"))


@pytest.fixture
def ask(packages: Path, real_part: Callable[[str], str]) -> Callable[[str, bytes], Any]:
    """Run one of the scripts on a text; give what it prints."""

    def run(script: str, text: bytes) -> Any:
        done = subprocess.run(
            [real_part("node"), packages / script],
            input=text,
            capture_output=True,
            timeout=120,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    return run


def written(form: str) -> bytes:
    return next(iter(FOREIGN_FORMATS[form].write(EXPORTED).files.values()))


def test_bruno_reads_the_collection_that_we_write(ask: Callable[[str, bytes], Any]) -> None:
    files = FOREIGN_FORMATS["bruno"].write(EXPORTED).files
    texts = {path: data.decode() for path, data in files.items()}
    read = ask("bruno.js", json.dumps({"read": texts}).encode())
    lobby = read["rooms/lobby.bru"]
    assert (lobby["type"], lobby["name"]) == ("ws-request", "lobby")
    assert lobby["request"]["url"] == "wss://{{host}}/lobby?room=a%20b"
    headers = {
        each["name"]: (each["value"], each["enabled"]) for each in lobby["request"]["headers"]
    }
    assert headers == {
        "X-A": ("b: c", True),
        "X-Off": ("1", False),
        "Origin": ("https://app.example", True),
        "Sec-WebSocket-Protocol": ("chat, v2", True),
        "Cookie": ("theme=dark", True),
    }
    assert lobby["request"]["auth"] == {"mode": "bearer", "bearer": {"token": "{{token}}"}}
    messages = {
        each["name"]: (each["type"], each["content"]) for each in lobby["request"]["body"]["ws"]
    }
    assert messages == {"join": ("json", '{\n  "op": "join"\n}'), "hi": ("text", "hello\nthere")}
    assert lobby["settings"]["timeout"] == 5000
    assert lobby["request"]["docs"] == "The lobby."
    variables = {
        each["name"]: (each["value"], each["secret"])
        for each in read["environments/dev.bru"]["variables"]
    }
    assert variables == {"host": ("chat.example", False), "token": ("", True)}


@pytest.mark.parametrize("form", ["bru", "yml"])
def test_we_read_what_bruno_writes(ask: Callable[[str, bytes], Any], form: str) -> None:
    files = ask("bruno.js", json.dumps({"write": form}).encode())
    imported = import_foreign_folder({path: text.encode() for path, text in files.items()}, "Chat")
    assert imported.endpoints == {
        "Rooms/Chat room": Endpoint(
            url="wss://{{host}}/chat",
            description="The lobby.",
            query=(Parameter(name="room", value="1"),),
            headers=(
                Header(name="X-All", value="1"),
                Header(name="X-A", value="b: c"),
                Header(name="X-Off", value="1", enabled=False),
            ),
            auth=Auth(kind="bearer", token="{{tok}}"),
            subprotocols=("chat", "v2"),
            limits=Limits(open_timeout_s=5),
            heartbeat=Heartbeat(interval_s=10),
        )
    }
    assert {name: each.body for name, each in imported.messages.items()} == {
        "Rooms/Chat room/hello": '{\n  "a": 1\n}',
        "Rooms/Chat room/bye": "plain",
    }
    assert imported.environments["dev"] == Environment(
        variables={"host": "chat.example"}, secrets=("tok",)
    )
    assert imported.environments["Chat"] == Environment(variables={"base": "x"})
    assert any("none is ever run" in str(note) for note in imported.notes)


def test_the_parser_of_asyncapi_finds_no_error_in_what_we_write(
    ask: Callable[[str, bytes], Any],
) -> None:
    assert ask("asyncapi.js", written("asyncapi")) == {
        "errors": [],
        "channels": [
            {
                "address": "/lobby",
                "servers": ["wss://{host}/"],
                "messages": ["join", "hi"],
                "receives": 1,
            },
            {
                "address": "/feed",
                "servers": ["ws://localhost:8080/"],
                "messages": [],
                "receives": 1,
            },
        ],
    }


@pytest.mark.parametrize("document", [VERSION_2, json.dumps(VERSION_3)], ids=["2", "3"])
def test_the_documents_that_our_tests_read_are_valid(
    ask: Callable[[str, bytes], Any], document: str
) -> None:
    assert ask("asyncapi.js", document.encode())["errors"] == []


def test_insomnia_takes_the_export_that_we_write_for_its_own(
    ask: Callable[[str, bytes], Any],
) -> None:
    data = written("insomnia")
    read = ask("insomnia.js", data)
    assert read["format"] == "insomnia-4"
    ours = json.loads(data)["resources"]
    assert len(read["resources"]) == len(ours)
    for theirs, each in zip(read["resources"], ours, strict=True):
        assert theirs.items() >= each.items()


def test_we_read_what_postmans_sdk_writes(ask: Callable[[str, bytes], Any]) -> None:
    made = ask("postman.js", b"")
    imported = read_postman(json.dumps(made["collection"]).encode(), "x")
    assert imported.endpoints == {
        "Rooms/Lobby": Endpoint(
            url="wss://{{host}}/rooms/{{id}}",
            query=(Parameter(name="since", value="5"),),
            headers=(Header(name="X-A", value="b: c"),),
            auth=Auth(kind="bearer", token="{{token}}"),
        )
    }
    assert imported.environments == {"Chat": Environment(variables={"host": "chat.example"})}
    environment = read_postman(json.dumps(made["environment"]).encode(), "x")
    assert environment.environments == {"Dev": Environment(variables={"host": "localhost"})}


async def test_httpyac_sends_the_messages_of_the_file_that_we_write(
    packages: Path, real_part: Callable[[str], str], tmp_path: Path
) -> None:
    emissions: list[Emission] = []

    async def echo(connection: WebSocketConnection) -> None:
        async for message in connection:
            await connection.send(message.text)

    def answer(_: Request) -> Acceptance:
        # With permessage-deflate it exits before its last message is compressed and sent.
        return Acceptance(handler=echo, compression=None)

    async with serve(
        answer, host="127.0.0.1", port=0, timeline=Timeline(), sink=emissions.extend
    ) as server:
        bodies = ['{"op": "join"}', "several\nlines", "last"]
        messages = {
            f"a/{number}": SavedMessage(body=body, endpoint="a")
            for number, body in enumerate(bodies)
        }
        endpoint = Endpoint(url=f"{server.url}/", headers=(Header(name="X-A", value="b"),))
        exported = Exported("all", {"a": endpoint}, messages)
        (tmp_path / "all.http").write_bytes(
            FOREIGN_FORMATS["http"].write(exported).files["all.http"]
        )
        program = packages / "node_modules" / "httpyac" / "bin" / "httpyac.js"
        command: list[str | Path] = [
            real_part("node"),
            program,
            "send",
            "all.http",
            "--all",
            "-o",
            "none",
        ]
        await asyncio.to_thread(_run, command, tmp_path)
    received = [
        each.text
        for each in emissions
        if isinstance(each, WebSocketMessage) and each.direction == "received"
    ]
    assert received == bodies


def _run(command: list[str | Path], folder: Path) -> None:
    subprocess.run(
        command, cwd=folder, stdin=subprocess.DEVNULL, capture_output=True, timeout=120, check=True
    )
