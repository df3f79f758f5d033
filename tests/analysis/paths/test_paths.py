"""The ways between two peers are read from the events."""

import pytest

from tests.analysis.findings.call_making import (
    HERE,
    STUN,
    THERE,
    TURN,
    TURNS,
    CallStory,
    healthy,
    tried,
)
from wirescope.analysis import Scope, scope_of
from wirescope.analysis.paths import Reach, Reason, path_figures, paths_of, reach_of
from wirescope.analysis.paths.following import MOST_CANDIDATES, MOST_PAIRS
from wirescope.events import IceServerAsked


@pytest.mark.parametrize(
    ("address", "reach"),
    [
        ("127.0.0.2", Reach.LOOPBACK),
        ("::1", Reach.LOOPBACK),
        ("169.254.3.4", Reach.LINK_LOCAL),
        ("fe80::1%eth0", Reach.LINK_LOCAL),
        ("10.1.2.3", Reach.PRIVATE),
        ("172.31.255.255", Reach.PRIVATE),
        ("172.32.0.1", Reach.PUBLIC),
        ("100.64.0.1", Reach.CGNAT),
        ("100.128.0.1", Reach.PUBLIC),
        ("fd00::1", Reach.UNIQUE_LOCAL),
        ("::ffff:192.168.1.1", Reach.PRIVATE),
        ("2001:db8::1", Reach.PUBLIC),
        ("0.0.0.0", Reach.RESERVED),
        ("198.18.0.5", Reach.RESERVED),
        ("c2ad-11.local", Reach.MDNS),
        ("", Reach.UNKNOWN),
        ("example.test", Reach.UNKNOWN),
    ],
)
def test_an_address_is_told_by_how_far_it_reaches(address, reach):
    assert reach_of(address) is reach


@pytest.mark.parametrize(
    ("address", "scope"),
    [
        ("0.0.0.0", Scope.RESERVED),
        ("198.18.0.5", Scope.RESERVED),
        ("127.0.0.2", Scope.LOOPBACK),
        ("fe80::1%eth0", Scope.LINK_LOCAL),
        ("192.168.1.1", Scope.PRIVATE),
        ("100.64.0.1", Scope.PRIVATE),
        ("fd00::1", Scope.PRIVATE),
        ("192.0.2.2", Scope.PUBLIC),
        ("198.51.100.2", Scope.PUBLIC),
        ("203.0.113.2", Scope.PUBLIC),
        ("2001:db8::1", Scope.PUBLIC),
        ("8.8.8.8", Scope.PUBLIC),
    ],
)
def test_a_server_s_addresses_are_told_by_the_same_table(address, scope):
    assert scope_of(address) is scope
    assert (reach_of(address) is Reach.PUBLIC) is (scope is Scope.PUBLIC)


def test_a_server_is_told_with_what_it_gave_and_when():
    report = paths_of(healthy())
    machine, stun, turn = report.servers
    assert (machine.url, machine.transport) == ("", "")
    assert (stun.url, stun.transport, len(stun.candidates), stun.errors) == (STUN, "udp", 1, ())
    assert [(each.first_ns, each.last_ns, each.asked_ns) for each in (stun, turn)] == [
        (20_000_000, 20_000_000, 0)
    ] * 2


def test_an_engine_s_spelling_of_a_server_is_that_of_the_options():
    story = tried("turn:turn.example.test").error(TURN, 486)
    (server,) = paths_of(story.events).servers
    assert (server.url, [each.code for each in server.errors]) == ("turn:turn.example.test", [486])


def test_a_401_is_normal_where_an_address_follows_and_a_refusal_where_none_does():
    story = tried(TURN).error(TURN, 401)
    (refused,) = paths_of(story.events).servers
    story.candidate("local", "198.51.100.2", kind="relay", url=TURN)
    (given,) = paths_of(story.events).servers
    assert [len(each.refusals) for each in (refused, given)] == [1, 0]
    assert "usual first answer" in given.errors[0].meaning


def test_a_server_that_an_answer_names_later_is_asked_from_then_on():
    story = CallStory().agreed().wait(1).servers(TURN).wait(0.5).error(TURN, 486)
    (server,) = paths_of(story.events).servers
    assert server.asked_ns == server.errors[0].at_ns - 500_000_000


def test_candidates_are_told_by_class():
    story = tried(TURNS).candidate("local", "172.17.0.1").candidate("local", "10.8.0.2", port=6)
    story.candidate("local", HERE, protocol="tcp", port=9, tcp_type="active")
    story.candidate("local", "198.51.100.2", kind="relay", url=TURNS)
    story.sample("local-candidate", "L1", address="10.8.0.2", vpn=True, networkType="wifi")
    about = [each.about for each in paths_of(story.events).candidates]
    assert about == [
        "an address of the machine, private (RFC 1918), IPv4, of a bridge to containers",
        "an address of the machine, private (RFC 1918), IPv4, of a VPN",
        "an address of the machine, private (RFC 1918), IPv4, TCP active",
        "an address of a TURN server, public, IPv4, relayed over TLS",
    ]


def test_the_other_side_s_relay_is_told_over_what_it_is_reached_by_its_priority():
    story = tried().candidate("remote", THERE, kind="relay")
    assert paths_of(story.events).candidates[0].relayed_over == "udp"


def reasons(story):
    return {(each.local, each.remote): each.reason for each in paths_of(story.events).untried}


def test_pairs_that_cannot_work_have_the_reason():
    story = tried().candidate("local", HERE).candidate("local", "2001:db8::4", port=6)
    story.candidate("local", "fe80::4", port=7)
    story.candidate("local", HERE, protocol="tcp", port=9, tcp_type="active")
    story.candidate("remote", THERE, port=1).candidate("remote", "c2ad.local", port=2)
    story.candidate("remote", "2001:db8::9", port=3)
    story.candidate("remote", THERE, protocol="tcp", port=9, tcp_type="active")
    story.checking().pair(f"host udp {HERE}:5000", f"host udp {THERE}:1", "in-progress")
    story.pair("host udp [2001:db8::4]:6", "host udp [2001:db8::9]:3", "in-progress")
    told = reasons(story)
    udp, six, link = f"host udp {HERE}:5000", "host udp [2001:db8::4]:6", "host udp [fe80::4]:7"
    tcp = f"host tcp {HERE}:9"
    assert (udp, f"host udp {THERE}:1") not in told
    assert told[udp, "host udp [2001:db8::9]:3"] is Reason.FAMILY
    assert told[udp, "host udp c2ad.local:2"] is Reason.NAME
    assert told[udp, f"host tcp {THERE}:9"] is Reason.TRANSPORT
    assert told[tcp, f"host tcp {THERE}:9"] is Reason.TCP_TYPE
    assert told[link, "host udp [2001:db8::9]:3"] is Reason.SCOPE
    assert (six, "host udp [2001:db8::9]:3") not in told


def test_the_outside_of_an_address_that_is_tried_is_redundant():
    story = tried(STUN).candidate("local", HERE)
    story.candidate("local", "198.51.100.7", kind="srflx", url=STUN, base=HERE, port=6)
    story.candidate("remote", THERE).pair(f"host udp {HERE}:5000", f"host udp {THERE}:5000")
    assert set(reasons(story).values()) == {Reason.REDUNDANT}


def test_a_pair_whose_other_end_the_statistics_hide_counts_as_tried():
    story = tried().candidate("local", HERE).candidate("remote", THERE, port=7)
    story.pair(f"host udp {HERE}:5000", "prflx udp unknown:7", selected=True)
    assert reasons(story) == {}


def test_one_side_without_addresses_is_the_reason():
    relay = tried(TURN, relay=True).candidate("remote", THERE)
    assert set(reasons(relay).values()) == {Reason.NO_RELAY}
    assert set(reasons(tried().candidate("remote", THERE)).values()) == {Reason.NO_LOCAL}
    assert set(reasons(tried().candidate("local", HERE)).values()) == {Reason.NO_REMOTE}


def test_what_comes_after_a_path_or_the_end_is_told_so():
    story = tried().candidate("local", HERE).candidate("remote", THERE).checking().connected()
    story.wait(1).candidate("remote", "203.0.113.50", port=8)
    assert set(reasons(story).values()) == {Reason.SETTLED}
    story.wait(1).closed()
    story.wait(1).candidate("remote", "203.0.113.51", port=8)
    assert Reason.LATE in reasons(story).values()


def test_where_no_check_began_that_is_the_reason():
    story = tried().candidate("local", HERE).candidate("remote", THERE)
    assert set(reasons(story).values()) == {Reason.NOT_BEGUN}
    story.pair(f"host udp {HERE}:5000", "host udp 203.0.113.77:1", "failed")
    assert set(reasons(story).values()) == {Reason.UNSEEN}


def test_a_path_is_told_as_direct_or_relayed_and_over_what():
    story = tried(TURNS).candidate("local", "198.51.100.2", kind="relay", url=TURNS)
    story.checking().connected().wait(9)
    story.pair("relay udp 198.51.100.2:5000", f"host udp {THERE}:5000", selected=True)
    direct, relayed = paths_of(story.events).selected
    assert (direct.is_relayed, direct.over) == (False, "udp")
    assert (relayed.is_relayed, relayed.over, relayed.server) == (True, "tls", TURNS)


def test_the_checks_of_a_pair_are_those_that_were_counted_last():
    story = tried().pair("host udp a:1", "host udp b:2", "in-progress", checks=(3, 0, 2))
    (pair,) = paths_of(story.pair("host udp a:1", "host udp b:2", "failed").events).pairs
    assert (pair.state, pair.sent, pair.answered, pair.received) == ("failed", 3, 0, 2)


def test_a_selected_pair_that_gets_a_name_is_no_other_path():
    story = tried().checking().connected(path=(f"host udp {HERE}:1", "prflx udp unknown:2"))
    story.wait(1).pair(f"host udp {HERE}:1", f"host udp {THERE}:2", selected=True)
    assert len(paths_of(story.events).selected) == 1


def test_the_time_without_a_path_is_measured_to_the_next_one():
    story = tried().checking().connected().wait(10).move("ice", "connected", "disconnected")
    story.wait(3).move("ice", "disconnected", "failed").wait(2)
    (open_end,) = paths_of(story.events).losses
    story.move("ice", "failed", "checking").move("ice", "checking", "connected")
    (loss,) = paths_of(story.events).losses
    assert open_end.until_ns is None
    assert loss.until_ns is not None
    assert (loss.until_ns - loss.from_ns, loss.failed) == (5_000_000_000, True)


def test_memory_is_bounded_whatever_the_other_side_tells():
    story = tried().candidate("local", HERE)
    for port in range(MOST_CANDIDATES + 50):
        story.candidate("remote", THERE, port=port)
    report = paths_of(story.events)
    assert len(report.of("remote")) == MOST_CANDIDATES
    figures = path_figures(report)
    assert figures.untried.count == MOST_CANDIDATES
    assert len(figures.untried.first) == 100


def test_what_is_kept_of_a_long_connection_is_the_newest():
    story = tried().checking().connected()
    for port in range(6000, 6000 + MOST_CANDIDATES + 50):
        story.candidate("remote", THERE, port=port)
        story.pair(f"host udp {HERE}:5000", f"host udp {THERE}:{port}", selected=True)
        story.move("ice", "connected", "disconnected").wait(1)
        story.move("ice", "disconnected", "connected")
    report = paths_of(story.events)
    assert report.path is not None
    assert (report.of("remote")[-1].port, report.path.remote) == (port, f"host udp {THERE}:{port}")
    assert report.losses[-1].until_ns == story.at_ns
    assert (len(report.selected), len(report.losses)) == (64, 64)
    changes = MOST_CANDIDATES + 50
    assert report.left_out == 50 + (changes + 1 - 64) + (changes - 64)


def test_a_path_is_seen_however_many_pairs_there_were_before():
    story = tried().checking()
    for port in range(MOST_PAIRS):
        story.pair(f"host udp {HERE}:5000", f"host udp {THERE}:{port}", "failed")
    story.pair(f"host udp {HERE}:5000", f"host udp {THERE}:7777", selected=True)
    report = paths_of(story.events)
    assert report.path is not None
    assert (len(report.pairs), report.left_out) == (MOST_PAIRS, 1)


def test_the_ways_of_one_connection_are_told_among_others():
    assert paths_of(healthy(), connection="c2").candidates == ()
    assert IceServerAsked("stun:a.test").valid_s is None
