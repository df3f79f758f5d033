"""Where hostile text is put: a server that says it, and files of other tools that hold it."""

import json
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Thread
from typing import Any

from websockets.datastructures import Headers
from websockets.exceptions import WebSocketException
from websockets.http11 import Request, Response
from websockets.sync.server import ServerConnection, serve

LINGERS_S = 40
"""Seconds that a connection stays open, so that somebody can look meanwhile."""

LONGEST_REASON = 123
"""Bytes of a close reason (RFC 6455 section 5.5)."""


def in_a_header(text: str) -> str:
    """Keep what a header's value can hold."""
    return "".join(each for each in text if " " <= each <= "~")


@contextmanager
def hostile_server(texts: list[str]) -> Iterator[str]:
    """Serve what says all these texts, in each way that a server has to say something."""

    def respond(_: ServerConnection, request: Request, response: Response) -> Response:
        for number, text in enumerate(texts[:60]):
            response.headers[f"X-Hostile-{number}"] = in_a_header(text)
        if request.path.startswith("/refused"):
            body = "".join(texts[:20]).encode()
            headers = Headers({"Content-Type": "text/html", "X-Hostile": in_a_header(texts[0])})
            headers["Content-Length"] = str(len(body))
            return Response(403, in_a_header(texts[2]), headers, body)
        return response

    def talk(connection: ServerConnection) -> None:
        with suppress(WebSocketException):
            for number, text in enumerate(texts):
                connection.send(text)
                connection.send(json.dumps({"id": number, "method": text, text: [text]}))
                connection.send(text.encode())
                if number < 20:
                    connection.ping(text.encode()[:120] + bytes([number]))
            with suppress(TimeoutError):
                connection.recv(timeout=LINGERS_S)
            reason = texts[2].encode()[:LONGEST_REASON].decode("utf-8", "ignore")
            connection.close(4000, reason)

    with serve(talk, "127.0.0.1", 0, process_response=respond) as server:
        port = server.socket.getsockname()[1]
        Thread(target=server.serve_forever, daemon=True).start()
        try:
            yield f"ws://127.0.0.1:{port}"
        finally:
            server.shutdown()


def foreign_files(texts: list[str], url: str) -> dict[str, str]:
    """Write files of other tools in which everything is named so."""
    a, b, c, d, *_ = texts
    request = {"name": a, "request": {"url": {"raw": f"{url}/?q={b}"}, "description": c}}
    postman = {
        "info": {
            "name": a,
            "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json",
        },
        "item": [
            {"name": each, "request": {"url": f"{url}/", "header": [{"key": "X", "value": each}]}}
            for each in texts[:30]
        ]
        + [request],
        "variable": [{"key": "v", "value": d}],
    }
    entry: dict[str, Any] = {
        "startedDateTime": "2026-01-01T00:00:00.000Z",
        "time": 1,
        "request": {
            "method": "GET",
            "url": f"{url}/?{in_a_header(a)}",
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": "X-Hostile", "value": in_a_header(b)}],
            "queryString": [],
            "cookies": [],
            "headersSize": -1,
            "bodySize": -1,
        },
        "response": {
            "status": 101,
            "statusText": in_a_header(c),
            "httpVersion": "HTTP/1.1",
            "headers": [{"name": "X-Hostile", "value": in_a_header(d)}],
            "cookies": [],
            "content": {"size": 0, "mimeType": a},
            "redirectURL": "",
            "headersSize": -1,
            "bodySize": -1,
        },
        "cache": {},
        "timings": {"send": 0, "wait": 1, "receive": 0},
        "_resourceType": "websocket",
        "_webSocketMessages": [
            {"type": "receive", "time": 1767225600.0 + n, "opcode": 1, "data": each}
            for n, each in enumerate(texts)
        ],
    }
    har = {"log": {"version": "1.2", "creator": {"name": a, "version": b}, "entries": [entry]}}
    asyncapi = {
        "asyncapi": "3.0.0",
        "info": {"title": a, "version": "1", "description": b},
        "servers": {"s": {"host": url.removeprefix("ws://"), "protocol": "ws", "description": c}},
        "channels": {
            "c": {
                "address": "/x",
                "title": d,
                "messages": {
                    f"m{n}": {"name": each, "examples": [{"payload": each}]}
                    for n, each in enumerate(texts[:20])
                },
            }
        },
    }
    insomnia = {
        "_type": "export",
        "__export_format": 4,
        "resources": [
            {"_id": "wrk_1", "_type": "workspace", "name": a},
            *(
                {
                    "_id": f"ws-req_{n}",
                    "parentId": "wrk_1",
                    "_type": "websocket_request",
                    "name": each,
                    "url": f"{url}/",
                    "headers": [{"name": "X-Hostile", "value": each}],
                    "description": each,
                }
                for n, each in enumerate(texts[:20])
            ),
        ],
    }
    http = "".join(
        f"### {in_a_header(each)}\nWEBSOCKET {url}/\nX-Hostile: {in_a_header(each)}\n\n{each}\n\n"
        for each in texts[:20]
    )
    bruno = (
        f"meta {{\n  name: {in_a_header(a)}\n  type: ws\n  seq: 1\n}}\n\n"
        f"ws {{\n  url: {url}/\n  body: ws\n  auth: none\n}}\n\n"
        f"headers {{\n  X-Hostile: {in_a_header(b)}\n}}\n\n"
        f"docs {{\n  {in_a_header(c)}\n}}\n"
    )
    curl = "\n".join(
        f"curl '{url}/?q={n}' -H 'X-Hostile: {in_a_header(each).replace(chr(39), chr(34))}'"
        for n, each in enumerate(texts[:20])
    )
    return {
        "hostile.har": json.dumps(har),
        "hostile.postman_collection.json": json.dumps(postman),
        "hostile.asyncapi.json": json.dumps(asyncapi),
        "hostile.insomnia.json": json.dumps(insomnia),
        "hostile.http": http,
        "hostile.bru": bruno,
        "hostile.curl": curl,
    }
