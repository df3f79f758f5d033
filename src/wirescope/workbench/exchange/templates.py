"""Variables of other tools as `{{name}}`, and ours as theirs.

The tools agree on two braces and on little else: what a name may hold, what is built in, and how an
environment or a secret is reached. What has no counterpart stays as it is written and is told,
since it is then sent as it stands or refused.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

import msgspec

from wirescope.workbench.exchange.model import Exported, Tell

StructT = TypeVar("StructT", bound=msgspec.Struct)

VARIABLE = re.compile(r"\{\{\s*(\$?[A-Za-z_][\w.-]*)\s*\}\}")
"""A variable as a workspace writes it."""

BUILT_INS = ("$uuid", "$timestamp", "$iso_time", "$random_int")

_ANY = re.compile(r"\{\{([^{}]{0,200})\}\}")
_NAME = re.compile(r"\$?[A-Za-z_][\w.-]*")

COMMON_BUILT_INS = {
    "$guid": "$uuid",
    "$randomUUID": "$uuid",
    "$random.uuid": "$uuid",
    "$isoTimestamp": "$iso_time",
    "$randomInt": "$random_int",
}
"""What other tools call our built-in variables."""


def fit_name(text: str) -> str:
    """Make a name of a variable of any text.

    >>> fit_name("base url"), fit_name("2fa"), fit_name("ok-name.x")
    ('base_url', '_2fa', 'ok-name.x')
    """
    name = re.sub(r"[^\w.-]+", "_", text.strip(), flags=re.ASCII).strip("_")
    return name if re.match(r"[A-Za-z_]", name) else f"_{name}"


def to_ours(
    text: str,
    place: str,
    tell: Tell,
    *,
    tool: str,
    reached_by: Mapping[str, str] | None = None,
) -> str:
    """Bring the variables in a text into the form of a workspace.

    Args:
        text: a text of the other tool.
        place: where it stands.
        tell: where notes go.
        tool: what the tool is called.
        reached_by: what stands before a name, as `process.env.`, and what kind of value it reaches;
            the name alone is kept, and the kind is told.
    """

    def one(match: re.Match[str]) -> str:
        inner = match[1].strip()
        if not inner:
            return match[0]
        for prefix, kind in (reached_by or {}).items():
            if inner.startswith(prefix) and inner != prefix:
                name = fit_name(inner[len(prefix) :])
                if kind:
                    tell(place, f"{match[0]} is {kind} of {tool}; it is {{{{{name}}}}} here.")
                return f"{{{{{name}}}}}"
        if inner in COMMON_BUILT_INS:
            return f"{{{{{COMMON_BUILT_INS[inner]}}}}}"
        if inner.startswith("$") and inner not in BUILT_INS:
            tell(place, f"{match[0]} is computed by {tool} and has no counterpart here; it stays.")
            return match[0]
        if _NAME.fullmatch(inner):
            return f"{{{{{inner}}}}}"
        if re.search(r"[()|'\"=`]", inner):
            tell(place, f"{match[0]} is an expression of {tool}, which is not computed; it stays.")
            return match[0]
        name = fit_name(inner)
        tell(place, f"The variable {inner!r} is called {name!r} here.")
        return f"{{{{{name}}}}}"

    return _ANY.sub(one, text) if "{{" in text else text


def names_in(text: str) -> list[str]:
    """Give the variables of a text, in order, without the built-in ones.

    >>> names_in("{{host}}/{{ path }}?{{$uuid}}")
    ['host', 'path']
    """
    return [name for name in VARIABLE.findall(text) if not name.startswith("$")]


def between_variables(text: str, change: Callable[[str], str]) -> str:
    """Change what stands before, between and behind the variables of a text.

    >>> between_variables("a{{x}}b", str.upper)
    'A{{x}}B'
    """
    pieces, end = [], 0
    for match in VARIABLE.finditer(text):
        pieces += [change(text[end : match.start()]), match[0]]
        end = match.end()
    return "".join([*pieces, change(text[end:])])


def to_theirs(exported: Exported, change: Callable[[str], str]) -> Exported:
    """Bring the variables in every text into the form of another tool.

    Args:
        exported: what is to be written.
        change: gives what stands for a variable there, by its name.
    """
    return replace(
        exported,
        endpoints={name: changed(each, change) for name, each in exported.endpoints.items()},
        messages={name: changed(each, change) for name, each in exported.messages.items()},
        environments={name: changed(each, change) for name, each in exported.environments.items()},
    )


def common_name(name: str) -> str:
    """Write a variable as Postman, Bruno and JetBrains do.

    >>> common_name("$uuid"), common_name("host")
    ('{{$guid}}', '{{host}}')
    """
    names = {"$uuid": "$guid", "$iso_time": "$isoTimestamp", "$random_int": "$randomInt"}
    return f"{{{{{names.get(name, name)}}}}}"


def changed(record: StructT, change: Callable[[str], str]) -> StructT:
    """Give a record with something else for each variable in its texts.

    Args:
        record: an endpoint, a message or an environment.
        change: gives what stands for a variable, by its name.
    """

    def mapped(value: Any) -> Any:
        if isinstance(value, str):
            return VARIABLE.sub(lambda match: change(match[1]), value) if "{{" in value else value
        if isinstance(value, list | tuple):
            return [mapped(each) for each in value]
        if isinstance(value, dict):
            return {key: mapped(each) for key, each in value.items()}
        return value

    return msgspec.convert(mapped(msgspec.to_builtins(record)), type(record))
