"""Every rule has a page, a connection in which it finds something, and words that are looked at.

What is found in its connection is kept in `expected/`, see `words`. What the doctor finds is tested
in the folders beside this file.
"""

import re

import pytest

from scripts import reference
from tests.analysis.findings import (
    call_stories,
    closing_stories,
    opening_stories,
    traffic,
    words,
)
from wirescope.analysis import DOCTOR_RULES, RULES, SERVER_RULES, Analyzer
from wirescope.analysis.findings import HEADINGS
from wirescope.events import Finding

ENDS = {**opening_stories.STORIES, **closing_stories.STORIES}
PAIRS = {**traffic.STORIES, **call_stories.STORIES}
STORIES = {**ENDS, **{code: tell for code, (tell, _) in PAIRS.items()}}
CODES = [rule.code for rule in RULES]
OF_EVENTS = [rule for rule in RULES if rule not in (*DOCTOR_RULES, *SERVER_RULES)]
OF_ENDS = [rule for rule in RULES if rule.code in ENDS]
by_rule = pytest.mark.parametrize("rule", RULES, ids=CODES)
by_rule_of_events = pytest.mark.parametrize(
    "rule", OF_EVENTS, ids=[rule.code for rule in OF_EVENTS]
)
by_rule_of_ends = pytest.mark.parametrize("rule", OF_ENDS, ids=[rule.code for rule in OF_ENDS])


def found_in(code: str) -> list[Finding]:
    analyzer = Analyzer()
    return [*analyzer.feed(STORIES[code]()), *analyzer.finish()]


def test_rules_are_in_the_order_of_their_codes_which_are_unique():
    assert sorted(set(CODES)) == CODES
    assert all(re.fullmatch(r"[A-Z]{2,4}[0-9]{3}", code) for code in CODES)


def test_titles_are_unique_and_short():
    titles = [rule.title for rule in RULES]
    assert len(set(titles)) == len(titles)
    assert all(len(title) <= 60 and not title.endswith(".") for title in titles)


@by_rule
def test_a_rule_has_a_page_with_the_four_headings(rule):
    parts = re.split(r"^## (.+)$", rule.page, flags=re.MULTILINE)
    assert tuple(parts[1::2]) == HEADINGS
    assert all(len(text.split()) >= 3 for text in parts[0::2])
    assert all(len(line) <= 100 for line in rule.page.splitlines())


@by_rule_of_events
def test_a_rule_has_a_connection_in_which_it_finds_something(rule):
    assert rule.code in STORIES, "write a story for it"
    found = found_in(rule.code)
    assert rule.code in [each.code for each in found]
    owners = {event.seq: event.connection for event in STORIES[rule.code]()}
    for each in found:
        assert each.evidence
        several = each.code == "WS606"  # it is about one connection after the other
        assert all(owners[seq] == each.connection or several for seq in each.evidence)
        assert each.evidence == sorted(set(each.evidence)), "in order, and each once"


@by_rule_of_events
def test_the_words_of_a_rule_are_those_that_were_looked_at(rule):
    words.check(rule.code, found_in(rule.code))


@by_rule_of_ends
def test_what_is_found_first_is_the_rule_s_own_finding(rule):
    serious = [each.code for each in found_in(rule.code) if each.severity != "info"]
    assert rule.severity == "info" or serious == [rule.code]


@by_rule_of_ends
def test_a_finding_and_the_verdict_agree(rule):
    analyzer = Analyzer()
    events = STORIES[rule.code]()
    found = [*analyzer.feed(events), *analyzer.finish()]
    verdict = analyzer.verdict()
    own = next(each for each in found if each.code == rule.code)
    if verdict.advice and events[-1].type in ("connection.failed", "connection.closed"):
        assert own.cause.startswith(verdict.sentence)
        assert own.fix == verdict.advice


@by_rule
def test_a_rule_is_documented(rule):
    page = reference.FINDINGS / f"{rule.code}.md"
    assert page.exists(), "run `just docs`"
    assert f"findings/{rule.code}.md" in reference.INDEX.read_text("utf-8"), "run `just docs`"


def test_nothing_is_expected_of_rules_that_are_gone():
    assert {path.stem for path in words.EXPECTED.glob("*.txt")} == set(CODES)
    assert set(STORIES) == {rule.code for rule in OF_EVENTS}
