"""The rows on communication, connection and security, tried over a real network."""

import asyncio
import re
from pathlib import Path

import pytest

from wirescope.capture import open_capture
from wirescope.errors import LinkError
from wirescope.events import WebSocketMessage
from wirescope.lab.checks import Bench
from wirescope.lab.checks.path_experiment import paths
from wirescope.lab.ends import Starter
from wirescope.lab.results import Row
from wirescope.transports.link import read_recording, why_not

WHY_NOT = why_not()

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(WHY_NOT is not None, reason=f"no emulated network: {WHY_NOT}"),
]

LONGEST = 250  # characters of a column


@pytest.fixture(scope="module")
def tried(tmp_path_factory: pytest.TempPathFactory) -> tuple[tuple[Row, ...], Path]:
    folder = tmp_path_factory.mktemp("paths")
    folder.joinpath("paths-ws-server.wirescope").write_text("left by an earlier one")

    async def run() -> tuple[Row, ...]:
        async with Starter() as starter:
            return await paths(Bench(starter=starter, folder=folder))

    return asyncio.run(run()), folder


def test_a_websocket_talks_to_the_server_and_a_channel_to_the_peer(
    tried: tuple[tuple[Row, ...], Path],
) -> None:
    (row, _, _), _ = tried
    assert row.aspect == "Communication type"
    assert re.search(r"(\d+) of \1 packets \([\d,]+ bytes\) between the client", row.websocket)
    assert "0 between the two sides; 40 of 40 messages came by the server." in row.websocket
    assert re.search(r"Peers: (\d+) of \1 packets with messages", row.webrtc)
    assert "0 to or from a server" in row.webrtc
    assert re.search(r"TURN server: (\d+) of \1 \(", row.webrtc)


def test_the_path_of_each_byte_is_told(tried: tuple[tuple[Row, ...], Path]) -> None:
    (_, row, _), _ = tried
    assert row.aspect == "Connection"
    assert "1 TCP connection of the client, 2 in all at the server; 100% of" in row.websocket
    assert "0 routers before the client" in row.websocket
    direct, relayed, signaled = row.webrtc.split(". ")
    assert re.match(r"Direct: host to (host|prflx) over UDP, \d+ of \d+ datagrams", direct)
    assert re.search(r" 0% of [\d,]+ bytes by the server, 1 router$", direct)
    assert re.match(r"Relayed: relay to (relay|prflx) over UDP, (\d+) of \2, ", relayed)
    assert re.search(r" 100% of [\d,]+, 0 routers$", relayed)
    assert signaled.startswith("Signaled over 1 and 1 TCP connections; ")


def test_what_could_be_read_on_the_path_and_by_the_server_is_told(
    tried: tuple[tuple[Row, ...], Path],
) -> None:
    (_, _, row), _ = tried
    assert row.aspect == "Security"
    assert "read 40 of 40 messages (20 by the masking key sent along)" in row.websocket
    assert "the server 40 of 40. wss: the observer 0 of 40" in row.websocket
    assert "the server, where TLS ends, 40 of 40." in row.websocket
    assert row.webrtc.startswith("An observer read 0 of 40 directly, 0 of 40 over TURN")
    assert "the server 0 of 40; it passed on 2 fingerprints of certificates." in row.webrtc
    for words in (row.websocket, row.webrtc):
        assert re.search(r"sizes showed \(\d+ short, \d+ long", words)


def test_the_evidence_is_in_the_folder_and_nothing_else(
    tried: tuple[tuple[Row, ...], Path],
) -> None:
    rows, folder = tried
    named = {name for row in rows for name in re.findall(r"checks/([\w.-]*\w)", row.evidence)}
    assert {each.name for each in folder.iterdir()} == named
    for row in rows:
        assert all(0 < len(each) <= LONGEST for each in (row.websocket, row.webrtc, row.evidence))
    assert len(list(read_recording(folder / "paths.pcap"))) > 200
    with open_capture(folder / "paths-wss-server.wirescope") as capture:
        messages = [each for each in capture.events() if isinstance(each, WebSocketMessage)]
    assert len(messages) == 80  # each came, and was sent


async def test_a_folder_that_is_not_there_is_refused_with_a_reason(tmp_path: Path) -> None:
    with pytest.raises(LinkError, match=r"paths\.pcap cannot be written"):
        await paths(Bench(starter=Starter(), folder=tmp_path / "none"))
