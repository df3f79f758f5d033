"""A filter expression cut into tokens, each with its column."""

import re
from enum import Enum
from typing import NamedTuple

from wirescope.errors import FilterSyntaxError

LENGTH_LIMIT = 10_000


class Kind(Enum):
    """What a token is."""

    WORD = "word"
    QUOTED = "text in quotes"
    OPERATOR = "operator"
    END = "end of the expression"


class Token(NamedTuple):
    """A piece of the expression; `text` of a quoted one is what stands between the quotes."""

    kind: Kind
    text: str
    column: int


_TOKEN = re.compile(
    r"""
    (?P<blank>\s+)
    | (?P<path>json\.(?:"(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*' | [^\s()!,=<>~&|"'])*)
    | (?P<quoted>"(?:[^"\\]|\\.)*" | '(?:[^'\\]|\\.)*')
    | (?P<operator>==|!=|<=|>=|~\*|&&|\|\||[<>~!(),])
    | (?P<word>[^\s()!,=<>~&|"']+)
    """,
    re.VERBOSE | re.DOTALL,
)
JSON = "json."
"""What a path into a JSON payload begins with."""

PATHS = "Write the names on the way, such as json.params.0.price; a name with blanks in quotes."

_NAME = re.compile(r"""\.("(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'|[^."']+)""", re.DOTALL)
_ESCAPE = re.compile(r"\\(x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|.)", re.DOTALL)
_ESCAPED = {"n": "\n", "r": "\r", "t": "\t", "0": "\0", '"': '"', "'": "'", "\\": "\\"}


def tokens(expression: str) -> list[Token]:
    """Cut an expression into tokens, an `END` last; FilterSyntaxError for what is none."""
    if len(expression) > LENGTH_LIMIT:
        raise FilterSyntaxError(
            f"A filter has at most {LENGTH_LIMIT} characters, this one has {len(expression)}",
            expression=expression[:60] + "…",
            column=61,
        )
    found = []
    at = 0
    while at < len(expression):
        match = _TOKEN.match(expression, at)
        if match is None:
            raise _no_token(expression, at)
        column, text = at + 1, match.group()
        at = match.end()
        if match.lastgroup == "quoted":
            found.append(Token(Kind.QUOTED, _unescaped(text, expression, column), column))
        elif match.lastgroup == "operator":
            found.append(Token(Kind.OPERATOR, text, column))
        elif match.lastgroup in ("word", "path"):
            found.append(Token(Kind.WORD, text, column))
    return [*found, Token(Kind.END, "", len(expression) + 1)]


def json_path(token: Token, expression: str) -> tuple[str, ...]:
    """Take the names of a path apart; FilterSyntaxError where one is missing."""
    names, at = [], len(JSON) - 1
    while at < len(token.text):
        match = _NAME.match(token.text, at)
        column = token.column + at
        if match is None:
            raise FilterSyntaxError(
                "A name is missing in the path", expression=expression, column=column, hint=PATHS
            )
        name = match.group(1)
        is_quoted = name[0] in "\"'"
        names.append(_unescaped(name, expression, column + 1) if is_quoted else name)
        at = match.end()
    return tuple(names)


def _unescaped(quoted: str, expression: str, column: int) -> str:
    def replace(match: re.Match[str]) -> str:
        code = match.group(1)
        if len(code) > 1:
            return chr(int(code[1:], 16))
        if code in _ESCAPED:
            return _ESCAPED[code]
        raise FilterSyntaxError(
            f"\\{code} is not an escape",
            expression=expression,
            column=column + 1 + match.start(),
            hint=r"There are \" \' \\ \n \r \t \0 \xHH and \uHHHH.",
        )

    text = _ESCAPE.sub(replace, quoted[1:-1])
    if re.search("[\ud800-\udfff]", text):
        raise FilterSyntaxError(
            "Half of a surrogate pair is no character", expression=expression, column=column
        )
    return text


def _no_token(expression: str, at: int) -> FilterSyntaxError:
    character = expression[at]
    meant = {"=": "==", "&": "and", "|": "or"}.get(character)
    if character in "\"'":
        message, hint = "The quote is not closed", "End the text with the same quote."
    elif meant:
        message, hint = f"{character!r} is not an operator", f"Write {meant}."
    else:
        message, hint = f"{character!r} cannot stand here", ""
    return FilterSyntaxError(message, expression=expression, column=at + 1, hint=hint)
