"""What a foreign file becomes, and what a workspace becomes in a foreign file.

Names are paths in the workspace, as `chat/room` for `endpoints/chat/room.yaml`. A note says what
was understood in part or not at all, and where it stands in the file. Not here: any format.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from wirescope.workbench.workspace import Endpoint, Environment, SavedMessage

Files = Mapping[str, bytes]
"""The files of a folder by their paths in it, with `/` between the parts."""


@dataclass(frozen=True, slots=True)
class Note:
    """Something that is to be said about a part of a file.

    Attributes:
        place: where it stands, as `item[2].headers[0]` or `line 12`; empty for the whole.
        text: one or two sentences.
    """

    place: str
    text: str

    def __str__(self) -> str:
        return f"{self.place}: {self.text}" if self.place else self.text


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read from a file or a folder of another tool.

    Attributes:
        form: the name of the format.
        endpoints: by name.
        messages: by name; their `endpoint` is a name in `endpoints`.
        environments: by name.
        secrets: values that stood in the file and were replaced by `{{name}}`, by name. They are
            in none of the records above.
        notes: what was not carried over, or differs.
    """

    form: str
    endpoints: dict[str, Endpoint]
    messages: dict[str, SavedMessage]
    environments: dict[str, Environment]
    secrets: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Exported:
    """What is to be written for another tool.

    Attributes:
        name: what the whole is called.
        endpoints: by name.
        messages: by name.
        environments: by name.
    """

    name: str
    endpoints: Mapping[str, Endpoint]
    messages: Mapping[str, SavedMessage] = field(default_factory=dict)
    environments: Mapping[str, Environment] = field(default_factory=dict)

    def messages_of(self, endpoint: str) -> dict[str, SavedMessage]:
        """Give the messages that belong to an endpoint, by name."""
        return {
            name: message for name, message in self.messages.items() if message.endpoint == endpoint
        }


@dataclass(frozen=True, slots=True)
class Written:
    """Files of another tool.

    Attributes:
        files: by path; a format of single files has one.
        notes: what the format has no place for.
    """

    files: dict[str, bytes]
    notes: list[Note] = field(default_factory=list)


def free_path(stem: str, suffix: str, files: Mapping[str, bytes]) -> str:
    """Give a path that no file has yet, with a number where that is needed."""
    number, path = 1, f"{stem}{suffix}"
    while path in files:
        number += 1
        path = f"{stem} {number}{suffix}"
    return path


Tell = Callable[[str, str], None]
"""Takes a note: its place, and its text."""
