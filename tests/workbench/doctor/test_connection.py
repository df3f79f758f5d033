"""What is looked at on the open connection: pings, a message, compression, Close."""

import pytest

from tests.support.scripted import Scripted
from tests.workbench.doctor.examining import codes, examine, step
from wirescope.workbench.doctor import DoctorOptions

SOUND = {"checks_origin": True, "checks_host": True}


async def test_a_sound_server_is_healthy_and_nothing_is_found():
    diagnosis = await examine(Scripted(**SOUND))
    assert diagnosis.verdict.startswith("Healthy: open in ")
    assert diagnosis.advice == "Nothing has to be done."
    assert (codes(diagnosis), diagnosis.failure) == ([], None)
    assert all(each.ok for each in diagnosis.steps)


async def test_no_message_is_sent_unless_asked_for():
    server = Scripted(**SOUND)
    diagnosis = await examine(server)
    assert "message" not in [each.name for each in diagnosis.steps]


async def test_five_pings_are_timed():
    facts = step(await examine(Scripted(**SOUND)), "ping").facts
    assert (facts["sent"], facts["answered"]) == (5, 5)
    assert 0 < facts["min_ms"] <= facts["median_ms"] <= facts["max_ms"]


@pytest.mark.slow
async def test_a_ping_without_a_pong_is_an_error():
    diagnosis = await examine(Scripted(pong="none", **SOUND))
    assert codes(diagnosis) == ["WS803"]
    assert "no pong within 0.3 s" in diagnosis.verdict
    assert step(diagnosis, "ping").facts["sent"] == 1


@pytest.mark.slow
async def test_a_pong_with_another_payload_is_told_apart():
    diagnosis = await examine(Scripted(pong="wrong", **SOUND))
    assert codes(diagnosis) == ["WS803"]
    assert "do not carry the payload" in diagnosis.findings[0].cause


async def test_the_answer_to_a_message_is_shown():
    orders = DoctorOptions(data="are you there", answer_s=2)
    diagnosis = await examine(Scripted(**SOUND), orders=orders)
    assert '"are you there"' in step(diagnosis, "message").message
    assert codes(diagnosis) == []


@pytest.mark.slow
async def test_a_message_without_an_answer_is_a_warning():
    orders = DoctorOptions(data="are you there", answer_s=0.3)
    diagnosis = await examine(Scripted(answers=False, **SOUND), orders=orders)
    assert codes(diagnosis) == ["WS814"]


async def test_compression_that_is_agreed_on_is_explained():
    lines = ("Sec-WebSocket-Extensions: permessage-deflate; server_no_context_takeover",)
    diagnosis = await examine(Scripted(lines=lines, **SOUND))
    facts = step(diagnosis, "compression").facts
    assert facts["agreed"]
    assert facts["parameters"]["server_no_context_takeover"]


async def test_compression_that_is_not_used_is_found_where_messages_may_be_sent():
    lines = ("Sec-WebSocket-Extensions: permessage-deflate",)
    orders = DoctorOptions(probe_limits=True, largest=2048)
    diagnosis = await examine(_Plain(lines=lines, **SOUND), orders=orders)
    assert "WS806" in codes(diagnosis)


class _Plain(Scripted):
    """Says something large by itself, uncompressed."""

    async def _turn(self, reader, writer):
        writer.write(b"\x81\x7e" + (2000).to_bytes(2, "big") + b"x" * 2000)
        return await super()._turn(reader, writer)


async def test_the_answer_to_close_is_timed():
    facts = step(await examine(Scripted(**SOUND)), "close").facts
    assert (facts["code"], facts["reason_echoed"]) == (1000, True)
    assert facts["tcp_ended_ms"] >= facts["answered_ms"] > 0


@pytest.mark.slow
async def test_close_without_an_answer_is_a_warning():
    diagnosis = await examine(Scripted(close="none", **SOUND))
    assert codes(diagnosis) == ["WS804"]
    assert "no Close frame came within 0.2 s" in diagnosis.verdict


async def test_tcp_that_ends_in_place_of_an_answer_is_a_warning():
    diagnosis = await examine(Scripted(close="eof", **SOUND))
    assert codes(diagnosis) == ["WS804"]
    assert "ended without a Close frame" in diagnosis.verdict


@pytest.mark.slow
async def test_tcp_that_is_left_open_is_told_apart():
    diagnosis = await examine(Scripted(close="open", **SOUND))
    assert codes(diagnosis) == ["WS804"]
    assert "leaves the TCP connection open" in diagnosis.findings[0].cause


async def test_another_close_code_is_a_hint():
    diagnosis = await examine(Scripted(close="1011", **SOUND))
    assert [(each.code, each.severity) for each in diagnosis.findings] == [("WS805", "info")]


class _Ending(Scripted):
    """Closes as soon as it is asked anything."""

    def __init__(self, code, **settings):
        super().__init__(**settings)
        self.code = code

    async def _turn(self, reader, writer):
        await reader.readexactly(2)
        writer.write(b"\x88\x0a" + self.code.to_bytes(2, "big") + b"no token")
        await writer.drain()
        await reader.read()
        return False


async def test_a_server_that_ends_the_connection_by_itself_is_faulty():
    diagnosis = await examine(_Ending(1000, **SOUND))
    assert codes(diagnosis) == ["WS816"]
    assert "1000" in diagnosis.verdict


async def test_a_code_that_says_what_is_wrong_is_the_finding():
    diagnosis = await examine(_Ending(1008, **SOUND))
    assert codes(diagnosis) == ["WS214"]
    assert "1008" in diagnosis.verdict
    assert "token" in diagnosis.advice


async def test_a_close_in_place_of_an_answer_is_told_apart_from_silence():
    class Refusing(Scripted):
        def _answer_ping(self, writer, payload):
            super()._answer_ping(writer, payload)
            self.limit = 3

    orders = DoctorOptions(data="too long", answer_s=1)
    diagnosis = await examine(Refusing(**SOUND), orders=orders)
    assert "closed with 1009 instead of an answer" in step(diagnosis, "message").message
    assert "WS814" not in codes(diagnosis)


async def test_a_server_that_breaks_the_protocol_is_faulty():
    class Masking(Scripted):
        def _answer_ping(self, writer, payload):
            writer.write(bytes([0x8A, 0x80 | len(payload), 0, 0, 0, 0]) + payload)

    diagnosis = await examine(Masking(**SOUND))
    assert codes(diagnosis) == ["WS303", "WS208"]
    assert "broke the protocol" in diagnosis.verdict
