"""`wirescope doctor`: the report, its forms, the exit codes."""

import json
import signal
import socket

import pytest

from tests.cli.running import cli, echo, records, serving, started

pytestmark = pytest.mark.slow


def only_own(connection, request):
    """Refuse pages of other sites and other names."""
    origin, host = request.headers.get("Origin", ""), request.headers["Host"]
    if "foreign" in origin + host:
        return connection.respond(403, "not you\n")
    return None


def not_there(connection, request):
    return connection.respond(404, "nothing\n")


def test_the_first_three_lines_say_how_it_stands_and_what_to_do():
    with serving(echo, process_request=only_own) as url:
        result = cli("doctor", url)
    assert result.returncode == 0
    first = result.stdout.decode().splitlines()[:4]
    assert first[0].startswith("Verdict  Healthy: open in ")
    assert first[1] == "Fix      Nothing has to be done."
    assert first[2].startswith("Next     ")
    assert first[3] == ""
    assert result.stderr == ""


def test_a_warning_is_0_and_with_fail_on_1():
    with serving(echo) as url:
        fine, failed = cli("doctor", url), cli("doctor", url, "--fail-on", "warning")
    assert (fine.returncode, failed.returncode) == (0, 1)
    report = fine.stdout.decode()
    assert "It works, but take care" in report
    assert "  warn  origin" in report
    assert "  WARNING  WS801  The Origin is not checked" in report


def test_an_error_where_there_was_a_connection_is_1():
    with serving(echo) as url:
        result = cli("doctor", url, "--cookie", "sid=1")
    assert result.returncode == 1
    assert "  FAIL  origin" in result.stdout.decode()


def test_where_there_is_no_connection_the_exit_code_is_that_of_connect():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    refused = cli("doctor", f"ws://127.0.0.1:{port}/")
    with serving(echo, process_request=not_there) as url:
        not_found = cli("doctor", url)
    assert (refused.returncode, not_found.returncode) == (7, 22)
    report = not_found.stdout.decode()
    assert "  skip  not reached: ping, " in report
    assert "  body          nothing" in report


def a_page_of_nginx(connection, request):
    title = "<title>502 Bad Gateway</title>"
    page = f"<html><head>{title}</head><body><h1>502 Bad Gateway</h1></body></html>"
    response = connection.respond(502, page)
    response.headers["Server"] = "nginx/1.22.1"
    return response


def test_the_facts_name_a_gateway_and_its_page_once():
    with serving(echo, process_request=a_page_of_nginx) as url:
        facts = cli("doctor", url).stdout.decode().partition("\nFacts\n")[2]
    assert "  body          502 Bad Gateway\n" in facts
    assert facts.count("nginx/1.22.1") == 1


def test_json_has_the_verdict_the_steps_and_the_findings():
    with serving(echo) as url:
        result = cli("doctor", url, "--format", "json")
    whole = json.loads(result.stdout)
    assert {"verdict", "steps", "findings"} <= set(whole)
    assert {"name", "ok", "duration_ms", "facts", "message"} == set(whole["steps"][0])
    assert whole["findings"][0]["code"] == "WS801"
    assert whole["findings"][0]["evidence"]


def test_ndjson_has_a_line_for_each_step():
    with serving(echo) as url:
        lines = records(cli("doctor", url, "--format", "ndjson").stdout)
    assert [each["name"] for each in lines if each["type"] == "step"][:2] == ["resolve", "tcp"]
    assert lines[-1]["type"] == "verdict"


def test_the_report_fits_the_columns_that_there_are():
    with serving(echo) as url:
        report = cli("doctor", url, "--probe-limits", COLUMNS="80").stdout.decode()
    assert max(map(len, report.splitlines())) <= 80


def test_o_records_every_connection(tmp_path):
    path = tmp_path / "visit.wirescope"
    with serving(echo) as url:
        cli("doctor", url, "-o", str(path))
    shown = records(cli("show", str(path), "--format", "ndjson").stdout)
    assert len([each for each in shown if each["type"] == "connection.opening"]) > 4
    assert [each["code"] for each in shown if each["type"] == "finding"]


def test_what_is_not_examined_is_refused_with_a_sentence():
    result = cli("doctor", "https://127.0.0.1/whip/room")
    assert (result.returncode, result.stdout) == (2, b"")
    assert "doctor does not examine WHIP servers yet" in result.stderr


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("whip+https://127.0.0.1/room", "WHIP servers"),
        ("whep+http://127.0.0.1/whep/sink", "WHEP servers"),
        ("webrtc+ws://127.0.0.1/room", "WebRTC peers"),
    ],
)
def test_what_connect_tries_is_named_where_doctor_examines_it_not(url, kind):
    result = cli("doctor", url)
    assert (result.returncode, result.stdout) == (2, b"")
    assert f"doctor does not examine {kind} yet" in result.stderr
    assert "It examines ws:, wss:, stun:, turn: and turns: addresses" in result.stderr
    assert f"`wirescope connect {url.partition(':')[0]}:…`" in result.stderr


def test_an_option_for_turn_servers_is_refused_for_others():
    result = cli("doctor", "ws://127.0.0.1:9/", "--probe-peers")
    assert (result.returncode, result.stdout) == (2, b"")
    assert "--probe-peers is about TURN servers" in result.stderr


def test_what_a_server_says_cannot_steer_a_terminal():
    def refuse(connection, request):
        return connection.respond(400, "\x1b[31mred\n")

    with serving(echo, process_request=refuse) as url:
        report = cli("doctor", url).stdout
    assert b"\x1b" not in report


def test_options_that_exclude_each_other_are_named():
    result = cli("doctor", "ws://127.0.0.1:9/", "-4", "-6")
    assert result.returncode == 2
    assert "-4 and -6 exclude each other" in result.stderr


def test_a_time_for_everything_is_28():
    with socket.create_server(("127.0.0.1", 0)) as listener:
        result = cli("doctor", f"ws://127.0.0.1:{listener.getsockname()[1]}/", "-m", "0.5")
    assert result.returncode == 28
    assert "The time of 0.5 s was over in the step handshake" in result.stdout.decode()


def test_an_interrupt_ends_it_with_a_report():
    with serving(echo) as url, started("doctor", url, "--idle", "60", "--format", "ndjson") as run:
        for line in run.stdout:
            if b'"exposure"' in line:
                break
        run.send_signal(signal.SIGINT)
        rest = records(run.stdout.read())
        assert run.wait(20) == 130
    assert rest[-1]["verdict"] == "You ended it in the step idle."


def test_an_answer_without_blanks_is_cut_to_the_columns_that_there_are():
    with serving(echo) as url:
        report = cli("doctor", url, "-d", "x" * 400, COLUMNS="80").stdout.decode()
    assert max(map(len, report.splitlines())) <= 80


@pytest.mark.parametrize("command", ["doctor", "connect"])
def test_an_address_that_cannot_be_read_is_told_as_one(command):
    result = cli(command, "ws://[::1")
    assert result.returncode == 2
    assert "wirescope: The address ws://[::1 cannot be read" in result.stderr
