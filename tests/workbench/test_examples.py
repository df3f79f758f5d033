"""Every program in `examples` runs and prints what it says."""

import json
import re
import subprocess
import sys

import pytest

from tests.cli.running import ENVIRONMENT, ROOT, echo, serving, started
from wirescope.errors import WirescopeError
from wirescope.transports.link import why_not

pytestmark = pytest.mark.slow

EXAMPLES = ROOT / "examples"


NO_LINK = why_not()


def run_example(name, *arguments, within_s=30):
    result = subprocess.run(
        [sys.executable, str(EXAMPLES / name), *arguments],
        capture_output=True, text=True, timeout=within_s, env=ENVIRONMENT,
    )  # fmt: skip
    assert result.returncode == 0, result.stderr
    return result.stdout


def test_one_answer():
    with serving(echo) as url:
        assert run_example("one_answer.py", url) == "hello\n"


def test_every_message():
    def push(connection):
        connection.send("one")
        connection.send(b"two")

    with serving(push, subprotocols=["chat"]) as url:
        printed = run_example("every_message.py", url).splitlines()
    assert printed[:2] == ["text 3 one", "binary 3 two"]
    assert "closed the connection with 1000" in printed[2]


def test_every_event():
    with serving(echo) as url:
        printed = run_example("every_event.py", url)
    assert printed.splitlines()[0].endswith("connection.opening")
    assert printed.endswith("the ping took less than a minute: True\n")


def test_record_and_read(tmp_path):
    with serving(echo) as url:
        printed = run_example("record_and_read.py", url, str(tmp_path / "run.wirescope"))
    assert "events\nThis end closed the connection with 1000" in printed


def test_why_refused():
    def refuse(connection, request):
        return connection.respond(401, "who are you")

    with serving(echo, process_request=refuse) as url:
        assert run_example("why_refused.py", url) == "refused with 401: who are you\n"
    assert "Nothing listens on" in run_example("why_refused.py", "ws://127.0.0.1:1")


def test_own_decoder():
    printed = run_example("own_decoder.py", "say: hello")
    assert printed == 'hello\n{"command":"say","text":"hello"}\n'


def test_forward_a_stream():
    printed = run_example("forward_a_stream.py", "1")
    assert re.fullmatch("VP8: [1-9][0-9]* packets sent\n", printed)


@pytest.mark.skipif(NO_LINK is not None, reason=f"no emulated network: {NO_LINK}")
def test_compare():
    printed = run_example("compare.py", "2", "1", within_s=120).splitlines()
    cells, verdicts = printed[:6], printed[6:]
    assert [line.split()[:2] for line in cells] == [
        [link, transport]
        for link in ("clean", "loss-5")
        for transport in ("websocket", "data-channel-reliable", "data-channel-unreliable")
    ]
    assert [line.partition(":")[0] for line in verdicts] == [
        "live ticker over clean",
        "live ticker over loss-5",
    ]


def test_every_example_is_tested_and_listed():
    listed = (EXAMPLES / "README.md").read_text(encoding="utf-8")
    for path in EXAMPLES.glob("*.py"):
        assert f"test_{path.stem}" in globals()
        assert path.name in listed


def test_the_root_offers_what_it_says():
    import wirescope

    for name in wirescope.__all__:
        assert getattr(wirescope, name) is not None
    assert issubclass(wirescope.ConnectError, WirescopeError)
    with pytest.raises(AttributeError, match="nonsense"):
        _ = wirescope.nonsense


def serve_url(server):
    return json.loads(server.stdout.readline())["url"].replace("http", "ws", 1)


def test_websocket_sample():
    with started("serve", "--port", "0", "--format", "ndjson") as server:
        printed = run_example("websocket_sample.py", serve_url(server) + "echo")
    assert printed.splitlines() == [
        "open",
        "received Hello",
        'received {"type": "trade", "price": 101.25}',
        "received [1, 2, 3]",
        "closed 1000 cleanly",
    ]


def test_webrtc_sample():
    with started("serve", "--port", "0", "--format", "ndjson") as server:
        printed = run_example("webrtc_sample.py", serve_url(server) + "webrtc/echo")
    assert printed.splitlines() == [
        "connection connected",
        "received Hello",
        "picture of 320 by 180 pixels",
    ]
