"""The connect ladder in a terminal: a line a rung, and where it stuck in words."""

import json
import re
import socket

import pytest

from tests.analysis.test_ladder import Story, failed, sdp, story
from tests.cli.calls import connect
from tests.cli.running import cli
from tests.support.astray import far_sides_astray
from wirescope.cli.ladder_text import lines_of
from wirescope.events import ConnectionOpening, SignalingDescription, ndjson_line


def stuck() -> Story:
    return story(until="first-answer").tell(30_000, *failed("ice", "no-path"))


def test_a_rung_that_was_taken_has_a_line_and_those_not_reached_share_one() -> None:
    lines = list(lines_of(stuck().ladder(), width=100))
    assert lines[0] == "Connect ladder: stuck at first answer."
    assert re.split(" {2,}", lines[1]) == [
        *("", "Source", "done", "+10 ms", "11 ms", "What this end sends is there."),
    ]
    assert [line.split("  ")[1].strip() for line in lines[1:9]] == [
        *("Source", "Signaling", "Offer", "Answer", "Gathering", "First check", "First answer"),
        "Not reached: Nominated, DTLS, SCTP, Channel open, First media.",
    ]
    assert "FAILED" in lines[7]
    assert lines[9].startswith("  It failed. 1 check went over 1 pair of addresses, none was")
    assert lines[-1].endswith("have no other path.")


def test_no_line_is_wider_than_the_terminal() -> None:
    for width in (72, 80, 100):
        assert all(len(line) <= width for line in lines_of(stuck().ladder(), width=width))


def test_what_the_verdict_says_is_not_said_again() -> None:
    lines = list(lines_of(stuck().ladder(), width=100, told=("It failed.", "Do this.")))
    assert not any("It failed." in line or "Do this." in line for line in lines)


def test_colour_adds_to_the_word_and_takes_nothing_s_place() -> None:
    ladder = stuck().ladder()
    plain = list(lines_of(ladder, width=100))
    painted = list(lines_of(ladder, width=100, colour=True))
    assert [re.sub(r"\x1b\[\d+m", "", line) for line in painted] == plain
    assert painted != plain


def test_a_connection_that_stands_says_when_it_did() -> None:
    head, *lines = lines_of(story().ladder(), width=100)
    assert head == "Connect ladder: it stood after 181 ms."
    assert len(lines) == 12


def test_text_from_the_wire_steers_no_terminal() -> None:
    told = story(until="answer")
    told.tell(30_000, *failed("signaling", "timeout")[:3], "\x1b[2J gone", "\x1b[31m")
    assert not any("\x1b" in line for line in lines_of(told.ladder(), width=100))


def ndjson(told: Story) -> bytes:
    return b"".join(ndjson_line(event, started_wall_ns=0) for event in told.events)


def test_analyze_shows_the_ladder_of_a_connection_that_stuck() -> None:
    told = cli("analyze", "-", stdin=ndjson(stuck())).stdout.decode().splitlines()
    assert told[0].endswith("It failed.")
    assert "Connect ladder: stuck at first answer." in told


def test_analyze_does_not_find_nothing_where_a_ladder_stuck() -> None:
    given_up = story(until="checking").tell(3_000, *failed("signaling", "aborted"))
    told = cli("analyze", "-", stdin=ndjson(given_up)).stdout.decode()
    assert "Connect ladder: stuck at first check." in told
    assert "Nothing was found" not in told


def test_analyze_counts_the_ladders_that_are_too_many_to_show() -> None:
    told = Story()
    for number in range(9):
        of = f"c{number + 1}"
        told.tell(number, ConnectionOpening, "webrtc:", "webrtc", of=of)
        if number == 5:
            told.tell(20, SignalingDescription, "local", "offer", sdp(ufrag="aaaa"), of=of)
        told.tell(1_000, *failed("signaling", "timeout"), of=of)
    lines = cli("analyze", "-", stdin=ndjson(told)).stdout.decode().splitlines()
    assert sum("Connect ladder: stuck" in line for line in lines) == 4
    assert "5 more stuck: 4 at offer, 1 at answer." in lines


def test_analyze_is_silent_about_one_that_came_about() -> None:
    told = cli("analyze", "-", stdin=ndjson(story())).stdout.decode()
    assert "ladder" not in told


def test_analyze_gives_the_ladder_to_programs() -> None:
    result = cli("analyze", "-", "--format", "json", stdin=ndjson(stuck()))
    (ladder,) = json.loads(result.stdout)["metrics"]["ladder"]["c1"]
    assert ladder["failing"] == "first-answer"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("path", "within_s", "rung", "code"),
    [
        ("/silent", "1", "answer", 28),
        ("/hole", "2", "first answer", 7),
        ("/certificate", "30", "DTLS", 35),
    ],
)
async def test_connect_shows_on_which_rung_it_stuck(
    path: str, within_s: str, rung: str, code: int
) -> None:
    async with far_sides_astray() as address:
        ended, stdout, stderr = await connect(f"{address}{path}", "--connect-timeout", within_s)
    assert (ended, stdout) == (code, b"")
    lines = stderr.splitlines()
    (head,) = [number for number, line in enumerate(lines) if line.startswith("* Connect ladder")]
    assert lines[head] == f"* Connect ladder: stuck at {rung}."
    assert sum("FAILED" in line for line in lines) == 1
    assert len(lines) > head + 4  # the rungs, and then the verdict


@pytest.mark.slow
async def test_connect_shows_where_signaling_stuck_that_never_began() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    code, _, stderr = await connect(f"webrtc+ws://127.0.0.1:{port}/signal")
    assert code == 7
    assert "* Connect ladder: stuck at signaling." in stderr.splitlines()


@pytest.mark.slow
@pytest.mark.parametrize("options", [("-v",), ()], ids=["verbose", "usual"])
async def test_connect_shows_the_ladder_of_one_that_came_about_when_verbose(
    options: tuple[str, ...],
) -> None:
    async with far_sides_astray() as address:
        more = (*options, "-d", "hi", "--wait", "0.2")
        code, _, stderr = await connect(f"{address}/right", *more)
    assert code == 0, stderr
    assert ("* Connect ladder: it stood after" in stderr) is bool(options)
