import json
from pathlib import Path

import pytest

from tests.cli.running import cli, echo, serving
from tests.cli.test_show import write_capture
from wirescope.events import ConnectionOpening, WebSocketHandshake, WebSocketMessage

pytestmark = pytest.mark.slow

OWN = Path(__file__).parent.parent / "workbench" / "misbehaving.py"
HANDSHAKE = "HTTP/1.1 101 Switching Protocols\r\n\r\n"


def conversation(*messages, subprotocol=""):
    """Events of a connection: (direction, kind, payload) each."""
    events = [
        ConnectionOpening(1, 0, "c1", "ws://127.0.0.1/", "websocket"),
        WebSocketHandshake(2, 0, "c1", "", HANDSHAKE, 101, subprotocol, []),
    ]
    for seq, (direction, kind, payload) in enumerate(messages, 3):
        length = len(payload)
        events.append(
            WebSocketMessage(
                seq,
                seq,
                "c1",
                direction,
                kind,
                length,
                length,
                compressed=False,
                frames=(),
                payload=payload,
            )
        )
    return events


@pytest.fixture
def mqtt(tmp_path):
    path = tmp_path / "mqtt.wirescope"
    connect = bytes.fromhex("101000044d5154540502003c000003616263")
    publish = bytes.fromhex("30080003612f62006869")
    write_capture(
        path,
        conversation(("sent", "binary", connect), ("sent", "binary", publish), subprotocol="mqtt"),
    )
    return str(path)


def test_messages_are_shown_by_their_subprotocol(mqtt):
    result = cli("show", mqtt, "--decode")
    assert result.returncode == 0, result.stderr
    rows = result.stdout.decode()
    assert "mqtt CONNECT" in rows
    assert "mqtt PUBLISH a/b (QoS 0) hi" in rows


def test_a_filter_does_not_hide_from_a_decoder_what_it_has_to_know(mqtt):
    shown = cli("show", mqtt, "--decode", "--filter", "seq == 4").stdout.decode()
    assert "mqtt PUBLISH a/b (QoS 0) hi" in shown
    assert "CONNECT" not in shown
    later = cli("show", mqtt, "--decode", "--after", "3", "--limit", "1").stdout.decode()
    assert "mqtt PUBLISH a/b (QoS 0) hi" in later


def test_one_message_is_written_as_a_tree(mqtt):
    result = cli("show", mqtt, "--decode", "--payload", "4")
    decoded = json.loads(result.stdout)
    assert decoded["value"]["topic"] == "a/b"
    assert (decoded["format"], decoded["name"], decoded["role"]) == ("mqtt", "PUBLISH", "push")
    missing = cli("show", mqtt, "--decode", "--payload", "1")
    assert missing.returncode == 2
    assert "no message" in missing.stderr


def test_a_decoder_can_be_named(mqtt):
    shown = cli("show", mqtt, "--decode", "hex").stdout.decode()
    assert "hex" not in shown
    assert "30 08 00 03" in shown
    wrong = cli("show", mqtt, "--decode", "nonsense")
    assert wrong.returncode == 2
    assert "There is no decoder 'nonsense'" in wrong.stderr


def test_somebodys_own_decoder_is_used_from_its_file(mqtt):
    shown = cli("show", mqtt, "--decode", f"{OWN}:Good").stdout.decode()
    assert "good number 1" in shown
    assert "good number 2" in shown


def test_a_decoder_that_fails_is_told_of_once(mqtt):
    result = cli("show", mqtt, "--decode", f"{OWN}:Throws")
    assert result.returncode == 0
    assert result.stderr.count("The decoder throws failed") == 1
    assert "\x1b" not in result.stderr
    assert "mqtt PUBLISH a/b" in result.stdout.decode()


def test_decoding_excludes_ndjson(mqtt):
    result = cli("show", mqtt, "--format", "ndjson", "--decode")
    assert result.returncode == 2
    assert "exclude each other" in result.stderr


def test_ndjson_is_decoded_as_it_comes(mqtt):
    lines = cli("show", mqtt, "--format", "ndjson").stdout
    shown = cli("show", "-", "--decode", stdin=lines).stdout.decode()
    assert "mqtt PUBLISH a/b (QoS 0) hi" in shown


def test_no_control_code_of_a_payload_is_printed(tmp_path):
    path = tmp_path / "hostile.wirescope"
    evil = '{"jsonrpc":"2.0","method":"\\u001b[2J\\u009b31m","params":["\\u202e"],"id":1}'
    raw = b"\x1b]0;title\x07\xc2\x9b31m"
    messages = [("received", "text", evil.encode()), ("received", "text", raw)]
    write_capture(path, conversation(*messages))
    shown = cli("show", str(path), "--decode")
    text = shown.stdout.decode() + shown.stderr
    assert "jsonrpc \\x1b[2J" in text
    assert not any(each in text for each in "\x1b\x07\x9b\u202e")


def test_connect_writes_a_json_object_for_each_received_message():
    with serving(echo) as url:
        call = '{"jsonrpc":"2.0","method":"add","params":[1],"id":7}'
        result = cli("connect", url, "-d", call, "-d", "hello", "--wait", "0.5", "--decode")
    assert result.returncode == 0, result.stderr
    first, second = [json.loads(line) for line in result.stdout.splitlines()]
    assert first == {
        "format": "jsonrpc", "name": "add", "role": "request", "correlation": "7",
        "value": json.loads(call),
    }  # fmt: skip
    assert second["value"] == "hello"
    assert second["problem"].startswith("jsonrpc: It is not JSON")


def test_the_address_behind_the_option_is_no_decoder():
    with serving(echo) as url:
        result = cli("connect", "--decode", url, "-d", "[1]", "-n", "1")
    assert result.returncode == 0, result.stderr
    assert json.loads(result.stdout)["format"] == "json"


def test_the_capture_behind_the_option_is_no_decoder(mqtt, tmp_path):
    assert "mqtt CONNECT" in cli("show", "--decode", mqtt).stdout.decode()
    lines = tmp_path / "mqtt.ndjson"
    lines.write_bytes(cli("show", mqtt, "--format", "ndjson").stdout)
    assert "mqtt CONNECT" in cli("show", "--decode", str(lines)).stdout.decode()


def test_connect_tells_what_messages_say_when_it_is_verbose():
    with serving(echo, subprotocols=["graphql-ws"]) as url:
        ping = '{"type":"connection_init"}'
        arguments = ["--subprotocol", "graphql-ws", "-d", ping, "-n", "1", "-v", "--decode"]
        result = cli("connect", url, *arguments)
    assert result.stderr.count("graphql-ws connection_init") == 2
    assert len(result.stdout.splitlines()) == 1


def test_the_connection_goes_on_while_a_decoder_of_ones_own_takes_its_time():
    """Pings are answered within the second that the decoder has for a payload."""
    with serving(pinging) as url:
        result = cli("connect", url, "--decode", f"{OWN}:Loops", "--wait", "30", "-d", "x", "-v")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert [each["value"] for each in lines] == ["first", "answered in time"], result.stderr
    assert "longer than 1 s" in result.stderr


def pinging(connection):
    connection.recv()
    connection.send("first")
    in_time = connection.ping().wait(0.8)
    connection.send("answered in time" if in_time else "too late")


def test_what_waits_to_be_decoded_does_not_delay_the_end_that_was_set():
    def flood(connection):
        for _ in range(1000):
            connection.send("a")
        for _ in connection:
            pass

    with serving(flood) as url:
        result = cli("connect", url, "--decode", f"{OWN}:TakesLong", "-m", "2")
    lines = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.returncode == 28
    assert lines[0]["value"] is None  # as the decoder gives it
    assert (lines[-1]["format"], lines[-1]["value"]) == ("text", "a")
    assert lines[-1]["problem"] == "not decoded, as it had to end"
