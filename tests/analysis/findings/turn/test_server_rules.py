"""The rules that judge an examination of a STUN or TURN server."""

import pytest

from tests.analysis.findings import words
from tests.analysis.findings.turn.server_examinations import (
    EXAMINATIONS,
    IN_ORDER,
    allocated,
    failed,
    found_in,
    problem,
    refused,
    works,
)
from wirescope.analysis import RULES, SERVER_RULES, RefusalSeen, RelaySeen, Scope


def judged(**facts):
    """Judge facts; codes and severities."""
    return [(each.code, each.severity) for each in found_in(**facts)]


def codes(**facts):
    return [code for code, _ in judged(**facts)]


def test_the_rules_are_among_all_rules_and_look_at_no_moment():
    assert set(SERVER_RULES) <= set(RULES)
    assert not any(rule.moments for rule in SERVER_RULES)
    assert not any(rule.look(None, None) for rule in SERVER_RULES)


def test_nothing_is_found_where_nothing_was_looked_at():
    assert codes() == []


@pytest.mark.parametrize("code", EXAMINATIONS)
def test_a_rule_finds_what_it_is_about(code):
    assert codes(**EXAMINATIONS[code]) == [code]


@pytest.mark.parametrize("code", EXAMINATIONS)
def test_the_words_of_a_rule_are_those_that_were_looked_at(code):
    words.check(code, found_in(**EXAMINATIONS[code]))


def test_every_rule_has_such_a_case():
    assert list(EXAMINATIONS) == [rule.code for rule in SERVER_RULES]


@pytest.mark.parametrize("facts", IN_ORDER)
def test_what_is_in_order_is_not_found(facts):
    assert codes(**facts) == []


@pytest.mark.parametrize(
    ("way", "code"),
    [
        (failed("udp", "stun", "refused"), "TURN103"),
        (failed("tcp", "tcp", "timeout"), "TURN103"),
        (failed("udp", "udp", "unreachable"), "TURN103"),
        (failed("tls", "tls", "certificate-self-signed"), "TURN104"),
        (failed("tls", "tls", "timeout"), "TURN107"),
        (failed("tls", "tls", "tls"), "TURN107"),
        (failed("tls", "tls", "client-certificate"), "TURN107"),
        (failed("tls", "tls", "tls-cipher"), "TURN107"),
        (failed("tls", "tls", "tls-name"), "TURN107"),
        (failed("tls", "tls", "tls-version"), "TURN107"),
        (failed("udp", "stun", "not-stun"), "TURN108"),
        (failed("tcp", "stun", "timeout"), "TURN108"),
        (failed("tcp", "stun", "reset"), "TURN108"),
    ],
)
def test_a_way_that_fails_is_told_once(way, code):
    assert judged(ways=[way]) == [(code, "error")]


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("certificate-untrusted", "TURN104"),
        ("certificate-expired", "TURN105"),
        ("certificate-name", "TURN106"),
    ],
)
def test_a_certificate_that_was_accepted_unchecked_is_a_warning(kind, code):
    facts = {"ways": [works("tls")], "distrust": problem("tls", kind)}
    assert judged(**facts) == [(code, "warning")]


def test_a_network_that_swallows_udp_and_tcp_is_told_once():
    (found,) = found_in(ways=[failed("udp", "stun", "timeout"), failed("tcp", "tcp", "timeout")])
    assert found.code == "TURN102"
    assert found.cause == "Neither UDP nor TCP to turn.example.test:3478 is answered."
    assert "port 443" in found.fix


def test_a_way_that_fails_beside_one_that_works_is_no_error():
    ways = [works("udp"), failed("tcp", "stun", "not-stun")]
    assert judged(ways=ways) == [("TURN110", "warning")]


@pytest.mark.parametrize(("code", "rule"), [(486, "TURN120"), (508, "TURN121")])
def test_a_second_allocation_that_is_refused_is_a_warning(code, rule):
    assert judged(**refused(code, second=True)) == [(rule, "warning")]


def test_a_403_to_something_else_than_an_allocation_is_told_by_the_general_rule():
    assert codes(**refused(403, "ChannelBind")) == ["TURN123"]
    assert codes(**refused(403, "CreatePermission")) == []


def test_a_server_on_this_machine_that_relays_for_everyone_is_a_warning():
    allocation = allocated(Scope.LOOPBACK, Scope.LOOPBACK, asked=False)
    assert judged(allocation=allocation) == [("TURN124", "warning")]


def test_a_server_on_this_machine_is_right_not_to_relay_to_it():
    refusal = RefusalSeen("CreatePermission", 403, "No.", "", signed=True, evidence=8)
    allocation = allocated(Scope.LOOPBACK, Scope.LOOPBACK)
    assert judged(allocation=allocation, own_peers_refused=refusal) == [("TURN128", "info")]


@pytest.mark.parametrize(
    ("returned", "severity"), [(0, "error"), (94, "error"), (97, "warning"), (98, "warning")]
)
def test_loss_is_judged_by_its_share(returned, severity):
    assert judged(relay=RelaySeen(100, returned, 1.0, 7)) == [("TURN126", severity)]


def test_a_wrong_signature_is_told_with_the_password():
    (found,) = found_in(silent=problem("stun", "not-trusted"))
    assert "password" in found.fix


def test_many_addresses_inside_are_told_in_short():
    peers = [
        type(EXAMINATIONS["TURN127"]["peers"][0])(f"10.0.0.{n}", "inside", True, 0, n)
        for n in range(1, 8)
    ]
    (found,) = found_in(peers=peers)
    assert "and 3 more" in found.cause
