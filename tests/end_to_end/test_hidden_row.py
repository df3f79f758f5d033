"""An event that is gone to while a filter hides it."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]


def test_an_event_that_the_filter_hides_is_inspected_and_said_to_be_hidden(opened):
    page = opened.page
    page.get_by_role("button", name="Connect to Echo", exact=True).click()
    expect(page.get_by_role("button", name="Disconnect")).to_be_enabled()
    page.get_by_role("combobox", name="Filter: show only").fill("type == connection.opened")
    expect(page.get_by_text("1 found")).to_be_visible()
    page.keyboard.press("Control+g")
    page.keyboard.type("1")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="#1 opening")).to_be_visible()
    expect(page.get_by_text("#1 is not among these rows: the filter hides it.")).to_be_visible()
    page.get_by_role("button", name="Show all rows").click()
    first = page.get_by_role("row", name=re.compile("^1, opening"))
    expect(first).to_have_attribute("aria-selected", "true")
    expect(page.get_by_role("combobox", name="Filter: show only")).to_have_value("")
    expect(page.get_by_text("is not among these rows")).to_have_count(0)
