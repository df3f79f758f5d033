"""What compression would save, and how little it may be where the compressor is not known."""

import random
import struct

import pytest

from tests.analysis.findings.traffic import Traffic, feed
from wirescope.analysis import Analyzer


def telemetry(direction="received", *, request="", response="Upgrade: websocket\r\n"):
    """Short binary messages, which share little more than three bytes at a time."""
    story, generator = Traffic().begin(request=request, response=response), random.Random(3)
    values = [0.0] * 8
    for number in range(500):
        values = [value + generator.gauss(0, 1) for value in values]
        at_us = 1_764_000_000_000_000 + 10_000 * number
        numbers = (int(10 * value) for value in values)
        story.wait(0.01).message(direction, struct.pack(">IQ8h", number, at_us, *numbers))
    return story.end()


def cause_of(events):
    analyzer = Analyzer()
    found = [*analyzer.feed(events), *analyzer.finish()]
    (cause,) = [each.cause for each in found if each.code == "WS501"]
    return cause


def test_of_an_unknown_server_it_is_said_how_little_short_messages_may_save():
    assert "% less; if the server runs on Node.js, perhaps only 0%." in cause_of(telemetry())


def test_of_text_all_compressors_make_the_same():
    assert "perhaps" not in cause_of(feed(Traffic().begin(), count=400).end())


@pytest.mark.parametrize("server", ["Python/3.11 websockets/17.4", "uvicorn"])
def test_a_server_that_tells_what_it_is_leaves_no_doubt(server):
    assert "perhaps" not in cause_of(telemetry(response=f"Server: {server}\r\n"))


def test_this_end_compresses_as_it_does_unless_it_was_a_browser():
    assert "perhaps" not in cause_of(telemetry("sent"))
    browser = "User-Agent: Mozilla/5.0 Chrome/140.0.0.0\r\n"
    assert "if the client is Chrome" in cause_of(telemetry("sent", request=browser))
