"""`wirescope import` into a workspace, and `wirescope export`."""

import json
from pathlib import Path

import pytest

from tests.cli.running import cli

pytestmark = pytest.mark.slow

CURL = "curl wss://a.example/x -H 'Authorization: Bearer c4n4ry-t0k3n' --data x\n"
HTTP = "### room\nWEBSOCKET ws://b.example\n\nhello\n"
HAR = json.dumps(
    {"log": {"version": "1.2", "entries": [
        {"startedDateTime": "2026-01-01T00:00:00Z", "time": 1,
         "request": {"method": "GET", "url": "wss://c.example/", "headers": []},
         "response": {"status": 101, "statusText": "", "headers": []}, "timings": {},
         "_resourceType": "websocket",
         "_webSocketMessages": [{"type": "send", "time": 1.5, "opcode": 1, "data": "hi"}]}
    ]}}
)  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "copied.sh").write_text(CURL)
    (tmp_path / "room.http").write_text(HTTP)
    (tmp_path / "page.har").write_text(HAR)
    return tmp_path


def all_text(folder: Path) -> str:
    files = [path for path in folder.rglob("*") if path.is_file()]
    return "".join(path.read_text("utf-8", errors="replace") for path in files)


def test_a_copied_command_becomes_an_endpoint_in_a_new_workspace(folder: Path) -> None:
    done = cli("import", "copied.sh", "--workspace", "chat")
    assert done.returncode == 0
    assert done.stdout.decode().splitlines() == [
        "endpoints/a.example.yaml",
        "environments/imported.yaml",
    ]
    assert "1 endpoint and 1 environment are in chat, read as curl." in done.stderr
    assert "--data has no place" in done.stderr
    assert "c4n4ry-t0k3n" not in all_text(folder / "chat") + done.stderr


def test_secrets_go_into_the_ignored_file_when_that_is_asked_for(folder: Path) -> None:
    cli("import", "copied.sh", "--workspace", "chat", "--secrets", "env")
    assert (folder / "chat" / ".env").read_text() == 'token="c4n4ry-t0k3n"\n'
    assert ".env" in (folder / "chat" / ".gitignore").read_text().splitlines()
    assert "c4n4ry" not in all_text(folder / "chat" / "endpoints")


def test_secrets_stay_where_they_are_when_that_is_asked_for(folder: Path) -> None:
    cli("import", "copied.sh", "--workspace", "chat", "--secrets", "keep")
    assert "c4n4ry-t0k3n" in (folder / "chat/endpoints/a.example.yaml").read_text()


def test_a_dry_run_writes_nothing(folder: Path) -> None:
    done = cli("import", "room.http", "--workspace", "chat", "--dry-run")
    assert done.stdout.decode().splitlines() == [
        "endpoints/room.yaml",
        "messages/room/message 1.yaml",
    ]
    assert "would come into" in done.stderr
    assert not (folder / "chat").exists()


def test_endpoints_go_into_a_folder_of_the_workspace(folder: Path) -> None:
    done = cli("import", "room.http", "--workspace", "chat", "--folder", "eu/rooms")
    assert done.stdout.decode().splitlines() == [
        "endpoints/eu/rooms/room.yaml",
        "messages/eu/rooms/room/message 1.yaml",
    ]
    planned = cli("import", "room.http", "--workspace", "b", "--folder", "eu/rooms", "--dry-run")
    assert planned.stdout == done.stdout


def test_a_folder_out_of_the_workspace_is_refused_and_nothing_is_made(folder: Path) -> None:
    done = cli("import", "room.http", "--workspace", "chat", "--folder", "../above")
    assert done.returncode == 2
    assert "cannot be the name" in done.stderr
    assert not (folder / "chat").exists()


def test_what_cannot_be_read_makes_no_workspace(folder: Path) -> None:
    (folder / "bad.txt").write_text("what is this")
    assert cli("import", "bad.txt", "--workspace", "chat").returncode == 26
    assert not (folder / "chat").exists()


def test_the_current_folder_is_the_workspace_if_it_is_one(folder: Path) -> None:
    done = cli("import", "room.http")
    assert done.returncode == 2
    assert "--workspace DIR" in done.stderr
    cli("import", "room.http", "--workspace", ".")
    done = cli("import", "copied.sh")
    assert done.returncode == 0
    assert (folder / "endpoints" / "a.example.yaml").exists()


def test_a_har_is_a_capture_unless_a_workspace_is_named(folder: Path) -> None:
    assert "read as har" in cli("import", "page.har").stderr
    assert (folder / "page.wirescope").exists()
    done = cli("import", "page.har", "--workspace", "chat")
    assert done.stdout.decode().splitlines()[0] == "endpoints/c.example.yaml"


def test_a_folder_is_imported_as_a_whole(folder: Path) -> None:
    done = cli("import", ".", "--workspace", "chat")
    assert "3 endpoints, 2 messages and 1 environment are in chat" in done.stderr


def test_stdin_is_imported_when_a_workspace_is_named(folder: Path) -> None:
    done = cli("import", "-", "--workspace", "chat", stdin=CURL.encode())
    assert done.stdout.decode().splitlines()[0] == "endpoints/a.example.yaml"


def test_a_file_that_cannot_be_read_is_named_with_the_line(folder: Path) -> None:
    (folder / "bad.yaml").write_text("asyncapi: 3.0.0\nservers: [\n")
    done = cli("import", "bad.yaml", "--workspace", "chat")
    assert done.returncode == 26
    assert "bad.yaml, line 3: It is not YAML" in done.stderr


def test_options_for_endpoints_are_refused_for_a_capture(folder: Path) -> None:
    done = cli("import", "page.har", "-o", "x.wirescope", "--dry-run")
    assert done.returncode == 2


def test_what_a_file_says_cannot_steer_the_terminal(folder: Path) -> None:
    (folder / "evil.http").write_text("### \x1b[2Jroom\nWEBSOCKET ws://b.example\n# @\x1b[2J x\n")
    done = cli("import", "evil.http", "--workspace", "chat")
    assert "\x1b" not in done.stdout.decode() + done.stderr


@pytest.mark.parametrize("form", ["curl", "http", "asyncapi", "insomnia"])
def test_a_workspace_is_written_to_stdout_and_read_again(folder: Path, form: str) -> None:
    cli("import", "room.http", "--workspace", "chat")
    done = cli("export", "--workspace", "chat", "--format", form)
    assert done.returncode == 0
    again = cli("import", "-", "--workspace", "other", stdin=done.stdout)
    assert again.stdout.decode().splitlines()[0] == "endpoints/room.yaml"
    first = (folder / "chat/endpoints/room.yaml").read_text()
    assert (folder / "other/endpoints/room.yaml").read_text() == first


@pytest.mark.parametrize("form", ["postman", "bruno"])
def test_a_format_of_folders_makes_one_and_changes_nothing_there(folder: Path, form: str) -> None:
    cli("import", "room.http", "--workspace", "chat")
    assert cli("export", "--workspace", "chat", "--format", form).returncode == 2
    done = cli("export", "--workspace", "chat", "--format", form, "-o", "out")
    assert f"1 endpoint is in out, written as {form}." in done.stderr
    assert cli("export", "--workspace", "chat", "--format", form, "-o", "out").returncode == 2
    cli("import", "out", "--workspace", "other")
    assert (folder / "other/endpoints/room.yaml").exists()


def test_a_link_that_leads_nowhere_is_not_written_through(folder: Path) -> None:
    cli("import", "room.http", "--workspace", "chat")
    (folder / "out.sh").symlink_to(folder / "elsewhere")
    done = cli("export", "--workspace", "chat", "--format", "curl", "-o", "out.sh")
    assert done.returncode == 2
    assert "out.sh exists already" in done.stderr
    assert not (folder / "elsewhere").exists()


def test_an_environment_is_written_beside_the_requests(folder: Path) -> None:
    (folder / "http-client.env.json").write_text('{"dev": {"host": "x"}}')
    cli("import", ".", "--workspace", "chat")
    cli("export", "--workspace", "chat", "--format", "http", "-o", "out/all.http")
    assert json.loads((folder / "out/http-client.env.json").read_text())["dev"] == {"host": "x"}


def test_an_export_of_no_workspace_says_so(folder: Path) -> None:
    done = cli("export", "--format", "curl")
    assert done.returncode != 0
    assert "is not a workspace" in done.stderr
