"""The rules that judge an examination: what they find in facts, and that each has a page."""

import pytest

from tests.analysis.findings import words
from tests.analysis.findings.doctor.examinations import EXAMINATIONS, IN_ORDER, found_in
from wirescope.analysis import (
    DOCTOR_RULES,
    RULES,
    AddressSeen,
    IdleSeen,
    IllegalSeen,
    OriginSeen,
    PingsSeen,
)
from wirescope.analysis.findings import HEADINGS


def judged(**facts):
    """Judge facts; codes, severities and causes."""
    return [(each.code, each.severity, each.cause) for each in found_in(**facts)]


def codes(**facts):
    return [code for code, _, _ in judged(**facts)]


@pytest.mark.parametrize("rule", DOCTOR_RULES, ids=lambda rule: rule.code)
def test_a_rule_has_a_page_under_all_headings(rule):
    headings = [line[3:] for line in rule.page.splitlines() if line.startswith("## ")]
    assert tuple(headings) == HEADINGS
    assert rule.title
    assert not rule.title.endswith(".")


def test_the_rules_are_among_all_rules_and_look_at_no_moment():
    assert set(DOCTOR_RULES) <= set(RULES)
    assert not any(rule.moments for rule in DOCTOR_RULES)
    assert [rule.code for rule in DOCTOR_RULES] == sorted({rule.code for rule in DOCTOR_RULES})


def test_nothing_is_found_where_nothing_was_looked_at():
    assert codes() == []


@pytest.mark.parametrize("code", EXAMINATIONS)
def test_a_rule_finds_what_it_is_about(code):
    assert codes(**EXAMINATIONS[code]) == [code]


@pytest.mark.parametrize("code", EXAMINATIONS)
def test_the_words_of_a_rule_are_those_that_were_looked_at(code):
    words.check(code, found_in(**EXAMINATIONS[code]))


def test_every_rule_has_such_a_case():
    assert list(EXAMINATIONS) == [rule.code for rule in DOCTOR_RULES]


@pytest.mark.parametrize("facts", IN_ORDER)
def test_what_is_in_order_is_not_found(facts):
    assert codes(**facts) == []


def test_a_foreign_origin_is_an_error_where_cookies_are_sent():
    seen = [OriginSeen("https://foreign.example", "foreign", 101, 5)]
    assert [severity for _, severity, _ in judged(origins=seen, credentials=True)] == ["error"]


def test_a_silent_connection_that_ends_soon_is_a_warning():
    idle = IdleSeen(3.0, 8, None, pinged=False, evidence=(9,))
    assert [severity for _, severity, _ in judged(idle=idle)] == ["warning"]


def test_a_known_limit_on_silence_is_named():
    idle = IdleSeen(60.1, 75, None, pinged=False, evidence=(9,))
    assert "nginx" in judged(idle=idle)[0][2]


def test_a_frame_that_is_refused_with_the_wrong_code_is_a_hint():
    seen = IllegalSeen("a reserved bit", "RFC 6455 5.2", (1002,), "closed", 1011, (9,))
    ((code, severity, cause),) = judged(illegal=[seen])
    assert (code, severity) == ("WS808", "info")
    assert "1011" in cause


def test_pings_of_which_some_are_answered_are_told_as_that():
    pings = PingsSeen(3, 2, 5, 0, closed=False, evidence=(7,))
    assert judged(pings=pings)[0][2] == (
        "The server answers only 2 of 3 pings: there was no pong within 5 s."
    )


def test_several_addresses_that_answer_are_told_as_several():
    addresses = [AddressSeen("::1", "No.", 2), *(AddressSeen(f"10.0.0.{n}", "", 3) for n in (1, 2))]
    assert judged(addresses=addresses)[0][2] == ("::1 does not answer, 10.0.0.1, 10.0.0.2 do: No.")
