"""The filter: what it was taken for is said when nothing fits."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]


def test_words_that_are_found_nowhere_are_shown_as_the_expression_they_became(opened):
    page = opened.page
    page.get_by_role("button", name="Connect to Echo", exact=True).click()
    expect(page.get_by_role("button", name="Disconnect")).to_be_enabled()
    field = page.get_by_role("combobox", name="Filter: show only")
    field.fill("text contains hello")
    field.press("Enter")
    expect(page.get_by_text("No row fits the filter")).to_be_visible()
    expect(page.get_by_text('text ~* "text contains hello"')).to_be_visible()
