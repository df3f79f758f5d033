import pytest

from tests.cli.running import cli
from wirescope.analysis import RULES, Stability
from wirescope.cli.explain import _page

PAGES = pytest.mark.parametrize("rule", RULES, ids=[rule.code for rule in RULES])


@pytest.mark.slow
def test_a_page_is_shown_whatever_the_case_of_its_code():
    shown = cli("explain", "ws201")
    assert shown.returncode == 0
    text = shown.stdout.decode()
    assert text.startswith("WS201, error: Closed after a limit on silence\n\n")
    assert "Closed after a silence that looks like a gateway's limit." in text
    assert [line for line in text.splitlines() if line == "How to fix"]
    assert "\x1b" not in text
    assert shown.stderr == ""


@pytest.mark.slow
def test_without_a_code_all_are_listed():
    lines = cli("explain").stdout.decode().splitlines()
    assert [line.split()[0] for line in lines] == [rule.code for rule in RULES]
    assert max(len(line) for line in lines) <= 80


@pytest.mark.slow
@pytest.mark.parametrize(
    ("given", "near"), [("WS2O1", "WS201"), ("TLS1", "TLS101, TLS102"), ("NET999", "wirescope")]
)
def test_an_unknown_code_is_refused_with_those_near_it(given, near):
    refused = cli("explain", given)
    assert refused.returncode == 2
    assert f"There is no finding {given}." in refused.stderr
    assert near in refused.stderr
    assert refused.stdout == b""


@PAGES
@pytest.mark.parametrize("width", [80, 100])
def test_a_page_fits_a_terminal(rule, width):
    text = "\n".join(_page(rule, width=width, colour=False))
    assert all(len(line) <= width for line in text.splitlines())
    assert not [line for line in text.splitlines() if line.startswith("#")]


def test_headings_are_bold_where_colour_is_wanted():
    assert "\x1b[1mHow to fix\x1b[0m" in list(_page(RULES[0], width=80, colour=True))


def test_a_rule_whose_meaning_may_change_is_marked():
    for rule in RULES:
        first = next(iter(_page(rule, width=80, colour=False)))
        assert first.endswith("(preview)") is (rule.stability is Stability.PREVIEW)
