"""The part of `wirescope import` that fills a workspace from other tools' files."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from wirescope.errors import ForeignFormatError, UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from wirescope.workbench.exchange import Imported, Placing
    from wirescope.workbench.workspace import Workspace

Secrets = Literal["out", "env", "keep"]

FORMS = (
    *("asyncapi", "bruno", "curl", "http", "http-env", "insomnia", "opencollection", "postman"),
)
"""Formats of endpoints; `har` is one of captures as well, and is taken for that by default."""

_WHOLE = 64 << 20
"""A longer file is no collection."""


def is_foreign(file: str, form: str | None, *, output: bool, workspace: bool) -> bool:
    """Say whether a file has endpoints to import, rather than a capture.

    Args:
        file: its path; `-` is stdin.
        form: the format that it is said to have.
        output: whether a capture was named to be made.
        workspace: whether a workspace was named to be filled.
    """
    path = Path(file)
    if output or form not in (None, "har", *FORMS):
        return False
    if workspace or form in FORMS or path.is_dir():
        return True
    if form == "har" or not path.is_file():
        return False
    return _looks_foreign(path)


def _looks_foreign(path: Path) -> bool:
    from wirescope.workbench.exchange import recognise_foreign

    try:
        if path.stat().st_size > _WHOLE:
            return False
        data = path.read_bytes()
    except OSError:
        return False
    first_line = data[: 1 << 16].partition(b"\n")[0]
    if b'"seq"' in first_line or data.startswith((b"SQLite format 3\0", b"PK\x03\x04")):
        return False
    found = recognise_foreign(data, path.name)
    return found is not None and found.name != "har"


def import_foreign(
    file: str,
    form: str | None,
    *,
    workspace: Path | None,
    folder: str,
    secrets: Secrets,
    dry_run: bool,
) -> int:
    """Put what a file or a folder has into a workspace, and say what was made.

    Args:
        file: its path; `-` is stdin.
        form: the format that it is said to have.
        workspace: where to; the current folder without it.
        folder: of the workspace, where endpoints and messages go.
        secrets: what becomes of the values of secrets.
        dry_run: write nothing.
    """
    from wirescope.workbench.exchange import into_folder, place
    from wirescope.workbench.workspace import Workspace

    there = _workspace(workspace)
    imported = into_folder(_read(file, form, there, keep_secrets=secrets == "keep"), folder)
    target = Workspace.create(_folder(workspace)) if there is None and not dry_run else there
    placing = _planned(imported) if target is None else place(imported, target, dry_run=dry_run)
    if there is None:
        _talk(f"{workspace} {'would become' if dry_run else 'is now'} a workspace.")
    for each in placing.files:
        if each.outcome != "same":
            click.echo(_safe(each.path))
    _talk(_summary(placing, _folder(workspace), dry_run=dry_run))
    _keep_secrets(placing.imported.secrets, target, secrets, dry_run=dry_run)
    for note in placing.imported.notes:
        _talk(str(note))
    return 0


def _folder(workspace: Path | None) -> Path:
    return workspace or Path()


def _workspace(folder: Path | None) -> "Workspace | None":
    """Open the workspace; None where a folder that was named is none yet."""
    from wirescope.workbench.workspace import Workspace

    if (_folder(folder) / "wirescope.yaml").is_file():
        return Workspace.open(_folder(folder))
    if folder is None:
        raise UsageError(
            "The current folder is not a workspace, so there is nowhere to put endpoints.",
            hint="Name a folder with --workspace DIR; it becomes one where it is none.",
        )
    return None


def _read(
    file: str, form: str | None, workspace: "Workspace | None", *, keep_secrets: bool
) -> "Imported":
    from wirescope.workbench import exchange

    taken = exchange.names_taken(workspace) if workspace is not None else set()
    path = Path(file)
    try:
        if path.is_dir():
            return exchange.import_foreign_folder(
                exchange.read_files(path), path.resolve().name, form=form,
                keep_secrets=keep_secrets, taken=taken,
            )  # fmt: skip
        name = "stdin" if file == "-" else path.name
        return exchange.import_foreign(
            _bytes(file), name, form=form, keep_secrets=keep_secrets, taken=taken
        )
    except ForeignFormatError as error:
        where = ", ".join(filter(None, (file, error.where)))
        raise ForeignFormatError(error.message, where=where, hint=error.hint) from None


def _bytes(file: str) -> bytes:
    try:
        if file == "-":
            data = sys.stdin.buffer.read(_WHOLE + 1)
        else:
            with Path(file).open("rb") as stream:
                data = stream.read(_WHOLE + 1)
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(f"{file} cannot be read: {reason}.") from None
    if len(data) > _WHOLE:
        raise ForeignFormatError(
            f"It is longer than {_WHOLE >> 20} MiB.", hint="Export a part of it and import that."
        )
    return data


def _planned(imported: "Imported") -> "Placing":
    """Say what a workspace that does not exist yet would have."""
    from wirescope.workbench.exchange import Placed, Placing

    kinds = {
        "endpoints": list(imported.endpoints),
        "messages": list(imported.messages),
        "environments": list(imported.environments),
    }
    files = [
        Placed(f"{kind}/{name}.yaml", "made") for kind, found in kinds.items() for name in found
    ]
    return Placing(tuple(files), imported)


def _summary(placing: "Placing", folder: Path, *, dry_run: bool) -> str:
    counts = {"endpoints": 0, "messages": 0, "environments": 0}
    for each in placing.files:
        counts[each.path.partition("/")[0]] += each.outcome != "same"
    words = [
        f"{count:,} {kind if count != 1 else kind[:-1]}" for kind, count in counts.items() if count
    ]
    same = sum(each.outcome == "same" for each in placing.files)
    already = f" {same:,} that were there already say the same." if same else ""
    if not words:
        return f"Nothing new for {folder}, read as {placing.imported.form}.{already}"
    listed = " and ".join(", ".join(words).rsplit(", ", 1))
    verb = "would come into" if dry_run else "are in" if sum(counts.values()) != 1 else "is in"
    return f"{listed} {verb} {folder}, read as {placing.imported.form}.{already}"


def _keep_secrets(
    values: "Mapping[str, str]", workspace: "Workspace | None", secrets: Secrets, *, dry_run: bool
) -> None:
    if not values:
        return
    listed = ", ".join(values)
    if secrets == "out":
        _talk(f"Secrets were left out: {listed}. Give them values in .env, or use --secrets env.")
        return
    if workspace is not None and not dry_run:
        workspace.secrets.store_missing(values)
    _talk(f"Secrets {'would go' if dry_run else 'are'} in .env, which git leaves out: {listed}.")


def _talk(line: str) -> None:
    from wirescope.cli.width import fitted

    click.echo(fitted(f"* {_safe(line)}"), err=True)


def _safe(line: str) -> str:
    from wirescope.cli.escape import escape

    return escape(line)  # what a file says comes from whoever made it
