"""The report of a comparison in a browser: nothing is cut off, whatever the screen."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser

from tests.support.chromium import PHONE, WIDE, Watched, new_context
from tests.support.compared import LINKS, WORKLOADS, compared
from wirescope.lab.report import report_html

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]

TOO_WIDE = """
() => [...document.querySelectorAll("body *")]
  .filter((each) => each.getBoundingClientRect().right > innerWidth + 1)
  .map((each) => `${each.tagName} ${each.textContent.slice(0, 40)}`)
"""

CARDS = """
() => [...document.querySelectorAll(".differences tbody tr")].map((row) =>
  [...row.children].map((each) => each.getBoundingClientRect()).map(({x, y}) => [x, y]))
"""


@pytest.fixture(scope="module")
def opened(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """Open a report from a file."""
    file = tmp_path_factory.mktemp("report") / "report.html"
    file.write_text(report_html(compared(), workloads=WORKLOADS, links=LINKS), encoding="utf-8")
    context = new_context(browser, size=PHONE)
    watched = Watched(context.new_page(), "")
    watched.page.goto(file.as_uri())
    yield watched
    context.close()
    assert watched.complaints() == []


@pytest.mark.parametrize("size", [(320, 640), PHONE, (760, 900), WIDE], ids=str)
def test_nothing_is_wider_than_the_screen(opened: Watched, size: tuple[int, int]):
    opened.page.set_viewport_size({"width": size[0], "height": size[1]})
    assert opened.page.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert opened.page.evaluate(TOO_WIDE) == []


def test_on_a_phone_a_difference_is_a_card_with_its_parts_below_each_other(opened: Watched):
    opened.page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
    cards = opened.page.evaluate(CARDS)
    assert len(cards) == len(compared().rows)
    for card in cards:
        tops = [y for _, y in card]
        assert tops == sorted(set(tops))
        assert len({x for x, _ in card}) == 1
