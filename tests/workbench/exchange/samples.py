"""A file of each format, for what holds for all of them."""

import json

from tests.workbench.exchange.test_asyncapi import VERSION_2, VERSION_3
from tests.workbench.exchange.test_bruno import COLLECTION, REQUEST
from tests.workbench.exchange.test_curl import CHROME
from tests.workbench.exchange.test_http_file import FILE
from tests.workbench.exchange.test_insomnia import RESOURCES, VERSION_5
from tests.workbench.exchange.test_postman import SOCKET, collection

HAR = {
    "log": {
        "version": "1.2",
        "entries": [
            {
                "request": {"url": "wss://a.example/", "headers": [{"name": "X", "value": "y"}]},
                "_webSocketMessages": [{"type": "send", "time": 1, "opcode": 1, "data": "hi"}],
            }
        ],
    }
}
CMD = 'curl ^"https://a.example/?a=1^&b=2^" ^\r\n  -H ^"X: ^\\^"q^\\^"^" ^\r\n  -u me:pw'

FILES: dict[tuple[str, int], bytes] = {
    ("asyncapi", 2): VERSION_2.encode(),
    ("asyncapi", 3): json.dumps(VERSION_3).encode(),
    ("bruno", 1): REQUEST.encode(),
    ("curl", 1): CHROME.encode(),
    ("curl", 2): CMD.encode(),
    ("har", 1): json.dumps(HAR).encode(),
    ("http", 1): FILE.encode(),
    ("insomnia", 4): json.dumps({"__export_format": 4, "resources": RESOURCES}).encode(),
    ("insomnia", 5): VERSION_5,
    ("opencollection", 1): COLLECTION["opencollection.yml"],
    ("opencollection", 2): COLLECTION["Rooms/Lobby.yml"],
    ("postman", 2): collection(SOCKET),
}
"""By format and number."""
