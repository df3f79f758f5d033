"""The timeline on a phone: a bar of one row, and everything of it still within reach."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium import PHONE

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]

ONE_ROW = 56
TWO_ROWS = 104


@pytest.fixture
def page(opened):
    """Give a phone's page with a connection."""
    width, height = PHONE
    opened.page.set_viewport_size({"width": width, "height": height})
    opened.page.get_by_role("button", name="Connect to Heartbeat", exact=True).click()
    expect(opened.page.get_by_role("button", name="Disconnect")).to_be_enabled()
    return opened.page


def height_of_bar(page: Page) -> float:
    box = page.locator("#wire > .bar").bounding_box()
    assert box is not None
    return box["height"]


def test_the_bar_takes_one_row_and_a_second_only_while_something_is_looked_for(page):
    assert height_of_bar(page) <= ONE_ROW
    field = page.get_by_role("combobox", name="Filter: show only")
    field.fill("ping")
    expect(page.get_by_text(re.compile(r"\d found"))).to_be_visible()
    assert height_of_bar(page) <= ONE_ROW
    page.get_by_role("grid").focus()
    expect(page.get_by_role("button", name="View", exact=True)).to_be_visible()
    assert height_of_bar(page) <= TWO_ROWS


def test_what_the_bar_has_no_room_for_is_in_its_menu(page):
    page.get_by_role("button", name="View", exact=True).click()
    page.get_by_role("menuitemradio", name="Frames").click()
    expect(page.get_by_role("grid", name="Frames")).to_be_visible()
    page.get_by_role("button", name="View", exact=True).click()
    page.get_by_role("menuitemradio", name="Search: mark").click()
    expect(page.get_by_role("combobox", name="Search: mark")).to_be_focused()


def test_a_filter_that_is_entered_gives_the_focus_to_the_rows_and_the_bar_its_buttons_back(page):
    for text in ("type == connection.opened", ""):
        page.get_by_role("combobox", name="Filter: show only").fill(text)
        page.keyboard.press("Enter")
        expect(page.get_by_role("grid", name="Messages")).to_be_focused()
        expect(page.get_by_role("button", name="Pause")).to_be_visible()
