"""The texts of one endpoint, with their variables replaced as they are read."""

from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import quote

from wirescope.capture import REDACTED
from wirescope.errors import UsageError, WirescopeError
from wirescope.workbench.workspace.variables import Resolver

_SHORTEST_SECRET = 4
"""Characters; a shorter one is part of any sentence, and is not taken out of a capture either."""


class Values:
    """Reads values of one endpoint.

    Args:
        resolver: what its variables stand for.
        root: the workspace's folder; relative paths of files begin there.
    """

    def __init__(self, resolver: Resolver, root: Path) -> None:
        self._resolver = resolver
        self._root = root

    def text(self, where: str, value: str) -> str:
        """Read a text; `where` names it in errors.

        Raises:
            UnknownVariableError: a variable has no value.
        """
        return self._resolver.text(value, where=where)

    def optional(self, where: str, value: str | None) -> str | None:
        """Read a text that may be missing."""
        return None if value is None else self.text(where, value)

    def path(self, where: str, value: str | None) -> Path | None:
        """Read the path of a file that may be missing.

        Raises:
            UsageError: it is no path.
        """
        text = self.optional(where, value)
        if not text:
            return None
        try:
            path = self._root / Path(text).expanduser()
        except RuntimeError:
            problem = "there is no such user, or it has no folder"
        else:
            if "\0" not in text:
                return path
            problem = "it has a NUL in it"
        raise UsageError(f"{where} cannot be the path {text!r}: {problem}.")

    def spelled_secrets(self) -> Iterator[str]:
        """Yield the secrets that were used, as they are and as they stand in URLs."""
        return _spellings(self._resolver.used_secrets)

    def blot(self, error: WirescopeError) -> None:
        """Take secrets out of what an error says, also as Python and URLs spell them."""
        spelled = {form for each in self.spelled_secrets() for form in (each, repr(each)[1:-1])}
        for text in sorted(spelled, key=len, reverse=True):
            if len(text) < _SHORTEST_SECRET:
                continue
            error.message = error.message.replace(text, REDACTED)
            error.hint = error.hint.replace(text, REDACTED)
        error.args = (error.message,)


def encoded(text: str) -> str:
    """Percent-encode what would end a value or the query (RFC 3986 section 3.4)."""
    return quote(text, safe="/?:@!$'()*,;")


def _spellings(secrets: Iterable[str]) -> Iterator[str]:
    """Yield secrets as they are, and as they stand in the query and in the path of a URL."""
    for secret in secrets:
        yield from (secret, encoded(secret), quote(secret, safe="/?:@!$'()*,;&=+%"))
