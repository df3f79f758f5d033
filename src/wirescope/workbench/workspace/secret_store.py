"""Secrets by name: from the process's environment, the workspace's `.env`, or the system's keyring.

Looked for in this order. In the process's environment a secret `token` is `WIRESCOPE_SECRET_token`:
with the bare name, somebody else's workspace could ask for any variable of the process and send it
to its server. In the keyring it belongs to the workspace's folder, for the same reason. `.env` is
read by `env_file` and not by python-dotenv, which fills in variables of the process and looks for
the file in the folders above.

Values are never written to a file but `.env`, and only when that is asked for.
"""

import os
from codecs import BOM_UTF8
from collections.abc import Iterator, Mapping
from typing import Any, Literal

from msgspec import Struct
from msgspec.structs import replace

from wirescope.errors import BrokenFileError, UsageError, WirescopeError, WorkspaceError
from wirescope.workbench.workspace.env_file import NAME, badly_quoted, parse_env, with_value
from wirescope.workbench.workspace.files import Files, read_file
from wirescope.workbench.workspace.names import inside
from wirescope.workbench.workspace.nodes import MAX_SIZE
from wirescope.workbench.workspace.problems import Problem
from wirescope.workbench.workspace.saving import cannot

ENVIRONMENT_PREFIX = "WIRESCOPE_SECRET_"
ENV_FILE = ".env"

Place = Literal["environment", ".env", "keyring"]


class Keyring(Struct, frozen=True, kw_only=True):
    """Whether the system has a keyring that can be used.

    Attributes:
        available: whether it has.
        sentence: which one, or why not and what to do.
    """

    available: bool
    sentence: str


class SecretStore:
    """The secrets of one workspace."""

    def __init__(self, files: Files) -> None:
        self._files = files
        self._root = files.root
        self._service = f"wirescope {files.root}"

    def value(self, name: str, variables: Mapping[str, str]) -> str | None:
        """Return a secret; None where nobody has it. The keyring may ask its user, and waits."""
        found = self._find(name, variables)
        return found[1] if found else None

    def place(self, name: str, variables: Mapping[str, str]) -> Place | None:
        """Say where a secret has its value; None where it has none, or where nobody can look."""
        try:
            found = self._find(name, variables)
        except WirescopeError:
            return None  # whoever uses the secret is told why
        return found[0] if found else None

    def in_file(self) -> dict[str, str]:
        """Return the secrets that are in `.env`, by name."""
        return parse_env(self._text())

    def store(self, name: str, value: str, *, place: Literal[".env", "keyring"]) -> None:
        """Keep a secret's value on this machine.

        Raises:
            UsageError: it is no name of a secret, or a value that cannot be kept.
            WorkspaceError: there is no keyring, or `.env` cannot be written.
        """
        _check(name, value)
        if place == "keyring":
            self._store_in_keyring(name, value)
        else:
            self._store_in_file({name: value})

    def store_missing(self, values: Mapping[str, str]) -> None:
        """Keep those of several secrets in `.env` that have no value there yet.

        The keyring is not asked: it may wait for its user.

        Raises:
            UsageError: one is no name of a secret.
            WorkspaceError: `.env` cannot be written.
        """
        for name, value in values.items():
            _check(name, value)
        with self._files.lock:
            known = self.in_file()
            missing = {name: value for name, value in values.items() if name not in known}
            if missing:
                self._store_in_file(missing)

    def keyring(self) -> Keyring:
        """Say whether there is a keyring."""
        try:
            import keyring
        except ImportError:
            return Keyring(
                available=False,
                sentence="The package keyring is not installed, so secrets come from the"
                " environment and .env. Install it with: pip install 'wirescope[keyring]'.",
            )
        backend: Any = keyring.get_keyring()
        if backend.priority < 1:  # its own mark of one that keeps nothing, or not safely
            return Keyring(
                available=False,
                sentence="This system has no keyring that can be used, so secrets come from the"
                " environment and .env.",
            )
        return Keyring(available=True, sentence=f"Secrets are kept in {backend.name}.")

    def problems(self) -> tuple[Problem, ...]:
        """Say what is wrong with `.env`, and when git would take it along."""
        if not os.path.lexists(self._root / ENV_FILE):
            return ()
        return (*self._problems_of_file(), *self._problems_of_git())

    def _problems_of_file(self) -> Iterator[Problem]:
        try:
            text = self._text()
        except BrokenFileError as error:
            yield from (replace(each, path=ENV_FILE) for each in error.problems)
            return
        except WirescopeError as error:
            yield Problem(message=error.message, hint=error.hint, path=ENV_FILE)
            return
        for line, name in badly_quoted(text):
            yield Problem(
                message=f"The value of {name} begins with a quote and does not end with it.",
                line=line,
                severity="warning",
                path=ENV_FILE,
                hint='Within double quotes write a double quote as \\".',
            )

    def _problems_of_git(self) -> tuple[Problem, ...]:
        try:
            lines = read_file(self._root / ".gitignore").decode(errors="replace").split()
        except (OSError, BrokenFileError):
            lines = []
        if {ENV_FILE, f"/{ENV_FILE}", ".env*"} & set(lines):
            return ()
        return (
            Problem(
                message="The secrets in .env are not left out of git.",
                severity="warning",
                path=".gitignore",
                hint="Add a line .env to .gitignore.",
            ),
        )

    def _find(self, name: str, variables: Mapping[str, str]) -> tuple[Place, str] | None:
        if (value := variables.get(ENVIRONMENT_PREFIX + name)) is not None:
            return "environment", value
        if (value := self.in_file().get(name)) is not None:
            return ".env", value
        value = self._from_keyring(name)
        return None if value is None else ("keyring", value)

    # The file

    def _text(self) -> str:
        path = inside(self._root, self._root / ENV_FILE)
        try:
            # Bytes that are no UTF-8 stay what they are when another value is stored.
            return read_file(path).removeprefix(BOM_UTF8).decode(errors="surrogateescape")
        except FileNotFoundError:
            return ""
        except OSError as error:
            raise cannot("read", path, error) from None

    def _store_in_file(self, values: Mapping[str, str]) -> None:
        path = inside(self._root, self._root / ENV_FILE)
        with self._files.lock:
            text = self._text()
            for name, value in values.items():
                text = with_value(text, name, value)
            data = text.encode(errors="surrogateescape")
            if len(data) > MAX_SIZE:
                raise UsageError(
                    f".env would have {len(data):,} bytes; {MAX_SIZE:,} are the most.",
                    hint="Keep long values in a file, and send it with a message of kind file.",
                )
            try:
                if path.exists():
                    path.chmod(0o600)
            except OSError as error:
                raise cannot("kept for its owner alone", path, error) from None
            self._files.write(path, data, mode=0o600)

    # The keyring

    def _from_keyring(self, name: str) -> str | None:
        if not self.keyring().available:
            return None
        import keyring
        from keyring.errors import KeyringError

        try:
            return keyring.get_password(self._service, name)
        except KeyringError as error:
            raise WorkspaceError(
                f"The keyring does not give the secret {name!r}: {error}.",
                hint=f"Unlock it, or write {name}=… into the workspace's .env.",
            ) from None

    def _store_in_keyring(self, name: str, value: str) -> None:
        state = self.keyring()
        if not state.available:
            raise WorkspaceError(state.sentence, hint="Keep the secret in .env instead.")
        import keyring
        from keyring.errors import KeyringError

        try:
            keyring.set_password(self._service, name, value)
        except KeyringError as error:
            raise WorkspaceError(
                f"The keyring does not take the secret {name!r}: {error}.",
                hint="Unlock it, or keep the secret in .env.",
            ) from None


def _check(name: str, value: str) -> None:
    if not NAME.fullmatch(name):
        raise UsageError(
            f"{name[:40]!r} cannot be the name of a secret.",
            hint="It begins with a letter, and has letters, digits, _, - and dots.",
        )
    try:
        value.encode()
    except UnicodeEncodeError:
        raise UsageError(
            f"The value of {name!r} has half of a character, a lone surrogate.",
            hint="Take it out.",
        ) from None
