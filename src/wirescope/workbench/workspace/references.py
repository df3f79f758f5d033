"""What files of a workspace say about each other, and their filters: advice where it leads nowhere.

A message that was renamed, an endpoint that was deleted, a filter with a mistake: the files can be
used, but what they ask for will not happen.
"""

from collections.abc import Collection, Iterator

import msgspec

from wirescope.capture import parse_filter
from wirescope.errors import FilterSyntaxError
from wirescope.workbench.workspace.documents import Document
from wirescope.workbench.workspace.model import Endpoint, Environment, SavedMessage
from wirescope.workbench.workspace.nodes import Path, node_at, parse
from wirescope.workbench.workspace.problems import Problem
from wirescope.workbench.workspace.variables import is_variable

_Found = tuple[Path, str, str]

_NAMES = "A name begins with one of A to Z, a to z or _, and has letters, digits, _, - and dots."


def reference_problems(
    document: Document[msgspec.Struct], *, endpoints: Collection[str], messages: Collection[str]
) -> tuple[Problem, ...]:
    """Return what in a file leads nowhere, with these endpoints and messages in the workspace."""
    value = document.value
    found: list[_Found] = []
    if isinstance(value, Endpoint):
        found = [*_in_endpoint(value, messages)]
    elif isinstance(value, SavedMessage) and value.endpoint not in (None, *endpoints):
        what = f"There is no endpoint {value.endpoint!r}."
        found = [(("endpoint",), what, "Give its name as in the tree, or leave it out.")]
    elif isinstance(value, Environment):
        found = [*_in_environment(value)]
    node = parse(document.text.replace("\r\n", "\n")) if found else None
    return tuple(_problem(node_at(node, path), what, hint) for path, what, hint in found)


def _in_endpoint(endpoint: Endpoint, messages: Collection[str]) -> Iterator[_Found]:
    for number, rule in enumerate(endpoint.on_message):
        place = ("on_message", number)
        if rule.send and rule.send not in messages:
            what = f"There is no saved message {rule.send!r}."
            yield (*place, "send"), what, "Give its name as in the tree."
        if bool(rule.send) == bool(rule.body):
            what = "It has to be said what is sent: a saved message or a body, and not both."
            yield place, what, "Give send or body."
        try:
            parse_filter(rule.when)
        except FilterSyntaxError as error:
            what = f"The filter has a mistake at its column {error.column}: {error.message}."
            yield (*place, "when"), what, error.hint


def _in_environment(environment: Environment) -> Iterator[_Found]:
    for name in environment.variables:
        if not is_variable(name):
            yield ("variables", name), f"Nothing can use a variable {name!r}.", _NAMES
    for number, name in enumerate(environment.secrets):
        if not is_variable(name):
            yield ("secrets", number), f"Nothing can use a secret {name!r}.", _NAMES
    for number, name in enumerate(environment.secrets):
        if name in environment.variables:
            what = f"{name!r} is a secret and a variable as well; the variable is never used."
            yield ("secrets", number), what, "Take one of them out."


def _problem(node: object, message: str, hint: str) -> Problem:
    span = getattr(node, "span", None)
    line, column = (span.line, span.column) if span else (0, 0)
    return Problem(message=message, line=line, column=column, severity="warning", hint=hint)
