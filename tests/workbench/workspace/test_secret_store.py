"""Where secrets come from, and that they are written nowhere else."""

import os
import sys
from concurrent.futures import ThreadPoolExecutor
from random import Random

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wirescope.errors import UnknownVariableError, UsageError, WirescopeError, WorkspaceError
from wirescope.workbench.workspace import (
    ENDPOINT,
    ENVIRONMENT,
    Auth,
    Endpoint,
    Environment,
    prepare_endpoint,
)
from wirescope.workbench.workspace.env_file import parse_env, with_value

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
    assert path.read_text() == '# mine\none="new"\nTWO=2\n'


@given(st.text())
def test_any_value_comes_back_from_the_file(value):
    import json

    assert parse_env(f"a={json.dumps(value)}\nb=1") == {"a": value, "b": "1"}


@given(st.text())
def test_any_text_is_read_as_a_file_of_secrets(text):
    assert all(isinstance(value, str) for value in parse_env(text).values())


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("export A=x # why", "x"),
        ("  export\tA = x ", "x"),
        ("A=a#b", "a#b"),
        ("A=", ""),
        ("A=x\r", "x"),
        ("A='it is\\n # raw' # why", "it is\\n # raw"),
        ('A="a\\tb\\"c\\$d\\q"', 'a\tb"c$d\\q'),
        ('A="----BEGIN\nx=y\n----END"', "----BEGIN\nx=y\n----END"),
        ("A='one\r\ntwo'\r", "one\ntwo"),
        ('A="x\u2028y"', "x\u2028y"),
        ("A=1\nA=2", "2"),
    ],
)
def test_a_file_of_secrets_is_read_as_other_tools_write_it(text, value):
    assert parse_env(f"FIRST=1\n{text}\nLAST=2\n") == {"FIRST": "1", "A": value, "LAST": "2"}


def test_a_quote_that_is_not_closed_takes_no_further_line_and_is_reported(workspace):
    (workspace.root / ".env").write_text("A=\"x\nB=2\nC=\"y\"\nD='it's'\n")
    assert workspace.secrets.value("B", {}) == "2"
    assert workspace.secrets.value("C", {}) == "y"
    found = [(each.path, each.line) for each in workspace.problems()]
    assert found == [(".env", 1), (".env", 4)]


@example("#", 'A="x\n')
@given(st.text(), st.text(alphabet="AB=\"'\\\n #x"))
def test_a_value_is_stored_in_any_file_and_the_others_keep_theirs(value, text):
    before = parse_env(text)
    after = parse_env(with_value(text, "NEW", value))
    assert after == before | {"NEW": value}


def test_what_else_is_in_the_file_stays_byte_for_byte(workspace):
    path = workspace.root / ".env"
    path.write_bytes(b"A='x\xe2\x80\xa8y'\r\nB=caf\xe9\r\none=1\r\n# note\r\n")
    workspace.secrets.store("one", "new", place=".env")
    workspace.secrets.store("two", "2", place=".env")
    assert path.read_bytes() == (
        b'A=\'x\xe2\x80\xa8y\'\r\nB=caf\xe9\r\none="new"\r\n# note\r\ntwo="2"\r\n'
    )


def test_secrets_that_are_stored_at_once_are_all_kept(workspace):
    names = [f"s{number}" for number in range(16)]
    with ThreadPoolExecutor(8) as pool:
        for name in names:
            pool.submit(workspace.secrets.store, name, "x", place=".env")
    assert parse_env((workspace.root / ".env").read_text()) == dict.fromkeys(names, "x")


def test_half_a_character_is_not_stored(workspace):
    with pytest.raises(UsageError, match="half of a character"):
        workspace.secrets.store("token", "\ud800", place=".env")


def test_a_file_of_secrets_does_not_grow_beyond_what_can_be_read(workspace):
    workspace.secrets.store("token", "x", place=".env")
    with pytest.raises(UsageError, match="are the most"):
        workspace.secrets.store("other", "x" * (1 << 20), place=".env")
    assert workspace.secrets.value("token", {}) == "x"


def too_large(path, _):
    path.touch()
    os.truncate(path, 1 << 30)


@pytest.mark.skipif(os.name == "nt", reason="there are no pipes and links of that kind")
@pytest.mark.parametrize(
    "make",
    [
        too_large,
        lambda path, _: os.mkfifo(path),
        lambda path, _: path.mkdir(),
        lambda path, outside: path.symlink_to(outside),
    ],
)
def test_a_file_of_secrets_that_cannot_be_read_is_reported_and_the_workspace_opens(
    workspace, tmp_path, make
):
    make(workspace.root / ".env", tmp_path / "outside")
    assert workspace.secrets.place("token", {}) is None
    assert [each.path for each in workspace.problems()] == [".env"]
    with pytest.raises(WirescopeError):
        workspace.secrets.value("token", {})


def test_where_a_secret_is_can_be_asked_while_the_keyring_is_locked(workspace, backend):
    backend(Locked())
    assert workspace.secrets.place("token", {}) is None


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
    prepared = prepare_endpoint(saved.value, resolver, root=workspace.root, environment={})
    assert prepared.options.auth.token == "hunter2-hunter2"
    assert prepared.secrets == ("hunter2-hunter2",)
    files = [path for path in workspace.root.rglob("*") if path.is_file()]
    assert [path.name for path in files if b"hunter2" in path.read_bytes()] == [".env"]


def test_without_an_environment_there_are_no_variables(workspace):
    resolver = workspace.resolver(None, variables={}, random=Random(1))
    with pytest.raises(UnknownVariableError):
        resolver.text("{{host}}", where="url")
