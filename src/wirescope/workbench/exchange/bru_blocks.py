"""The text of `.bru` files as blocks, and blocks as text.

A block is a name with `{ … }` or `[ … ]`; it ends at the first line that begins with the bracket.
It holds pairs, `key: value`, where `~` before the key disables it and `'''` encloses a value of
several lines; or text, indented by two columns; or a list. A script is a text to this module.
"""

import re
from dataclasses import dataclass, field

from wirescope.errors import ForeignFormatError

_HEAD = re.compile(r"([A-Za-z][\w.:-]*)[ \t]*([{\[])[ \t]*")
_TEXTS = re.compile(
    r"body(:(json|text|xml|sparql|graphql|graphql:vars))?|script:.*|tests|docs|example"
)
_KEY = re.compile(r'(~?)(?:"((?:[^"\\]|\\.)*)"|([^:]*?))[ \t]*:[ \t]*(.*)', re.DOTALL)
_QUOTES = "'''"
_INDENT = 4
"""Columns that the lines of a value between quotes are indented by."""


@dataclass(frozen=True, slots=True)
class Pair:
    """A line of a block.

    Attributes:
        name: what stands before the colon.
        value: what stands behind it.
        enabled: whether there is no `~` before it.
        line: its number in the file.
    """

    name: str
    value: str
    enabled: bool
    line: int


@dataclass(slots=True)
class Block:
    """A block.

    Attributes:
        name: as `body:ws`.
        line: the number of its first line.
        pairs: its pairs, where it has any.
        text: its text, where it is one.
        items: its elements, where it is a list.
    """

    name: str
    line: int
    pairs: list[Pair] = field(default_factory=list)
    text: str = ""
    items: list[str] = field(default_factory=list)

    def get(self, name: str, otherwise: str = "") -> str:
        """Give the value of a pair."""
        return next((pair.value for pair in self.pairs if pair.name == name), otherwise)


def parse_blocks(text: str) -> list[Block]:
    """Read the blocks of a file.

    Raises:
        ForeignFormatError: it is not of that form; `where` is the line.
    """
    lines = text.replace("\r\n", "\n").split("\n")
    blocks: list[Block] = []
    at = 0
    while at < len(lines):
        if not lines[at].strip():
            at += 1
            continue
        head = _HEAD.fullmatch(lines[at])
        if head is None:
            raise ForeignFormatError(
                "A block was expected here, as `meta {`.", where=f"line {at + 1}"
            )
        block = Block(head[1], at + 1)
        at = _read_body(block, lines, at + 1, is_list=head[2] == "[")
        blocks.append(block)
    return blocks


def _read_body(block: Block, lines: list[str], at: int, *, is_list: bool) -> int:
    """Read up to the closing bracket; return the line behind it."""
    if is_list:
        end = _end(block, lines, at, "]")
        items = (line.strip().rstrip(",") for line in lines[at:end])
        block.items = [item for item in items if item]
        return end + 1
    if _TEXTS.fullmatch(block.name):
        end = _end(block, lines, at, "}")
        block.text = "\n".join(line.removeprefix("  ") for line in lines[at:end])
        return end + 1
    while at < len(lines) and not lines[at].startswith("}"):
        at = _read_pair(block, lines, at)
    if at >= len(lines):
        raise _unclosed(block)
    return at + 1


def _end(block: Block, lines: list[str], at: int, bracket: str) -> int:
    for number in range(at, len(lines)):
        if lines[number].startswith(bracket):
            return number
    raise _unclosed(block)


def _unclosed(block: Block) -> ForeignFormatError:
    return ForeignFormatError(f"The block {block.name} is not closed.", where=f"line {block.line}")


def _read_pair(block: Block, lines: list[str], at: int) -> int:
    line = lines[at].strip()
    if not line:
        return at + 1
    if line.startswith("@") and ":" not in line.partition("(")[0]:
        # An annotation of the next pair; its text may go over several lines.
        return _after_quotes(lines, at) if line.count(_QUOTES) == 1 else at + 1
    match = _KEY.fullmatch(line)
    if match is None:
        raise ForeignFormatError(
            "A pair was expected here, as `key: value`.", where=f"line {at + 1}"
        )
    disabled, quoted, plain, value = match.groups()
    name = plain if quoted is None else quoted.replace('\\"', '"')
    following = at + 1
    if value.startswith(_QUOTES):
        following = _after_quotes(lines, at) if _QUOTES not in value[3:] else at + 1
        value = _between_quotes(lines, at, following, value)
    elif value == "[":
        end = next((n for n in range(at + 1, len(lines)) if lines[n].strip() == "]"), len(lines))
        value, following = ", ".join(each.strip() for each in lines[at + 1 : end]), end + 1
    block.pairs.append(Pair(name, value.strip(), not disabled, at + 1))
    return following


def _after_quotes(lines: list[str], at: int) -> int:
    for number in range(at + 1, len(lines)):
        if _QUOTES in lines[number]:
            return number + 1
    raise ForeignFormatError("The quotes ''' are not closed.", where=f"line {at + 1}")


def _between_quotes(lines: list[str], at: int, following: int, first: str) -> str:
    if following == at + 1:
        return first[3:].partition(_QUOTES)[0]
    inner = [first[3:], *(line[_INDENT:] for line in lines[at + 1 : following - 1])]
    last = lines[following - 1].partition(_QUOTES)[0]
    return "\n".join([*inner, last[_INDENT:]])


# Writing


def write_pairs(name: str, pairs: list[tuple[str, str, bool]]) -> str:
    """Write a block of pairs; those that are disabled come last, as Bruno has it."""
    lines = [f"  {_key(key)}: {_value(value)}" for key, value, enabled in pairs if enabled]
    lines += [f"  ~{_key(key)}: {_value(value)}" for key, value, enabled in pairs if not enabled]
    return "\n".join([f"{name} {{", *lines, "}\n"])


def write_text(name: str, text: str) -> str:
    """Write a block of text."""
    lines = (f"  {line}" for line in text.split("\n"))
    return "\n".join([f"{name} {{", *lines, "}\n"])


def write_list(name: str, items: list[str]) -> str:
    """Write a block that is a list."""
    return f"{name} [\n" + ",\n".join(f"  {item}" for item in items) + "\n]\n"


def between_quotes(text: str) -> str:
    """Write a value of several lines."""
    lines = "\n".join(f"    {line}" for line in text.split("\n"))
    return f"{_QUOTES}\n{lines}\n  {_QUOTES}"


def _key(name: str) -> str:
    if re.search(r'[:\s"{}]', name) or not name:
        escaped = name.replace('"', '\\"')
        return f'"{escaped}"'
    return name


def _value(text: str) -> str:
    # A bracket alone would begin a list, which goes on to the end of the file.
    between = text == "[" or ("\n" in text and not text.startswith(_QUOTES))
    return between_quotes(text) if between else text
