"""Every foreign format by name: how it is recognised, read and written.

A format is told by what a file says, not by what it is called, except for one whose content is any
JSON. Its code is loaded when it is used. Secrets are taken out here, for all formats alike.
"""

from collections.abc import Collection
from dataclasses import dataclass, replace
from fnmatch import fnmatch
from importlib import import_module
from types import ModuleType

from wirescope.errors import ForeignFormatError, UsageError
from wirescope.workbench.addresses import is_call
from wirescope.workbench.exchange.encodings import as_utf8
from wirescope.workbench.exchange.joining import join_imports
from wirescope.workbench.exchange.model import Exported, Files, Imported, Note, Written
from wirescope.workbench.exchange.secrets import hide_secrets


@dataclass(frozen=True, slots=True)
class ForeignFormat:
    """A format.

    Attributes:
        name: what it is called, as in `--format`.
        about: whose it is, in a few words.
        module: where it is read.
        writer: where it is written; empty when it can only be read.
        names: patterns of files' names, for a format that its content does not tell.
        folder: whether it is also read from a folder of files.
        makes_folder: whether it is written as a folder.
    """

    name: str
    about: str
    module: str
    writer: str = ""
    names: tuple[str, ...] = ()
    folder: bool = False
    makes_folder: bool = False

    def recognise(self, data: bytes, name: str = "") -> bool:
        """Say whether a file is of this format."""
        if self.names:
            return any(fnmatch(name, pattern) for pattern in self.names)
        return bool(_load(self.module).recognise(data))

    def read(self, data: bytes, name: str) -> Imported:
        """Read a file as it stands, secrets included; `name` is what to call what has no name."""
        imported: Imported = _load(self.module).read(data, name)
        return imported

    def recognise_folder(self, files: Files) -> bool:
        """Say whether a folder is of this format."""
        return self.folder and bool(_load(_folder_module(self)).recognise_folder(files))

    def read_folder(self, files: Files, name: str) -> Imported:
        """Read a folder as it stands, secrets included."""
        imported: Imported = _load(_folder_module(self)).read_folder(files, name)
        return imported

    def write(self, exported: Exported) -> Written:
        """Write a workspace, or a part of one."""
        if not self.writer:
            raise UsageError(
                f"{self.name} can be read but not written.",
                hint=f"Choose one of {', '.join(writable())}.",
            )
        for_sockets, notes = _without_calls(exported)
        written: Written = _load(self.writer).write(for_sockets)
        return replace(written, notes=[*notes, *written.notes])


FOREIGN_FORMATS: dict[str, ForeignFormat] = {
    each.name: each
    for each in (
        ForeignFormat("http-env", "environments beside .http files", "http_environments",
                      names=("*.env.json",)),
        ForeignFormat("postman", "Postman", "postman", "postman_writer",
                      folder=True, makes_folder=True),
        ForeignFormat("insomnia", "Insomnia", "insomnia", "insomnia_writer"),
        ForeignFormat("har", "HTTP Archive", "har"),
        ForeignFormat("asyncapi", "AsyncAPI 2 and 3", "asyncapi", "asyncapi_writer"),
        ForeignFormat("opencollection", "Bruno's YAML", "opencollection", folder=True),
        ForeignFormat("bruno", "Bruno", "bruno", "bruno_writer", folder=True, makes_folder=True),
        ForeignFormat("curl", "cURL command lines", "curl", "curl_writer"),
        ForeignFormat("http", ".http files of JetBrains and others", "http_file", "http_writer"),
    )
}  # fmt: skip
"""In the order in which they are tried."""


def writable() -> list[str]:
    """Name the formats that can be written."""
    return sorted(name for name, each in FOREIGN_FORMATS.items() if each.writer)


def recognise_foreign(data: bytes, name: str = "") -> ForeignFormat | None:
    """Tell the format of a file, None where it is none of them."""
    return _recognised(as_utf8(data), name, list(FOREIGN_FORMATS.values()))


def import_foreign(
    data: bytes,
    name: str,
    *,
    form: str | None = None,
    keep_secrets: bool = False,
    taken: Collection[str] = (),
) -> Imported:
    """Read a file of another tool.

    Args:
        data: what the file holds.
        name: what it is called.
        form: its format; without it, it is told by its content.
        keep_secrets: leave secrets where they stand, instead of `{{variables}}` for them.
        taken: names of variables that stand for something else in the workspace.

    Raises:
        ForeignFormatError: it cannot be read.
        UsageError: there is no such format.
    """
    data = as_utf8(data)
    chosen = _by_name(form) if form else _recognised(data, name, list(FOREIGN_FORMATS.values()))
    if chosen is None:
        known = ", ".join(each.about for each in FOREIGN_FORMATS.values())
        raise ForeignFormatError(
            "It is none of the formats that are known.", hint=f"Known: {known}."
        )
    imported = chosen.read(data, _called(chosen, name))
    return imported if keep_secrets else hide_secrets(imported, taken=taken)


def import_foreign_folder(
    files: Files,
    name: str,
    *,
    form: str | None = None,
    keep_secrets: bool = False,
    taken: Collection[str] = (),
) -> Imported:
    """Read a folder of another tool, or each file of it that is of a known format.

    Args:
        files: its files.
        name: what it is called.
        form: its format; without it, it is told by its content.
        keep_secrets: leave secrets where they stand, instead of `{{variables}}` for them.
        taken: names of variables that stand for something else in the workspace.

    Raises:
        ForeignFormatError: it cannot be read; `where` names the file.
    """
    formats = [_by_name(form)] if form else list(FOREIGN_FORMATS.values())
    files = {path: as_utf8(data) for path, data in files.items()}
    chosen = next((each for each in formats if each.recognise_folder(files)), None)
    imported = chosen.read_folder(files, name) if chosen else _each_of(files, formats)
    return imported if keep_secrets else hide_secrets(imported, taken=taken)


def _without_calls(exported: Exported) -> tuple[Exported, list[Note]]:
    """Leave out the endpoints of WebRTC, which no other tool has a place for.

    Raises:
        UsageError: there are no others.
    """
    calls = [name for name, each in exported.endpoints.items() if is_call(each.url)]
    if calls and len(calls) == len(exported.endpoints):
        raise UsageError(
            "No other tool has a place for an endpoint of WebRTC.",
            hint="Give the endpoint's file itself away; it is made to be read.",
        )
    rest = {name: each for name, each in exported.endpoints.items() if name not in calls}
    notes = [Note(name, "It is an endpoint of WebRTC, and was left out.") for name in calls]
    return replace(exported, endpoints=rest), notes


def _recognised(data: bytes, name: str, formats: list[ForeignFormat]) -> ForeignFormat | None:
    return next((each for each in formats if each.recognise(data, name)), None)


def _each_of(files: Files, formats: list[ForeignFormat]) -> Imported:
    found: list[tuple[str, Imported]] = []
    for path, data in sorted(files.items()):
        name = path.rpartition("/")[2]
        chosen = _recognised(data, name, formats)
        if chosen is None:
            continue
        try:
            found.append((path, chosen.read(data, _called(chosen, name))))
        except ForeignFormatError as error:
            where = ", ".join(filter(None, (path, error.where)))
            raise ForeignFormatError(error.message, where=where, hint=error.hint) from None
    if not found:
        raise ForeignFormatError("No file in the folder is of a format that is known.")
    return join_imports(found)


def _by_name(name: str) -> ForeignFormat:
    if name not in FOREIGN_FORMATS:
        known = ", ".join(sorted(FOREIGN_FORMATS))
        raise UsageError(f"There is no format {name!r}.", hint=f"There are {known}.")
    return FOREIGN_FORMATS[name]


def _folder_module(form: ForeignFormat) -> str:
    return "postman_folder" if form.name == "postman" else form.module


def _called(form: ForeignFormat, name: str) -> str:
    """What is told by its name needs all of it."""
    return name if form.names else name.partition(".")[0] or name


def _load(module: str) -> ModuleType:
    return import_module(f"wirescope.workbench.exchange.{module}")
