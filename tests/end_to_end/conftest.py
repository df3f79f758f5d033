"""One browser for all tests of the page; a workbench and a fresh profile for each."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext

from tests.support.chromium import Watched, chromium, new_context, open_page
from tests.support.workbench import Workbench


# Not of the session: Playwright's loop runs in this thread while a browser is open, and other
# tests have loops of their own.
@pytest.fixture(scope="package")
def browser(real_part: Callable[[str], str]) -> Iterator[Browser]:
    """Give Debian's Chromium; without it, the tests are skipped."""
    with chromium(real_part("chromium")) as opened:
        yield opened


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """Give a fresh profile."""
    fresh = new_context(browser)
    yield fresh
    fresh.close()


@pytest.fixture
def workbench(tmp_path: Path) -> Iterator[Workbench]:
    """Give a running workbench on an empty folder."""
    with Workbench(tmp_path / "workspace", home=tmp_path / "home") as running:
        yield running


@pytest.fixture
def opened(context: BrowserContext, workbench: Workbench) -> Iterator[Watched]:
    """Give the page, opened; what it should not have done fails the test at its end."""
    watched = open_page(context, workbench.address)
    yield watched
    assert watched.complaints() == []
