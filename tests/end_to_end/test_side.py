"""The side bar: the workspace's files, its captures, and where the focus is after each act."""

import pytest
from playwright.sync_api import expect

from tests.support.chromium import open_page

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]

_FORBID = """for (const name of ["localStorage", "sessionStorage"])
  Object.defineProperty(window, name, { get() { throw new DOMException("no", "SecurityError"); } });
"""


def _record(page):
    """Connect to the echo endpoint and end it again, so that a capture of it is at rest."""
    page.get_by_role("main").get_by_role("button", name="Echo").first.click()
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_label("Status", exact=True)).to_contain_text("Recorded")


def test_of_many_broken_files_the_first_few_are_said_and_the_others_counted(context, workbench):
    for number in range(9):
        folder = workbench.folder / "endpoints"
        (folder / f"broken {number}.yaml").write_text("url: [", encoding="utf-8")
    watched = open_page(context, workbench.address)
    side = watched.page.get_by_role("complementary", name="Workspace")
    said = side.locator(".strip--bad")
    more = side.get_by_role("button", name="more problems")
    expect(more).to_be_visible()
    expect(said).to_have_count(3)
    more.click()
    expect(said.nth(8)).to_be_visible()
    assert watched.complaints() == []


def test_a_capture_is_renamed_in_the_list_by_keyboard_and_its_tab_goes_along(opened):
    page = opened.page
    _record(page)
    captures = page.get_by_role("navigation", name="Captures")
    captures.get_by_role("button").first.focus()
    page.keyboard.press("F2")
    dialog = page.get_by_role("dialog", name="New name of the capture")
    expect(dialog).to_be_visible()
    page.keyboard.type("the quiet night")
    page.keyboard.press("Enter")
    renamed = captures.get_by_role("button", name="the quiet night")
    expect(renamed).to_be_focused()
    expect(page.get_by_label("Status", exact=True)).to_contain_text("the quiet night")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_label("Status", exact=True)).not_to_contain_text("the quiet night")
    expect(page.get_by_label("Status", exact=True)).to_contain_text("Recorded")


def test_a_view_that_is_chosen_is_seen_without_the_option_over_it(opened):
    page = opened.page
    _record(page)
    page.get_by_role("button", name="Headers").click()
    drawer = page.get_by_role("region", name="Headers")
    expect(drawer).to_be_visible()
    page.get_by_role("button", name="Handshake").first.click()
    expect(drawer).to_be_hidden()


def test_a_tab_that_is_closed_by_keyboard_hands_the_focus_on(opened):
    page = opened.page
    page.get_by_role("button", name="New endpoint").first.click()
    page.get_by_role("button", name="New endpoint").first.click()
    tabs = page.get_by_role("navigation", name="Connections").locator(".conn-name")
    expect(tabs).to_have_count(2)
    tabs.last.focus()
    page.keyboard.press("Delete")
    expect(tabs).to_have_count(1)
    expect(tabs.first).to_be_focused()


def test_a_browser_that_forbids_its_storage_has_the_page_as_well(context, workbench):
    context.add_init_script(_FORBID)
    watched = open_page(context, workbench.address)
    watched.page.get_by_role("button", name="New endpoint").first.click()
    expect(watched.page.get_by_text("storage is full or forbidden")).to_be_visible()
    assert watched.complaints() == []
