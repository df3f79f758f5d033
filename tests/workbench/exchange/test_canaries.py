"""Secrets planted wherever other tools keep them come into no file and no note."""

import json
import re
from pathlib import Path

import pytest

from wirescope.workbench.exchange import FOREIGN_FORMATS, import_foreign, place, take_out
from wirescope.workbench.workspace import Workspace

CANARY = re.compile(r"c4n4ry[\w-]*")

CURL = """\
curl 'wss://user:c4n4ry-0@a.example/x?token=c4n4ry-1&page=2' -x http://me:c4n4ry-2@p.example
curl wss://a.example -H 'Authorization: Bearer c4n4ry-3' -b 'sid=c4n4ry-4; lang=c4n4ry-5'
curl wss://a.example -u 'me:c4n4ry-6' --cert 'me.pem:c4n4ry-7' -H 'X-Api-Key: c4n4ry-8'
curl wss://a.example --oauth2-bearer c4n4ry-9 --data c4n4ry-10 --variable x=c4n4ry-11 -U a:c4n4ry-12
curl wss://a.example -H 'Sec-WebSocket-Protocol: chat' -H 'Cookie: c4n4ry-13' -K c4n4ry-14
"""
HTTP = """\
@password = c4n4ry-20
### a
WEBSOCKET wss://a.example/?access_token=c4n4ry-21
Authorization: Basic me c4n4ry-22
X-Auth-Token: c4n4ry-23
# Authorization: Bearer c4n4ry-24

{"type": "auth", "token": "c4n4ry-25", "nested": {"client_secret": "c4n4ry-26"}}
===
Bearer c4n4ry-27
"""
ASYNCAPI = {
    "asyncapi": "3.0.0",
    "servers": {"a": {"host": "a.example", "protocol": "wss"}},
    "channels": {
        "c": {
            "address": "/x",
            "parameters": {"session_id": {"default": "c4n4ry-30"}},
            "bindings": {
                "ws": {
                    "query": {"properties": {"api_key": {"default": "c4n4ry-31"}}},
                    "headers": {"properties": {"Authorization": {"const": "Bearer c4n4ry-32"}}},
                }
            },
            "messages": {"m": {"examples": [{"payload": {"password": "c4n4ry-33"}}]}},
        }
    },
}
POSTMAN = {
    "info": {"schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"},
    "auth": {"type": "bearer", "bearer": [{"key": "token", "value": "c4n4ry-40"}]},
    "variable": [
        {"key": "apiKey", "value": "c4n4ry-41"},
        {"key": "x", "value": "c4n4ry-42", "type": "secret"},
    ],
    "item": [
        {
            "name": "a",
            "request": {
                "url": {"raw": "wss://a.example/?sig=c4n4ry-43"},
                "header": [{"key": "Cookie", "value": "a=c4n4ry-44", "disabled": True}],
                "description": "Log in with Bearer c4n4ry-40.",
            },
        }
    ],
}
INSOMNIA = {
    "__export_format": 4,
    "resources": [
        {
            "_id": "ws-req_1",
            "_type": "websocket_request",
            "name": "a",
            "url": "wss://a.example",
            "authentication": {"type": "apikey", "key": "X-Key-Token", "value": "c4n4ry-50"},
            "parameters": [{"name": "jwt", "value": "c4n4ry-51", "disabled": True}],
        },
        {"_id": "p", "_type": "websocket_payload", "parentId": "ws-req_1",
         "value": '{"api_key":"c4n4ry-52"}', "mode": "application/json"},
        {"_id": "e", "_type": "environment", "name": "dev",
         "data": {"db": {"password": "c4n4ry-53"}, "__insomnia_vault": {"pin": "c4n4ry-54"}}},
    ],
}  # fmt: skip
BRUNO = """\
meta {
  name: a
  type: ws
}

ws {
  url: wss://a.example
  auth: digest
}

headers {
  ~X-Secret: c4n4ry-60
}

auth:digest {
  username: me
  password: c4n4ry-61
}

body:ws {
  type: json
  content: '''
    {"refresh_token": "c4n4ry-62"}
  '''
}

script:pre-request {
  const token = "c4n4ry-63"
}
"""

PLANTED = {
    "curl": CURL,
    "http": HTTP,
    "asyncapi": json.dumps(ASYNCAPI),
    "postman": json.dumps(POSTMAN),
    "insomnia": json.dumps(INSOMNIA),
    "bruno": BRUNO,
}


@pytest.mark.parametrize("form", PLANTED)
def test_no_planted_secret_comes_into_a_file_a_note_or_an_export(form: str, tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "chat")
    imported = import_foreign(PLANTED[form].encode(), "planted", form=form)
    placing = place(imported, workspace)
    assert imported.endpoints
    files = [path for path in workspace.root.rglob("*") if path.is_file()]
    told = "".join(map(str, placing.imported.notes))
    exported, _ = take_out(workspace)
    made = [each.write(exported) for each in FOREIGN_FORMATS.values() if each.writer]
    written = [data.decode() for each in made for data in each.files.values()]
    texts = [path.read_text("utf-8") for path in files] + [told, *written, *map(str, files)]
    assert [found for text in texts for found in CANARY.findall(text)] == []
    kept = {found for value in imported.secrets.values() for found in CANARY.findall(value)}
    assert kept
