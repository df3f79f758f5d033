"""Makes the events of a WebRTC connection in a line each."""

from itertools import count
from typing import Any

from wirescope.events import (
    AnyEvent,
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    ConnectionPhase,
    DataChannelOpened,
    IceCandidate,
    IceError,
    IcePair,
    IceServerAsked,
    IceServersSet,
    PeerState,
    Side,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    TransportAddress,
)

STUN = "stun:stun.example.test:3478"
TURN = "turn:turn.example.test:3478?transport=udp"
TURN_TCP = "turn:turn.example.test:3478?transport=tcp"
TURNS = "turns:turn.example.test:5349?transport=tcp"

HERE, THERE = "192.168.1.4", "203.0.113.9"


def sdp(*sections: str, ufrag: str = "aaaa", fingerprint: bool = True, lite: bool = False) -> str:
    """Write a description; a section is `audio`, `video rejected`, `application` …, then words.

    The words are a direction, `rejected`, `setup=…` and `codecs=VP8+H264`.
    """
    lines = ["v=0", "o=- 1 1 IN IP4 127.0.0.1", "s=-", "t=0 0"]
    lines += ["a=ice-lite"] if lite else []
    for number, section in enumerate(sections):
        kind, *words = section.split()
        port = 0 if "rejected" in words else 9
        options = dict(word.split("=") for word in words if "=" in word)
        codecs = options.get("codecs", {"audio": "opus", "video": "VP8+rtx"}.get(kind, ""))
        names = [name for name in codecs.split("+") if name]
        if kind == "application":
            lines.append(f"m=application {port} UDP/DTLS/SCTP webrtc-datachannel")
            lines.append("a=sctp-port:5000")
        else:
            types = " ".join(str(96 + place) for place in range(len(names)))
            lines.append(f"m={kind} {port} UDP/TLS/RTP/SAVPF {types}")
            lines += [f"a=rtpmap:{96 + place} {name}/90000" for place, name in enumerate(names)]
            directions = ("sendrecv", "sendonly", "recvonly", "inactive")
            lines += [f"a={word}" for word in words if word in directions]
        lines += [f"a=mid:{number}", f"a=setup:{options.get('setup', 'actpass')}"]
        lines += [f"a=ice-ufrag:{ufrag}", "a=ice-pwd:0123456789abcdef012345"]
        lines += ["a=fingerprint:sha-256 " + ":".join(["AB"] * 32)] if fingerprint else []
    return "\r\n".join([*lines, ""])


class CallStory:
    """Numbers events and puts them on a clock that is moved by `wait`."""

    def __init__(self, url: str = "webrtc+ws://signal.example.test/room") -> None:
        self._next = count(1).__next__
        self.at_ns = 0
        self.events: list[AnyEvent] = []
        self.add(ConnectionOpening, url, "webrtc")

    def add(self, kind: type[Any], *fields: Any) -> "CallStory":
        self.events.append(kind(self._next(), self.at_ns, "c1", *fields))
        return self

    def wait(self, seconds: float) -> "CallStory":
        self.at_ns += round(seconds * 1e9)
        return self

    def servers(self, *urls: str, relay: bool = False, valid_s: float | None = None) -> "CallStory":
        asked = [IceServerAsked(url, valid_s) for url in urls]
        return self.add(IceServersSet, asked, "relay" if relay else "all")

    def describe(self, side: Side, kind: str, text: str = "") -> "CallStory":
        return self.add(SignalingDescription, side, kind, text)

    def agreed(self, offer: str = "", answer: str = "") -> "CallStory":
        """An offer of this end, and its answer."""
        self.describe("local", "offer", offer or sdp("application"))
        self.move("signaling", "stable", "have-local-offer").move("gathering", "new", "gathering")
        self.wait(0.02)
        self.describe("remote", "answer", answer or sdp("application setup=active", ufrag="bbbb"))
        return self.move("signaling", "have-local-offer", "stable").phase("signaling")

    def move(self, machine: str, before: str, after: str) -> "CallStory":
        return self.add(PeerState, machine, before, after)

    def phase(self, name: str) -> "CallStory":
        return self.add(ConnectionPhase, name, self.at_ns)

    def candidate(
        self,
        side: Side,
        address: str,
        *,
        kind: str = "host",
        port: int = 5000,
        protocol: str = "udp",
        url: str | None = None,
        base: str = "",
        tcp_type: str | None = None,
        ufrag: str | None = None,
    ) -> "CallStory":
        related = TransportAddress(base, 5000) if base else None
        priority = (2 if kind == "relay" else 126) << 24
        fields = (side, kind, address, port, protocol, priority, "1", "0")
        return self.add(IceCandidate, *fields, related, url, tcp_type, ufrag)

    def gathered(self) -> "CallStory":
        return self.move("gathering", "gathering", "complete").phase("gathering")

    def error(
        self, url: str, code: int, message: str = "", *, address: str = "192.168.1.x"
    ) -> "CallStory":
        return self.add(IceError, url, code, message, address, 5000)

    def pair(
        self,
        local: str,
        remote: str,
        state: str = "succeeded",
        *,
        selected: bool = False,
        checks: tuple[int, int, int] | tuple[()] = (),
    ) -> "CallStory":
        """`checks` are those sent, answered and received."""
        return self.add(IcePair, local, remote, state, selected, selected, *checks)

    def exchange(self, status: int, method: str = "POST") -> "CallStory":
        url = "https://live.example.test/whip/one"
        return self.add(SignalingExchange, method, url, status, "", "v=0", "", "", 20_000_000)

    def checking(self) -> "CallStory":
        return self.move("ice", "new", "checking")

    def connected(self, *, path: tuple[str, str] | None = None) -> "CallStory":
        """ICE, DTLS and the connection stand."""
        self.move("ice", "checking", "connected").phase("ice")
        local, remote = path or (f"host udp {HERE}:5000", f"host udp {THERE}:5000")
        self.move("dtls", "new", "connecting").wait(0.01)
        self.move("dtls", "connecting", "connected").phase("dtls")
        self.move("connection", "connecting", "connected").add(ConnectionOpened)
        return self.wait(0.02).pair(local, remote, selected=True)

    def association(self) -> "CallStory":
        return self.move("sctp", "connecting", "connected").phase("sctp")

    def channel(self) -> "CallStory":
        return self.add(DataChannelOpened, 1, "chat", "", True, None, None, False, "local")

    def sample(self, object_: str, name: str, /, **values: Any) -> "CallStory":
        return self.add(Statistics, object_, name, values)

    def failed(
        self, phase: str, kind: str, message: str, hint: str = "", status: int | None = None
    ) -> list[AnyEvent]:
        self.add(ConnectionFailed, phase, kind, message, hint, status)
        return self.events

    def closed(
        self, initiator: str = "local", cause: str = "close", reason: str = ""
    ) -> list[AnyEvent]:
        self.add(ConnectionClosed, 0, reason, initiator, cause == "close", cause)
        return self.events


def tried(*servers: str, relay: bool = False, url: str = "") -> CallStory:
    """A call that has agreed and looks for addresses."""
    story = CallStory(url) if url else CallStory()
    if servers:
        story.servers(*servers, relay=relay)
    return story.agreed()


def pathless(story: CallStory) -> list[AnyEvent]:
    """The end of a call that found no path."""
    story.checking().wait(30)
    return story.failed(
        "ice", "no-path", "No path between the two sides was found within 30 s.", "Give a server."
    )


def healthy() -> list[AnyEvent]:
    """A call with messages, sound and picture, over a direct path, to its end."""
    offer = sdp("audio", "video", "application")
    answer = sdp("audio setup=active", "video setup=active", "application setup=active",
                 ufrag="bbbb")  # fmt: skip
    story = CallStory().servers(STUN, TURN).agreed(offer, answer)
    story.candidate("local", HERE, ufrag="aaaa").candidate("remote", THERE, ufrag="bbbb")
    story.candidate("local", "198.51.100.7", kind="srflx", url=STUN, base=HERE)
    story.candidate("local", "198.51.100.2", kind="relay", url=TURN, base="198.51.100.7")
    story.checking().wait(0.1).gathered().connected().association().channel()
    story.wait(0.5).phase("first-media").wait(60)
    story.sample("inbound-rtp", "in1", kind="video", packetsReceived=4000, framesDecoded=1500)
    story.sample("inbound-rtp", "in2", kind="audio", packetsReceived=3000)
    return story.closed()
