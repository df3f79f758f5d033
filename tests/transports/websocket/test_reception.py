"""What comes is written down as it was on the wire; what is illegal is named and acted on."""

import pytest

from tests.support.linked import ended, linked
from wirescope.events import INLINE_LIMIT, MessageChunk, PayloadChunk, WebSocketViolation
from wirescope.wire.websocket import DeflateParameters, Deflater

MIB = 1 << 20


VIOLATIONS = {
    "masked by a server": (b"\x81\x80abcd", "5.1", 1002),
    "rsv1": (b"\xc1\x00", "5.2", 1002),
    "reserved opcode": (b"\x83\x00", "5.2", 1002),
    "reserved control opcode": (b"\x8b\x00", "5.2", 1002),
    "length in too many bytes": (b"\x81\x7e\x00\x01x", "5.2", 1002),
    "fragmented ping": (b"\x09\x00", "5.5", 1002),
    "long ping": (b"\x89\x7e\x00\x7e" + bytes(126), "5.5", 1002),
    "continuation of nothing": (b"\x80\x00", "5.4", 1002),
    "bad text": (b"\x81\x01\xff", "8.1", 1007),
    "bad text in fragments": (b"\x01\x01\xe2\x80\x01\x28", "8.1", 1007),
    "close with one byte": (b"\x88\x01\x03", "5.5.1", 1002),
    "close with an illegal code": (b"\x88\x02\x03\xee", "7.4", 1002),
    "close with a bad reason": (b"\x88\x03\x03\xe8\xff", "5.5.1", 1007),
}


@pytest.mark.parametrize(("wire", "clause", "code"), VIOLATIONS.values(), ids=VIOLATIONS)
async def test_a_violation_is_named_and_fails_a_strict_connection(wire, clause, code):
    async with linked() as link:
        await link.peer.write(b"\x8a\x00" + wire)  # an unsolicited pong moves the offset
        answer = await link.peer.receive()
        assert (answer.opcode, answer.payload[:2]) == (8, code.to_bytes(2, "big"))
        await link.peer.write(b"\x88" + bytes((len(answer.payload),)) + answer.payload)
        link.peer.hang_up()
        closed = await link.connection.wait_closed()
    assert (closed.code, closed.initiator, closed.cause) == (code, "local", "violation")
    violation = link.log.of(WebSocketViolation)[0]
    assert violation.clause == f"RFC 6455 {clause}"
    (frame,) = [each for each in link.log.frames() if each.seq == violation.frame]
    assert frame.offset == violation.offset >= 2
    assert link.log.messages() == []
    assert link.log.closed is closed


LENIENT = {
    "masked by a server": (b"\x81\x82\x01\x02\x03\x04ik", b"hi"),
    "rsv2": (b"\xa1\x02hi", b"hi"),
    "length in too many bytes": (b"\x81\x7e\x00\x02hi", b"hi"),
    "bad text": (b"\x81\x02h\xff", b"h\xff"),
    "bad text in fragments": (b"\x01\x01h\x80\x01\xff", b"h\xff"),
    "a message inside another": (b"\x01\x02no\x81\x02hi", b"hi"),
    "reserved opcode": (b"\x83\x02no\x81\x02hi", b"hi"),
    "reserved opcode among fragments": (b"\x01\x01h\x83\x02no\x80\x01i", b"hi"),
}


@pytest.mark.parametrize(("wire", "payload"), LENIENT.values(), ids=LENIENT)
async def test_a_lenient_connection_names_it_and_goes_on(wire, payload):
    async with linked(strict=False) as link:
        await link.peer.write(wire + b"\x81\x04next")
        assert (await link.connection.receive()).payload == payload
        assert (await link.connection.receive()).text == "next"
        await link.peer.close()
        assert (await link.connection.wait_closed()).cause == "close"
    assert len(link.log.violations()) == 1


async def test_a_lenient_end_answers_an_illegal_close_with_a_legal_one():
    async with linked(strict=False) as link:
        assert (await link.peer.close(1006)).payload == b"\x03\xea"
        assert (await link.connection.wait_closed()).code == 1006
    assert link.log.violations("sent") == []


async def test_a_violation_waits_for_the_answers_to_the_messages_before_it():
    async with linked() as link:
        await link.peer.write(b"\x81\x01a\x81\x01b\x83\x00")
        async for message in link.connection:
            await link.connection.send(message.text)
            if message.text == "b":
                break
        assert [(await link.peer.receive()).payload for _ in range(2)] == [b"a", b"b"]
        closing = link.connection.close()  # what the application asks for does not hide it
        link.peer.sock.shutdown(1)
        closed = await closing
    assert (closed.cause, closed.code) == ("violation", 1002)


async def test_a_violation_counts_even_if_the_peer_leaves_before_it_is_answered():
    async with linked() as link:
        await link.peer.write(b"\x81\x01a\x83\x00")
        link.peer.hang_up()
        closed = await link.connection.wait_closed()
    assert ended(closed) == (1006, "", "local", False, "violation")


async def test_bad_text_fails_before_the_frame_is_complete():
    async with linked() as link:
        await link.peer.write(b"\x81\x05ab\xff")
        answer = await link.peer.receive()
        assert answer.payload[:2] == b"\x03\xef"
        link.peer.hang_up()
    assert link.log.violations()[0] == ("RFC 6455 8.1", "The text is not UTF-8 at byte 2.")


async def test_after_a_violation_frames_are_still_written_down():
    async with linked() as link:
        await link.peer.write(b"\x83\x00\x81\x02hi\x88\x02\x03\xea")
        assert (await link.peer.receive()).payload[:2] == b"\x03\xea"
        link.peer.hang_up()
        assert (await link.connection.wait_closed()).clean
    assert [frame.opcode for frame in link.log.frames()] == [3, 1, 8]
    assert link.log.messages() == []


# The end inside a frame


CUT = {
    "one byte": (b"\x81", 0),
    "in the length": (b"\x82\x7e\x01", 0),
    "in the payload": (b"\x82\x05ab", 1),
    "in a long payload": (b"\x82\x7f" + (1 << 40).to_bytes(8, "big") + b"abc", 1),
    "after the header of the longest": (b"\x82\x7f" + b"\xff" * 8, 1),
}


@pytest.mark.parametrize("role", ["fin", "reset"])
@pytest.mark.parametrize(("wire", "frames"), CUT.values(), ids=CUT)
async def test_a_frame_that_is_cut_off_is_evidence(wire, frames, role):
    limits = {"max_message_size": None, "strict": False}
    async with linked(**limits) as link:
        await link.peer.write(b"\x89\x00" + wire)
        await link.peer.receive()  # the pong: everything was read
        (link.peer.hang_up if role == "fin" else link.peer.reset)()
        closed = await link.connection.wait_closed()
    assert closed.cause == ("eof" if role == "fin" else "reset")
    clause, message = link.log.violations()[-1]
    assert clause == "RFC 6455 7.1.4"
    assert "ended inside a frame" in message
    assert len(link.log.frames()) == 1 + frames
    violation = link.log.of(WebSocketViolation)[-1]
    assert violation.offset == 2
    assert violation.frame == (link.log.frames()[1].seq if frames else 0)


# Long ones


async def test_a_long_frame_comes_in_chunks_that_hold_every_byte():
    payload = bytes(range(251)) * 6000
    assert len(payload) > INLINE_LIMIT
    async with linked() as link:
        await link.peer.send(2, payload)
        assert (await link.connection.receive()).payload == payload
        await link.peer.close()
    frame = link.log.frames()[0]
    chunks = link.log.of(PayloadChunk)
    assert b"".join(chunk.data for chunk in chunks) == payload
    assert {chunk.payload_id for chunk in chunks} == {frame.payload_id}
    assert frame.payload == payload[:4096]
    assert frame.payload_length == len(payload)
    assert link.log.index(chunks[-1]) < link.log.index(frame)
    assert link.log.of(MessageChunk) == []


async def test_a_frame_of_exactly_one_mebibyte_is_whole():
    async with linked() as link:
        await link.peer.send(2, bytes(INLINE_LIMIT))
        assert (await link.connection.receive()).length == INLINE_LIMIT
        await link.peer.close()
    assert link.log.frames()[0].payload == bytes(INLINE_LIMIT)
    assert link.log.of(PayloadChunk) == []


async def test_a_message_beyond_the_hold_limit_goes_out_in_chunks():
    payload = bytes(range(250)) * 20
    async with linked(hold_limit=1000) as link:
        for at in range(0, len(payload), 500):
            final = at + 500 == len(payload)
            await link.peer.send(0 if at else 2, payload[at : at + 500], fin=final)
        message = await link.connection.receive()
        assert (message.payload, message.length) == (payload[:1000], len(payload))
        assert message.truncated
        await link.peer.close()
    chunks = link.log.of(MessageChunk)
    assert b"".join(chunk.data for chunk in chunks) == payload
    assert {chunk.kind for chunk in chunks} == {"binary"}


async def test_a_single_frame_beyond_the_hold_limit_goes_out_in_chunks():
    async with linked(hold_limit=10) as link:
        await link.peer.send(1, b"0123456789a")
        assert (await link.connection.receive()).payload == b"0123456789"
        await link.peer.close()
    chunks = link.log.of(MessageChunk)
    assert [(chunk.kind, chunk.data) for chunk in chunks] == [("text", b"0123456789a")]


async def test_a_message_may_be_as_large_as_the_limit():
    async with linked(max_message_size=300) as link:
        await link.peer.send(2, bytes(300))
        assert (await link.connection.receive()).length == 300
    async with linked(max_message_size=300) as link:
        await link.peer.send(2, bytes(301))
        assert (await link.peer.receive()).payload[:2] == b"\x03\xf1"
        link.peer.hang_up()


@pytest.mark.parametrize("strict", [True, False])
async def test_a_length_that_is_too_large_fails_before_it_comes(strict):
    async with linked(strict=strict) as link:
        await link.peer.write(b"\x82\x7f" + ((1 << 63) - 1).to_bytes(8, "big"))
        assert (await link.peer.receive()).payload[:2] == b"\x03\xf1"
        link.peer.hang_up()
        assert (await link.connection.wait_closed()).code == 1009


@pytest.mark.slow
async def test_65536_fragments_with_pings_between_make_one_message():
    async with linked() as link:
        first = b"\x02\x01x" + b"\x00\x01x" * 32767
        await link.peer.write(first + b"\x89\x00" + b"\x00\x01x" * 32767 + b"\x80\x01x")
        message = await link.connection.receive()
        assert (message.length, len(message.frames)) == (65536, 65536)
        assert (await link.peer.receive()).opcode == 10
        await link.peer.close()


async def test_too_many_fragments_are_too_big():
    async with linked(max_fragments=10) as link:
        await link.peer.write(b"\x02\x00" + b"\x00\x00" * 10)
        assert (await link.peer.receive()).payload[:2] == b"\x03\xf1"
        link.peer.hang_up()


# Compressed


async def test_compressed_messages_are_inflated_and_frames_stay_as_they_were():
    deflater = Deflater()
    async with linked(deflate=DeflateParameters()) as link:
        packed = [deflater.compress(b"Hello") for _ in range(2)]
        for payload in packed:
            await link.peer.send(1, payload, rsv1=True)
        await link.peer.send(1, b"plain")
        messages = [await link.connection.receive() for _ in range(3)]
        await link.peer.close()
    assert [message.text for message in messages] == ["Hello", "Hello", "plain"]
    assert [message.compressed for message in messages] == [True, True, False]
    assert [frame.payload for frame in link.log.frames()[:2]] == packed
    assert messages[1].wire_length == len(packed[1]) + 2


@pytest.mark.parametrize("payload", [b"\xff\xff", b"\xf2\x48", b""])
async def test_a_payload_that_does_not_inflate_fails_the_connection(payload):
    async with linked(deflate=DeflateParameters()) as link:
        await link.peer.send(1, payload, rsv1=True)
        assert (await link.peer.receive()).payload[:2] == b"\x03\xef"
        link.peer.hang_up()
    (violation,) = link.log.of(WebSocketViolation)
    assert violation.clause == "RFC 7692 7.2.2"


async def test_a_bomb_ends_with_1009_and_is_not_kept():
    bomb = Deflater().compress(bytes(16 * MIB))
    async with linked(deflate=DeflateParameters(), max_message_size=MIB) as link:
        await link.peer.send(2, bomb, rsv1=True)
        assert (await link.peer.receive()).payload[:2] == b"\x03\xf1"
        link.peer.hang_up()
        assert (await link.connection.wait_closed()).code == 1009
    assert link.log.messages() == []
    assert link.log.frames()[0].payload == bomb


async def test_a_server_inflates_with_the_client_s_window():
    parameters = DeflateParameters(client_max_window_bits=9, server_no_context_takeover=True)
    deflater = Deflater(window_bits=9)
    async with linked("server", deflate=parameters) as link:
        for _ in range(3):
            await link.peer.send(1, deflater.compress(b"abc" * 1000), rsv1=True)
            assert (await link.connection.receive()).length == 3000
        await link.peer.close()
