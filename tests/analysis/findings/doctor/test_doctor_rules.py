"""The rules that judge an examination: what they find in facts, and that each has a page."""

import pytest

from wirescope.analysis import (
    DOCTOR_RULES,
    RULES,
    AddressSeen,
    AnswerSeen,
    CertificateSeen,
    ClosingSeen,
    CompressionSeen,
    Cure,
    EndedSeen,
    Examination,
    HostSeen,
    IdleSeen,
    IllegalSeen,
    OriginSeen,
    PingsSeen,
    SizeSeen,
    Tolerance,
)
from wirescope.analysis.findings import HEADINGS


def judged(**facts):
    """Judge facts; codes, severities and causes."""
    examination = Examination(**facts)
    return [
        (rule.code, found.severity or rule.severity, found.cause)
        for rule in DOCTOR_RULES
        for found in rule.judge(examination)
    ]


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


def certificate(days_left, lifetime_days=90):
    return CertificateSeen("example.test", "2026-01-01", days_left, lifetime_days, 4)


FOUND = [
    ("WS801", {"origins": [OriginSeen("https://foreign.example", "foreign", 101, 5)]}),
    ("WS802", {"host": HostSeen("foreign.example", 101, 5), "local": True, "url": "ws://a/"}),
    ("WS803", {"pings": PingsSeen(1, 0, 5, 0, closed=False, evidence=(7,))}),
    ("WS804", {"closing": ClosingSeen(None, "close-timeout", None, 5, (8,))}),
    ("WS805", {"closing": ClosingSeen(1011, "close", 0.1, 5, (8,))}),
    ("WS806", {"compression": CompressionSeen(agreed=True, large=2, compressed=0, evidence=(3,))}),
    ("WS807", {"size": SizeSeen(65_536, 65_537, 1009, 1 << 24, (9,))}),
    ("WS808", {"illegal": [IllegalSeen("x", "RFC 6455 5.2", (1002,), "tolerated", None, (9,))]}),
    ("WS809", {"idle": IdleSeen(60.0, 75, None, pinged=False, evidence=(9,))}),
    ("WS810", {"certificate": certificate(20)}),
    ("WS811", {"strict": Tolerance("", "Missing Authority Key Identifier.", 4)}),
    ("WS812", {"old_tls": Tolerance("TLSv1.1", "", 4)}),
    ("WS813", {"addresses": [AddressSeen("::1", "No.", 2), AddressSeen("127.0.0.1", "", 3)]}),
    ("WS814", {"answer": AnswerSeen(None, 5, (9,))}),
    ("WS815", {"cure": Cure("without an Origin, the server answers 101", "Send none.", 9)}),
    ("WS816", {"ended": EndedSeen("The server closed with 1008.", "Log in.", 9)}),
]

NOT_FOUND = [
    {"origins": [OriginSeen("https://foreign.example", "foreign", 403, 5)]},
    {"origins": [OriginSeen("https://own.example", "own", 101, 5)]},
    {"host": HostSeen("foreign.example", 101, 5), "local": True, "url": "wss://a/"},
    {"host": HostSeen("foreign.example", 101, 5), "local": False, "url": "ws://a/"},
    {"pings": PingsSeen(5, 5, 5, 0, closed=False, evidence=(7,))},
    {"pings": PingsSeen(2, 1, 5, 0, closed=True, evidence=(7,))},
    {"closing": ClosingSeen(1000, "close", 0.1, 5, (8,))},
    {"closing": ClosingSeen(1005, "close", 0.1, 5, (8,))},
    {"compression": CompressionSeen(agreed=True, large=2, compressed=1, evidence=(3,))},
    {"compression": CompressionSeen(agreed=False, large=2, compressed=0, evidence=(3,))},
    {"illegal": [IllegalSeen("x", "RFC 6455 5.2", (1002,), "closed", 1002, (9,))]},
    {"idle": IdleSeen(None, 75, None, pinged=False, evidence=(9,))},
    {"certificate": certificate(60)},
    {"certificate": certificate(3, lifetime_days=6)},
    {"strict": Tolerance("TLSv1.3", "", 4)},
    {"old_tls": Tolerance("", "No version in common.", 4)},
    {"addresses": [AddressSeen("::1", "No.", 2)]},
    {"answer": AnswerSeen(0.1, 5, (9,))},
]


@pytest.mark.parametrize(("code", "facts"), FOUND, ids=[code for code, _ in FOUND])
def test_a_rule_finds_what_it_is_about(code, facts):
    assert codes(**facts) == [code]


def test_every_rule_has_such_a_case():
    assert [code for code, _ in FOUND] == [rule.code for rule in DOCTOR_RULES]


@pytest.mark.parametrize("facts", NOT_FOUND)
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
