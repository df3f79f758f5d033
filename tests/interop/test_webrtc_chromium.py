"""Our peer and Chromium's, both ways: channels, messages, negotiation, restart, the end."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import Any

import pytest

from tests.support.page_peer import PagePeer, page_peer
from tests.support.peers import Capture, until
from wirescope.errors import ConnectionClosedError, MessageTooLongError
from wirescope.events import (
    ConnectionClosed,
    DataChannelClosed,
    DataChannelOpened,
    IceCandidate,
    IcePair,
    PeerState,
    SignalingDescription,
    Statistics,
)
from wirescope.transports.webrtc import (
    Candidate,
    ChannelOptions,
    DataChannel,
    Description,
    Negotiator,
    Peer,
    PeerOptions,
    negotiate,
    open_peer,
)

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium"), pytest.mark.timeout(90)]

RELIABILITIES = (
    ChannelOptions(label="reliable"),
    ChannelOptions(label="unordered", ordered=False),
    ChannelOptions(label="once", ordered=False, max_retransmits=0),
    ChannelOptions(label="three", max_retransmits=3),
    ChannelOptions(label="brief", max_packet_life_time_ms=500),
    ChannelOptions(label="late", ordered=False, max_packet_life_time_ms=5000),
)
MODES = (*RELIABILITIES, ChannelOptions(label="chat é", protocol="chat.v1"))
AGREED = tuple(
    replace(each, label=f"agreed {each.label}", id=(40, 41, 42, 43, 44, 1001)[place])
    for place, each in enumerate(RELIABILITIES)
)
SAID: list[str | bytes] = ["hi", "", b"", b"\x00\xff", "é\u0000\N{GRINNING FACE}", b"12345"]
LIMIT = 262_144


@dataclass
class Stage:
    """Both ends, and what is written down of ours."""

    peer: Peer
    page: PagePeer
    capture: Capture
    negotiator: Negotiator

    async def channel(self, label: str) -> DataChannel:
        """Wait for a channel of this label to be open at our end."""
        await until(lambda: any(each.label == label for each in self.peer.channels))
        channel = next(each for each in self.peer.channels if each.label == label)
        await channel.wait_open()
        return channel

    async def check(self) -> None:
        """See that neither end has anything to complain of."""
        assert await self.page.ask("() => peer.errors") == []
        assert self.negotiator.ended == ""


@asynccontextmanager
async def connected(
    path: str,
    *,
    polite: bool = False,
    options: PeerOptions | None = None,
    prepare: Callable[[Peer], object] = lambda _: None,
) -> AsyncIterator[Stage]:
    """Connect our peer and a page; one of the two is polite. `prepare` makes our channels."""
    capture = Capture()
    async with (
        page_peer(path, polite=not polite) as page,
        open_peer(timeline=capture.timeline, sink=capture.sink, options=options) as peer,
    ):
        prepare(peer)
        async with negotiate(peer, page, polite=polite) as negotiator:
            yield Stage(peer, page, capture, negotiator)


def as_page_options(options: ChannelOptions) -> dict[str, Any]:
    """Say what a channel is made as in the page's words."""
    given = {
        "ordered": options.ordered,
        "maxRetransmits": options.max_retransmits,
        "maxPacketLifeTime": options.max_packet_life_time_ms,
        "protocol": options.protocol,
        "negotiated": options.id is not None,
        "id": options.id,
    }
    return {name: value for name, value in given.items() if value is not None}


def in_page(message: str | bytes) -> str:
    """Say a message as the page notes it."""
    if isinstance(message, str):
        return f"text {message}"
    return f"binary {' '.join(map(str, message))}"


def with_chat(peer: Peer) -> None:
    peer.create_channel(ChannelOptions(label="chat"))


async def talk(stage: Stage, label: str) -> None:
    """Say everything both ways; on an idle path of one machine even `once` loses nothing."""
    channel = await stage.channel(label)
    for message in SAID:
        await channel.send(message)
    noted = await stage.page.got(label, len(SAID))
    expected = [in_page(each) for each in SAID]
    assert noted == expected if channel.ordered else sorted(noted) == sorted(expected)
    await stage.page.ask(
        """([label, said]) => {
          for (const one of said)
            peer.channels[label].send(typeof one === "string" ? one : new Uint8Array(one));
        }""",
        [label, [each if isinstance(each, str) else list(each) for each in SAID]],
    )
    got = [await asyncio.wait_for(channel.receive(), 10) for _ in SAID]
    came = [in_page(each.text if each.kind == "text" else each.payload) for each in got]
    assert came == expected if channel.ordered else sorted(came) == sorted(expected)


async def compare(stage: Stage, options: ChannelOptions, initiator: str) -> None:
    """See that a channel is at both ends what it was made as."""
    channel = await stage.channel(options.label)
    opened = stage.capture.of(DataChannelOpened)
    event = next(each for each in opened if each.label == options.label)
    await stage.page.until("label => peer.channels[label]?.readyState === 'open'", options.label)
    theirs = await stage.page.ask("label => peer.about(label)", options.label)
    assert theirs["id"] == channel.id == event.channel
    assert theirs["protocol"] == event.protocol == options.protocol
    assert theirs["ordered"] == event.ordered == options.ordered
    assert theirs["maxRetransmits"] == event.max_retransmits == options.max_retransmits
    limit_ms = options.max_packet_life_time_ms
    assert theirs["maxPacketLifeTime"] == event.max_packet_life_time == limit_ms
    assert theirs["negotiated"] == event.negotiated == (options.id is not None)
    assert event.initiator == initiator
    if options.id is not None:
        assert channel.id == options.id


async def test_channels_of_ours_carry_everything_in_every_mode(
    real_part: Callable[[str], str],
) -> None:
    def make(peer: Peer) -> None:
        for options in MODES:
            peer.create_channel(options)

    async with connected(real_part("chromium"), prepare=make) as stage:
        for options in MODES:
            await compare(stage, options, "local")
            await talk(stage, options.label)
        await stage.check()


async def test_channels_of_the_page_carry_everything_in_every_mode(
    real_part: Callable[[str], str],
) -> None:
    async with connected(real_part("chromium")) as stage:
        for options in MODES:
            await stage.page.ask(
                "([label, options]) => peer.make(label, options)",
                [options.label, as_page_options(options)],
            )
        for options in MODES:
            await compare(stage, options, "remote")
            await talk(stage, options.label)
        await stage.check()


async def test_channels_by_agreement_carry_everything(real_part: Callable[[str], str]) -> None:
    def make(peer: Peer) -> None:
        for options in AGREED:
            peer.create_channel(options)

    async with connected(real_part("chromium"), prepare=make) as stage:
        for options in AGREED:
            await stage.page.ask(
                "([label, options]) => peer.make(label, options)",
                [options.label, as_page_options(options)],
            )
        for options in AGREED:
            await compare(stage, options, "local")
            await talk(stage, options.label)
        await stage.check()


async def test_the_longest_message_goes_both_ways_and_one_byte_more_is_refused(
    real_part: Callable[[str], str],
) -> None:
    async with connected(real_part("chromium"), prepare=with_chat) as stage:
        channel = await stage.channel("chat")
        await stage.page.until("() => peer.channels.chat?.readyState === 'open'")
        assert await stage.page.ask("() => peer.pc.sctp.maxMessageSize") == LIMIT
        with pytest.raises(MessageTooLongError) as caught:
            await channel.send(bytes(LIMIT + 1))
        assert (caught.value.length, caught.value.limit) == (LIMIT + 1, LIMIT)
        refused = """n => { try { peer.channels.chat.send(new Uint8Array(n)); return ""; }
          catch (error) { return error.name; } }"""
        assert await stage.page.ask(refused, LIMIT + 1) == "TypeError"
        await channel.send(b"\x01" * LIMIT)
        (noted,) = await stage.page.got("chat", 1)
        assert noted == in_page(b"\x01" * LIMIT)
        assert await stage.page.ask(refused, LIMIT) == ""
        got = await asyncio.wait_for(channel.receive(), 10)
        assert got.payload == bytes(LIMIT)
        await stage.check()


async def test_much_at_once_comes_whole_and_in_order_from_either_side(
    real_part: Callable[[str], str],
) -> None:
    count, size = 600, 16_384
    async with connected(real_part("chromium"), prepare=with_chat) as stage:
        channel = await stage.channel("chat")
        await stage.page.until("() => peer.channels.chat?.readyState === 'open'")
        await stage.page.ask(
            """([count, size]) => {
              const channel = peer.channels.chat;
              peer.numbers = [];
              channel.onmessage = ({ data }) => peer.numbers.push(new Uint32Array(data)[0]);
              for (let n = 0; n < count; n += 1) {
                const message = new Uint32Array(size / 4);
                message[0] = n;
                channel.send(message);
              }
            }""",
            [count, size],
        )
        for number in range(count):
            await channel.send(number.to_bytes(4, "little") + bytes(size - 4))
        got = [await asyncio.wait_for(channel.receive(), 10) for _ in range(count)]
        numbers = [int.from_bytes(each.payload[:4], "little") for each in got]
        assert numbers == list(range(count))
        assert {each.length for each in got} == {size}
        await stage.page.until("count => peer.numbers.length >= count", count)
        assert await stage.page.ask("() => peer.numbers") == list(range(count))


@pytest.mark.parametrize("by", ["local", "remote"])
async def test_a_channel_that_one_side_closes_is_closed_at_the_other(
    by: str, real_part: Callable[[str], str]
) -> None:
    async with connected(real_part("chromium"), prepare=with_chat) as stage:
        channel = await stage.channel("chat")
        await stage.page.until("() => peer.channels.chat?.readyState === 'open'")
        if by == "local":
            await channel.send("last")
            await channel.close()
            await stage.page.until("() => peer.closed.includes('chat')")
            assert await stage.page.ask("() => peer.got.chat") == ["text last"]
        else:
            await stage.page.ask(
                "() => { peer.channels.chat.send('last'); peer.channels.chat.close(); }"
            )
            await asyncio.wait_for(channel.wait_closed(), 10)
            assert [each.text async for each in channel] == ["last"]
        (closed,) = stage.capture.of(DataChannelClosed)
        assert closed.initiator == by
        with pytest.raises(ConnectionClosedError):
            await channel.send("more")
        assert stage.peer.is_open
        again = stage.peer.create_channel(ChannelOptions(label="again"))
        await asyncio.wait_for(again.wait_open(), 10)
        await stage.check()


async def test_addresses_are_told_one_by_one_in_both_directions(
    real_part: Callable[[str], str],
) -> None:
    async with connected(real_part("chromium"), prepare=with_chat) as stage:
        await stage.channel("chat")
        for said in (stage.page.told, stage.page.taken):
            described = next(each for each in said if isinstance(each, Description))
            assert "a=candidate" not in described.sdp
            await until(partial(has_candidate, said))
        await until(lambda: "remote" in {each.side for each in stage.capture.of(IceCandidate)})
        noted = [each for each in stage.capture.of(IceCandidate) if each.side == "local"]
        told = [each for each in stage.page.taken if isinstance(each, Candidate) and each.text]
        assert len(told) <= len(noted)
        await stage.check()


@pytest.mark.parametrize("polite", [True, False], ids=["we give way", "the page gives way"])
async def test_offers_that_collide_are_sorted_out_whoever_gives_way(
    polite: bool, real_part: Callable[[str], str]
) -> None:
    async with connected(real_part("chromium"), polite=polite, prepare=with_chat) as stage:
        await stage.channel("chat")
        for met in range(1, 4):
            await until(lambda: stage.peer.is_stable)
            await stage.page.until("() => peer.pc.signalingState === 'stable' && !peer.making")
            stage.page.hold()
            stage.peer.restart_ice()
            await stage.page.ask("() => peer.pc.restartIce()")
            await until(lambda: stage.peer.state("signaling") == "have-local-offer")
            await stage.page.until("() => peer.pc.signalingState === 'have-local-offer'")
            stage.page.release()
            async with asyncio.timeout(10):
                while stage.negotiator.collisions < met:  # noqa: ASYNC110 -- nothing tells of it
                    await asyncio.sleep(0.005)
            await stage.page.until("met => peer.collisions >= met", met)
        await until(lambda: stage.peer.is_stable)
        await talk(stage, "chat")
        await stage.check()


async def test_an_offer_of_ours_is_taken_back_and_the_pages_is_taken(
    real_part: Callable[[str], str],
) -> None:
    capture = Capture()
    async with (
        page_peer(real_part("chromium")) as page,
        open_peer(timeline=capture.timeline, sink=capture.sink) as peer,
    ):
        with_chat(peer)
        await peer.offer()
        await peer.roll_back()
        await page.ask("() => peer.make('theirs')")
        await until(lambda: any(isinstance(each, Description) for each in page.told))
        await peer.take(next(each for each in page.told if isinstance(each, Description)))
        await page.send(await peer.answer(gather=True))
        await until(lambda: page.told[-1] == Candidate(""))
        for each in page.told:
            if isinstance(each, Candidate):
                await peer.add_candidate(each)
        await asyncio.wait_for(peer.wait_open(), 10)
        for label in ("chat", "theirs"):
            await page.until("label => peer.channels[label]?.readyState === 'open'", label)
        assert await page.ask("() => peer.errors") == []
    kinds = [(each.side, each.kind) for each in capture.of(SignalingDescription)]
    assert kinds == [
        ("local", "offer"),
        ("local", "rollback"),
        ("remote", "offer"),
        ("local", "answer"),
    ]


@pytest.mark.parametrize("by", ["us", "the page"])
async def test_ice_is_restarted_by_either_side_and_nothing_is_lost(
    by: str, real_part: Callable[[str], str]
) -> None:
    """Both sides take the new path as soon as something goes over it.

    While nothing does, the controlled side may stay on the old one for as long as that works, be it
    the page or we, who run the same code: nominations have no number in RFC 8445, so that the old
    pair and the new one are worth the same to it, and the one over which something came last wins.
    Of 16 restarts of an idle connection, 11 left the controlled side where it was for 2 s or more;
    one message of the controlling side moved it in all of them.
    """
    async with connected(real_part("chromium"), prepare=with_chat) as stage:
        channel = await stage.channel("chat")
        await until(lambda: selected(stage.capture))
        await stage.page.until("() => peer.channels.chat?.readyState === 'open'")
        before = fragments(stage.capture)
        pairs = selected(stage.capture)
        if by == "us":
            stage.peer.restart_ice()
        else:
            await stage.page.ask("() => peer.pc.restartIce()")
        for number in range(50):
            await channel.send(str(number))
        await until(lambda: len(fragments(stage.capture)) == 4)
        assert await stage.page.got("chat", 50) == [f"text {number}" for number in range(50)]
        async with asyncio.timeout(15):
            while not (
                len(selected(stage.capture)) > len(pairs) and await stage.page.ask(ON_THE_NEW_PATH)
            ):
                await channel.send("and further")
                await talk_again(stage, channel)
                await asyncio.sleep(0.05)
        assert len(before) == 2
        states = [e.to for e in stage.capture.of(PeerState) if e.machine == "connection"]
        assert not {"disconnected", "failed", "closed"} & set(states)
        assert set(await stage.page.ask("() => peer.states")) <= {"connecting", "connected"}
        await stage.check()


ON_THE_NEW_PATH = """async () => {
  const objects = new Map((await peer.statistics()).map((each) => [each.id, each]));
  const transport = [...objects.values()].find((each) => each.type === "transport");
  const pair = objects.get(transport.selectedCandidatePairId);
  const fragment = objects.get(pair.localCandidateId).usernameFragment;
  return fragment === transport.iceLocalUsernameFragment;
}"""


def has_candidate(said: Sequence[object]) -> bool:
    return any(isinstance(each, Candidate) and each.text for each in said)


async def talk_again(stage: Stage, channel: DataChannel) -> None:
    await stage.page.ask("() => peer.channels.chat.send('over the new path')")
    assert (await asyncio.wait_for(channel.receive(), 10)).text == "over the new path"


def fragments(capture: Capture) -> set[str]:
    """Give the user name fragments of both sides' descriptions so far."""
    return {
        line
        for each in capture.of(SignalingDescription)
        for line in each.sdp.splitlines()
        if line.startswith("a=ice-ufrag:")
    }


def selected(capture: Capture) -> list[IcePair]:
    return [each for each in capture.of(IcePair) if each.selected]


async def test_a_page_that_ends_the_connection_is_said_at_once(
    real_part: Callable[[str], str],
) -> None:
    async with connected(real_part("chromium"), prepare=with_chat) as stage:
        await stage.channel("chat")
        await stage.page.ask("() => peer.pc.close()")
        await asyncio.wait_for(stage.peer.wait_ended(), 5)
    (closed,) = stage.capture.of(ConnectionClosed)
    assert (closed.initiator, closed.cause, closed.clean) == ("remote", "close", True)


async def test_a_page_that_is_gone_is_said_within_the_deadline(
    real_part: Callable[[str], str],
) -> None:
    options = PeerOptions(lost_timeout_s=2)
    async with connected(real_part("chromium"), options=options, prepare=with_chat) as stage:
        channel = await stage.channel("chat")
        await stage.page.page.close()
        # ICE consent takes its time to run out (RFC 7675 section 5.1), then ours begins
        await asyncio.wait_for(stage.peer.wait_ended(), 20)
        with pytest.raises(ConnectionClosedError):
            await channel.send("is anybody there?")
    (closed,) = stage.capture.of(ConnectionClosed)
    assert (closed.initiator, closed.cause) in {("remote", "close"), ("network", "ice")}
    assert closed.clean == (closed.initiator == "remote")
    assert closed.reason or closed.clean


async def test_the_version_of_dtls_and_the_selected_pair_are_shown(
    real_part: Callable[[str], str],
) -> None:
    options = PeerOptions(statistics_interval_s=0.1)
    async with connected(real_part("chromium"), options=options, prepare=with_chat) as stage:
        await stage.channel("chat")
        await until(lambda: shown(stage.capture).get("tlsVersion"))
        await until(lambda: selected(stage.capture))
        transport, port = await selected_there(stage)
        # A better pair than the first one may still take its place on one side, then on the other.
        while not selected(stage.capture)[-1].local.endswith(f":{port}"):
            transport, port = await selected_there(stage)
        ours = shown(stage.capture)
        assert ours["tlsVersion"] == transport["tlsVersion"] == "FEFC"  # 1.3
        assert ours["dtlsCipher"] == transport["dtlsCipher"]
        assert {ours["dtlsRole"], transport["dtlsRole"]} == {"client", "server"}
        here = selected(stage.capture)[-1]
        assert here.state == "succeeded"
        assert here.nominated
        await stage.check()


async def selected_there(stage: Stage) -> tuple[dict[str, Any], int]:
    """Give what the page says of its transport, and our port of the pair that it has selected."""
    objects = {each["id"]: each for each in await stage.page.ask("() => peer.statistics()")}
    transport = next(each for each in objects.values() if each["type"] == "transport")
    pair = objects[transport["selectedCandidatePairId"]]
    return transport, int(objects[pair["remoteCandidateId"]]["port"])


def shown(capture: Capture) -> dict[str, Any]:
    """Put what was sampled of the transport together."""
    values: dict[str, Any] = {}
    for each in capture.of(Statistics):
        if each.object == "transport":
            values |= each.values
    return values
