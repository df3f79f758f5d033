"""A file's text with another value in it: what did not change stays byte for byte.

The differences between the old and the new record become edits of the text: a value replaced, a
line put in or taken out. Comments, order, quotes, indentation and unknown keys stay as they were,
so that two people's edits of different lines merge. Where a text is written in a way that cannot
be edited in place, the nearest list or mapping around it is written anew.
"""

import difflib
from dataclasses import dataclass
from typing import Any

import msgspec

from wirescope.workbench.workspace import rendering
from wirescope.workbench.workspace.keeping import has_unknown, keeping
from wirescope.workbench.workspace.nodes import Mapping, Node, Scalar, Sequence
from wirescope.workbench.workspace.rendering import default_of, plain


@dataclass(slots=True)
class _Edit:
    """Put `text` in place of what stands from `start` to `end`."""

    start: int
    end: int
    text: str


class _CannotEditError(Exception):
    """The text is written in a way that cannot be edited in place."""


def edit(text: str, node: Node | None, old: msgspec.Struct, new: msgspec.Struct) -> str:
    """Return a text that says `new`, made from one that says `old`.

    Args:
        text: lines end with LF.
        node: the text, parsed.
        old: the record that was read from it.
        new: the record of the same type that it is to say.
    """
    if not isinstance(node, Mapping) or not node.entries:
        lines = rendering.mapping(plain(new), 0)
        return f"{text.rstrip()}\n{lines}\n".lstrip("\n") if lines else text
    try:
        return _Editor(text).apply(node, old, new)
    except _CannotEditError:
        return f"{rendering.mapping(keeping(node, old, new, text), 0)}\n"


class _Editor:
    """Collects the edits of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._edits: list[_Edit] = []

    def apply(self, node: Mapping, old: msgspec.Struct, new: msgspec.Struct) -> str:
        if node.flow:
            self._replace_flow(node, old, new)
        else:
            self._struct(node, old, new)
        text = self._text
        # Where several begin, those that were made first stand first, and go in last.
        for each in sorted(self._edits, key=lambda each: (each.start, each.end))[::-1]:
            text = text[: each.start] + each.text + text[each.end :]
        return text

    def _struct(self, node: Mapping, old: msgspec.Struct, new: msgspec.Struct) -> None:
        after: list[str] = []
        for field in msgspec.structs.fields(new):
            before, wanted = getattr(old, field.name), getattr(new, field.name)
            if before != wanted:
                unneeded = not field.required and wanted == default_of(field)
                self._field(node, field.name, before, wanted, after, unneeded=unneeded)
            after.insert(0, field.name)

    def _dict(self, node: Mapping, old: dict[str, str], new: dict[str, str]) -> None:
        names = [key.text for key, _ in node.entries]
        in_order = names == sorted(names)  # then new ones go to their place, so that they merge
        for name in old.keys() | new.keys():
            if name not in new:
                self._delete(node, name)
        for name, wanted in new.items():
            if old.get(name) != wanted:
                after = [each for each in names if not in_order or each < name][::-1]
                self._field(node, name, old.get(name), wanted, after, unneeded=False)

    def _field(
        self,
        node: Mapping,
        name: str,
        old: Any,
        new: Any,
        after: list[str],
        *,
        unneeded: bool,
    ) -> None:
        found = node.get(name)
        if found is None:
            if not unneeded:
                self._insert(node, name, new, after)
        elif unneeded and not has_unknown(found[1], new):
            self._delete(node, name)
        else:
            self._value(found[1], old, new, found[0].span.column - 1)

    def _value(self, node: Node, old: Any, new: Any, column: int) -> None:
        """Change a value whose key, or whose dash, is at that column."""
        made = len(self._edits)
        try:
            if isinstance(node, Scalar):
                self._replace(node, plain(new), column)
            elif node.flow:
                self._replace_flow(node, old, new)
            elif isinstance(node, Sequence) and new:
                self._sequence(node, old, new)
            elif isinstance(node, Mapping) and isinstance(new, msgspec.Struct):
                self._struct(node, old, new)
            elif isinstance(node, Mapping) and new:
                self._dict(node, old, new)
            else:
                self._replace(node, plain(new), column)
        except _CannotEditError:
            del self._edits[made:]
            self._replace(node, keeping(node, old, new, self._text), column)

    def _replace_flow(self, node: Node, old: Any, new: Any) -> None:
        kept = keeping(node, old, new, self._text)
        text = rendering.flow(kept, json_too=_is_json(node))
        self._edits.append(_Edit(node.span.start, node.span.end, text))

    def _replace(self, node: Node, new: Any, column: int) -> None:
        start, end = node.span.start, node.span.end
        if self._is_item(node):
            text = rendering.item(new, node.span.column - 3)
            self._edits.append(_Edit(start, end, text.removeprefix("- ")))
            return
        text = rendering.after_key(new, column)
        colon = self._text.rfind(":", 0, start)
        between = self._text[colon + 1 : start]
        if "#" in between and text.startswith("\n"):
            # A comment behind the key stays; the value begins on a line below.
            self._edits.append(_Edit(self._text.index("\n", colon), end, text))
        elif between.strip():
            raise _CannotEditError
        else:
            line_end = self._text.find("\n", end) if "\n" in text else end
            comment = self._text[end:line_end]
            if line_end > end and comment.lstrip(" ").startswith("#"):
                # Behind lines, the comment would be one of them; it goes behind the key.
                first, line_break, rest = text.partition("\n")
                text, end = f"{first}{comment}{line_break}{rest}", line_end
            self._edits.append(_Edit(colon + 1, end, text))

    # Keys

    def _insert(self, node: Mapping, name: str, value: Any, after: list[str]) -> None:
        column = node.entries[0][0].span.column - 1
        text = rendering.entry(name, plain(value), column)
        found = next((each for each in map(node.get, after) if each is not None), None)
        first = node.entries[0]
        if found is None and self._begins_line(first[0]):
            start = self._line_start(first[0].span.start)
            self._edits.append(_Edit(start, start, f"{' ' * column}{text}\n"))
        else:
            self._add_line((found or first)[1], f"{' ' * column}{text}")

    def _delete(self, node: Mapping, name: str) -> None:
        names = [key.text for key, _ in node.entries]
        number = names.index(name)
        key, value = node.entries[number]
        if self._begins_line(key):
            start, end = self._line_start(key.span.start), self._line_end(value.span.end)
            self._edits.append(_Edit(start, end, ""))
        elif number + 1 < len(names):
            self._edits.append(_Edit(key.span.start, node.entries[number + 1][0].span.start, ""))
        else:
            raise _CannotEditError

    # Items

    def _sequence(self, node: Sequence, old: tuple[Any, ...], new: tuple[Any, ...]) -> None:
        dashes = [self._dash(item) for item in node.items]
        column = dashes[0] - self._line_start(dashes[0])
        matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
        for _, old_from, old_to, new_from, new_to in matcher.get_opcodes():
            if old[old_from:old_to] == new[new_from:new_to]:
                continue
            paired = min(old_to - old_from, new_to - new_from)
            for number in range(paired):
                here = old_from + number
                self._value(node.items[here], old[here], new[new_from + number], column)
            for here in range(old_from + paired, old_to):
                self._delete_item(node, here, dashes)
            added = new[new_from + paired : new_to]
            if added:
                self._insert_items(node, old_from + paired, dashes, added)

    def _dash(self, item: Node) -> int:
        """Find the dash of an item, on the line on which it begins."""
        start = item.span.start
        line = self._text[self._line_start(start) : start]
        if not line.rstrip(" ").endswith("-"):
            raise _CannotEditError
        return self._line_start(start) + line.rindex("-")

    def _is_item(self, node: Node) -> bool:
        line = self._text[self._line_start(node.span.start) : node.span.start]
        return line.strip(" ") == "-"

    def _delete_item(self, node: Sequence, number: int, dashes: list[int]) -> None:
        start = self._line_start(dashes[number])
        if self._text[start : dashes[number]].strip():
            raise _CannotEditError
        end = self._line_end(node.items[number].span.end)
        self._edits.append(_Edit(start, end, ""))

    def _insert_items(
        self, node: Sequence, before: int, dashes: list[int], values: tuple[Any, ...]
    ) -> None:
        column = dashes[0] - self._line_start(dashes[0])
        lines = "\n".join(
            f"{' ' * column}{rendering.item(plain(value), column)}" for value in values
        )
        if before:
            self._add_line(node.items[before - 1], lines)
        else:
            start = self._line_start(dashes[0])
            self._edits.append(_Edit(start, start, f"{lines}\n"))

    # Lines

    def _add_line(self, after: Node, lines: str) -> None:
        end = self._line_end(after.span.end)
        begun = "" if self._text[:end].endswith("\n") or self._ends_here(end) else "\n"
        self._edits.append(_Edit(end, end, f"{begun}{lines}\n"))

    def _ends_here(self, offset: int) -> bool:
        """Whether lines are added there already, behind a last line without a line break."""
        return any(each.start == offset == each.end for each in self._edits)

    def _begins_line(self, key: Scalar) -> bool:
        return not self._text[self._line_start(key.span.start) : key.span.start].strip(" ")

    def _line_start(self, offset: int) -> int:
        return self._text.rfind("\n", 0, offset) + 1

    def _line_end(self, offset: int) -> int:
        end = self._text.find("\n", offset)
        return len(self._text) if end < 0 else end + 1


def _is_json(node: Node) -> bool:
    """Whether the first text in a node is quoted, as JSON has it."""
    while not isinstance(node, Scalar):
        inner = [key for key, _ in node.entries] if isinstance(node, Mapping) else node.items
        if not inner:
            return False
        node = inner[0]
    return not node.plain
