"""What the rules on WebRTC connections find, and where they keep quiet."""

import pytest
from msgspec.structs import replace

from tests.analysis.findings.call_making import (
    HERE,
    STUN,
    THERE,
    TURN,
    TURN_TCP,
    TURNS,
    CallStory,
    healthy,
    pathless,
    sdp,
    tried,
)
from tests.analysis.findings.call_stories import RELAY_PATH, STORIES, two_nats, unasked
from wirescope.analysis import RULES, Analyzer
from wirescope.events import (
    ConnectionClosed,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    RelayRefused,
    WebSocketFrame,
    address_and_port,
)

OF_CALLS = [rule for rule in RULES if rule.transport == "webrtc"]
by_rule = pytest.mark.parametrize("rule", OF_CALLS, ids=[rule.code for rule in OF_CALLS])


def found(events):
    analyzer = Analyzer()
    return [*analyzer.feed(events), *analyzer.finish()]


def codes(events):
    return [each.code for each in found(events)]


@by_rule
def test_a_rule_keeps_quiet_on_what_only_looks_alike(rule):
    assert rule.code not in codes(STORIES[rule.code][1]())


WHY = {
    # each server that is missed, beside what became of the search for a path without it
    "ICE112": ["ICE112", "ICE210"],
    "ICE210": ["ICE112", "ICE112", "ICE210"],
    # what is only noted, on a connection that failed for another reason
    "ICE116": ["ICE208"],
}
"""The errors that are found on a rule's story, where they are not the rule's one alone."""


@by_rule
def test_a_failed_connection_has_one_finding_that_says_why(rule):
    events = STORIES[rule.code][0]()
    errors = [each.code for each in found(events) if each.severity == "error"]
    is_error = rule.severity == "error" or isinstance(events[-1], ConnectionFailed)
    own = [rule.code] if is_error else []
    assert errors == WHY.get(rule.code, own)


def test_nothing_is_found_on_a_call_that_is_well():
    assert codes(healthy()) == []


def test_a_websocket_is_none_of_these_rules_affair():
    assert {rule.transport for rule in RULES} == {"websocket", "webrtc"}
    assert not {rule.code for rule in OF_CALLS} & {
        rule.code for rule in RULES if rule.code.startswith(("WS", "NET", "TLS"))
    }


def test_that_this_end_gave_up_during_the_handshake_is_not_the_other_side_s_fault():
    story = tried().checking().wait(0.1).move("ice", "checking", "connected")
    story.move("dtls", "new", "connecting")
    assert codes(story.failed("dtls", "aborted", "This end did not wait.")) == []


def test_a_server_that_is_missed_by_nobody_is_a_warning():
    story = tried(STUN, TURN).error(TURN, 401, "Unauthorized.").gathered()
    (finding,) = found(story.checking().connected().association().channel().closed())
    assert (finding.code, finding.severity) == ("ICE102", "warning")


def test_two_servers_that_refuse_are_two_findings():
    other = "turn:other.example.test:3478"
    story = tried(TURN, other).error(TURN, 486).error(other, 486).gathered()
    assert codes(story.checking().connected().association().channel().closed()) == ["ICE105"] * 2


def test_a_relay_that_is_asked_as_a_stun_server_as_well_is_named_once():
    message = "STUN host lookup received error."
    story = tried("turn:turn.example.test").error(TURN, 701, "TURN host lookup received error.")
    story.error(STUN.replace("stun.", "turn."), 701, message).gathered()
    assert codes(story.checking().connected().association().channel().closed()) == ["ICE101"]


def test_a_bridge_is_told_where_no_path_was_found_and_only_there():
    story = tried().candidate("local", HERE).candidate("local", "172.17.0.1")
    story.candidate("remote", "192.168.1.9").gathered()
    assert "ICE116" not in codes(story.checking().connected().association().channel().closed())
    failed = tried().candidate("local", HERE).candidate("local", "172.17.0.1")
    assert "ICE116" in codes(pathless(failed.candidate("remote", "192.168.1.9").gathered()))


def test_who_waits_for_a_person_to_hand_the_answer_over_found_no_path_late():
    story = CallStory().describe("remote", "offer", sdp("application"))
    story.describe("local", "answer", sdp("application setup=active"))
    story.checking().wait(90).connected().association().channel()
    assert codes(story.closed()) == []


@pytest.mark.parametrize("address", ["127.0.0.x", "[0:0:0:x:x:x:x:x]"])
def test_that_a_server_does_not_answer_loopback_says_nothing_of_it(address):
    timed_out = "STUN binding request timed out."
    story = tried(STUN).candidate("local", "198.51.100.7").wait(10)
    story.error(STUN, 701, timed_out, address=address).gathered()
    story.candidate("remote", THERE).checking().connected().association().channel()
    assert codes(story.closed()) == []


TIMED_OUT = "STUN binding request timed out."


def connected(story, address):
    story.candidate("remote", THERE).checking()
    here = address_and_port(address, 5000)
    story.connected(path=(f"host udp {here}", f"host udp {THERE}:5000"))
    return story.association().channel().closed()


@pytest.mark.parametrize("aside", ["172.17.0.x", "10.8.0.x"])
@pytest.mark.parametrize("public", ["198.51.100.7", "2001:db8:0:7::4"])
def test_a_second_interface_says_nothing_of_a_server_that_the_first_needs_not(aside, public):
    story = tried(STUN).candidate("local", public).candidate("local", aside[:-1] + "1").wait(10)
    story.error(STUN, 701, TIMED_OUT, address=aside).gathered()
    assert codes(connected(story, public)) == []


@pytest.mark.parametrize(
    ("asked_from", "code"),
    [("172.17.0.x", []), ("10.8.0.x", []), ("192.168.1.x", ["ICE114"])],
)
def test_a_server_holds_up_gathering_at_the_address_that_data_takes(asked_from, code):
    story = tried(STUN).candidate("local", HERE).candidate("local", "172.17.0.1")
    story.candidate("local", "198.51.100.7", kind="srflx", url=STUN, base=HERE).wait(10)
    story.error(STUN, 701, TIMED_OUT, address=asked_from).gathered()
    assert codes(connected(story, HERE)) == code


@pytest.mark.parametrize(("third", "code"), [("0", ["ICE112", "ICE114"]), ("1", ["ICE112"])])
def test_the_masked_end_of_an_address_of_ipv6_is_read(third, code):
    story = tried(TURN).candidate("local", "2001:db8:0:7::4").wait(10)
    story.error(TURN, 701, TIMED_OUT, address=f"[2001:db8:{third}:x:x:x:x:x]").gathered()
    assert codes(connected(story, "2001:db8:0:7::4")) == code


def test_a_stun_server_cannot_be_told_from_a_silent_one_without_a_nat():
    story = tried(STUN).candidate("local", "2001:db8::4").candidate("remote", THERE)
    assert codes(pathless(story)) == ["ICE202"]


@pytest.mark.parametrize(("url", "code"), [(TURN_TCP, "ICE110"), (TURNS, "ICE111")])
def test_a_relay_over_tcp_of_which_nothing_comes_back_is_not_reached(url, code):
    story = tried(url).candidate("local", HERE).candidate("remote", "10.9.9.9")
    assert codes(pathless(story)) == [code, "ICE206"]


def test_a_side_that_gets_no_udp_out_is_told_so_whatever_the_other_side_has():
    story = tried(TURN).candidate("local", HERE)
    story.candidate("remote", THERE, kind="relay").candidate("remote", "c2ad.local")
    assert codes(pathless(story)) == ["ICE112", "ICE210"]


def test_a_server_with_a_public_address_is_not_missed_for_want_of_a_stun_server():
    (finding,) = found(unasked("host"))
    assert finding.code == "ICE208"
    assert "UDP reaches its ports" in finding.fix


HOST_PAIR = (f"host udp {HERE}:5000", "host udp 192.168.1.9:5000")


def on_one_network(checks, *, servers=(), relay=False):
    story = tried(*servers).candidate("local", HERE).candidate("remote", "192.168.1.9")
    if relay:
        story.candidate("remote", THERE, kind="relay")
    return pathless(story.pair(*HOST_PAIR, "failed", checks=checks))


def test_who_is_reached_by_checks_has_a_network_that_lets_udp_in():
    assert "ICE210" in codes(on_one_network((20, 0, 0), servers=[STUN, TURN]))
    heard = codes(on_one_network((20, 0, 7), servers=[STUN, TURN]))
    assert ("ICE210" in heard, "ICE208" in heard) == (False, True)


@pytest.mark.parametrize(("relay", "code"), [(False, "ICE208"), (True, "ICE207")])
@pytest.mark.parametrize(
    ("checks", "cause", "fix"),
    [
        ((20, 0, 0), "20 checks sent, none answered; none came from the other side.", ""),
        ((20, 0, 7), "none answered; 7 came from the other side.", "the other side sends arrives"),
        ((1, 1, 7), "1 check sent, 1 of them answered; 7 came", "has to nominate"),
    ],
)
def test_what_is_to_be_done_goes_by_which_checks_came(relay, code, checks, cause, fix):
    (finding,) = found(on_one_network(checks, relay=relay))
    assert (finding.code, cause in finding.cause, fix in finding.fix) == (code, True, True)


def test_pairs_that_no_call_has_explain_no_failure():
    story = tried().candidate("local", HERE).candidate("remote", "192.168.1.9")
    story.candidate("local", "2001:db8::4").candidate("local", HERE, protocol="tcp", port=9)
    story.candidate("remote", "c2ad.local", port=6000)
    (finding,) = found(pathless(story.pair(*HOST_PAIR, "failed", checks=(20, 0, 0))))
    assert finding.cause.endswith("20 checks sent, none answered; none came from the other side.")


def test_a_call_that_was_checking_is_not_said_to_have_begun_no_check():
    story = tried().candidate("local", HERE).candidate("remote", "192.168.1.9")
    (finding,) = found(pathless(story))
    assert (finding.code, "begun" in finding.cause) == ("ICE208", False)


@pytest.mark.parametrize(
    ("remote", "code"), [(("192.168.1.9", "host"), "ICE208"), ((THERE, "relay"), "ICE207")]
)
def test_a_turn_server_that_refused_is_put_right_before_another_is_named(remote, code):
    story = tried(TURN).error(TURN, 401, "Unauthorized").candidate("local", HERE)
    findings = found(pathless(story.candidate("remote", remote[0], kind=remote[1]).gathered()))
    assert [each.code for each in findings] == ["ICE102", code]
    assert findings[1].fix == "Put the TURN server right first (see the finding on it)."


def test_a_turn_server_that_refused_is_put_right_between_two_nats_as_well():
    story = tried(STUN, TURN).error(TURN, 401, "Unauthorized").candidate("local", HERE)
    story.candidate("local", "198.51.100.7", kind="srflx", url=STUN, base=HERE)
    findings = found(pathless(story.candidate("remote", THERE, kind="srflx").gathered()))
    assert [each.code for each in findings] == ["ICE102", "ICE205"]
    assert findings[1].fix.startswith("Put the TURN server right")


def test_whose_checks_come_is_neither_hidden_nor_unknown():
    for told in (("c2ad.local", "host"), ("172.17.0.2", "host"), (THERE, "srflx")):
        story = tried().candidate("local", HERE).candidate("remote", told[0], kind=told[1])
        story.pair(HOST_PAIR[0], "prflx udp unknown:6000", "failed", checks=(9, 0, 9))
        assert codes(pathless(story)) == ["ICE208"]


def test_two_sides_behind_one_nat_are_told_from_those_behind_two():
    story = tried(STUN).candidate("local", HERE)
    story.candidate("local", "198.51.100.7", kind="srflx", url=STUN, base=HERE)
    story.candidate("remote", "198.51.100.7", kind="srflx", port=6000).gathered()
    (finding,) = found(pathless(story))
    assert (finding.code, "one NAT, 198.51.100.7" in finding.cause) == ("ICE205", True)


def test_sound_that_comes_without_its_picture_is_told():
    story = CallStory().agreed(
        sdp("audio", "video"), sdp("audio setup=active", "video setup=active")
    )
    story.checking().connected().phase("first-media").wait(20)
    story.sample("inbound-rtp", "in1", kind="audio", packetsReceived=1000)
    (finding,) = found(story.closed())
    assert (finding.code, "No packet of video" in finding.cause) == ("RTP103", True)


def test_a_first_401_before_an_address_is_no_refusal():
    story = tried(TURN).error(TURN, 401)
    story.wait(0.01).candidate("local", "198.51.100.2", kind="relay", url=TURN).gathered()
    assert codes(story.checking().connected().association().channel().closed()) == []


def own_relay(*, relay_only=True):
    story = tried(TURN, relay=relay_only)
    story.candidate("local", "198.51.100.2", kind="relay", port=6000, url=TURN)
    story.candidate("remote", "192.168.1.9").gathered()
    request = ("127.0.0.1:7", "CreatePermission", 403, "private address", 1, "192.168.1.9")
    return story.add(RelayRefused, *request)


def test_that_the_own_relay_refuses_private_peers_is_normal_where_there_is_a_path():
    story = own_relay().checking()
    assert codes(story.connected().association().channel().closed()) == []


def test_where_all_paths_are_allowed_it_is_not_for_the_own_relay_that_there_is_none():
    assert codes(pathless(own_relay())) == ["ICE119"]
    assert codes(pathless(own_relay(relay_only=False))) == ["ICE207"]


def test_a_mapping_that_depends_on_the_destination_is_named():
    (finding,) = found(two_nats())
    assert "198.51.100.7:61001 and 198.51.100.7:61002" in finding.cause


def test_a_medium_that_the_offer_already_left_inactive_is_as_it_was_wanted():
    story = CallStory().agreed(sdp("audio", "video inactive"), sdp("audio", "video inactive"))
    story.checking().connected().phase("first-media")
    assert codes(story.wait(1).closed()) == []


def test_a_direct_path_that_was_left_for_a_relay_does_not_work_beside_it():
    story = tried(TURN).checking().connected().association().channel().wait(60)
    story.pair(*RELAY_PATH, selected=True).wait(1)
    assert "ICE304" not in codes(story.closed())


def test_a_direct_pair_of_an_earlier_network_does_not_work_any_more():
    story = tried(TURN).checking().connected().association().channel()
    story.pair(f"host udp {HERE}:5001", f"host udp {THERE}:5000").wait(60)
    assert "ICE304" not in codes(story.pair(*RELAY_PATH, selected=True).wait(1).closed())


def of_a_socket_that_is_closed(code, *, answered):
    url = "ws://signal.example.test/room"
    opening = ConnectionOpening(1, 0, "c1", url, "websocket")
    story = CallStory(f"webrtc+{url}")
    events = [opening, ConnectionOpened(2, 0, "c1")]
    if answered:
        story.agreed().checking().connected().association().channel().wait(20)
    story.wait(1)
    closing = [
        WebSocketFrame(90, story.at_ns, "c1", "received", b"\x88\x02", code.to_bytes(2), 0),
        ConnectionClosed(91, story.at_ns, "c1", code, "", "remote", True, "close"),
    ]
    if answered:
        ended = story.closed()
    else:
        ended = story.failed("signaling", "reset", "The signaling ended before it.", "See why.")
    mine = [replace(each, connection="c2", seq=each.seq + 10) for each in ended]
    return [*events, *mine[:-1], *closing, mine[-1]]


@pytest.mark.parametrize(("code", "own"), [(3000, "WS219"), (4401, "WS220")])
def test_why_a_call_failed_is_not_told_of_its_signaling_s_socket_as_well(code, own):
    assert codes(of_a_socket_that_is_closed(code, answered=False)) == ["SIG102"]
    assert codes(of_a_socket_that_is_closed(code, answered=True)) == [own]


@pytest.mark.parametrize(("code", "own"), [(3000, "WS219"), (4000, "WS220")])
def test_a_call_that_fails_after_its_socket_is_told_once_and_one_that_stands_is_not(code, own):
    url = "ws://signal.example.test/room"
    before = [ConnectionOpening(1, 0, "c1", url, "websocket"), ConnectionOpened(2, 0, "c1")]
    for fails in (True, False):
        story = tried(url=f"webrtc+{url}").candidate("local", HERE).candidate("remote", THERE)
        story.checking().wait(29)
        closing = [
            WebSocketFrame(90, story.at_ns, "c1", "received", b"\x88\x02", code.to_bytes(2), 0),
            ConnectionClosed(91, story.at_ns, "c1", code, "no path", "remote", True, "close"),
        ]
        count = len(story.events)
        story.wait(1)
        if fails:
            story.failed("ice", "no-path", "No path was found.", "See it.")
        else:
            story.connected().association().channel().wait(20).closed()
        mine = [replace(each, connection="c2", seq=each.seq + 10) for each in story.events]
        told = codes([*before, *mine[:count], *closing, *mine[count:]])
        assert (own in told) is not fails


def test_a_server_that_was_named_over_udp_as_well_is_to_be_asked_why_not():
    story = tried(TURN, TURNS).candidate("local", "198.51.100.2", kind="relay", url=TURNS)
    path = ("relay udp 198.51.100.2:5000", f"host udp {THERE}:5000")
    story.checking().connected(path=path).association().channel().wait(20)
    (finding,) = [each for each in found(story.closed()) if each.code == "ICE305"]
    assert finding.cause.startswith(f"Data goes through {TURNS} over TLS")
    assert finding.fix.startswith("See why UDP to the server, which was named over it as well")


def test_a_missing_fingerprint_is_no_reason_for_ice_to_fail():
    answer = sdp("application setup=active", fingerprint=False)
    story = CallStory().agreed(sdp("application"), answer)
    story.candidate("local", HERE).candidate("remote", "192.168.1.9")
    assert codes(pathless(story.gathered())) == ["ICE208"]


def test_a_missing_password_is_the_one_reason_for_ice_to_fail():
    answer = sdp("application setup=active").replace("a=ice-pwd:0123456789abcdef012345\r\n", "")
    story = CallStory().agreed(sdp("application"), answer)
    story.candidate("local", HERE).candidate("remote", "192.168.1.9")
    (finding,) = found(pathless(story.gathered()))
    assert (finding.code, "The answer has no a=ice-pwd." in finding.cause) == ("SIG110", True)


def test_a_missing_fingerprint_is_the_reason_for_dtls_to_fail():
    answer = sdp("application setup=active", fingerprint=False)
    story = CallStory().agreed(sdp("application"), answer)
    story.checking().move("ice", "checking", "connected").move("dtls", "connecting", "failed")
    findings = found(story.failed("dtls", "dtls", "The DTLS handshake failed.", "See it."))
    assert "SIG110" in [each.code for each in findings]


def test_a_medium_that_flowed_before_it_was_put_on_hold_is_no_fault():
    story = CallStory().agreed(sdp("audio"), sdp("audio setup=active"))
    story.checking().connected().phase("first-media").wait(20)
    story.agreed(sdp("audio sendonly"), sdp("audio inactive setup=active"))
    (finding,) = found(story.wait(5).closed())
    assert (finding.code, finding.severity) == ("RTP102", "info")


def test_findings_of_a_connection_that_still_stands_are_told_at_the_end():
    analyzer = Analyzer()
    events = STORIES["ICE302"][0]()[:-1]
    assert analyzer.feed(events) == []
    assert [each.code for each in analyzer.preview()] == ["ICE302"]
    assert [each.code for each in analyzer.finish()] == ["ICE302"]
