"""How a WebRTC connection is doing, in words, read from its events."""

from typing import Any

from wirescope.cli.monitor import Monitor
from wirescope.events import IcePair, PeerState, Statistics

NS = 1_000_000_000


def stats(at_s: float, of: str, key: str, **values: Any) -> Statistics:
    return Statistics(1, round(at_s * NS), "c1", of, key, values)


def pair(local: str, remote: str = "host udp 192.0.2.2:2") -> IcePair:
    return IcePair(1, 0, "c1", local, remote, "succeeded", nominated=True, selected=True)


def watched() -> Monitor:
    monitor = Monitor()
    for event in (
        PeerState(1, 0, "c1", "connection", "connecting", "connected"),
        pair("host udp 192.0.2.1:1"),
        stats(1, "codec", "C1", mimeType="video/VP8"),
        stats(1, "inbound-rtp", "V", kind="video", codecId="C1", bytesReceived=1_000,
              packetsReceived=10, packetsLost=0, frameWidth=640, frameHeight=360,
              framesPerSecond=29.9, framesDecoded=5),
        stats(3, "inbound-rtp", "V", bytesReceived=501_000, packetsReceived=98, packetsLost=2,
              framesDecoded=60),
        stats(3, "candidate-pair", "P", nominated=True, currentRoundTripTime=0.012),
        stats(3, "transport", "T", tlsVersion="FEFC", dtlsCipher="TLS_A", srtpCipher="SRTP_B"),
    ):  # fmt: skip
        monitor.feed(event)
    return monitor


def test_what_comes_is_told_in_a_line() -> None:
    assert watched().line() == (
        "connected, direct, video VP8 640x360 30 frames/s, 2.0 Mbit/s in, loss 2.0 %,"
        " round trip 12 ms"
    )


def test_what_came_is_told_in_a_sentence_for_each_stream() -> None:
    assert watched().summary() == ["Received video VP8 640x360, 60 frames, 98 packets, 2 lost."]


def test_sound_that_was_made_up_is_told_as_a_share() -> None:
    monitor = Monitor()
    monitor.feed(
        stats(1, "inbound-rtp", "A", kind="audio", packetsReceived=50, packetsLost=0,
              totalSamplesReceived=1000, concealedSamples=15)
    )  # fmt: skip
    assert monitor.summary() == ["Received audio, 50 packets, 0 lost, 1.5 % concealed."]


def test_of_what_is_sent_the_receiver_says_what_was_lost() -> None:
    monitor = Monitor()
    monitor.feed(stats(1, "outbound-rtp", "V", kind="video", bytesSent=0, packetsSent=0))
    assert "loss" not in monitor.line()
    monitor.feed(stats(2, "outbound-rtp", "V", bytesSent=8_000, packetsSent=100))
    monitor.feed(stats(2, "remote-inbound-rtp", "R", packetsLost=5))
    assert monitor.line() == "new, sends video, 64 kbit/s out, loss 5.0 %"
    assert monitor.lost == (5, 95)


def test_the_path_is_told_as_direct_relayed_or_over_tcp() -> None:
    monitor = Monitor()
    paths = []
    for local in ("host udp a:1", "relay udp a:1", "prflx tcp a:1"):
        monitor.feed(pair(local))
        paths.append(monitor.path)
    assert paths == ["direct", "relayed", "direct over TCP"]


def test_the_version_of_dtls_is_told_with_its_ciphers() -> None:
    assert Monitor().security == ""
    assert watched().security == "DTLS 1.3, TLS_A, SRTP_B"
