"""`wirescope export`: a workspace's endpoints and messages in files of other tools."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from wirescope.cli.commands import Command, Option
from wirescope.errors import UsageError

if TYPE_CHECKING:
    from wirescope.workbench.exchange import Note, Written

FORMS = ("curl", "http", "asyncapi", "postman", "insomnia", "bruno")


@click.command(
    cls=Command,
    name="export",
    examples=[
        ("One endpoint as a curl command", "wirescope export --format curl prices/feed"),
        ("All of it for Insomnia", "wirescope export --format insomnia -o workspace.json"),
        ("A folder for Bruno", "wirescope export --format bruno -o collection"),
        ("Describe a server", "wirescope export --format asyncapi prices > asyncapi.yaml"),
    ],
)
@click.argument("names", metavar="[NAME]...", nargs=-1)
@click.option("--format", "form", cls=Option, required=True, type=click.Choice(FORMS),
              help="Whose files to write.")  # fmt: skip
@click.option("--workspace", cls=Option, metavar="DIR",
              type=click.Path(file_okay=False, path_type=Path), default=Path(),
              help="The workspace; without it, the current folder.")  # fmt: skip
@click.option("-o", "--output", cls=Option, type=click.Path(path_type=Path), metavar="PATH",
              help="Where to; stdout without it. postman and bruno make a folder.")  # fmt: skip
def command(names: tuple[str, ...], form: str, workspace: Path, output: Path | None) -> int:
    """Write endpoints, or those of a folder, with their messages as another tool has them.

    Secrets stay the names that they are. What the format has no place for is told.
    """
    from wirescope.workbench.exchange import FOREIGN_FORMATS, take_out
    from wirescope.workbench.workspace import Workspace

    chosen = FOREIGN_FORMATS[form]
    if chosen.makes_folder and output is None:
        raise UsageError(f"{form} is a folder of files.", hint="Name the folder with -o DIR.")
    exported, notes = take_out(Workspace.open(workspace), names)
    if not exported.endpoints:
        raise UsageError(
            "The workspace has no endpoints.", hint="`wirescope import` makes some of a file."
        )
    written = chosen.write(exported)
    if output is None:
        _print(written)
    else:
        paths = _paths(written, output, makes_folder=chosen.makes_folder)
        _write(paths)
        count = len(exported.endpoints)
        number = f"{count:,} endpoints are" if count > 1 else "1 endpoint is"
        _talk(f"{number} in {output}, written as {form}.")
    _tell([*notes, *written.notes])
    return 0


def _print(written: "Written") -> None:
    first, *others = written.files.items()
    click.echo(first[1], nl=False)
    if others:
        listed = ", ".join(path for path, _ in others)
        _talk(f"What belongs beside it is only written with -o: {listed}.")


def _paths(written: "Written", output: Path, *, makes_folder: bool) -> dict[Path, bytes]:
    """Say where each file goes: below the folder, or the first as named and others beside it."""
    if makes_folder:
        return {output / path: data for path, data in written.files.items()}
    first, *others = written.files.items()
    return {output: first[1]} | {output.parent / path: data for path, data in others}


def _write(paths: dict[Path, bytes]) -> None:
    """Write new files; what is there already was perhaps edited, and is left alone."""
    there = [str(path) for path in paths if path.exists() or path.is_symlink()]
    if there:
        raise UsageError(
            f"{', '.join(there[:5])} {'exists' if len(there) == 1 else 'exist'} already.",
            hint="Name another place with -o, or move what is there.",
        )
    for path, data in paths.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with path.open("xb") as file:  # also not through a link that leads nowhere yet
                file.write(data)
        except FileExistsError:
            raise UsageError(f"{path} is there already, so it is left alone.") from None
        except OSError as error:
            reason = error.strerror or str(error)
            raise UsageError(f"{path} cannot be written: {reason}.") from None


def _tell(notes: "list[Note]") -> None:
    for note in notes:
        _talk(str(note))


def _talk(line: str) -> None:
    from wirescope.cli.escape import escape
    from wirescope.cli.width import fitted

    click.echo(fitted(f"* {escape(line)}"), err=True)
