"""Connections of the desk, against a real server: opened, spoken through, ended, recorded."""

import asyncio
import socket

import pytest

from tests.support.authority import Authority
from tests.workbench.desk.benches import bench, resolvers, resolvers_with, until
from wirescope.capture import open_capture
from wirescope.errors import ConnectionClosedError, UsageError
from wirescope.events import WebSocketFrame, WebSocketMessage
from wirescope.playground import serve_endpoints
from wirescope.workbench.desk import Outgoing
from wirescope.workbench.desk.opened import OpenCapture
from wirescope.workbench.desk.repeating import MOST_REPEATS
from wirescope.workbench.workspace import (
    TLS,
    Compression,
    Endpoint,
    Network,
    OnMessage,
    Retry,
    SavedMessage,
)

PLAIN = {"compression": Compression(offer=False)}


def messages_in(folder, capture):
    with open_capture(folder / f"{capture}.wirescope") as opened:
        return [each for each in opened.events() if isinstance(each, WebSocketMessage)]


def code_of(folder, capture):
    """The code that a connection was closed with."""
    with open_capture(folder / f"{capture}.wirescope") as opened:
        (closed,) = opened.events(filter="type == connection.closed")
    return closed.code


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


@pytest.mark.each_loop
async def test_what_passes_is_recorded_under_the_name_of_the_endpoint(tmp_path):
    async with bench(tmp_path) as at:
        endpoint = Endpoint(url=at.base + "/echo")
        opened = await at.desk.open_session(endpoint, resolvers=resolvers, name="price feed")
        await at.reach(opened.id, "open")
        await at.desk.send(opened.id, Outgoing(body="hello"), resolvers=resolvers)
        await until(lambda: at.desk.session(opened.id).tally.received == 1)
        await at.desk.close_session(opened.id)
        await at.over(opened.id)
    assert opened.capture.endswith(" price feed")
    assert [each.text for each in messages_in(at.folder, opened.capture)] == ["hello", "hello"]


@pytest.mark.each_loop
async def test_everything_is_saved_when_the_desk_ends(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open("/push?count=1000000&size=10")
        await until(lambda: at.desk.session(state.id).tally.received > 100)
        session = at.desk.session(state.id)
    assert session.is_over
    assert len(messages_in(at.folder, state.capture)) == session.tally.received
    with open_capture(at.folder / f"{state.capture}.wirescope") as opened:
        assert opened.ended
        assert opened.gaps == []


async def test_a_refused_port_is_a_state_with_advice(tmp_path):
    async with bench(tmp_path) as at:
        endpoint = Endpoint(url=f"ws://127.0.0.1:{free_port()}")
        opened = await at.desk.open_session(endpoint, resolvers=resolvers)
        state = await at.reach(opened.id, "failed")
    assert "refused" in state.sentence
    assert state.advice
    assert state.step == "tcp"


async def test_a_refused_handshake_says_the_status(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open("/reject?status=403")
    assert state.phase == "failed"
    assert "403" in state.sentence


async def test_a_certificate_that_nobody_trusts_is_a_state(tmp_path):
    tls = Authority(tmp_path).server("127.0.0.1")
    async with serve_endpoints(ssl=tls) as server, bench(tmp_path) as at:
        url = f"{server.url}/echo"
        opened = await at.desk.open_session(Endpoint(url=url), resolvers=resolvers)
        state = await at.reach(opened.id, "failed", "open")
        assert state.phase == "failed"
        insecure = Endpoint(url=url, tls=TLS(insecure=True))
        opened = await at.desk.open_session(insecure, resolvers=resolvers)
        state = await at.reach(opened.id, "failed", "open")
        assert state.phase == "open"
        assert state.insecure


async def test_a_retry_says_which_of_how_many_it_is(tmp_path):
    seen = set()
    async with bench(tmp_path) as at:
        # Pauses are drawn at random; one of four is long enough to be seen.
        network = Network(retry=Retry(attempts=4, delay_s=0.05))
        endpoint = Endpoint(url=f"ws://127.0.0.1:{free_port()}", network=network)
        opened = await at.desk.open_session(endpoint, resolvers=resolvers)

        def failed():
            state = at.state(opened.id)
            seen.add((state.phase, state.attempt, state.attempts))
            return state.phase == "failed"

        await until(failed)
    assert {("waiting", attempt, 4) for attempt in (1, 2, 3, 4)} & seen
    assert ("failed", 0, 0) in seen


@pytest.mark.each_loop
async def test_opening_can_be_stopped(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with bench(tmp_path) as at:
            endpoint = Endpoint(url=f"ws://127.0.0.1:{silent.getsockname()[1]}")
            opened = await at.desk.open_session(endpoint, resolvers=resolvers)
            await until(lambda: at.state(opened.id).step == "upgrade")
            await at.desk.close_session(opened.id)
            state = await at.over(opened.id)
    assert state.phase == "closed"
    assert "stopped" in state.sentence


async def test_a_variable_without_a_value_is_the_users_mistake(tmp_path):
    async with bench(tmp_path) as at:
        endpoint = Endpoint(url=at.base + "/{{place}}")
        with pytest.raises(UsageError, match="place"):
            await at.desk.open_session(endpoint, resolvers=resolvers)
        assert at.desk.sessions() == []


async def test_credentials_do_not_show_in_the_address(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open("/echo?token=abcdefgh12345678")
    assert "abcdefgh" not in state.url


async def test_the_peers_close_is_explained(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open("/close?code=1011&reason=gone")
        state = await at.over(state.id)
    assert (state.phase, state.code) == ("closed", 1011)
    assert "1011" in state.sentence


async def test_a_dropped_connection_has_no_close_frame(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        await at.desk.close_session(state.id, drop=True)
        state = await at.over(state.id)
    assert state.code == 1006


async def test_a_forgotten_session_leaves_its_capture(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        await at.desk.forget_session(state.id)
        assert at.desk.sessions() == []
        assert [each.id for each in await at.desk.captures()] == [state.capture]
        with pytest.raises(UsageError, match=state.id):
            at.desk.session(state.id)


async def test_the_peer_is_not_told_that_the_workbench_ends_when_it_is_only_forgotten(tmp_path):
    async with bench(tmp_path) as at:
        forgotten, other = await at.open(), await at.open()
        await at.desk.forget_session(forgotten.id)
    assert [code_of(at.folder, each.capture) for each in (forgotten, other)] == [1000, 1001]


async def test_a_code_that_cannot_be_sent_leaves_the_connection_open(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        with pytest.raises(UsageError, match="70000"):
            await at.desk.close_session(state.id, code=70_000)
        assert at.state(state.id).phase == "open"


async def test_connections_that_are_opened_at_once_count_each_other(tmp_path, monkeypatch):
    monkeypatch.setattr("wirescope.workbench.desk.desk.MOST_SESSIONS", 2)
    async with bench(tmp_path) as at:
        opening = [at.open() for _ in range(5)]
        opened = await asyncio.gather(*opening, return_exceptions=True)
        assert [type(each) for each in opened].count(UsageError) == 3
        assert len(at.desk.session_ids) == 2


# Sending


async def sent(at, state, outgoing, using=resolvers):
    """Send something and give the frames of this end that it became."""
    await at.desk.send(state.id, outgoing, resolvers=using)
    await at.desk.close_session(state.id)
    await at.over(state.id)
    with open_capture(at.folder / f"{state.capture}.wirescope") as opened:
        return [
            each
            for each in opened.events()
            if isinstance(each, WebSocketFrame) and each.direction == "sent"
        ][:-1]


async def test_variables_are_replaced_in_what_is_sent(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open(**PLAIN)
        outgoing = Outgoing(body="to {{who}}")
        (frame,) = await sent(at, state, outgoing, resolvers_with(who="ada"))
    assert frame.payload == b"to ada"


async def test_a_secret_that_is_not_hex_is_not_repeated(tmp_path):
    outgoing = Outgoing(form="hex", body="{{token}}")
    async with bench(tmp_path) as at:
        state = await at.open()
        with pytest.raises(UsageError, match="not hex") as caught:
            await at.desk.send(state.id, outgoing, resolvers=resolvers_with(token="hunter2!"))
    assert "hunter2" not in str(caught.value)


async def test_hex_goes_out_as_binary(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open(**PLAIN)
        (frame,) = await sent(at, state, Outgoing(form="hex", body="00 ff 10"))
    assert (frame.opcode, frame.payload) == (2, b"\x00\xff\x10")


async def test_a_message_is_cut_into_as_many_frames_as_were_asked_for(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open(**PLAIN)
        frames = await sent(at, state, Outgoing(body="abcdefg", fragments=3))
    assert [each.payload for each in frames] == [b"ab", b"cd", b"efg"]
    assert [each.fin for each in frames] == [False, False, True]


async def test_an_illegal_frame_goes_out_as_it_was_asked_for(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open(**PLAIN)
        outgoing = Outgoing(body="x", opcode=3, fin=False, rsv=5, masked=False)
        frame, *_ = await sent(at, state, outgoing)
    assert frame.header == b"\x53\x01"


async def test_a_large_file_goes_out_in_one_frame(tmp_path):
    (tmp_path / "large.bin").write_bytes(bytes(3 << 20))
    async with bench(tmp_path) as at:
        state = await at.open(**PLAIN)
        (frame,) = await sent(at, state, Outgoing(form="file", body="large.bin"))
    assert (frame.opcode, frame.payload_length) == (2, 3 << 20)


async def test_nothing_is_sent_through_a_closed_connection(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        await at.desk.close_session(state.id)
        with pytest.raises(ConnectionClosedError):
            await at.desk.send(state.id, Outgoing(body="late"), resolvers=resolvers)


async def test_a_message_is_repeated_until_it_is_stopped(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        outgoing = Outgoing(body="tick")
        repeat = await at.desk.send(state.id, outgoing, resolvers=resolvers, repeat_s=0.01)
        await until(lambda: at.desk.session(state.id).tally.sent >= 4)
        assert at.state(state.id).repeats[0].id == repeat
        at.desk.stop_repeat(state.id, repeat)
        await until(lambda: at.state(state.id).repeats == [])
        with pytest.raises(UsageError, match=repeat):
            at.desk.stop_repeat(state.id, repeat)


async def test_no_more_messages_are_repeated_than_fit_also_when_they_begin_at_once(tmp_path):
    async with bench(tmp_path) as at:
        state = await at.open()
        repeating = [
            at.desk.send(state.id, Outgoing(body="tick"), resolvers=resolvers, repeat_s=60)
            for _ in range(MOST_REPEATS + 3)
        ]
        begun = await asyncio.gather(*repeating, return_exceptions=True)
        assert [type(each) for each in begun].count(UsageError) == 3
        assert len(at.state(state.id).repeats) == MOST_REPEATS


@pytest.mark.parametrize("path", ["~nobody-of-this-name/a.bin", "a\0b"])
async def test_a_path_that_no_file_can_have_is_the_users_mistake(tmp_path, path):
    async with bench(tmp_path) as at:
        state = await at.open()
        with pytest.raises(UsageError):
            await at.desk.send(state.id, Outgoing(form="file", body=path), resolvers=resolvers)


async def test_a_fault_that_ends_a_connection_does_not_leave_it_open_to_the_eye(tmp_path):
    made = []

    def resolvers_that_fail():
        if made:
            raise RuntimeError("a fault of this program")
        made.append(resolvers())
        return made[0]

    asyncio.get_running_loop().set_exception_handler(lambda *_: None)
    async with bench(tmp_path) as at:
        state = await at.open()
        tick = Outgoing(body="tick")
        await at.desk.send(state.id, tick, resolvers=resolvers_that_fail, repeat_s=0.01)
        state = await at.over(state.id)
    assert state.phase == "closed"
    assert "fault" in state.sentence


async def test_a_match_is_answered(tmp_path):
    rule = OnMessage(when='text ~ "question"', body="answer")
    async with bench(tmp_path) as at:
        state = await at.open(on_message=(rule,))
        for body in ("a question", "something else"):
            await at.desk.send(state.id, Outgoing(body=body), resolvers=resolvers)
        await until(lambda: at.desk.session(state.id).tally.received == 3)
        await at.desk.close_session(state.id)
    texts = [each.text for each in messages_in(at.folder, state.capture)]
    assert sorted(texts) == [
        *("a question", "a question", "answer", "answer"),
        *("something else", "something else"),
    ]


async def test_a_match_is_told_by_a_value_in_json(tmp_path):
    rule = OnMessage(when="json.price > 100", body="sold")
    async with bench(tmp_path) as at:
        state = await at.open(on_message=(rule,))
        for body in ('{"price":99}', '{"price":101}'):
            await at.desk.send(state.id, Outgoing(body=body), resolvers=resolvers)
        await until(lambda: at.desk.session(state.id).tally.received == 3)
    texts = [each.text for each in messages_in(at.folder, state.capture)]
    assert texts.count("sold") == 2


async def test_a_match_sends_a_saved_message_by_its_name(tmp_path):
    saved = {"greetings/hello": SavedMessage(kind="hex", body="cafe")}
    rule = OnMessage(when='text ~ "hi"', send="greetings/hello")
    async with bench(tmp_path, saved=saved.get) as at:
        state = await at.open(on_message=(rule,))
        await at.desk.send(state.id, Outgoing(body="hi"), resolvers=resolvers)
        await until(lambda: at.desk.session(state.id).tally.received == 2)
    assert messages_in(at.folder, state.capture)[-1].payload == b"\xca\xfe"


async def test_two_ends_that_answer_each_other_are_held_back(tmp_path):
    rule = OnMessage(when='text ~ "again"', body="again")
    async with bench(tmp_path) as at:
        state = await at.open(on_message=(rule,))
        await at.desk.send(state.id, Outgoing(body="again"), resolvers=resolvers)
        await until(lambda: at.state(state.id).notices != [])
        assert at.desk.session(state.id).tally.sent < 40
        (notice,) = at.state(state.id).notices
    assert "10 messages a second" in notice


async def test_a_fault_of_the_program_leaves_connections_alone(tmp_path, monkeypatch):
    def fail(*_):
        raise RuntimeError("a fault of this program")

    told = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: told.append(context))
    async with bench(tmp_path) as at:
        state = await at.open()
        monkeypatch.setattr(OpenCapture, "_advance", fail)
        for _ in range(3):
            await at.desk.think(state.capture)
            await until(lambda: told != [])
        await at.desk.send(state.id, Outgoing(body="still here"), resolvers=resolvers)
        await until(lambda: at.desk.session(state.id).tally.received == 1)
    (context,) = told
    assert str(context["exception"]) == "a fault of this program"
