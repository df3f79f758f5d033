"""What an end says of its connection is what was asked for, as system and engine see it."""

from pathlib import Path

import pytest

from tests.support.authority import Authority
from tests.support.lab_ends import crossing, ends
from wirescope.capture import open_capture
from wirescope.errors import LabError
from wirescope.events import DataChannelMessage, WebSocketMessage
from wirescope.lab.ends import Crossing, Way
from wirescope.lab.ends.orders import Certificate
from wirescope.lab.workloads import shortened, workload
from wirescope.transports.websocket.congestion import check_congestion_control

pytestmark = pytest.mark.slow


def other_control() -> str:
    """Give a congestion control that may be chosen, cubic if it may; skip where none may."""
    for name in ("cubic", "reno"):
        try:
            check_congestion_control(name)
        except Exception:  # noqa: BLE001
            continue
        return name
    pytest.skip("this process may choose no congestion control")


@pytest.mark.parametrize("path", ["direct", "server"])
async def test_the_congestion_control_is_the_one_that_was_asked_for(path: str) -> None:
    name = other_control()
    way = Way(transport="websocket", path=path, congestion_control=name)  # type: ignore[arg-type]
    async with crossing(way) as joined:
        opened, accepted = await joined.open()
        carried = await joined.carry(shortened(workload("feed"), 0.5), drain_s=10)
    for facts in (opened.facts, accepted.facts, carried.a.facts, carried.b.facts):
        assert facts.tcp is not None
        assert facts.tcp.congestion_control == name
        assert facts.tcp.congestion_window_bytes > 0
        assert facts.pair is None
    assert all(each.congestion_window_bytes for each in carried.a.looks)
    tcp = carried.a.facts.tcp
    assert tcp is not None
    assert max(tcp.receive_window_limited_us, tcp.send_buffer_limited_us) <= tcp.busy_us


async def test_one_that_is_not_there_is_refused_with_a_sentence() -> None:
    async with ends() as started:
        joined = Crossing(started, Way(transport="websocket", congestion_control="avian"))
        with pytest.raises(LabError, match="congestion control 'avian' is not on this system"):
            await joined.listen()


async def test_an_unreliable_channel_is_unordered_and_sends_nothing_again() -> None:
    async with crossing(Way(transport="data-channel-unreliable")) as joined:
        for opened in await joined.open():
            channel = opened.facts.channel
            assert channel is not None
            assert (channel.ordered, channel.max_retransmits) == (False, 0)
            assert channel.max_packet_life_time_ms is None


async def test_a_reliable_channel_is_ordered_and_takes_the_direct_path() -> None:
    async with crossing(Way(transport="data-channel-reliable")) as joined:
        for opened in await joined.open():
            channel, pair = opened.facts.channel, opened.facts.pair
            assert channel is not None
            assert pair is not None
            assert (channel.ordered, channel.max_retransmits) == (True, None)
            assert (pair.local.protocol, pair.local.kind) == ("udp", "host")
            assert opened.facts.tcp is None


async def test_through_a_server_the_datagrams_are_relayed_at_both_sides() -> None:
    way = Way(transport="data-channel-reliable", path="server")
    async with crossing(way) as joined:
        await joined.open()
        carried = await joined.carry(shortened(workload("game"), 0.5), drain_s=10)
    for ran in (carried.a, carried.b):
        assert ran.facts.pair is not None
        assert ran.facts.pair.local.kind == "relay"
        assert ran.facts.pair.remote.kind == "relay"
        assert ran.facts.pair.local.relay_protocol == "udp"
    assert carried.s is not None
    assert carried.s.cpu_s > 0


async def test_processor_time_and_memory_are_those_of_the_run() -> None:
    async with crossing(Way(transport="websocket")) as joined:
        await joined.open()
        carried = await joined.carry(shortened(workload("feed"), 1), drain_s=10)
    for ran in (carried.a, carried.b):
        assert 0 < ran.usage.cpu_s < 1
        assert 10 << 20 < ran.usage.memory_bytes <= ran.usage.peak_memory_bytes < 1 << 30


@pytest.mark.parametrize(
    ("transport", "kind"),
    [("websocket", WebSocketMessage), ("data-channel-reliable", DataChannelMessage)],
)
async def test_a_capture_is_written_when_it_is_asked_for(
    transport: str, kind: type, tmp_path: Path
) -> None:
    captures = {side: str(tmp_path / f"{side}.db") for side in "ab"}
    way = Way(transport=transport, captures=captures)  # type: ignore[arg-type]
    async with crossing(way) as joined:
        await joined.open()
        carried = await joined.carry(shortened(workload("game"), 0.5), drain_s=10)
        await joined.close()
    for side in "ab":
        with open_capture(captures[side]) as capture:
            messages = [each for each in capture.events() if isinstance(each, kind)]
        carrying = [each for each in messages if each.kind == "binary"]  # type: ignore[attr-defined]
        assert len(carrying) == len(carried.samples)


async def test_over_tls_the_certificate_is_checked(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    certificate, key = authority.server_files("127.0.0.1")
    tls = Certificate(certificate=str(certificate), key=str(key))
    way = Way(transport="websocket", tls=tls, ca=str(authority.ca_file))
    async with crossing(way) as joined:
        opened, _ = await joined.open()
        carried = await joined.carry(shortened(workload("chat"), 1), drain_s=10)
    assert "tls" in opened.phases_ms
    assert carried.samples
    assert all(each.received_ns for each in carried.samples)


@pytest.mark.parametrize("compression", [False, True])
async def test_messages_are_compressed_only_if_that_was_asked_for(*, compression: bool) -> None:
    async with crossing(Way(transport="websocket", compression=compression)) as joined:
        for opened in await joined.open():
            assert opened.facts.compressed is compression


@pytest.mark.alone
async def test_messages_are_taken_up_within_a_millisecond_of_their_time() -> None:
    async with ends(real_time=True) as started:
        joined = Crossing(started, Way(transport="websocket"))
        await joined.listen()
        await joined.open()
        carried = await joined.carry(shortened(workload("feed"), 2), drain_s=10)
    assert len(carried.a.sent) == 250
    late = carried.a.late
    assert 0 <= late.p50_us <= late.p99_us <= late.max_us
    assert late.p50_us < 1000
    if started.a.real_time:
        assert late.p99_us < 5000  # what the machine does beside it may still stop a whole core
