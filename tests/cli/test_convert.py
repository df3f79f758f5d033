"""`wirescope show --format` for files, and `wirescope import`."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from tests.capture.formats.making import everything
from tests.capture.making import Scene, events_of
from tests.cli.running import COMMAND, ENVIRONMENT, cli
from wirescope.capture import FORMATS
from wirescope.cli.convert import FORMS, LIVE_FORMS

pytestmark = pytest.mark.slow

FILES = [form for form in FORMS if form not in LIVE_FORMS]


@pytest.fixture
def capture(tmp_path: Path) -> Path:
    scene = Scene()
    scene.opening("ws://feed.example/x")
    scene.text('{"email": "ada@feed.example"}', direction="sent")
    scene.text("=1+1")
    scene.ping(b"\x1b[2J")
    scene.close(1000, "done")
    return scene.record(tmp_path / "night.wirescope")


@pytest.mark.parametrize("form", FILES)
def test_a_format_goes_to_a_file_or_a_pipe(capture: Path, tmp_path: Path, form: str) -> None:
    out = tmp_path / f"out{FORMATS[form].suffix}"
    to_file = cli("show", str(capture), "--format", form, "-o", str(out))
    assert (to_file.returncode, to_file.stdout) == (0, b"")
    piped = cli("show", str(capture), "--format", form)
    assert piped.returncode == 0
    assert len(piped.stdout) > 20
    # A zip that can be sought in has its lengths elsewhere.
    assert piped.stdout == out.read_bytes() or form == "bundle"


@pytest.mark.parametrize("form", FILES)
def test_ndjson_is_converted_as_a_capture_is(capture: Path, form: str) -> None:
    lines = cli("show", str(capture), "--format", "ndjson").stdout
    direct = cli("show", str(capture), "--format", form).stdout
    assert cli("show", "-", "--format", form, stdin=lines).stdout == direct


def test_a_filter_and_a_limit_choose_what_is_converted(capture: Path) -> None:
    shown = cli("show", str(capture), "--format", "csv", "--filter", "opcode == ping").stdout
    assert shown.count(b"\r\n") == 2
    shown = cli("show", str(capture), "--format", "csv", "--after", "2", "--limit", "2").stdout
    assert [line.split(b",")[0] for line in shown.splitlines()[1:]] == [b"3", b"4"]
    nothing = cli("show", str(capture), "--format", "har", "--filter", "length > 1GB")
    assert "No event" in nothing.stderr
    assert json.loads(nothing.stdout)["log"]["entries"] == []


def test_a_bundle_is_shared_and_read_without_what_was_named(capture: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "shared.zip"
    asked = ["--redact-field", "email", "--redact-field", "$.none"]
    result = cli("show", str(capture), "--format", "bundle", *asked, "-o", str(bundle))
    assert result.returncode == 0
    assert "1 payloads are no JSON" in result.stderr
    with zipfile.ZipFile(bundle) as files:
        text = files.read("events.ndjson").decode()
    assert "feed.example" not in text
    assert r"{\"email\": \"xxxxxxxxxxxxxxxx\"}" in text
    again = tmp_path / "again.wirescope"
    result = cli("import", str(bundle), "-o", str(again))
    assert result.stderr.startswith(f"* 9 events are in {again}, read as bundle.\n")
    assert len(events_of(again)) == 9


def test_without_payloads_a_bundle_has_only_their_lengths(capture: Path, tmp_path: Path) -> None:
    bundle = tmp_path / "shared.zip"
    cli("show", str(capture), "--format", "bundle", "--redact-payloads", "-o", str(bundle))
    with zipfile.ZipFile(bundle) as files:
        assert b"email" not in files.read("events.ndjson")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--format", "har", "--redact-field", "email"),
        ("--redact-payloads",),
        ("--format", "csv", "--stats"),
        ("--format", "pcapng", "--follow"),
        ("--format", "har", "--payload", "3"),
        ("--format", "xlsx"),
    ],
)
def test_options_that_do_not_go_together_are_refused(capture: Path, arguments: list[str]) -> None:
    result = cli("show", str(capture), *arguments)
    assert (result.returncode, result.stdout) == (2, b"")


def test_a_file_that_could_not_be_finished_is_taken_away(capture: Path, tmp_path: Path) -> None:
    out = tmp_path / "shared.zip"
    result = cli("show", str(capture), "--format", "bundle", "--redact-field", "$", "-o", str(out))
    assert result.returncode == 2
    assert "--redact-payloads" in result.stderr
    assert not [each for each in tmp_path.iterdir() if "shared" in each.name]


def test_what_was_there_before_stays_until_the_new_file_is_whole(
    capture: Path, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    out.write_text("before")
    out.chmod(0o640)
    damaged = tmp_path / "damaged.ndjson"
    damaged.write_bytes(cli("show", str(capture), "--format", "ndjson").stdout + b"{}\n")
    for form in ("ndjson", "csv"):
        result = cli("show", str(damaged), "--format", form, "-o", str(out))
        assert result.returncode == 26
        assert out.read_text() == "before"
    assert cli("show", str(capture), "--format", "csv", "-o", str(out)).returncode == 0
    assert out.read_bytes().startswith(b"seq,")
    assert out.stat().st_mode & 0o777 == 0o640
    assert [each.name for each in tmp_path.iterdir() if "part" in each.name] == []


def test_a_device_is_written_to_and_not_replaced(capture: Path) -> None:
    result = cli("show", str(capture), "--format", "ndjson", "-o", "/dev/stdout")
    assert len(result.stdout.splitlines()) == 9


def test_a_har_is_imported_beside_where_one_is(capture: Path, tmp_path: Path) -> None:
    har = tmp_path / "page.har"
    har.write_bytes(cli("show", str(capture), "--format", "har").stdout)
    here = tmp_path / "here"
    here.mkdir()
    subprocess.run(
        [*COMMAND, "import", str(har)], cwd=here, env=ENVIRONMENT, check=True, capture_output=True
    )
    assert events_of(here / "page.wirescope") == events_of(capture)


@pytest.mark.parametrize("form", ["ndjson", "har", "bundle"])
def test_what_can_be_read_comes_through_a_pipe_as_well(
    capture: Path, tmp_path: Path, form: str
) -> None:
    data = cli("show", str(capture), "--format", form).stdout
    out = tmp_path / "again.wirescope"
    result = cli("import", "-", "-o", str(out), stdin=data)
    assert f"read as {form}" in result.stderr
    assert len(events_of(out)) == 9


def test_what_a_file_is_can_be_told(tmp_path: Path) -> None:
    path = tmp_path / "odd"
    path.write_text('{"log": 1}\n')
    result = cli("import", str(path), "--format", "ndjson", "-o", str(tmp_path / "b"))
    assert result.returncode == 26
    assert "Line 1 is not an event" in result.stderr


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "It is empty"),
        (b"\n\x0d\x0d\x0a", "pcapng"),
        (b"SQLite format 3\0", "It is a capture already; `wirescope show` reads it"),
        (b"\x1f\x8b", "gzip"),
        (b"PK\x03\x04", "damaged"),
        (b'{"log":{"entries":[]}}', "no WebSocket"),
    ],
)
def test_what_cannot_be_imported_is_said_plainly(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "file"
    path.write_bytes(content)
    result = cli("import", str(path), "-o", str(tmp_path / "new"))
    assert result.returncode == 26
    assert said in " ".join(result.stderr.split())
    assert [each.name for each in tmp_path.iterdir()] == ["file"]


def test_from_stdin_a_capture_needs_a_name() -> None:
    assert cli("import", "-", stdin=b"{}").returncode == 2


@pytest.mark.skipif(sys.platform == "win32", reason="there are no pseudo-terminals")
@pytest.mark.parametrize("form", FILES)
def test_bytes_are_kept_from_a_terminal_and_text_made_harmless(
    capture: Path, tmp_path: Path, form: str
) -> None:
    from tests.cli.test_terminal import terminal

    with terminal("show", str(capture), "--format", form, home=tmp_path) as screen:
        code = screen.end()
    if FORMATS[form].binary:
        assert code == 2
        assert "is binary" in screen.plain
        assert FORMATS[form].suffix in screen.plain
    else:
        assert code == 0
        assert b"\x1b[2J" not in screen.seen


def test_everything_is_converted_to_everything(tmp_path: Path) -> None:
    path = everything(tmp_path / "a.wirescope")
    for form in FILES:
        assert cli("show", str(path), "--format", form, "-o", str(tmp_path / form)).returncode == 0


@pytest.mark.parametrize("form", ["har", "bundle"])
def test_what_has_to_be_imported_first_is_said_when_it_is_shown(
    capture: Path, tmp_path: Path, form: str
) -> None:
    path = tmp_path / "other"
    path.write_bytes(cli("show", str(capture), "--format", form).stdout)
    result = cli("show", str(path))
    assert result.returncode == 26
    assert "wirescope import" in result.stderr
