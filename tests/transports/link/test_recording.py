"""What a recording of a link holds is what the hosts sent, and it knows its bounds."""

import asyncio
import os
import shutil
import struct
import subprocess
from pathlib import Path

import pytest

from tests.support.datagram_flow import HEAD, PORT, Received, flow
from wirescope.errors import LinkError, UsageError
from wirescope.link import Direction, LinkSettings, RandomLoss, symmetric
from wirescope.transports.link import NetworkReport, open_network, read_recording
from wirescope.transports.link.recording import Recorder

LOSSY = LinkSettings(
    name="lossy", up=Direction(loss=RandomLoss(share=0.2)), down=Direction(), seed=3
)
PACKETS = [bytes([0x45, number]) + bytes(98) for number in range(8)]


def recorded(path: Path, *, most_bytes: int) -> Recorder:
    recorder = Recorder(str(path), most_bytes=most_bytes)
    for at_ns, packet in enumerate(PACKETS, 5_000_000_001):
        recorder.write(packet, at_ns)
    return recorder


@pytest.fixture(scope="module")
def lossy(
    namespaces: None, tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, Received, NetworkReport]:
    """Record a flow of datagrams over two links, the first of which loses a part of them."""
    path = tmp_path_factory.mktemp("recorded") / "lossy.pcap"

    async def record() -> tuple[Received, NetworkReport]:
        links = [LOSSY, symmetric("second", Direction())]
        async with open_network(links=links, hosts=("a", "s", "b"), record=path) as network:
            found = await flow(network, rate=400, seconds=0.5, quiet_s=0.2)
        assert network.last is not None
        return found, network.last

    return path, *asyncio.run(record())


@pytest.mark.slow
def test_packets_are_recorded_as_they_were_sent_before_any_is_lost(
    lossy: tuple[Path, Received, NetworkReport],
) -> None:
    path, found, report = lossy
    packets = list(read_recording(path))
    assert report.recording is not None
    assert (report.recording.packets, report.recording.stopped) == (len(packets), "")
    assert len(found.numbers) < found.sent
    sent = [each for each in packets if is_of_the_flow(each.data)]
    heads = [HEAD.unpack_from(each.data, 28) for each in sent]
    assert heads == list(enumerate(found.sent_ns))
    for each, (_, sent_ns) in zip(sent, heads, strict=True):
        assert each.data[12:20] == bytes([10, 77, 0, 1, 10, 77, 0, 3])
        assert len(each.data) == 228
        assert 0 <= each.at_ns - sent_ns < 1_000_000_000


def is_of_the_flow(packet: bytes) -> bool:
    """Say whether a packet is IPv4, UDP and to the port of the flow."""
    return (packet[0], packet[9]) == (0x45, 17) and struct.unpack_from("!H", packet, 22) == (PORT,)


@pytest.mark.slow
def test_tshark_reads_a_recording(lossy: tuple[Path, Received, NetworkReport]) -> None:
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")
    path, found, _ = lossy
    fields = ["-T", "fields", "-e", "ip.src", "-e", "ip.dst", "-e", "udp.length"]
    command = [tshark, "-r", str(path), "-Y", f"udp.dstport == {PORT}", *fields]
    said = subprocess.run(command, capture_output=True, text=True, check=True, timeout=30).stdout
    assert said.split("\n")[:-1] == ["10.77.0.1\t10.77.0.3\t208"] * found.sent


def test_a_recording_reads_as_it_was_written(tmp_path: Path) -> None:
    recorder = recorded(tmp_path / "whole.pcap", most_bytes=1 << 20)
    report = recorder.report()
    packets = list(read_recording(tmp_path / "whole.pcap"))
    recorder.close()
    assert [each.data for each in packets] == PACKETS
    assert [each.at_ns for each in packets] == list(range(5_000_000_001, 5_000_000_009))
    assert (report.packets, report.left_out, report.stopped) == (8, 0, "")


def test_a_full_recording_stops_and_says_how_much_it_left_out(tmp_path: Path) -> None:
    path = tmp_path / "full.pcap"
    recorder = recorded(path, most_bytes=400)
    report = recorder.report()
    recorder.close()
    assert (report.packets, report.left_out) == (3, 5)
    assert "as long as it may be" in report.stopped
    assert [each.data for each in read_recording(path)] == PACKETS[:3]
    assert path.stat().st_size <= 400


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_a_disk_without_room_stops_a_recording() -> None:
    recorder = recorded(Path("/dev/full"), most_bytes=1 << 20)
    report = recorder.report()
    recorder.close()
    assert os.strerror(28) in report.stopped


def test_a_recording_that_was_cut_short_ends_with_its_last_whole_packet(tmp_path: Path) -> None:
    path = tmp_path / "cut.pcap"
    recorded(path, most_bytes=1 << 20).close()
    path.write_bytes(path.read_bytes()[:-1])
    assert [each.data for each in read_recording(path)] == PACKETS[:-1]


@pytest.mark.parametrize("content", [b"", b"{}", bytes(24)])
def test_what_is_no_recording_is_refused(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "other"
    path.write_bytes(content)
    with pytest.raises(UsageError, match="is no recording"):
        list(read_recording(path))


@pytest.mark.slow
@pytest.mark.usefixtures("namespaces")
async def test_a_file_that_cannot_be_written_is_refused_with_a_reason(tmp_path: Path) -> None:
    network = open_network(
        links=[symmetric("plain", Direction())], record=tmp_path / "none" / "x.pcap"
    )
    with pytest.raises(LinkError, match=r"x\.pcap cannot be written: No such file") as raised:
        await network.__aenter__()
    assert "folder that is there" in raised.value.hint
