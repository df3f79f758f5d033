"""`wirescope doctor` at STUN and TURN servers: the report, its forms, the exit codes."""

import asyncio
import json
import threading
from contextlib import contextmanager

import pytest

from tests.cli.running import cli, records
from tests.support.local_coturn import PASSWORD, USER, coturn

pytestmark = [pytest.mark.slow, pytest.mark.requires("turnserver")]
GIVEN = ("-u", f"{USER}:{PASSWORD}")


@contextmanager
def running(*more, **settings):
    """Run coturn beside the test."""
    ready, done = threading.Event(), None
    found = []

    async def run():
        nonlocal done
        done = asyncio.Event()
        async with coturn(*more, **settings) as server:
            found.extend((server, asyncio.get_running_loop()))
            ready.set()
            await done.wait()

    thread = threading.Thread(target=lambda: asyncio.run(run()))
    thread.start()
    assert ready.wait(20)
    server, loop = found
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(done.set)
        thread.join(20)


def test_the_first_three_lines_say_how_it_stands_and_what_to_do():
    with running() as server:
        result = cli("doctor", server.turn, *GIVEN, COLUMNS="200")
    lines = result.stdout.decode().splitlines()
    assert result.returncode == 0
    assert lines[0].startswith("Verdict  Healthy: it relays over UDP and TCP, 50 of 50 datagrams")
    assert lines[1] == "Fix      Nothing has to be done."
    assert lines[2].startswith("Next     If the server is yours, --probe-peers")
    assert lines[3] == ""
    assert "  relayed       127.0.0.1:" in result.stdout.decode()
    assert result.stderr == ""


def test_json_has_the_verdict_the_steps_and_the_findings():
    with running() as server:
        result = cli("doctor", server.turn, "-u", f"{USER}:byron", "--format", "json")
    whole = json.loads(result.stdout)
    assert result.returncode == 1
    assert {"name", "ok", "duration_ms", "facts", "message"} == set(whole["steps"][0])
    assert whole["findings"][0]["code"] == "TURN111"
    allocate = next(each for each in whole["steps"] if each["name"] == "allocate")
    assert [each["code"] for each in allocate["facts"]["exchanges"]] == [401, 401]
    assert b"byron" not in result.stdout


def test_credentials_that_are_refused_are_told_with_the_realm_that_they_are_for():
    with running() as server:
        result = cli("doctor", server.turn, "-u", f"{USER}:byron")
    assert "  realm         wirescope.test\n" in result.stdout.decode()


def test_ndjson_has_a_line_for_each_step():
    with running() as server:
        lines = records(cli("doctor", server.stun, "--format", "ndjson").stdout)
    assert [each["name"] for each in lines if each["type"] == "step"] == ["resolve", "udp", "nat"]
    assert lines[-1]["type"] == "verdict"


def test_o_records_what_happened(tmp_path):
    path = tmp_path / "visit.wirescope"
    with running() as server:
        cli("doctor", server.turn, *GIVEN, "-o", str(path))
    shown = records(cli("show", str(path), "--format", "ndjson").stdout)
    phases = [each["name"] for each in shown if each["type"] == "connection.phase"]
    assert {"dns", "tcp", "binding", "challenge", "allocate", "channelbind"} <= set(phases)


def test_a_warning_is_0_and_with_fail_on_1():
    with running("--no-udp") as server:
        fine = cli("doctor", server.turn, *GIVEN)
        failed = cli("doctor", server.turn, *GIVEN, "--fail-on", "warning")
    assert (fine.returncode, failed.returncode) == (0, 1)


def test_an_address_can_be_given_for_the_name():
    with running() as server:
        url = f"turn:turn.example.test:{server.port}?transport=udp"
        override = f"turn.example.test:{server.port}:127.0.0.1"
        result = cli("doctor", url, *GIVEN, "--resolve", override)
    assert result.returncode == 0


@pytest.mark.parametrize("option", [("-d", "hello"), ("--origin", "https://a"), ("--digest",)])
def test_an_option_for_other_servers_is_refused(option):
    result = cli("doctor", "turn:127.0.0.1", *option)
    assert (result.returncode, result.stdout) == (2, b"")
    assert f"{option[0]} is about WebSocket servers" in result.stderr


@pytest.mark.parametrize("option", [("-u", "ada:lovelace"), ("--probe-peers",)])
def test_an_option_for_relays_is_refused_of_a_stun_server(option):
    result = cli("doctor", "stun:127.0.0.1", *option)
    assert (result.returncode, result.stdout) == (2, b"")
    assert f"{option[0]} is about TURN servers; a STUN server is asked without" in result.stderr


def test_an_address_that_is_none_is_refused_without_its_password():
    result = cli("doctor", "turn:ada:lovelace@host/path")
    assert result.returncode == 2
    assert "is not the address of a STUN or TURN server" in result.stderr
    assert "lovelace" not in result.stderr
