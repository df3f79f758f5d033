"""Where secrets come from, and that they are written nowhere else."""

import sys
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirescope.errors import UnknownVariableError, UsageError, WorkspaceError
from wirescope.workbench.workspace import (
    ENDPOINT,
    ENVIRONMENT,
    Auth,
    Endpoint,
    Environment,
    to_connect_options,
)
from wirescope.workbench.workspace.secret_store import parse_env

keyring = pytest.importorskip("keyring")


class Memory(keyring.backend.KeyringBackend):
    """A keyring that lives as long as the test."""

    priority = 5
    name = "memory"

    def __init__(self):
        super().__init__()
        self.kept = {}

    def get_password(self, service, username):
        return self.kept.get((service, username))

    def set_password(self, service, username, password):
        self.kept[service, username] = password

    def delete_password(self, service, username):
        del self.kept[service, username]


class Locked(Memory):
    """A keyring whose user does not unlock it."""

    def get_password(self, service, username):
        raise keyring.errors.KeyringLocked("dismissed")

    def set_password(self, service, username, password):
        raise keyring.errors.KeyringLocked("dismissed")


@pytest.fixture
def backend():
    """Put a keyring in place of the system's, for one test."""
    before = keyring.get_keyring()
    yield keyring.set_keyring
    keyring.set_keyring(before)


@pytest.fixture(autouse=True)
def none(backend):
    backend(keyring.backends.fail.Keyring())


def test_a_secret_comes_from_the_environment_then_the_file_then_the_keyring(workspace, backend):
    backend(Memory())
    store, variables = workspace.secrets, {}
    assert store.place("token", variables) is None
    store.store("token", "from the keyring", place="keyring")
    assert store.value("token", variables) == "from the keyring"
    store.store("token", "from the file", place=".env")
    assert store.value("token", variables) == "from the file"
    variables["WIRESCOPE_SECRET_token"] = "from the environment"
    assert store.value("token", variables) == "from the environment"
    assert store.place("token", variables) == "environment"


def test_of_several_secrets_those_are_kept_that_have_no_value_yet(workspace):
    (workspace.root / ".env").write_text("a=mine # and this\n")
    workspace.secrets.store_missing({"a": "theirs", "c": "theirs"})
    assert (workspace.root / ".env").read_text() == 'a=mine # and this\nc="theirs"\n'


def test_a_keyring_that_stays_locked_keeps_no_secret_out_of_the_file(workspace, backend):
    backend(Locked())
    workspace.secrets.store_missing({"a": "1"})
    assert workspace.secrets.in_file() == {"a": "1"}


def test_one_bad_name_of_several_keeps_none(workspace):
    with pytest.raises(UsageError, match="cannot be the name"):
        workspace.secrets.store_missing({"a": "1", "b c": "2"})
    assert not workspace.secrets.in_file()


def test_a_variable_of_the_process_is_no_secret_under_its_bare_name(workspace):
    assert workspace.secrets.value("PATH", {"PATH": "/bin"}) is None


def test_a_secret_in_the_keyring_belongs_to_its_workspace(workspace, tmp_path, backend):
    backend(Memory())
    workspace.secrets.store("token", "x", place="keyring")
    other = type(workspace).create(tmp_path / "other")
    assert other.secrets.value("token", {}) is None


def test_a_system_without_a_keyring_says_so(workspace):
    state = workspace.secrets.keyring()
    assert not state.available
    assert "no keyring" in state.sentence
    with pytest.raises(WorkspaceError, match="no keyring"):
        workspace.secrets.store("token", "x", place="keyring")


def test_without_the_package_it_says_how_to_install_it(workspace, monkeypatch):
    monkeypatch.setitem(sys.modules, "keyring", None)
    assert "wirescope[keyring]" in workspace.secrets.keyring().sentence
    assert workspace.secrets.value("token", {}) is None


def test_a_keyring_that_stays_locked_says_so(workspace, backend):
    backend(Locked())
    with pytest.raises(WorkspaceError, match="dismissed"):
        workspace.secrets.value("token", {})
    with pytest.raises(WorkspaceError, match="does not take"):
        workspace.secrets.store("token", "x", place="keyring")


def test_the_file_is_for_its_owner_alone_and_keeps_its_other_lines(workspace):
    path = workspace.root / ".env"
    workspace.secrets.store("one", "1", place=".env")
    assert path.stat().st_mode & 0o777 == 0o600
    path.write_text("# mine\none=1\nTWO=2\n")
    path.chmod(0o644)
    workspace.secrets.store("one", "new", place=".env")
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.read_text() == '# mine\nTWO=2\none="new"\n'


@given(st.text())
def test_any_value_comes_back_from_the_file(value):
    import json

    assert parse_env(f"a={json.dumps(value)}\nb=1") == {"a": value, "b": "1"}


@given(st.text())
def test_any_text_is_read_as_a_file_of_secrets(text):
    assert all(isinstance(value, str) for value in parse_env(text).values())


def test_nothing_is_filled_in():
    assert parse_env("A=$HOME\nB=${HOME}\nC=`id`") == {"A": "$HOME", "B": "${HOME}", "C": "`id`"}


def test_a_file_that_git_would_take_along_is_warned_of(workspace):
    workspace.secrets.store("one", "1", place=".env")
    assert workspace.problems() == ()
    (workspace.root / ".gitignore").write_text("captures/\n")
    assert [each.path for each in workspace.problems()] == [".gitignore"]


@pytest.mark.parametrize("name", ["", "a b", "a=b", "1", "a\nb"])
def test_what_cannot_be_a_name_is_refused(workspace, name):
    with pytest.raises(UsageError):
        workspace.secrets.store(name, "x", place=".env")


def test_a_secret_reaches_the_connection_and_no_file_of_the_workspace(workspace):
    workspace.secrets.store("token", "hunter2-hunter2", place=".env")
    environment = Environment(variables={"host": "a.test"}, secrets=("token",))
    workspace.save(ENVIRONMENT, "local", environment, digest=None)
    value = Endpoint(url="wss://{{host}}/", auth=Auth(kind="bearer", token="{{token}}"))
    saved = workspace.save(ENDPOINT, "feed", value, digest=None)
    resolver = workspace.resolver("local", variables={}, random=Random(1))
    prepared = to_connect_options(saved.value, resolver, root=workspace.root, environment={})
    assert prepared.options.auth.token == "hunter2-hunter2"
    assert prepared.secrets == ("hunter2-hunter2",)
    files = [path for path in workspace.root.rglob("*") if path.is_file()]
    assert [path.name for path in files if b"hunter2" in path.read_bytes()] == [".env"]


def test_without_an_environment_there_are_no_variables(workspace):
    resolver = workspace.resolver(None, variables={}, random=Random(1))
    with pytest.raises(UnknownVariableError):
        resolver.text("{{host}}", where="url")
