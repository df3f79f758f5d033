import json
import subprocess
from pathlib import Path

import pytest

from tests.analysis.making import Story
from tests.cli.running import COMMAND, ENVIRONMENT, cli, records
from tests.cli.test_rows import a_story
from wirescope.capture import CaptureWriter
from wirescope.cli.progress import Progress
from wirescope.events import PayloadChunk, Timeline, WebSocketFrame, ndjson_line
from wirescope.wire.websocket import build_header

pytestmark = pytest.mark.slow

BIG = bytes(range(256)) * 8192


def write_capture(path, emissions):
    with CaptureWriter.create(path, timeline=Timeline()) as writer:
        for emission in emissions:
            writer([emission])


@pytest.fixture
def capture(tmp_path):
    path = tmp_path / "run.wirescope"
    write_capture(path, a_story())
    return str(path)


@pytest.fixture
def lines(tmp_path):
    path = tmp_path / "run.ndjson"
    path.write_bytes(b"".join(ndjson_line(event, started_wall_ns=10**18) for event in a_story()))
    return str(path)


def test_a_capture_is_a_table_and_a_verdict(capture):
    result = cli("show", capture)
    assert result.returncode == 0
    rows = result.stdout.decode().splitlines()
    assert rows[0].split() == ["event", "time", "s", "frame", "wire", "B", "data", "B", "flags",
                               "payload"]  # fmt: skip
    assert len(rows) == 18
    assert result.stderr.startswith("* The server closed the connection with 1011")


def test_ndjson_of_a_capture_and_of_ndjson_are_the_same(capture, lines):
    from_capture = records(cli("show", capture, "--format", "ndjson").stdout)
    from_lines = records(cli("show", lines, "--format", "ndjson").stdout)
    for record in [*from_capture, *from_lines]:
        del record["time"]
    assert from_capture == from_lines


def test_ndjson_on_stdin_is_shown_as_it_comes(lines):
    process = subprocess.Popen(
        [*COMMAND, "show", "-"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
    )  # fmt: skip
    with process, Path(lines).open("rb") as file:
        process.stdin.write(file.readline())
        process.stdin.flush()
        process.stdout.readline()
        assert b"opening" in process.stdout.readline()
        rest, _ = process.communicate(file.read())
    assert b"close" in rest


@pytest.mark.parametrize("source", ["capture", "lines"])
def test_a_filter_a_limit_and_a_beginning_choose_events(source, request):
    path = request.getfixturevalue(source)
    chosen = cli("show", path, "--format", "ndjson", "--filter", "opcode == ping")
    assert [event["opcode"] for event in records(chosen.stdout)] == ["ping"]
    part = cli("show", path, "--format", "ndjson", "--after", "3", "--limit", "2")
    assert [event["seq"] for event in records(part.stdout)] == [4, 5]


def test_nothing_found_is_said(capture):
    result = cli("show", capture, "--filter", "length > 1GB")
    assert (result.returncode, result.stdout) == (0, b"")
    assert "No event" in result.stderr


def test_a_filter_that_cannot_be_read_points_at_the_column(capture):
    result = cli("show", capture, "--filter", "opcode = ping")
    assert result.returncode == 2
    assert "column 8" in result.stderr
    assert "^" in result.stderr


def test_a_payload_is_written_whole(tmp_path):
    story = Story().opened()
    header = build_header(2, len(BIG))
    chunks = [
        PayloadChunk(1, "c1", "received", BIG[at : at + 65536]) for at in range(0, len(BIG), 65536)
    ]
    frame = story.add(WebSocketFrame, "received", header, BIG[:4096], 0, 1)
    path = tmp_path / "big.wirescope"
    write_capture(path, [*story.events[:-1], *chunks, frame])
    assert cli("show", str(path), "--payload", str(frame.seq)).stdout == BIG
    out = tmp_path / "payload"
    assert cli("show", str(path), "--payload", str(frame.seq), "-o", str(out)).returncode == 0
    assert out.read_bytes() == BIG


@pytest.mark.parametrize("source", ["capture", "lines"])
def test_figures_are_a_table_or_json(source, request):
    path = request.getfixturevalue(source)
    table = cli("show", path, "--stats").stdout.decode()
    assert "20 events of 1 connection" in table
    figures = json.loads(cli("show", path, "--stats", "--format", "ndjson").stdout)
    assert figures["events"] == len(a_story())
    groups = {(g["type"], g["direction"], g["detail"]): g for g in figures["groups"]}
    assert groups["websocket.message", "sent", "text"]["payload_bytes"] == 5


def test_a_capture_can_be_followed_while_it_is_written(tmp_path):
    path = tmp_path / "live.wirescope"
    story = a_story()
    with CaptureWriter.create(path, timeline=Timeline()) as writer:
        writer([story[0]])
        process = subprocess.Popen(
            [*COMMAND, "show", str(path), "--follow", "--format", "ndjson"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
        )  # fmt: skip
        with process:
            assert json.loads(process.stdout.readline())["seq"] == 1
            for event in story[1:]:
                writer([event])
            for event in story[1:]:
                assert json.loads(process.stdout.readline())["seq"] == event.seq
            writer.close()
            assert process.wait(20) == 0


def test_following_ends_with_an_interrupt(tmp_path):
    path = tmp_path / "live.wirescope"
    with CaptureWriter.create(path, timeline=Timeline()) as writer:
        writer([a_story()[0]])
        process = subprocess.Popen(
            [*COMMAND, "show", str(path), "--follow", "--format", "ndjson"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=ENVIRONMENT,
        )  # fmt: skip
        with process:
            process.stdout.readline()
            process.terminate()
            assert process.wait(20) == 0


@pytest.mark.parametrize("content", [b"", b"nonsense", b"SQLite format 3\0", b"{}\n", b'{"a":1\n'])
def test_what_is_no_capture_is_said_so(tmp_path, content):
    path = tmp_path / "file"
    path.write_bytes(content)
    result = cli("show", str(path))
    assert result.returncode == 26
    assert "Traceback" not in result.stderr


def test_a_file_that_is_not_there_is_a_usage_error():
    assert cli("show", "/nowhere/at/all").returncode == 2


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
@pytest.mark.parametrize("arguments", [[], ["--format", "ndjson"], ["--stats"], ["--payload", "8"]])
def test_a_full_disk_is_told_without_a_traceback(capture, arguments):
    into_file = cli("show", capture, *arguments, "-o", "/dev/full")
    with Path("/dev/full").open("wb") as full:
        redirected = subprocess.run(
            [*COMMAND, "show", capture, *arguments],
            stdout=full,
            stderr=subprocess.PIPE,
            env=ENVIRONMENT,
            check=False,
        )
    for result in (into_file, redirected):
        assert result.returncode == 23
    assert redirected.stderr.startswith(b"wirescope: The output cannot be written: No space")
    assert b"Traceback" not in redirected.stderr
    assert "Traceback" not in into_file.stderr


def test_an_event_that_is_not_there_is_no_fault_of_writing(capture):
    result = cli("show", capture, "--payload", "999")
    assert result.returncode == 2
    assert "There is no event 999" in result.stderr


def test_a_capture_is_not_written_over(capture):
    before = Path(capture).read_bytes()
    assert cli("show", capture, "-o", capture).returncode == 2
    assert Path(capture).read_bytes() == before


def test_progress_is_shown_after_a_second_and_taken_away(clock, capsys):
    progress = Progress("events", 2000, enabled=True, clock=clock)
    progress.at(100)
    assert capsys.readouterr().err == ""
    clock.advance(s=1.5)
    progress.at(1000)
    assert "1,000 of 2,000 events (50%)" in capsys.readouterr().err
    progress.end()
    assert capsys.readouterr().err == "\r\x1b[K"


def test_ndjson_becomes_a_capture_again(lines, tmp_path):
    path = tmp_path / "again.wirescope"
    result = cli("import", lines, "-o", str(path))
    assert (result.returncode, result.stderr) == (
        0,
        f"* 20 events are in {path}, read as ndjson.\n",
    )
    again = cli("show", str(path), "--format", "ndjson").stdout
    assert again == Path(lines).read_bytes()


def test_an_import_writes_over_nothing_and_takes_only_what_is_in_order(lines, capture, tmp_path):
    assert cli("import", lines, "-o", capture).returncode == 2
    assert cli("import", capture, "-o", str(tmp_path / "copy")).returncode == 26
    twice = tmp_path / "twice.ndjson"
    twice.write_bytes(Path(lines).read_bytes() * 2)
    result = cli("import", str(twice), "-o", str(tmp_path / "twice"))
    assert result.returncode == 26
    assert "has the number 1 after 20" in result.stderr
    assert not (tmp_path / "twice").exists()


@pytest.mark.parametrize("source", ["capture", "lines"])
@pytest.mark.parametrize("seq", ["1", "100000"])
def test_an_event_without_a_payload_is_a_usage_error(source, seq, request):
    result = cli("show", request.getfixturevalue(source), "--payload", seq)
    assert (result.returncode, result.stdout) == (2, b"")
    assert f"vent {seq}" in result.stderr


def test_only_ndjson_can_be_imported(tmp_path):
    path = tmp_path / "table.txt"
    path.write_text("no json")
    result = cli("import", str(path), "-o", str(tmp_path / "new.wirescope"))
    assert result.returncode == 26
    assert "is not NDJSON" in result.stderr
