"""The emulated link between network namespaces: what it carries, and what it does to packets.

First load: 50,000 packets a second of 64 and of 1,200 bytes through a delay and a loss; each is
accounted for, none is dropped that the settings did not ask for, and half of the delays are within
1 ms. Then profiles between two hosts, judged as the machine alone is, by what was sent and what
arrived. Last TCP: what the kernel sends again is what the link has lost. It takes three minutes.
"""

import asyncio
from collections.abc import AsyncIterator

from tests.support.datagram_flow import Received, flow
from tests.support.stream_flow import upload
from wirescope.link import PROFILES, Check, Direction, LinkSettings, RandomLoss, judge, symmetric
from wirescope.transports.link import DirectionReport, open_network, why_not

Row = tuple[str, str, bool]
"""What was looked at, the figures, and whether they are as they have to be."""

RATE = 50_000
SECONDS = 4.0
SIZES = (64, 1200)
REACHED = 0.99

JUDGED = ("fibre", "4g", "lossy-wifi", "transatlantic", "satellite-leo", "loss-5", "narrow-lossy")
NOT_JUDGED = ("deviation", "held back")
"""How a delay varies within seconds, and the few that are late, hang on what else the machine does;
in virtual time both are shown."""

SHORTLY = ("delay", "loss")
"""What is printed of what holds."""

CALM_RATE = 200.0
CALM_SECONDS = 10.0
CALM_SIZE = 172
HEADS = 28  # of IP and UDP
OTHER_SEED = 1000


def accounted_for(report: DirectionReport, found: Received) -> bool:
    """Say whether each datagram that was sent has met one fate, and none another one."""
    counts = report.counts
    return (
        counts.offered == counts.passed + counts.gone + counts.waiting
        and counts.offered + report.missed == found.sent
        and counts.passed + counts.duplicates == len(found.numbers) + report.refused
    )


async def show_load() -> AsyncIterator[Row]:
    link = LinkSettings(
        name="loaded",
        up=Direction(delay_ms=20, loss=RandomLoss(share=0.01)),
        down=Direction(delay_ms=20),
    )
    for size in SIZES:
        async with open_network(links=[link]) as network:
            found = await flow(
                network, rate=RATE, seconds=SECONDS, size=size, realtime=network.realtime
            )
        assert network.last is not None
        there = network.last.directions[0]
        carried = there.counts.offered / found.took_s
        error_ms = found.delay_ms(0.5) - link.up.delay_ms
        cpu_us = network.last.cpu_s / there.counts.offered * 1e6
        good = carried >= RATE * REACHED and 0 <= error_ms <= 1 and not there.missed
        words = (
            f"{carried:,.0f}/s carried, lost {there.counts.lost:,}, dropped {there.missed}; "
            f"delay error p50 {error_ms:.2f} ms, p99 {found.delay_ms(0.99) - 20:.2f} ms; "
            f"{cpu_us:.1f} µs of CPU a packet"
        )
        yield f"{size} bytes, {network.by}", words, good and accounted_for(there, found)


async def judged(link: LinkSettings) -> list[Check]:
    """Send calmly through a link and judge its first direction."""
    rate = CALM_RATE
    if (most := link.up.mean_rate_bps) is not None:
        rate = min(rate, most / 2 / 8 / (CALM_SIZE + HEADS))
    async with open_network(links=[link]) as network:
        found = await flow(
            network,
            rate=rate,
            seconds=CALM_SECONDS,
            size=CALM_SIZE,
            quiet_s=2,
            realtime=network.realtime,
        )
    sent = [(at_ns, CALM_SIZE + HEADS) for at_ns in found.sent_ns]
    received = list(zip(found.numbers, found.at_ns, strict=True))
    checks = judge(link.up, sent, received, start_ns=network.started_ns)
    return [check for check in checks if check.name not in NOT_JUDGED]


async def show_settings(*, verbose: bool) -> AsyncIterator[Row]:
    for name in JUDGED:
        link = PROFILES[name]
        checks = await judged(link)
        if missed := [check for check in checks if not check.ok]:
            # a check of chance misses once in a hundred where nothing is wrong
            yield name, f"again: {'; '.join(map(str, missed))}", True
            again = LinkSettings(name=name, up=link.up, down=link.down, seed=OTHER_SEED)
            checks = await judged(again)
        shown = [check for check in checks if verbose or not check.ok or check.name in SHORTLY]
        words = f"{sum(check.ok for check in checks)} of {len(checks)}: "
        words += "; ".join(map(str, shown))
        yield name, words, all(check.ok for check in checks)


async def show_tcp() -> AsyncIterator[Row]:
    for share in (0, 0.01, 0.05):
        loss = RandomLoss(share=share) if share else None
        link = symmetric("lossy", Direction(delay_ms=5, loss=loss))
        async with open_network(links=[link]) as network:
            sent = await upload(network, 4_000_000)
        assert network.last is not None
        lost = network.last.directions[0].counts.lost
        words = f"{lost} packets lost, {sent.again} segments sent again, by {sent.congestion}"
        good = sent.again >= 0.9 * lost if lost else sent.again == 0
        yield f"TCP with a loss of {share:.0%}", words, good and bool(lost) == bool(share)


async def _show(*, verbose: bool) -> list[str]:
    short = []
    for part in (show_load(), show_settings(verbose=verbose), show_tcp()):
        async for about, words, holds in part:
            print(f"{about:<22} {words}", flush=True)
            if not holds:
                short.append(f"{about}: {words}")
    return short


def show_tun(*, verbose: bool) -> list[str]:
    """Show the machine between network namespaces, in real time; what fell short."""
    reason = why_not()
    return [reason] if reason else asyncio.run(_show(verbose=verbose))
