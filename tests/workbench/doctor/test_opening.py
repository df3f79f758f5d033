"""The opening handshake: what is said of it, what a change would have made, what is recorded."""

import pytest

from tests.support.handshakes import Answering
from tests.support.raw_server import RawServer
from tests.support.scripted import Scripted
from tests.workbench.doctor.examining import QUICK, codes, examine, step
from wirescope.capture import open_capture
from wirescope.errors import ConnectError, UpgradeRefusedError
from wirescope.events import ConnectionFailed, Finding
from wirescope.transports.websocket import ConnectOptions
from wirescope.workbench.doctor import Brake, DoctorOptions, diagnose

SOUND = {"checks_origin": True, "checks_host": True}


async def test_the_heads_are_described():
    server = Scripted(lines=("Server: nginx/1.22", "Via: 1.1 edge"), subprotocol="chat", **SOUND)
    facts = step(await examine(server, subprotocols=("chat",)), "handshake").facts
    assert (facts["status"], facts["subprotocol"]) == (101, "chat")
    assert (facts["server"], facts["proxy"]) == ("nginx/1.22", "Via: 1.1 edge")


async def test_a_refusal_is_explained_with_its_body():
    answer = b"HTTP/1.1 404 Not Found\r\nContent-Length: 7\r\n\r\nno room"
    diagnosis = await examine(Answering([answer]))
    assert isinstance(diagnosis.failure, UpgradeRefusedError)
    assert "404 Not Found" in diagnosis.verdict
    assert step(diagnosis, "handshake").facts["body"] == "no room"
    assert "what if" not in [each.name for each in diagnosis.steps]


async def test_an_origin_that_is_missing_is_found_out_by_trying():
    diagnosis = await examine(Scripted(wants_origin=True))
    assert "with the Origin http://127.0.0.1:" in diagnosis.verdict
    assert "--origin" in diagnosis.advice


async def test_a_subprotocol_that_is_not_taken_is_found_out_by_trying():
    diagnosis = await examine(Scripted(subprotocol="mqtt"), subprotocols=("mqqt",))
    assert "without the subprotocol mqqt" in diagnosis.verdict
    assert "Correct the name" in diagnosis.advice


async def test_a_refusal_that_no_change_helps_is_not_blamed_on_the_origin():
    answer = b"HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n"
    diagnosis = await examine(Answering([answer]))
    assert diagnosis.advice.startswith("It is not the Origin")


async def test_everything_is_in_one_capture_with_the_findings(tmp_path):
    path = tmp_path / "visit.wirescope"
    async with RawServer(Scripted()) as server:
        diagnosis = await diagnose(
            f"ws://127.0.0.1:{server.port}/?token=geheim",
            options=ConnectOptions(**QUICK),
            capture=path,
        )
    with open_capture(path) as capture:
        events = list(capture.events())
    kept = [each for each in events if isinstance(each, Finding)]
    assert {each.code for each in kept} == set(codes(diagnosis)) == {"WS701", "WS801", "WS802"}
    numbers = {each.seq: each for each in events}
    assert all(numbers[seq].connection == each.connection
               for each in kept for seq in each.evidence)  # fmt: skip
    looks = [each for each in events if isinstance(each, ConnectionFailed)]
    assert {each.kind for each in looks} == {"aborted"}
    assert "geheim" not in str(diagnosis.as_json())


@pytest.mark.slow
async def test_the_time_for_everything_is_kept_to():
    diagnosis = await examine(
        Scripted(pong="none"), orders=DoctorOptions(answer_s=20, max_time_s=0.3)
    )
    assert isinstance(diagnosis.failure, ConnectError)
    assert diagnosis.failure.kind == "timeout"
    assert "in the step ping" in diagnosis.verdict
    assert step(diagnosis, "handshake").ok


async def test_steps_are_told_as_they_are_taken():
    begun, done = [], []
    async with RawServer(Scripted(**SOUND)) as server:
        await diagnose(
            f"ws://127.0.0.1:{server.port}/",
            options=ConnectOptions(**QUICK),
            on_begin=begun.append,
            on_step=lambda each: done.append(each.name),
        )
    assert begun == done
    assert begun[:4] == ["resolve", "tcp", "handshake", "ping"]


@pytest.mark.slow
async def test_who_has_enough_gets_what_was_seen_so_far():
    brake = Brake()
    async with RawServer(Scripted(pong="none")) as server:
        diagnosis = await diagnose(
            f"ws://127.0.0.1:{server.port}/",
            options=ConnectOptions(**QUICK),
            on_begin=lambda name: brake.pull() if name == "ping" else None,
            brake=brake,
        )
    assert diagnosis.verdict == "You ended it in the step ping."
    assert diagnosis.failure.kind == "aborted"
    assert step(diagnosis, "handshake").ok
    assert step(diagnosis, "close").message == "not reached"
