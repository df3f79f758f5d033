"""The palette: whatever can be done is found by its name, and done by the keyboard."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]


def test_an_action_of_the_palette_may_ask_the_next_question(opened):
    page = opened.page
    page.keyboard.press("Control+k")
    page.keyboard.type("new folder")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Name of the new folder")).to_be_visible()
    page.keyboard.type("calls")
    page.keyboard.press("Enter")
    tree = page.get_by_role("complementary", name="Workspace")
    expect(tree.get_by_role("treeitem", name="calls")).to_be_visible()


def test_a_question_that_has_an_answer_to_begin_with_says_what_it_asks(opened):
    page = opened.page
    page.get_by_role("button", name="New endpoint").first.click()
    page.keyboard.press("Control+s")
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("Save as folder/name")).to_be_visible()
