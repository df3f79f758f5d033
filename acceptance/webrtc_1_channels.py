"""Messages between Python and Chromium over channels of every reliability, each in both roles.

Ordered and unordered, reliable, with a limit of retransmissions and with one of time; announced by
either side (DCEP) and agreed on beforehand. Once Python makes the offer and once Chromium does.
Over each channel text, binary and empty messages go both ways and are compared to the letter.
"""

from dataclasses import replace

from tests.interop.test_webrtc_chromium import (
    AGREED,
    RELIABILITIES,
    SAID,
    Stage,
    as_page_options,
    compare,
    connected,
    selected,
    shown,
    talk,
)
from tests.support.peers import until
from wirescope.events import SignalingDescription
from wirescope.transports.webrtc import ChannelOptions, Peer, PeerOptions

VERSIONS = {"FEFD": "1.2", "FEFC": "1.3"}
OURS = [replace(each, label=f"ours {each.label}") for each in RELIABILITIES]
THEIRS = [replace(each, label=f"theirs {each.label}") for each in RELIABILITIES]


def reliability(options: ChannelOptions) -> str:
    """Say how reliable a channel is."""
    words = "ordered" if options.ordered else "unordered"
    if options.max_retransmits is not None:
        return f"{words}, {options.max_retransmits} retransmissions"
    if options.max_packet_life_time_ms is not None:
        return f"{words}, {options.max_packet_life_time_ms} ms"
    return f"{words}, reliable"


async def carries(chromium: str, offerer: str) -> bool:
    """Say everything over every channel; `offerer` is Python or Chromium."""

    def make(peer: Peer) -> None:
        if offerer == "Python":
            for options in OURS:
                peer.create_channel(options)

    wanted = PeerOptions(statistics_interval_s=0.2)
    count = 0
    async with connected(chromium, options=wanted, prepare=make) as stage:
        if offerer == "Chromium":
            await make_at_page(stage, THEIRS)
            await stage.channel(THEIRS[0].label)
            for options in OURS:
                stage.peer.create_channel(options)
        else:
            await stage.channel(OURS[0].label)
            await make_at_page(stage, THEIRS)
        for options in AGREED:
            stage.peer.create_channel(options)
        await make_at_page(stage, list(AGREED))
        for channels, initiator in ((OURS, "local"), (THEIRS, "remote"), (AGREED, "local")):
            for options in channels:
                await compare(stage, options, initiator)
                await talk(stage, options.label)
                count += 2 * len(SAID)
        await until(lambda: shown(stage.capture).get("tlsVersion"))
        await until(lambda: selected(stage.capture))
        await stage.check()
    (first, *_) = stage.capture.of(SignalingDescription)
    offered_here = first.side == "local"
    print_run(stage, offerer, count)
    return offered_here == (offerer == "Python")


async def make_at_page(stage: Stage, channels: list[ChannelOptions]) -> None:
    """Have the page make channels."""
    for options in channels:
        await stage.page.ask(
            "([label, options]) => peer.make(label, options)",
            [options.label, as_page_options(options)],
        )


def print_run(stage: Stage, offerer: str, count: int) -> None:
    """Say what was carried, and over what."""
    ways = f"{len(OURS)} made by Python, {len(THEIRS)} by Chromium, {len(AGREED)} by agreement"
    transport, pair = shown(stage.capture), selected(stage.capture)[-1]
    print(f"{offerer} offers: {count} of {count} messages (text, binary, empty) over {ways}")
    print(f"  {'; '.join(map(reliability, RELIABILITIES))}")
    print(
        f"  DTLS {VERSIONS[transport['tlsVersion']]} as {transport['dtlsRole']},"
        f" {transport['dtlsCipher']}; selected pair {pair.local} - {pair.remote}",
        flush=True,
    )
