"""The kinds of files in a workspace, and a file's text to a record and back.

A text is only handed on for writing after it was read again and said the same. The first line of a
new file tells editors which schema it follows.
"""

import hashlib
from dataclasses import dataclass
from typing import Generic, TypeVar

import msgspec

from wirescope.errors import BrokenFileError, UsageError
from wirescope.workbench.workspace import rendering
from wirescope.workbench.workspace.editing import edit
from wirescope.workbench.workspace.keeping import keeping
from wirescope.workbench.workspace.literals import literal_secrets
from wirescope.workbench.workspace.model import (
    Endpoint,
    Environment,
    SavedMessage,
    WorkspaceSettings,
)
from wirescope.workbench.workspace.nodes import MAX_SIZE, parse
from wirescope.workbench.workspace.problems import Problem
from wirescope.workbench.workspace.reading import read

StructT = TypeVar("StructT", bound=msgspec.Struct)

SCHEMA_COMMENT = "# yaml-language-server: $schema="


@dataclass(frozen=True, slots=True)
class Kind(Generic[StructT]):
    """A kind of file.

    Attributes:
        name: in one word; its schema is called so.
        folder: where such files are, below the workspace's folder; empty for the one at its top.
        type: what such a file says.
    """

    name: str
    folder: str
    type: type[StructT]


ENDPOINT = Kind("endpoint", "endpoints", Endpoint)
ENVIRONMENT = Kind("environment", "environments", Environment)
MESSAGE = Kind("message", "messages", SavedMessage)
SETTINGS = Kind("workspace", "", WorkspaceSettings)

KINDS: tuple[Kind[Endpoint] | Kind[Environment] | Kind[SavedMessage], ...] = (
    ENDPOINT,
    ENVIRONMENT,
    MESSAGE,
)
"""The kinds of which there may be many files, each in its folder."""


@dataclass(frozen=True, slots=True)
class Document(Generic[StructT]):
    """A file that was read.

    Attributes:
        value: what it says.
        text: its text.
        digest: of its bytes; a save says which it read.
        problems: advice about it.
    """

    value: StructT
    text: str
    digest: str
    problems: tuple[Problem, ...]


def digest_of(data: bytes) -> str:
    """Return what tells one content of a file from another."""
    return hashlib.sha256(data).hexdigest()


def read_document(kind: Kind[StructT], data: bytes) -> Document[StructT]:
    """Read a file's bytes.

    Raises:
        BrokenFileError: it cannot be used; the problems say where and why.
    """
    text = _decode(data)
    value, problems = read(parse(_with_lf(text)), kind.type)
    if value is None:
        raise BrokenFileError(problems)
    advice = (*problems, *_literals(value, text))
    return Document(value, text, digest_of(data), advice)


def write_document(
    kind: Kind[StructT], value: StructT, *, before: Document[StructT] | None, schema: str = ""
) -> bytes:
    """Return a file's bytes with a value in it.

    Args:
        kind: what kind of file.
        value: what it is to say.
        before: the file as it was; None for a new one.
        schema: for a new one, the path of its schema from the file on; empty for none.

    Raises:
        UsageError: the value holds what no file can.
    """
    _refuse_halves(value)
    if before is not None and value == before.value:
        return before.text.encode()
    text = _edited(before, value) if before is not None else _new(value, schema)
    if before is not None and not _says(kind, text, value):
        text = _anew(before, value)
    data = text.encode()
    if len(data) > MAX_SIZE:
        raise _too_large(len(data))
    if not _says(kind, text, value):
        raise UsageError(
            f"This {kind.name} cannot be written: a text in it is none that YAML can hold.",
            hint="Take out characters that cannot be printed, or use a message of kind hex.",
        )
    return data


def check_size(size: int) -> None:
    """Refuse a file that no person keeps.

    Raises:
        BrokenFileError: it is too large.
    """
    if size > MAX_SIZE:
        error = _too_large(size)
        raise BrokenFileError((Problem(message=error.message, hint=error.hint),))


def _too_large(size: int) -> UsageError:
    return UsageError(
        f"The file has {size:,} bytes; {MAX_SIZE:,} are the most.",
        hint="Keep long content in a file of its own, and send it with a message of kind file.",
    )


def _decode(data: bytes) -> str:
    check_size(len(data))
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        column = error.start - data.rfind(b"\n", 0, error.start)
        problem = Problem(
            message=f"The file is not UTF-8: byte 0x{data[error.start]:02x}.",
            line=line,
            column=column,
            hint="Save it as UTF-8.",
        )
        raise BrokenFileError((problem,)) from None


def _refuse_halves(value: msgspec.Struct) -> None:
    try:
        msgspec.json.encode(value)
    except UnicodeEncodeError:
        raise UsageError(
            "A text has half of a character, a lone surrogate, which no file can hold.",
            hint="Take it out.",
        ) from None


def _with_lf(text: str) -> str:
    return text.replace("\r\n", "\n")


def _edited(before: Document[StructT], value: StructT) -> str:
    text = _with_lf(before.text)
    return _with_its_ends(edit(text, parse(text), before.value, value), before)


def _anew(before: Document[StructT], value: StructT) -> str:
    """Write a whole file that could not be edited; comments are lost, unknown keys are not."""
    text = _with_lf(before.text)
    first = text.partition("\n")[0]
    head = f"{first}\n" if first.startswith(SCHEMA_COMMENT) else ""
    kept = keeping(parse(text), before.value, value, text)
    return _with_its_ends(f"{head}{rendering.mapping(kept, 0)}\n", before)


def _new(value: msgspec.Struct, schema: str) -> str:
    head = f"{SCHEMA_COMMENT}{schema}\n" if schema else ""
    lines = rendering.mapping(rendering.plain(value), 0)
    return f"{head}{lines}\n" if lines else head


def _with_its_ends(text: str, before: Document[StructT]) -> str:
    return text.replace("\n", "\r\n") if "\r\n" in before.text else text


def _says(kind: Kind[StructT], text: str, value: StructT) -> bool:
    try:
        return read(parse(_with_lf(text)), kind.type)[0] == value
    except BrokenFileError:
        return False


def _literals(value: msgspec.Struct, text: str) -> tuple[Problem, ...]:
    return literal_secrets(value, text) if isinstance(value, Endpoint) else ()
