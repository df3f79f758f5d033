"""`{{variables}}`: what they stand for when something is sent, and where each part came from.

A name stands for a value of the environment, for a secret, or for a built-in (`$uuid`,
`$timestamp`, `$random_int`, `$iso_time`). Values may hold further variables. The clock, the
generator of random numbers and the source of secrets come in as arguments; which secrets were used
is remembered, so that a capture can blot them out.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from random import Random
from typing import Literal
from uuid import UUID

from wirescope.clock import Clock, rfc3339
from wirescope.errors import UnknownVariableError, UsageError

_NAME = r"[A-Za-z_][\w.-]*"
_VARIABLE = re.compile(rf"\{{\{{\s*(\$?{_NAME})\s*\}}\}}")

_DEEPEST = 10
"""Variables within values of variables; more is taken for a mistake."""

_LONGEST = 16 << 20
"""Characters that a resolved text may have: variables in variables multiply."""

_MOST_SPANS = 20_000
"""Parts that it may have, for the same reason."""

BUILT_INS = ("$uuid", "$timestamp", "$iso_time", "$random_int")

_RANDOM_INTS = 1000
"""`$random_int` is below this, as in the tools that introduced the name."""

HIDDEN = "••••••"
"""Stands for a secret where it may not be shown."""

Source = Literal["literal", "variable", "secret", "built-in", "unknown"]
SecretSource = Callable[[str], str | None]
"""Gives the value of a secret by its name; None where nobody has it."""


def is_variable(name: str) -> bool:
    """Whether a name can stand in braces.

    >>> is_variable("api.key"), is_variable("api key"), is_variable("1st")
    (True, False, False)
    """
    return re.fullmatch(_NAME, name) is not None


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a resolved text.

    Attributes:
        text: what stands there.
        source: what it came from.
        name: the outermost variable that it came from; empty for what was typed.
    """

    text: str
    source: Source
    name: str = ""


@dataclass(frozen=True, slots=True)
class Resolved:
    """A text without variables.

    Attributes:
        spans: its parts in order; a part of a value that is a secret is one of its own.
    """

    spans: tuple[Span, ...]

    @property
    def text(self) -> str:
        """The whole text."""
        return "".join(span.text for span in self.spans)


class Resolver:
    """Resolves texts with the values of one environment, for one sending or one connection.

    Args:
        variables: values by name.
        secrets: names that are secrets.
        secret: where their values come from.
        clock: for `$timestamp` and `$iso_time`.
        random: for `$uuid` and `$random_int`.
    """

    def __init__(
        self,
        variables: Mapping[str, str],
        *,
        secrets: tuple[str, ...] = (),
        secret: SecretSource = lambda _name: None,
        clock: Clock,
        random: Random,
    ) -> None:
        self._variables = variables
        self._secrets = frozenset(secrets)
        self._secret = secret
        self._clock = clock
        self._random = random
        self._used: dict[str, str] = {}

    @property
    def used_secrets(self) -> tuple[str, ...]:
        """The values of the secrets that were put into texts so far."""
        return tuple(dict.fromkeys(self._used.values()))

    def text(self, template: str, *, where: str) -> str:
        """Return a text with its variables replaced; `where` says what it is for in errors.

        Raises:
            UnknownVariableError: a variable has no value.
            UsageError: variables lead to themselves, or the text becomes too long.
        """
        return self.resolve(template, where=where).text

    def resolve(self, template: str, *, where: str) -> Resolved:
        """The same as `text`, with what each part came from."""
        return self._resolved(template, _Expansion(where))

    def preview(self, template: str, *, where: str) -> Resolved:
        """The same for a look at it while it is typed.

        Secrets are neither asked for nor shown, and what has no value stays as it is, as a part
        whose source is `unknown`.

        Raises:
            UsageError: variables lead to themselves, or the text becomes too long.
        """
        return self._resolved(template, _Expansion(where, preview=True))

    def _resolved(self, template: str, expansion: "_Expansion") -> Resolved:
        self._expand(template, (), expansion)
        return Resolved(tuple(_merged(expansion.spans)))

    def _expand(self, template: str, path: tuple[str, ...], expansion: "_Expansion") -> None:
        outermost = path[0] if path else ""
        typed: Source = "variable" if path else "literal"
        end = 0
        for match in _VARIABLE.finditer(template):
            expansion.add(Span(template[end : match.start()], typed, outermost))
            end = match.end()
            self._put(match[1], path, expansion)
        expansion.add(Span(template[end:], typed, outermost))

    def _put(self, name: str, path: tuple[str, ...], expansion: "_Expansion") -> None:
        where, outermost = expansion.where, path[0] if path else name
        if name in self._variables and name not in self._secrets:
            _check_path((*path, name), where)
            self._expand(self._variables[name], (*path, name), expansion)
        elif expansion.preview and name in self._secrets:
            expansion.add(Span(HIDDEN, "secret", outermost))
        elif name in self._secrets:
            expansion.add(Span(self._secret_value(name, where), "secret", outermost))
        elif name in BUILT_INS:
            expansion.add(Span(self._built_in(name), "built-in", outermost))
        elif expansion.preview:
            expansion.add(Span(f"{{{{{name}}}}}", "unknown", name))
        else:
            raise _unknown(name, where, path)

    def _secret_value(self, name: str, where: str) -> str:
        if name not in self._used:
            value = self._secret(name)
            if value is None:
                raise UnknownVariableError(
                    f"The secret {name!r}, which {where} uses, has no value on this machine.",
                    name=name,
                    where=where,
                    hint=f"Store it in the keyring, or write {name}=… into the workspace's .env.",
                )
            if not _is_text(value):
                raise UsageError(
                    f"The value of the secret {name!r}, which {where} uses, is no text in UTF-8.",
                    hint="Store it again.",
                )
            self._used[name] = value
        return self._used[name]

    def _built_in(self, name: str) -> str:
        match name:
            case "$uuid":
                return str(UUID(int=self._random.getrandbits(128), version=4))
            case "$timestamp":
                return str(self._clock.wall_ns() // 1_000_000_000)
            case "$iso_time":
                return rfc3339(self._clock.wall_ns() // 1_000_000 * 1_000_000)[:-7] + "Z"
        return str(self._random.randrange(_RANDOM_INTS))


class _Expansion:
    """The parts of a text while its variables are being replaced, and a bound on both."""

    def __init__(self, where: str, *, preview: bool = False) -> None:
        self.where = where
        self.preview = preview
        self.spans: list[Span] = []
        self._characters = 0

    def add(self, span: Span) -> None:
        self.spans.append(span)
        self._characters += len(span.text)
        if self._characters > _LONGEST or len(self.spans) > _MOST_SPANS:
            raise UsageError(
                f"{self.where} becomes too long with its variables: more than"
                f" {_LONGEST >> 20} MiB or {_MOST_SPANS} parts.",
                hint="Put long content into a message of the kind file.",
            )


def _is_text(value: str) -> bool:
    """Whether it can be sent: the process's environment and files may hold any bytes."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _check_path(path: tuple[str, ...], where: str) -> None:
    shown = " → ".join(path)
    if path[-1] in path[:-1]:
        what = f"The variables of {where} lead to themselves: {shown}."
    elif len(path) > _DEEPEST:
        what = f"The variables of {where} go deeper than {_DEEPEST}: {shown}."
    else:
        return
    raise UsageError(what, hint="Give one of them a value without variables.")


def _unknown(name: str, where: str, path: tuple[str, ...]) -> UnknownVariableError:
    through = f" through {' → '.join(path)}" if path else ""
    return UnknownVariableError(
        f"The variable {name!r}, which {where} uses{through}, has no value.",
        name=name,
        where=where,
        hint=f"There are {', '.join(BUILT_INS)}."
        if name.startswith("$")
        else "Give it one in the environment, choose another environment, or take it out.",
    )


def _merged(spans: list[Span]) -> list[Span]:
    """Put neighbours that came from the same together; leave empty ones out."""
    merged: list[Span] = []
    for span in filter(lambda span: span.text, spans):
        last = merged[-1] if merged else None
        if last is not None and (last.source, last.name) == (span.source, span.name):
            merged[-1] = Span(last.text + span.text, span.source, span.name)
        else:
            merged.append(span)
    return merged
