"""Packets between namespaces meet what the settings of the links say, and all are counted."""

import asyncio
import sys
from subprocess import PIPE

import pytest

from tests.support.datagram_flow import Received, flow
from tests.support.stream_flow import upload
from wirescope.errors import LinkError, UsageError
from wirescope.link import Direction, LinkCounts, LinkSettings, Outage, RandomLoss, symmetric
from wirescope.transports.link import (
    DeviceKind,
    DirectionReport,
    Network,
    NetworkReport,
    open_network,
)

pytestmark = [pytest.mark.usefixtures("namespaces"), pytest.mark.slow]

KINDS: list[DeviceKind] = ["tun", "veth"]
PLAIN = symmetric("plain", Direction())


def direction(report: NetworkReport, source: str, target: str) -> DirectionReport:
    return next(
        each for each in report.directions if (each.source, each.target) == (source, target)
    )


def assert_all_accounted_for(counts: LinkCounts) -> None:
    assert counts.offered == counts.passed + counts.gone + counts.waiting


async def through(
    link: LinkSettings,
    *,
    by: DeviceKind | None = None,
    rate: float = 200,
    seconds: float = 0.5,
    size: int = 200,
    quiet_s: float = 0.5,
) -> tuple[Received, DirectionReport]:
    """Send from a to b over one link for a while."""
    async with open_network(links=[link], by=by) as network:
        found = await flow(network, rate=rate, seconds=seconds, size=size, quiet_s=quiet_s)
    assert network.last is not None
    return found, direction(network.last, "a", "b")


@pytest.mark.alone
@pytest.mark.parametrize("by", KINDS)
@pytest.mark.parametrize("delay_ms", [0, 20])
async def test_the_delay_is_the_one_that_was_asked_for(delay_ms: float, by: DeviceKind) -> None:
    found, report = await through(symmetric("far", Direction(delay_ms=delay_ms)), by=by)
    assert len(found.numbers) == found.sent == report.counts.passed
    assert delay_ms <= found.delay_ms(0.5) <= delay_ms + 1
    assert min(found.delays_ns) >= delay_ms * 1e6
    assert report.lateness.packets == found.sent
    assert report.lateness.p50_us < 1000


@pytest.mark.alone
@pytest.mark.parametrize("by", KINDS)
async def test_what_is_lost_is_counted_exactly(by: DeviceKind) -> None:
    lossy = LinkSettings(
        name="lossy", up=Direction(loss=RandomLoss(share=0.1)), down=Direction(), seed=3
    )
    found, report = await through(lossy, rate=2000, by=by)
    counts = report.counts
    assert counts.offered == found.sent
    assert counts.lost == found.sent - len(found.numbers)
    assert counts.passed == len(found.numbers)
    assert 0.05 < counts.lost / counts.offered < 0.15
    assert found.numbers == sorted(set(found.numbers))
    assert (report.missed, report.refused) == (0, 0)
    assert_all_accounted_for(counts)


@pytest.mark.alone
async def test_the_same_seed_loses_the_same_packets() -> None:
    lossy = symmetric("lossy", Direction(loss=RandomLoss(share=0.2)), seed=5)
    first, _ = await through(lossy, rate=200)
    second, _ = await through(lossy, rate=200)
    common = min(first.sent, second.sent)
    assert [number for number in first.numbers if number < common] == [
        number for number in second.numbers if number < common
    ]


@pytest.mark.alone
async def test_the_directions_of_a_link_are_apart() -> None:
    link = LinkSettings(
        name="uneven", up=Direction(delay_ms=5), down=Direction(delay_ms=30, duplicate=1)
    )
    async with open_network(links=[link]) as network:
        there = await flow(network, "a", "b", rate=200, seconds=0.5)
        back = await flow(network, "b", "a", rate=200, seconds=0.5, family=6)
        report = await network.report()
    assert 5 <= there.delay_ms(0.5) <= 6
    assert 30 <= back.delay_ms(0.5) <= 31
    assert len(back.numbers) == 2 * back.sent
    up, down = direction(report, "a", "b").counts, direction(report, "b", "a").counts
    assert (up.offered, up.duplicates) == (there.sent, 0)
    assert (down.offered, down.passed, down.duplicates) == (back.sent,) * 3


@pytest.mark.alone
async def test_the_rate_is_the_one_that_was_asked_for() -> None:
    narrow = symmetric("narrow", Direction(rate_bps=1_000_000))
    found, report = await through(
        narrow,
        rate=150,
        seconds=1,
        size=1222,  # 1,250 with its heads
        quiet_s=1,
    )
    assert found.rate * 1250 * 8 == pytest.approx(1_000_000, rel=0.02)
    assert report.counts.queue_full == found.sent - len(found.numbers)


@pytest.mark.alone
async def test_an_outage_is_when_the_settings_say() -> None:
    outage = Outage(start_s=0.25, length_s=0.5, every_s=1)
    async with open_network(links=[symmetric("gone", Direction(outages=(outage,)))]) as network:
        found = await flow(network, rate=200, seconds=2, quiet_s=1)
        report = await network.report()
    counts = direction(report, "a", "b").counts
    left = [
        (at_ns - delay_ns - network.started_ns) / 1e9 % 1
        for at_ns, delay_ns in zip(found.at_ns, found.delays_ns, strict=True)
    ]
    assert not [each for each in left if 0.26 < each < 0.74]
    assert counts.outage == found.sent - len(found.numbers)
    assert counts.outage == pytest.approx(found.sent / 2, rel=0.1)


@pytest.mark.alone
@pytest.mark.parametrize("by", KINDS)
async def test_tcp_sends_again_what_the_link_loses(by: DeviceKind) -> None:
    lossy = LinkSettings(
        name="lossy",
        up=Direction(delay_ms=2, loss=RandomLoss(share=0.05)),
        down=Direction(delay_ms=2),
    )
    async with open_network(links=[lossy], by=by) as network:
        sent = await upload(network, 2_000_000)
        report = await network.report()
    counts = direction(report, "a", "b").counts
    assert sent.length == 2_000_000
    assert counts.lost > 20
    assert sent.again >= counts.lost * 0.9
    assert_all_accounted_for(counts)


@pytest.mark.alone
async def test_more_packets_go_over_a_cable_than_are_kept_at_a_time() -> None:
    async with open_network(links=[PLAIN], by="veth") as network:
        sent = await upload(network, 16_000_000)
        report = await network.report()
    there = direction(report, "a", "b")
    assert sent.length == 16_000_000
    assert there.counts.passed > 10_000
    assert (there.missed, there.refused) == (0, 0)


@pytest.mark.alone
@pytest.mark.parametrize(("family", "by"), [(4, "tun"), (6, "tun"), (6, "veth")])
async def test_a_host_in_the_middle_passes_packets_on(family: int, by: DeviceKind) -> None:
    first = symmetric("first", Direction(delay_ms=5))
    second = symmetric("second", Direction(delay_ms=10), seed=2)
    async with open_network(hosts=("a", "s", "b"), links=[first, second], by=by) as network:
        there = await flow(network, "a", "b", rate=200, seconds=0.5, family=family)
        back = await flow(network, "b", "s", rate=200, seconds=0.5, family=family)
    report = network.last
    assert report is not None
    assert 15 <= there.delay_ms(0.5) <= 16
    assert 10 <= back.delay_ms(0.5) <= 11
    passed = {(each.source, each.target): each.counts.passed for each in report.directions}
    assert passed == {
        ("a", "s"): there.sent,
        ("s", "a"): 0,
        ("s", "b"): there.sent,
        ("b", "s"): back.sent,
    }


@pytest.mark.parametrize("by", KINDS)
async def test_nothing_goes_over_a_link_that_nobody_sent(by: DeviceKind) -> None:
    async with open_network(hosts=("a", "s", "b"), links=[PLAIN, PLAIN], by=by) as network:
        await flow(network, rate=100, seconds=1)
        report = await network.report()
    assert direction(report, "b", "s").counts.offered == 0
    assert direction(report, "s", "a").counts.offered == 0


@pytest.mark.alone
async def test_a_packet_is_no_longer_than_the_link_allows() -> None:
    found, report = await through(symmetric("short", Direction(), mtu=600), size=1000)
    assert len(found.numbers) == found.sent
    assert report.counts.offered == 2 * found.sent
    with pytest.raises(UsageError, match="no IPv6 addresses"):
        async with open_network(links=[symmetric("short", Direction(), mtu=600)]) as network:
            network.address("b", 6)


async def test_a_report_that_nobody_waited_for_is_not_the_answer_to_the_next_question() -> None:
    async with open_network(links=[PLAIN]) as network:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0):
                await network.report()
        found = await flow(network, rate=100, seconds=0.2)
        report = await network.report()
    assert direction(report, "a", "b").counts.offered == found.sent


# What goes wrong


@pytest.mark.parametrize(
    ("hosts", "links"),
    [(("a",), 0), (("a", "b"), 2), (("a", "a"), 1), (("a", "B"), 1)],
    ids=["one", "links", "same", "name"],
)
async def test_hosts_and_links_have_to_fit(hosts: tuple[str, ...], links: int) -> None:
    with pytest.raises(UsageError):
        async with open_network(hosts=hosts, links=[PLAIN] * links):
            pass


async def test_a_host_that_does_not_exist_is_named() -> None:
    async with open_network(links=[PLAIN]) as network:
        with pytest.raises(UsageError, match=r"no host 'c'; there are a, b"):
            network.command("c", ["true"])


async def result_of(command: list[str]) -> tuple[int | None, str]:
    process = await asyncio.create_subprocess_exec(*command, stderr=PIPE)
    _, complained = await process.communicate()
    return process.returncode, complained.decode()


@pytest.mark.each_loop
async def test_a_command_keeps_its_exit_code_or_says_why_it_did_not_run() -> None:
    async with open_network(links=[PLAIN]) as network:
        assert await result_of(network.command("a", ["sh", "-c", "exit 7"])) == (7, "")
        code, complaint = await result_of(network.command("a", ["no-such-program"]))
        assert (code, complaint) == (
            127,
            "no-such-program cannot be run: No such file or directory.\n",
        )
        command = network.command("a", ["true"])
    code, complaint = await result_of(command)
    assert code == 125
    assert "has it ended?" in complaint


async def sleeper(network: Network) -> asyncio.subprocess.Process:
    """Run something on a host that does not end by itself, and that runs by now."""
    script = "print(flush=True); import time; time.sleep(60)"
    process = await asyncio.create_subprocess_exec(
        *network.command("a", [sys.executable, "-c", script]), stdout=PIPE
    )
    assert process.stdout is not None
    await process.stdout.readline()
    return process


async def test_what_runs_on_a_host_ends_with_the_network() -> None:
    async with open_network(links=[PLAIN]) as network:
        process = await sleeper(network)
    await process.communicate()
    assert process.returncode == -9


async def test_a_link_process_that_dies_is_told_and_leaves_nothing() -> None:
    async with open_network(links=[PLAIN]) as network:
        process = await sleeper(network)
        network._process.kill()
        with pytest.raises(LinkError, match="has ended"):
            await network.report()
    await process.communicate()
    assert process.returncode == -9
