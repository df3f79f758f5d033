"""Ends that nobody planned: what the command line had saved by then is there and whole."""

import json
import signal

import pytest

import wirescope
from tests.cli.running import RawServer, cli, records, serving, started
from wirescope.events import ConnectionClosed, WebSocketMessage


def push_for_ever(connection):
    number = 0
    while True:
        connection.send(f"message {number}")
        number += 1


def read(path):
    """Read a capture that has to be whole."""
    with wirescope.open_capture(path, repair=False) as capture:
        events = list(capture.events())
        assert capture.gaps == []
        return events, capture.ended


def texts(events):
    return [event.text for event in events if isinstance(event, WebSocketMessage)]


@pytest.mark.slow
@pytest.mark.parametrize("lines", [1, 2000, 40_000])
def test_what_a_killed_run_had_saved_is_read_and_shown(tmp_path, lines):
    path = tmp_path / "run.wirescope"
    with (
        serving(push_for_ever, compression=None) as url,
        started("connect", url, "-o", str(path)) as process,
    ):
        shown = [process.stdout.readline() for _ in range(lines)]
        process.kill()
        process.wait()
    assert shown[-1] == f"message {lines - 1}\n".encode()
    events, ended = read(path)
    assert not ended
    assert [event.seq for event in events] == list(range(1, len(events) + 1))
    kept = texts(events)
    assert kept == [f"message {number}" for number in range(len(kept))]
    result = cli("show", str(path), "--format", "ndjson")
    assert result.returncode == 0
    assert len(records(result.stdout)) == len(events)
    assert "Traceback" not in result.stderr


@pytest.mark.slow
@pytest.mark.parametrize("interrupts", [1, 2])
def test_an_interrupted_run_leaves_a_whole_capture(tmp_path, interrupts):
    path = tmp_path / "run.wirescope"
    options = ("--format", "ndjson", "-o", str(path), "--close-timeout", "60")
    then = "echo close" if interrupts == 1 else "listen"
    with (
        RawServer(b"\x81\x05first", then=then) as server,
        started("connect", server.url, *options) as process,
    ):
        shown = []
        while not shown or shown[-1]["type"] != "websocket.message":
            shown.append(json.loads(process.stdout.readline()))
        process.send_signal(signal.SIGINT)
        while interrupts == 2 and shown[-1].get("opcode") != "close":
            shown.append(json.loads(process.stdout.readline()))
        if interrupts == 2:
            process.send_signal(signal.SIGINT)
        shown += records(process.stdout.read())
        assert process.wait(timeout=20) == 0
        told = process.stderr.read().decode()
    events, ended = read(path)
    assert ended
    assert texts(events) == ["first"]
    assert isinstance(events[-1], ConnectionClosed)
    assert events[-1].clean is (interrupts == 1)
    assert records(cli("show", str(path), "--format", "ndjson").stdout) == shown
    assert "You ended it." in told
    assert [opcode for opcode, _ in server.frames()] == [8]


@pytest.mark.slow
def test_a_second_run_does_not_record_into_the_same_file(tmp_path):
    path = tmp_path / "run.wirescope"
    with (
        RawServer(b"\x81\x05first", then="echo close") as server,
        started("connect", server.url, "-o", str(path)) as process,
    ):
        assert process.stdout.readline() == b"first\n"
        second = cli("connect", server.url, "-o", str(path))
        assert second.returncode not in (0, 1)
        assert "being recorded by another process" in second.stderr
        assert "choose another file" in second.stderr
        process.send_signal(signal.SIGINT)
        process.stdout.read()
        assert process.wait(timeout=20) == 0
    events, ended = read(path)
    assert ended
    assert texts(events) == ["first"]
