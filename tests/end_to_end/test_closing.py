"""A tab that is closed with something unsaved in it."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]


def test_a_draft_that_was_closed_comes_back_with_what_was_typed(opened):
    page = opened.page
    page.get_by_role("button", name="New endpoint", exact=True).first.click()
    page.get_by_label("URL").fill("wss://example.net/{{room}}")
    page.keyboard.press("Alt+w")
    undo = page.get_by_role("button", name="Undo", exact=True)
    undo.click()
    expect(page.get_by_label("URL")).to_have_value("wss://example.net/{{room}}")
    expect(undo).to_have_count(0)
