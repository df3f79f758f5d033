"""An endpoint of a workspace, connected to a server of the `websockets` library and recorded."""

from random import Random

import pytest
from websockets.asyncio.server import serve

from wirescope.transports import websocket
from wirescope.workbench import recording
from wirescope.workbench.workspace import (
    ENDPOINT,
    ENVIRONMENT,
    Auth,
    Endpoint,
    Environment,
    Header,
    Parameter,
    prepare_endpoint,
)

SECRETS = {
    "token": "tok-8f3a & more",
    "key": "key-51c2",
    "path": "päth 77e0",
    "protocol": "prt-9d14",
}


@pytest.fixture
def endpoint(workspace):
    """An endpoint that uses a secret wherever one may stand."""
    for name, value in SECRETS.items():
        workspace.secrets.store(name, value, place=".env")
    names = tuple(SECRETS)
    local = Environment(variables={"bearer": "{{key}}", "x": "seen"}, secrets=names)
    workspace.save(ENVIRONMENT, "local", local, digest=None)
    value = Endpoint(
        url="ws://127.0.0.1:{{port}}/{{path}}",
        query=(Parameter(name="q", value="{{token}}"), Parameter(name="x", value="{{x}}")),
        headers=(Header(name="X-Key", value="{{key}}"),),
        auth=Auth(kind="bearer", token="{{bearer}}"),
        subprotocols=("{{protocol}}",),
    )
    return workspace.save(ENDPOINT, "feed", value, digest=None).value


async def test_secrets_reach_the_server_and_no_file_but_their_own(workspace, endpoint):
    seen = []

    async def handler(connection):
        seen.append(connection.request)
        await connection.send("hello")

    async with serve(handler, "127.0.0.1", 0, subprotocols=[SECRETS["protocol"]]) as server:
        port = server.sockets[0].getsockname()[1]
        environment = workspace.read(ENVIRONMENT, "local")
        with_port = Environment(
            variables=environment.value.variables | {"port": str(port)},
            secrets=environment.value.secrets,
        )
        workspace.save(ENVIRONMENT, "local", with_port, digest=environment.digest)
        resolver = workspace.resolver("local", variables={}, random=Random(1))
        prepared = prepare_endpoint(endpoint, resolver, root=workspace.root, environment={})
        path = workspace.history.new_path("feed")
        async with recording(path, secrets=prepared.secrets) as kept:
            connection = await websocket.connect(
                prepared.url, options=prepared.options, timeline=kept.timeline, sink=kept.sink
            )
            assert (await connection.receive()).text == "hello"
            await connection.close()
    (request,) = seen
    assert request.path == "/p%C3%A4th%2077e0?q=tok-8f3a%20%26%20more&x=seen"
    assert request.headers["X-Key"] == SECRETS["key"]
    assert request.headers["Authorization"] == f"Bearer {SECRETS['key']}"
    (capture,) = workspace.history.captures()
    assert capture.glance.connections == 1
    assert "x=seen" in capture.glance.url
    shown = repr(capture)
    for part in ("8f3a", "51c2", "77e0", "9d14"):
        files = [file for file in workspace.root.rglob("*") if file.is_file()]
        found = [file.name for file in files if part.encode() in file.read_bytes()]
        assert found == [".env"]
        assert part not in shown
