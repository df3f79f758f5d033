"""Files of a workspace: any bytes are a document or broken, and an edited one says what it should.

A document that is saved as it is stays byte for byte; one whose values are changed keeps the keys
that are not known.
"""

from typing import Any

from msgspec.structs import replace

from wirescope.errors import BrokenFileError
from wirescope.workbench.workspace.documents import (
    ENDPOINT,
    ENVIRONMENT,
    MESSAGE,
    SETTINGS,
    Document,
    Kind,
    read_document,
    write_document,
)
from wirescope.workbench.workspace.env_file import parse_env
from wirescope.workbench.workspace.model import Auth, Header, Limits

SEEDS = [
    b"# c\nurl: ws://a # eol\nheaders:\n  - name: A\n    value: |\n      x\n\n  - {name: B, z: 1}\n"
    b"auth:\n  kind: basic\n  later: [1, {a: b}]\nlimits:\n    open_timeout_s: 1.5\n",
    b'{"url": "a", "query": [{"name": "b"}], "strict": false}',
    b"variables: {a: '1', b: \"2\"}\nsecrets: [c]\n",
    b"kind: json\r\nbody: >-\r\n  {\r\n    }\r\nendpoint:\r\n",
    b"name: x\nretention:\n  days: 3\n",
    b"A=1 # x\nexport B=\"y\\n\"\nC='z'",
]


def check(data: bytes) -> None:
    for kind in (ENDPOINT, ENVIRONMENT, MESSAGE, SETTINGS):
        document = _read(kind, data)
        if document is not None:
            same = write_document(kind, document.value, before=document)
            assert same == data.removeprefix(b"\xef\xbb\xbf")
    _change(data)
    parse_env(data.decode(errors="replace"))


def _read(kind: Kind[Any], data: bytes) -> Document[Any] | None:
    try:
        return read_document(kind, data)
    except BrokenFileError as error:
        problems = error.problems
    assert problems
    assert all(problem.message for problem in problems)
    return None


def _change(data: bytes) -> None:
    before = _read(ENDPOINT, data)
    if before is None:
        return
    headers = (*before.value.headers, Header(name="X", value="a\n b\n"))
    changes = (
        replace(before.value, url="ws://b\nc", headers=headers, strict=not before.value.strict),
        replace(before.value, auth=Auth(kind="bearer", token="{{t}}"), limits=Limits()),
        replace(before.value, headers=(), query=(), description="# x"),
    )
    unknown = {each.message for each in before.problems if "is not known" in each.message}
    for value in changes:
        after = read_document(ENDPOINT, write_document(ENDPOINT, value, before=before))
        assert after.value == value
        if len(value.headers) >= len(before.value.headers) and len(value.query) >= len(
            before.value.query
        ):
            assert unknown <= {each.message for each in after.problems}
