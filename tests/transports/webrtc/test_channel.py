"""A data channel is what it was made as, carries messages whole, and ends with a reason."""

import asyncio
from collections.abc import Sequence

import pytest

from tests.support.peers import Capture, Wire, two_peers, until
from wirescope.errors import (
    ConnectError,
    ConnectionClosedError,
    MessageTooLongError,
    UsageError,
)
from wirescope.events import (
    ConnectionOpened,
    DataChannelMessage,
    DataChannelOpened,
    Emission,
)
from wirescope.transports.webrtc import (
    ChannelOptions,
    DataChannel,
    Peer,
    PeerOptions,
    negotiate,
    open_peer,
)
from wirescope.transports.webrtc.media import Tone

CHAT = ChannelOptions(label="chat")


def with_chat(one: Peer, _other: Peer) -> None:
    one.create_channel(CHAT)


@pytest.mark.parametrize(
    "options",
    [
        ChannelOptions(label="reliable"),
        ChannelOptions(label="unordered", ordered=False),
        ChannelOptions(label="once", ordered=False, max_retransmits=0),
        ChannelOptions(label="three", max_retransmits=3),
        ChannelOptions(label="brief", max_packet_life_time_ms=500),
        ChannelOptions(label="chat", protocol="chat.v1"),
        ChannelOptions(label="", ordered=False),
    ],
    ids=lambda options: options.label or "nameless",
)
async def test_a_channel_is_at_the_other_end_what_it_was_made_as(options: ChannelOptions) -> None:
    capture = Capture()
    async with two_peers(capture, prepare=lambda one, _: one.create_channel(options) and None) as (
        one,
        two,
    ):
        await one.channels[0].wait_open()
        await until(lambda: two.channels)
        await two.channels[0].wait_open()
    for peer, initiator in ((one, "local"), (two, "remote")):
        (opened,) = capture.of(DataChannelOpened, peer.id)
        assert (opened.label, opened.protocol) == (options.label, options.protocol)
        assert opened.ordered == options.ordered
        assert opened.max_retransmits == options.max_retransmits
        assert opened.max_packet_life_time == options.max_packet_life_time_ms
        assert opened.initiator == initiator
        assert not opened.negotiated
    assert one.channels[0].id == two.channels[0].id


async def test_a_channel_by_agreement_is_opened_at_both_ends() -> None:
    agreed = ChannelOptions(label="agreed", id=40)
    capture = Capture()

    def both(one: Peer, two: Peer) -> None:
        one.create_channel(agreed)
        two.create_channel(agreed)

    async with two_peers(capture, prepare=both) as (one, two):
        await one.channels[0].wait_open()
        await two.channels[0].wait_open()
        await one.channels[0].send(b"\x00")
        assert (await two.channels[0].receive()).payload == b"\x00"
        with pytest.raises(UsageError, match="cannot be made"):
            one.create_channel(agreed)
    assert {(each.channel, each.negotiated) for each in capture.of(DataChannelOpened)} == {
        (40, True)
    }


async def test_messages_keep_their_kind_length_and_order_and_are_written_down() -> None:
    said = ["hi", "", b"", b"\x00\xff", "é\u0000", b"x" * 262_144]
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, two):
        channel = one.channels[0]
        for message in said:
            await channel.send(message)
        await until(lambda: two.channels)
        got = [await two.channels[0].receive() for _ in said]
    assert [each.text if each.kind == "text" else each.payload for each in got] == said
    for peer, direction in ((one, "sent"), (two, "received")):
        written = capture.of(DataChannelMessage, peer.id)
        assert [each.direction for each in written] == [direction] * len(said)
        assert [each.length for each in written] == [2, 0, 0, 2, 3, 262_144]


async def test_a_message_that_is_too_long_is_refused_and_the_channel_lives_on() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, two):
        channel = one.channels[0]
        await channel.wait_open()
        with pytest.raises(MessageTooLongError) as caught:
            await channel.send(b"x" * 262_145)
        assert (caught.value.length, caught.value.limit) == (262_145, 262_144)
        await channel.send("after")
        await until(lambda: two.channels)
        assert (await two.channels[0].receive()).text == "after"


async def test_sending_waits_for_a_peer_that_is_slow_and_nothing_is_lost() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, two):
        channel = one.channels[0]
        await channel.wait_open()
        await until(lambda: two.channels)
        most = 0
        for number in range(300):
            await channel.send(number.to_bytes(4) + bytes(65_000))
            most = max(most, channel.buffered_bytes)
        assert most < 2 << 20
        numbers = [(await two.channels[0].receive()).payload[:4] for _ in range(300)]
    assert numbers == [number.to_bytes(4) for number in range(300)]


@pytest.mark.each_loop
async def test_messages_that_come_fast_are_written_down_together() -> None:
    count, capture, together = 2000, Capture(), []

    def sink(emissions: Sequence[Emission]) -> None:
        together.append(sum(isinstance(each, DataChannelMessage) for each in emissions))
        return keep(emissions)

    keep, capture.sink = capture.sink, sink  # type: ignore[method-assign]
    async with two_peers(capture, prepare=with_chat) as (one, two):
        channel = one.channels[0]
        await channel.wait_open()
        for number in range(count):
            await channel.send(str(number))
        await until(lambda: two.channels)
        got = [(await two.channels[0].receive()).text for _ in range(count)]
    assert got == [str(number) for number in range(count)]
    assert sum(together) == 2 * count
    assert sum(map(bool, together)) < count / 4


async def test_a_reader_that_never_reads_is_told_so_and_the_memory_is_bounded() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, two):
        channel = one.channels[0]
        await channel.wait_open()
        await until(lambda: two.channels)
        capture.events.clear()
        with pytest.raises(ConnectionClosedError):
            await send_for_ever(channel, capture)
        await asyncio.wait_for(two.channels[0].wait_closed(), 5)
        kept = sum([message.length async for message in two.channels[0]])
        with pytest.raises(ConnectionClosedError, match="were not taken"):
            await two.channels[0].receive()
    assert (64 << 20) < kept < (80 << 20)


async def send_for_ever(channel: DataChannel, capture: Capture) -> None:
    while True:
        await channel.send(bytes(200_000))
        capture.events.clear()  # the test is about the channel's memory alone


async def test_empty_messages_that_nobody_reads_are_bounded_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wirescope.transports.webrtc.channel.INBOX_BYTES", 256 * 100)
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, two):
        await one.channels[0].wait_open()
        for _ in range(100):
            await one.channels[0].send("")
        await until(lambda: two.channels)
        for _ in range(100):
            assert (await two.channels[0].receive()).length == 0
        for _ in range(101):
            await one.channels[0].send("")
        await until(lambda: two.channels[0].closed)
    received = [
        each for each in capture.of(DataChannelMessage, two.id) if each.direction == "received"
    ]
    assert len(received) == 201


async def test_closing_a_channel_lets_what_was_sent_arrive_and_leaves_the_others() -> None:
    capture = Capture()

    def prepare(one: Peer, _two: Peer) -> None:
        one.create_channel(CHAT)
        one.create_channel(ChannelOptions(label="other"))

    async with two_peers(capture, prepare=prepare) as (one, two):
        chat, other = one.channels
        await chat.wait_open()
        await other.wait_open()
        await until(lambda: len(two.channels) == 2)
        for number in range(100):
            await chat.send(str(number))
        closed = await chat.close()
        theirs = next(each for each in two.channels if each.label == "chat")
        assert [message.text async for message in theirs] == [str(n) for n in range(100)]
        assert closed.initiator == "local"
        assert theirs.closed is not None
        assert theirs.closed.initiator == "remote"
        with pytest.raises(ConnectionClosedError, match="this end"):
            await chat.send("late")
        await other.send("fine")
        assert one.is_open
    assert len(capture.of(ConnectionOpened)) == 2


@pytest.mark.slow
async def test_a_pace_holds_the_sender_back_and_nothing_is_lost() -> None:
    capture = Capture()
    paced = ChannelOptions(label="bulk", pace_bytes_per_s=200_000)
    async with two_peers(capture, prepare=lambda one, _: one.create_channel(paced) and None) as (
        one,
        two,
    ):
        channel, loop = one.channels[0], asyncio.get_running_loop()
        await channel.wait_open()
        began_s = loop.time()
        for number in range(11):
            await channel.send(number.to_bytes(4) + bytes(9_996))
        took_s = loop.time() - began_s
        await until(lambda: two.channels)
        got = [int.from_bytes((await two.channels[0].receive()).payload[:4]) for _ in range(11)]
    assert got == list(range(11))
    assert 0.48 < took_s < 1  # the first goes at once, and the loop may be late


async def test_a_pace_may_be_given_to_a_channel_of_the_other_side_and_taken_back() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, two):
        await one.channels[0].wait_open()
        await until(lambda: two.channels)
        theirs = two.channels[0]
        assert theirs.pace_bytes_per_s is None
        theirs.pace_bytes_per_s = 10
        await theirs.send(b"goes at once")
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(theirs.send(b"has to wait for a second"), 0.05)
        theirs.pace_bytes_per_s = None
        await theirs.send(b"does not")
        assert (await one.channels[0].receive()).payload == b"goes at once"
        assert (await one.channels[0].receive()).payload == b"does not"


async def test_a_channel_that_closes_wakes_whoever_waits_for_his_turn() -> None:
    capture = Capture()
    slow = ChannelOptions(label="bulk", pace_bytes_per_s=1)
    async with two_peers(capture, prepare=lambda one, _: one.create_channel(slow) and None) as (
        one,
        _,
    ):
        channel = one.channels[0]
        await channel.wait_open()
        await channel.send(bytes(100))
        async with asyncio.TaskGroup() as group:
            waiting = group.create_task(words_of_waiting(channel))
            await asyncio.sleep(0)
            await channel.close()
        assert "this end" in waiting.result()


async def words_of_waiting(channel: DataChannel) -> str:
    with pytest.raises(ConnectionClosedError) as caught:
        await asyncio.wait_for(channel.send(b"more"), 5)
    return caught.value.message


async def test_what_is_sent_before_the_channel_is_open_may_be_as_long_as_the_peer_takes() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, two):
        await one.channels[0].send(bytes(200_000))
        await until(lambda: two.channels)
        assert (await two.channels[0].receive()).length == 200_000


async def test_a_channel_that_the_other_side_never_hears_of_is_not_waited_for_for_ever() -> None:
    capture = Capture()
    one_wire, two_wire = Wire.pair()
    options = PeerOptions(open_timeout_s=2)
    async with (
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as one,
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as two,
        negotiate(one, one_wire, polite=False),
        negotiate(two, two_wire, polite=True),
    ):
        one.media.send_audio(Tone())
        await one.wait_open()
        one_wire.cut = two_wire.cut = True
        channel = one.create_channel(CHAT)
        with pytest.raises(ConnectError, match="'chat' did not open within 2 s") as caught:
            await channel.send("hello")
        assert (caught.value.phase, caught.value.kind) == ("sctp", "timeout")
        assert one.is_open


async def test_who_waits_for_a_channel_is_told_at_once_that_it_was_closed() -> None:
    async with open_peer(timeline=Capture().timeline, sink=lambda _: None) as peer:
        channel = peer.create_channel(CHAT)
        async with asyncio.timeout(3), asyncio.TaskGroup() as group:  # it has 30 s to open
            waiting = group.create_task(refused(channel))
            await asyncio.sleep(0)
            await channel.close()
        assert "closed by this end" in waiting.result()


async def refused(channel: DataChannel) -> str:
    with pytest.raises(ConnectionClosedError) as caught:
        await channel.wait_open()
    return str(caught.value)


async def test_what_waits_on_all_channels_together_is_bounded(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wirescope.transports.webrtc.channel.INBOX_BYTES", 256 * 100)
    capture = Capture()

    def prepare(one: Peer, _two: Peer) -> None:
        one.create_channel(CHAT)
        one.create_channel(ChannelOptions(label="bulk"))

    async with two_peers(capture, prepare=prepare) as (one, two):
        chat, bulk = one.channels
        for _ in range(70):
            await bulk.send("")
        for _ in range(40):
            await chat.send("")
        await until(lambda: len(two.channels) == 2)
        theirs = {each.label: each for each in two.channels}
        await until(lambda: theirs["bulk"].closed)
        assert theirs["bulk"].waiting == 70
        await chat.send("last")
        got = [(await theirs["chat"].receive()).text for _ in range(41)]
        assert got[-1] == "last"
        assert len([message async for message in theirs["bulk"]]) == 70
        with pytest.raises(ConnectionClosedError, match="were not taken"):
            await theirs["bulk"].receive()


async def test_what_a_closed_channel_has_brought_is_kept_before_what_an_open_one_brings(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("wirescope.transports.webrtc.channel.INBOX_BYTES", 256 * 100)
    async with two_peers(Capture(), prepare=with_chat) as (one, two):
        chat = one.channels[0]
        for _ in range(90):
            await chat.send("")
        await until(lambda: two.channels and two.channels[0].waiting == 90)
        theirs = two.channels[0]
        await chat.close()
        await until(lambda: theirs.closed)
        more = one.create_channel(ChannelOptions(label="more"))
        for _ in range(20):
            await more.send("")
        await until(lambda: two.channels[-1].label == "more")
        await until(lambda: two.channels[-1].closed)
        assert len([message async for message in theirs]) == 90
        with pytest.raises(ConnectionClosedError, match="closed by the other end"):
            await theirs.receive()


async def test_a_channel_that_is_closed_and_read_is_gone_when_the_next_one_is_made() -> None:
    capture = Capture()
    async with two_peers(capture, prepare=with_chat) as (one, two):
        await until(lambda: two.channels)
        for number in range(20):
            channel = one.create_channel(ChannelOptions(label=str(number)))
            await channel.send("hello")
            await until(lambda label=channel.label: two.channels[-1].label == label)
            assert (await two.channels[-1].receive()).text == "hello"
            await channel.close()
        assert len(one.channels) == len(two.channels) == 2
