"""A WebRTC connection for each rule about one, and one that looks alike and is in order."""

from collections.abc import Callable

from tests.analysis.findings.call_making import (
    HERE,
    STUN,
    THERE,
    TURN,
    TURN_TCP,
    TURNS,
    CallStory,
    pathless,
    sdp,
    tried,
)
from wirescope.events import AnyEvent, RelayAllocated, RelayRefused

Events = list[AnyEvent]
Tell = Callable[[], Events]

ALLOCATION = "TURN allocate error."
WHIP = "whip+https://live.example.test/whip/one"
RELAY_PATH = ("relay udp 198.51.100.2:6000", f"host udp {THERE}:5000")


# DTLS


def dtls_failed() -> Events:
    story = tried().candidate("remote", THERE).checking().wait(0.1)
    story.move("ice", "checking", "connected").move("dtls", "connecting", "failed")
    return story.failed("dtls", "dtls", "The DTLS handshake failed.", "See a=fingerprint in both.")


def dtls_silent() -> Events:
    story = tried().checking().wait(0.1).move("ice", "checking", "connected")
    story.move("dtls", "new", "connecting")
    story.pair(f"host udp {HERE}:5000", f"host udp {THERE}:5000", selected=True).wait(30)
    return story.failed("dtls", "timeout", "A path was found, but DTLS did not end.", "Lower MTU.")


def dtls_lost() -> Events:
    story = tried().checking().connected().association().channel().wait(20)
    story.move("dtls", "connected", "failed")
    return story.closed("network", "dtls", "the DTLS transport failed")


def left_early() -> Events:
    story = tried().checking().wait(0.1).move("ice", "checking", "connected")
    story.move("dtls", "connecting", "closed")
    return story.failed("dtls", "left", "The other side ended it before it stood.")


# Servers


def refused(code: int, message: str = ALLOCATION, url: str = TURN) -> Events:
    story = tried(url, relay=True).wait(0.05).error(url, code, message).gathered().wait(30)
    return story.failed("gathering", "ice-server", f"No address was found: {url} said {code}.")


def got_one_elsewhere(code: int, message: str = ALLOCATION, url: str = TURN) -> Events:
    """One interface is refused, another has got an address."""
    story = tried(url).wait(0.05).error(url, code, message)
    story.candidate("local", "198.51.100.2", kind="relay", url=url)
    return story.gathered().checking().connected().closed()


def expired(valid_s: float) -> Events:
    story = CallStory().servers(TURN, relay=True, valid_s=valid_s).agreed().wait(0.05)
    story.error(TURN, 401, "Unauthorized.").gathered().wait(30)
    return story.failed("gathering", "ice-server", f"No address was found: {TURN} said 401.")


def never_answered() -> Events:
    story = tried(TURN).candidate("local", HERE).candidate("remote", "192.168.1.9")
    return pathless(story)


def udp_blocked() -> Events:
    story = tried(STUN, TURN).candidate("local", HERE).candidate("remote", THERE, kind="srflx")
    return pathless(story)


def never_answered_with_a_public_address() -> Events:
    story = tried(STUN, TURN).candidate("local", "198.51.100.7").candidate("remote", THERE)
    return pathless(story)


def answered_without_nat() -> Events:
    """A STUN server that sees the machine's own address gives no candidate."""
    story = tried(STUN).candidate("local", HERE).candidate("remote", "192.168.1.9").wait(0.1)
    return pathless(story.gathered())


def slow(seconds: float) -> Events:
    story = tried(STUN, TURN).candidate("local", HERE)
    story.candidate("local", "198.51.100.7", kind="srflx", url=STUN, base=HERE).wait(seconds)
    story.error(TURN, 701, "TURN allocate request timed out.").gathered()
    return story.candidate("remote", THERE).checking().connected().closed()


def no_network() -> Events:
    story = tried().gathered().wait(30)
    return story.failed("gathering", "no-candidates", "No address was found.", "See the network.")


def many(count: int, *more: str) -> Events:
    story = tried()
    for number in range(count):
        story.candidate("local", f"10.1.{number}.4")
    for address in more:
        story.candidate("local", address)
    return pathless(story.candidate("remote", THERE).gathered())


def no_relay(*, told: bool) -> Events:
    story = tried(TURN, relay=True).candidate("remote", THERE)
    if told:
        story.error(TURN, 486, ALLOCATION)
    story.wait(30)
    return story.failed("gathering", "no-relay", "Only relayed paths are wanted.", "See it.")


def never_asked(url: str) -> Events:
    story = tried(url, relay=True).wait(0.01).gathered().wait(30)
    return story.failed("gathering", "no-relay", "Only relayed paths are wanted.", "See it.")


def denied(*, relay: bool) -> Events:
    client = f"{HERE}:5000"
    story = tried(TURN, relay=True).add(RelayAllocated, client, "198.51.100.2:6000", "udp", 600)
    story.candidate("local", "198.51.100.2", kind="relay", port=6000, url=TURN).gathered()
    for address in ("192.168.1.9", "172.17.0.2"):
        story.candidate("remote", address)
        request = (client, "CreatePermission", 403, "private address", 1, address)
        story.add(RelayRefused, *request)
    if relay:
        story.candidate("remote", "203.0.113.77", kind="relay", port=7001)
    return pathless(story)


# The search for a path


def nothing_told() -> Events:
    story = tried().candidate("local", HERE).gathered().wait(30)
    return story.failed("ice", "no-candidates", "The other side told no address.", "See it.")


def two_families(there: str = "2001:db8::9") -> Events:
    return pathless(tried().candidate("local", HERE).candidate("remote", there).gathered())


def unasked(kind: str = "srflx") -> Events:
    story = tried().candidate("local", HERE).candidate("remote", THERE, kind=kind).gathered()
    return pathless(story.pair(f"host udp {HERE}:5000", f"{kind} udp {THERE}:5000", "failed"))


def hidden(*more: str) -> Events:
    story = tried(STUN).candidate("local", HERE).candidate("remote", "c2ad-11.local")
    for address in more:
        story.candidate("remote", address, kind="srflx", port=6000)
    return pathless(story.gathered())


def two_nats(*, relay: bool = False) -> Events:
    story = tried(STUN, "stun:other.example.test:3478").candidate("local", HERE)
    for port in (61_001, 61_002):
        story.candidate("local", "198.51.100.7", kind="srflx", port=port, url=STUN, base=HERE)
    story.candidate("remote", "203.0.113.9", kind="srflx", port=7000)
    mine = f"host udp {HERE}:5000"
    story.pair(mine, "srflx udp 203.0.113.9:7000", "failed", checks=(20, 0, 0))
    if relay:
        story.candidate("remote", "203.0.113.77", kind="relay", port=7001)
        story.pair(mine, "relay udp 203.0.113.77:7001", "failed", checks=(20, 0, 0))
    return pathless(story.gathered())


def private_there(address: str = "172.17.0.2") -> Events:
    story = tried(STUN).candidate("local", HERE)
    story.candidate("local", "198.51.100.7", kind="srflx", url=STUN, base=HERE)
    story.candidate("remote", address)
    mine, theirs = f"host udp {HERE}:5000", f"host udp {address}:5000"
    return pathless(story.pair(mine, theirs, "failed", checks=(12, 0, 0)).gathered())


def other_generation(ufrag: str = "zzzz") -> Events:
    story = tried().candidate("local", HERE).candidate("remote", "192.168.1.9", ufrag=ufrag)
    return pathless(story.gathered())


# The path


def lost(*, back: bool) -> Events:
    story = tried().candidate("remote", THERE).checking().connected().association().channel()
    story.wait(20).move("ice", "connected", "disconnected").wait(8)
    if back:
        return story.move("ice", "disconnected", "connected").wait(5).closed()
    return story.wait(37).closed("network", "ice", "no working path for 45 s")


def changed(after_s: float) -> Events:
    story = tried().checking().connected().association().channel().wait(after_s)
    story.pair(f"host udp {HERE}:5001", f"host udp {THERE}:5000", selected=True)
    return story.wait(1).closed()


def relayed(*, direct: bool, over: str = TURN) -> Events:
    story = tried(over).candidate("local", "198.51.100.2", kind="relay", port=6000, url=over)
    if direct:
        story.pair(f"host udp {HERE}:5000", f"host udp {THERE}:5000")
    return story.checking().connected(path=RELAY_PATH).association().channel().closed()


def late(seconds: float) -> Events:
    return tried().checking().wait(seconds).connected().association().channel().closed()


# Media


def media(offer: str, answer: str, *, came: bool = True, stood_s: float = 20) -> Events:
    story = CallStory().agreed(offer, answer).checking().connected()
    if came:
        story.phase("first-media")
    return story.wait(stood_s).closed()


def no_codec_for_the_picture(word: str) -> Events:
    return media(sdp("audio", "video codecs=H264+rtx"), sdp("audio setup=active", f"video {word}"))


def inactive(direction: str) -> Events:
    return media(sdp("audio", "video recvonly"), sdp("audio setup=active", f"video {direction}"))


def nothing_came(direction: str = "sendonly", stood_s: float = 20) -> Events:
    return media(
        sdp("video recvonly"), sdp(f"video {direction} setup=active"), came=False, stood_s=stood_s
    )


def black(frames: int) -> Events:
    story = CallStory().agreed(sdp("video recvonly"), sdp("video sendonly setup=active"))
    story.checking().connected().phase("first-media").wait(1)
    story.sample("inbound-rtp", "in1", kind="video", packetsReceived=90, framesDecoded=0)
    story.wait(4).sample("inbound-rtp", "in1", packetsReceived=900, pliCount=5,
                         framesDecoded=frames)  # fmt: skip
    return story.wait(1).closed()


# Channels


def channels(answer: str) -> Events:
    story = CallStory().agreed(sdp("audio", "application"), answer)
    return story.checking().connected().phase("first-media").wait(1).closed()


def association(*, stands: bool, channel: bool, stood_s: float = 10) -> Events:
    story = tried().checking().connected()
    if stands:
        story.association()
    if channel:
        story.channel()
    return story.wait(stood_s).closed()


# Signaling


def offered() -> CallStory:
    story = CallStory().describe("local", "offer", sdp("application"))
    return story.move("signaling", "stable", "have-local-offer").wait(30)


def unanswered() -> Events:
    return offered().failed("signaling", "timeout", "The other side sent no description.", "See.")


def ended_early() -> Events:
    return offered().failed("signaling", "reset", "The signaling ended before it.", "See why.")


def http(status: int) -> Events:
    story = CallStory(WHIP).exchange(status)
    message = f"The WHIP endpoint refused with {status}."
    return story.failed("signaling", "status", message, "See what it says.", status)


def unreached(kind: str = "refused") -> Events:
    return CallStory(WHIP).failed("signaling", kind, "live.example.test refuses connections.", "S.")


def refused_text(words: str) -> Events:
    story = offered()
    return story.failed("signaling", "description", f"The engine refused it: {words}.", "See.")


def all_refused() -> Events:
    story = CallStory().agreed(sdp("video codecs=H264"), sdp("video rejected")).wait(30)
    return story.failed("signaling", "rejected", "The answer refused all of it.", "Another codec.")


def roles(offer: str, answer: str) -> Events:
    story = CallStory().agreed(
        sdp(f"application setup={offer}"), sdp(f"application setup={answer}", ufrag="bbbb")
    )
    story.checking().wait(0.1).move("ice", "checking", "connected").wait(30)
    return story.failed("dtls", "timeout", "A path was found, but DTLS did not end.", "Lower MTU.")


def lite(*, both: bool) -> Events:
    offer = sdp("audio", lite=both)
    story = CallStory().agreed(offer, sdp("audio setup=active", lite=True, ufrag="bbbb"))
    return pathless(story.candidate("local", THERE).candidate("remote", "203.0.113.8"))


def crossed() -> Events:
    story = CallStory().describe("local", "offer", sdp("application"))
    story.describe("local", "rollback").describe("remote", "offer", sdp("application"))
    story.describe("local", "answer", sdp("application setup=active"))
    return story.failed("signaling", "reset", "Both sides made an offer at the same moment.", "T.")


def not_offered(*, offer: bool) -> Events:
    story = CallStory()
    if offer:
        story.describe("remote", "offer", sdp("application"))
    return story.wait(30).failed("signaling", "timeout", "There was no description.", "See it.")


STORIES: dict[str, tuple[Tell, Tell]] = {
    "DTLS101": (dtls_failed, dtls_silent),
    "DTLS102": (dtls_silent, dtls_failed),
    "DTLS103": (dtls_lost, lambda: lost(back=False)),
    "DTLS104": (left_early, dtls_failed),
    "ICE101": (
        lambda: refused(701, "TURN host lookup received error."),
        lambda: refused(701, "TURN allocate request timed out."),
    ),
    "ICE102": (lambda: refused(401, "Unauthorized."), lambda: got_one_elsewhere(401)),
    "ICE103": (lambda: expired(-7200), lambda: expired(3600)),
    "ICE104": (lambda: refused(403), lambda: got_one_elsewhere(403)),
    "ICE105": (lambda: refused(486), lambda: got_one_elsewhere(486)),
    "ICE106": (lambda: refused(508), lambda: got_one_elsewhere(508)),
    "ICE107": (lambda: refused(437), lambda: got_one_elsewhere(441)),
    "ICE108": (lambda: refused(442), lambda: got_one_elsewhere(440)),
    "ICE109": (lambda: refused(438, "Stale nonce"), lambda: got_one_elsewhere(438)),
    "ICE110": (
        lambda: refused(701, "Failed to establish connection", TURN_TCP),
        lambda: got_one_elsewhere(701, "Failed to establish connection", TURN_TCP),
    ),
    "ICE111": (
        lambda: refused(701, "Failed to establish connection", TURNS),
        lambda: refused(701, "Failed to establish connection", TURN_TCP),
    ),
    "ICE112": (never_answered, answered_without_nat),
    "ICE113": (lambda: refused(300, "Try Alternate"), lambda: refused(486)),
    "ICE114": (lambda: slow(39.8), lambda: slow(0.4)),
    "ICE115": (no_network, lambda: refused(401)),
    "ICE116": (lambda: many(13, "172.17.0.1"), lambda: many(3)),
    "ICE117": (lambda: no_relay(told=False), lambda: no_relay(told=True)),
    "ICE118": (
        lambda: never_asked("turn:turn.example.test:81"),
        lambda: never_asked("turn:turn.example.test:443"),
    ),
    "ICE119": (lambda: denied(relay=False), lambda: denied(relay=True)),
    "ICE201": (nothing_told, two_families),
    "ICE202": (two_families, lambda: two_families("192.168.1.9")),
    "ICE203": (unasked, lambda: unasked("host")),
    "ICE204": (hidden, lambda: hidden("203.0.113.9")),
    "ICE205": (two_nats, lambda: two_nats(relay=True)),
    "ICE206": (private_there, lambda: private_there("192.168.1.9")),
    "ICE207": (lambda: two_nats(relay=True), two_nats),
    "ICE208": (lambda: private_there("192.168.1.9"), private_there),
    "ICE209": (other_generation, lambda: other_generation("bbbb")),
    "ICE210": (udp_blocked, never_answered_with_a_public_address),
    "ICE301": (lambda: lost(back=True), lambda: lost(back=False)),
    "ICE302": (lambda: lost(back=False), lambda: lost(back=True)),
    "ICE303": (lambda: changed(30), lambda: changed(1)),
    "ICE304": (lambda: relayed(direct=True), lambda: relayed(direct=False)),
    "ICE305": (
        lambda: relayed(direct=False, over=TURNS),
        lambda: relayed(direct=False),
    ),
    "ICE306": (lambda: late(8), lambda: late(0.3)),
    "RTP101": (
        lambda: no_codec_for_the_picture("rejected"),
        lambda: no_codec_for_the_picture("setup=active"),
    ),
    "RTP102": (lambda: inactive("inactive"), lambda: inactive("sendonly")),
    "RTP103": (nothing_came, lambda: nothing_came("inactive")),
    "RTP104": (lambda: black(0), lambda: black(70)),
    "SCTP101": (
        lambda: channels(sdp("audio setup=active", "application rejected")),
        lambda: channels(sdp("audio setup=active", "application setup=active")),
    ),
    "SCTP102": (
        lambda: association(stands=False, channel=False),
        lambda: association(stands=False, channel=False, stood_s=1),
    ),
    "SCTP103": (
        lambda: association(stands=True, channel=False),
        lambda: association(stands=True, channel=True),
    ),
    "SIG101": (unanswered, lambda: not_offered(offer=True)),
    "SIG102": (ended_early, crossed),
    "SIG103": (lambda: http(401), lambda: http(403)),
    "SIG104": (lambda: http(403), lambda: http(401)),
    "SIG105": (lambda: http(404), lambda: http(409)),
    "SIG106": (lambda: http(406), lambda: http(404)),
    "SIG107": (lambda: http(409), lambda: http(404)),
    "SIG108": (lambda: http(503), lambda: http(404)),
    "SIG109": (unreached, lambda: http(502)),
    "SIG110": (
        lambda: refused_text("Called with SDP without DTLS fingerprint"),
        lambda: refused_text("The order of m-lines differs"),
    ),
    "SIG111": (
        lambda: refused_text("The order of m-lines differs"),
        lambda: refused_text("Called with SDP without ice-ufrag and ice-pwd"),
    ),
    "SIG112": (all_refused, lambda: no_codec_for_the_picture("rejected")),
    "SIG113": (lambda: roles("passive", "passive"), lambda: roles("actpass", "passive")),
    "SIG114": (lambda: lite(both=True), lambda: lite(both=False)),
    "SIG115": (crossed, ended_early),
    "SIG116": (lambda: not_offered(offer=False), unanswered),
}
"""By code: a connection in which the rule finds something, and one in which it must not."""
