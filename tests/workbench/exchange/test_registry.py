import os

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.workbench.exchange.samples import FILES
from tests.workbench.exchange.test_bruno import COLLECTION, FOLDER
from tests.workbench.exchange.test_postman import FOLDER as POSTMAN
from wirescope.errors import ForeignFormatError, UsageError
from wirescope.workbench.exchange import (
    FOREIGN_FORMATS,
    import_foreign,
    import_foreign_folder,
    read_files,
    recognise_foreign,
)
from wirescope.workbench.exchange.model import Exported
from wirescope.workbench.exchange.reading import MAX_RECORDS, Reading, join_name
from wirescope.workbench.workspace import Auth, Endpoint, Environment
from wirescope.workbench.workspace.names import check_name


@pytest.mark.parametrize(("name", "data"), [(key[0], data) for key, data in FILES.items()])
def test_a_file_is_told_by_its_content_and_by_one_format_alone(name, data):
    found = recognise_foreign(data, "file")
    assert found is not None
    assert found.name == name
    others = [each for each in FOREIGN_FORMATS.values() if each.recognise(data)]
    assert [each.name for each in others] == [name]


def test_environments_beside_http_files_are_told_by_their_name():
    found = recognise_foreign(b"{}", "http-client.env.json")
    assert found is not None
    assert found.name == "http-env"


@pytest.mark.parametrize("data", [b"", b"{}", b"hello", b"a: 1", b"\xff\x00", b"[]"])
def test_what_is_none_of_them_is_refused_with_what_there_is(data):
    with pytest.raises(ForeignFormatError, match="none of the formats") as error:
        import_foreign(data, "x")
    assert "Postman" in error.value.hint


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-32"])
@pytest.mark.parametrize("key", FILES)
def test_a_byte_order_mark_says_the_encoding(key, encoding):
    data = FILES[key].decode()
    marked = data.encode(encoding)
    found = recognise_foreign(marked, "file")
    assert found is not None
    assert found.name == key[0]
    assert import_foreign(marked, "file") == import_foreign(data.encode(), "file")


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("curl wss://a.example \\\n -H 'X: \u00e9'", "line 2"),
        ("### room\nWEBSOCKET ws://a.example\n\nhall\u00e9\n", "line 4"),
        ("meta {\n  name: \u00e9\n  type: ws\n}\n\nws {\n  url: ws://a.example\n}\n", "line 2"),
        ("asyncapi: 3.0.0\ninfo:\n  title: \u00e9\n", "line 3"),
        ('{"log": {"entries": [], "comment": "\u00e9"}}', ""),
    ],
)
def test_another_encoding_is_refused_and_not_guessed(text, line):
    with pytest.raises(ForeignFormatError, match="not UTF-8") as error:
        import_foreign(text.encode("latin-1"), "x")
    assert error.value.where == line
    assert "Save it as UTF-8" in error.value.hint


def test_a_name_that_is_an_address_has_no_query_and_no_user():
    data = b"# wss://me:s3cr3t@a.example/feed?token=s3cr3t\ncurl wss://a.example\n"
    (name,) = import_foreign(data, "x", keep_secrets=True).endpoints
    assert name == "wss a.example feed"


def test_secrets_are_taken_out_unless_they_are_to_be_kept():
    data = b"curl wss://a.example -H 'Authorization: Bearer s3cr3t-t0k3n'"
    auth = import_foreign(data, "x").endpoints["a.example"].auth
    assert auth == Auth(kind="bearer", token="{{token}}")
    kept = import_foreign(data, "x", keep_secrets=True)
    assert kept.endpoints["a.example"].auth.token == "s3cr3t-t0k3n"
    assert not kept.secrets


def test_a_format_that_does_not_exist_is_refused():
    with pytest.raises(UsageError, match="no format"):
        import_foreign(b"", "x", form="soap")


def test_a_format_that_can_only_be_read_is_not_written():
    with pytest.raises(UsageError, match="not written"):
        FOREIGN_FORMATS["har"].write(Exported("x", {}))


@pytest.mark.parametrize(
    ("files", "name"), [(FOLDER, "bruno"), (COLLECTION, "opencollection"), (POSTMAN, "postman")]
)
def test_a_folder_is_told_by_its_files(files, name):
    assert import_foreign_folder(files, "x").form == name


def test_files_of_a_folder_that_is_none_of_these_are_joined():
    files = {
        "one.http": b"### a\nWEBSOCKET ws://{{host}}\n\nhi\n",
        "two/two.http": b"### a\nWEBSOCKET ws://b.example\n",
        "http-client.env.json": b'{"dev": {"host": "x", "pin": "1"}}',
        "http-client.private.env.json": b'{"dev": {"pin": "1"}}',
        "README.yml": b"a: 1",
    }
    imported = import_foreign_folder(files, "x")
    assert list(imported.endpoints) == ["a", "a 2"]
    assert {each.endpoint for each in imported.messages.values()} == {"a"}
    assert imported.environments == {"dev": Environment(variables={"host": "x"}, secrets=("pin",))}


def test_links_and_what_no_format_has_are_not_opened(tmp_path):
    (tmp_path / "a.http").write_text("ws://a.example\n")
    (tmp_path / "notes.txt").write_text("x")
    (tmp_path / "link.http").symlink_to(tmp_path / "a.http")
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "b.http").write_text("x")
    assert dict(read_files(tmp_path)) == {"a.http": b"ws://a.example\n"}


def test_a_pipe_in_a_folder_is_not_waited_for(tmp_path):
    os.mkfifo(tmp_path / "pipe.http")
    (tmp_path / "a.http").write_text("ws://a.example\n")
    assert list(read_files(tmp_path)) == ["a.http"]


def test_a_folder_that_cannot_be_listed_is_refused_and_not_passed_over(tmp_path):
    with pytest.raises(UsageError, match="gone cannot be read"):
        read_files(tmp_path / "gone")


@pytest.mark.parametrize("path", ["../secret", "/etc/passwd", "~/.ssh/id", "C:\\x", "a\\..\\b"])
def test_a_message_that_is_a_file_from_elsewhere_is_told(path):
    data = f"### a\nWEBSOCKET ws://a.example\n\n< {path}\n".encode()
    (note,) = import_foreign(data, "x").notes
    assert str(note).startswith("message a/message 1: It sends a file of this machine")


def test_a_message_that_is_a_file_of_the_folder_is_not_told():
    data = b"### a\nWEBSOCKET ws://a.example\n\n< ./data/hello.bin\n"
    assert not import_foreign(data, "x").notes


def test_a_folder_beyond_the_bounds_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr("wirescope.workbench.exchange.folders.MAX_BYTES", 10)
    (tmp_path / "a.http").write_bytes(b"x" * 11)
    with pytest.raises(ForeignFormatError, match="more than"):
        read_files(tmp_path)


def test_a_file_of_more_endpoints_than_a_workspace_holds_is_refused():
    reading = Reading("x")
    for number in range(MAX_RECORDS):
        reading.endpoint(str(number), Endpoint(url="ws://a"))
    with pytest.raises(ForeignFormatError, match="more than 10,000"):
        reading.environment("dev", Environment())


def test_names_that_a_file_system_takes_for_one_get_a_number():
    reading = Reading("x")
    names = [reading.endpoint(name, Endpoint(url="ws://a")) for name in ("a", "A", "a", "a 2")]
    assert len({name.casefold() for name in names}) == 4
    assert names[:2] == ["a", "A 2"]


@example(["\uf900", "e\u0301", "..", "con"])
@settings(deadline=None)
@given(st.lists(st.text(), min_size=1))
def test_any_names_are_fit_for_a_workspace(parts):
    name = Reading("x").endpoint(join_name(*parts), Endpoint(url="ws://a"))
    assert check_name(name) == name


def test_deep_folders_are_cut_and_never_lead_up():
    assert join_name("..", "a/b", "", "c") == "unnamed/a b/c"
    assert join_name(*"abcdefghijklmnopq").count("/") == 11
