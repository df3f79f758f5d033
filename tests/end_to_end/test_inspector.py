"""The inspector: what is picked, noted and fetched of one event."""

import re

import pytest
from playwright.sync_api import Page, expect

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]

BIG = 3 << 20


def connect(page: Page, name: str = "Echo") -> None:
    page.get_by_role("button", name=f"Connect to {name}", exact=True).click()
    expect(page.get_by_role("button", name="Disconnect")).to_be_enabled()


def send(page: Page, text: str) -> None:
    page.get_by_role("textbox", name="Message", exact=True).fill(text)
    page.keyboard.press("Control+Enter")
    # Until then the key does nothing, as the button.
    expect(page.get_by_text(re.compile(r"^Sent \d"))).to_be_visible()


def row(page: Page, words: str):
    return page.get_by_role("row", name=re.compile(words)).first


@pytest.fixture
def page(opened):
    """Give the page with a connection over which JSON went to and fro."""
    connect(opened.page)
    send(opened.page, '{"jsonrpc":"2.0","id":7,"price":"1.10"}')
    row(opened.page, "received text").click()
    expect(opened.page.get_by_role("treeitem", name="price")).to_be_visible()
    return opened.page


def test_a_version_is_not_called_a_number_that_was_sent_as_a_string(page):
    expect(page.get_by_role("treeitem", name="price")).to_contain_text("number sent as string")
    expect(page.get_by_role("treeitem", name="jsonrpc")).not_to_contain_text("number")


def test_what_is_looked_for_by_a_picked_value_is_said_and_found(page):
    page.get_by_role("treeitem", name="price").click()
    page.get_by_role("button", name="Use path").click()
    page.get_by_role("menuitem", name='Show only messages where price is "1.10"').click()
    expect(page.get_by_role("combobox", name="Filter: show only")).to_have_value(
        'json.price == "1.10"'
    )
    expect(page.get_by_text("2 found")).to_be_visible()


def test_a_rule_that_answers_a_picked_value_is_shown_and_waits_for_its_text(page):
    page.get_by_role("treeitem", name="price").click()
    page.get_by_role("button", name="Use path").click()
    page.get_by_role(
        "menuitem", name="Add a rule that answers where price is there", exact=True
    ).click()
    expect(page.get_by_label("Filter of rule 1")).to_have_value("json.price != null")
    expect(page.get_by_label("Use rule 1")).not_to_be_checked()
    expect(page.get_by_label("Text of rule 1")).to_be_focused()


def test_a_note_that_was_begun_outlives_a_bookmark_and_a_look_at_another_row(page):
    page.get_by_role("button", name="Add a note").click()
    page.keyboard.type("half a")
    page.get_by_role("button", name="Bookmark").click()
    expect(page.get_by_role("button", name="Bookmarked")).to_be_visible()
    row(page, "sent text").click()
    expect(page.get_by_label("Note", exact=True)).to_have_count(0)
    row(page, "received text").click()
    expect(page.get_by_label("Note", exact=True)).to_have_value("half a")
    page.get_by_label("Note", exact=True).press("Control+Enter")
    expect(page.get_by_text("half a")).to_be_visible()


def test_a_capture_has_a_note_of_its_own_while_no_row_is_chosen(page):
    page.get_by_role("grid").press("End")
    page.get_by_role("button", name="Add a note").click()
    page.keyboard.type("all of it")
    page.get_by_role("button", name="Save note").click()
    expect(page.get_by_text("all of it")).to_be_visible()
    row(page, "sent text").click()
    page.get_by_role("grid").press("End")
    expect(page.get_by_text("all of it")).to_be_visible()


def test_bytes_that_are_no_text_are_shown_as_far_as_there_are_any(page):
    page.get_by_label("Message kind").get_by_role("button", name="Hex").click()
    send(page, "68 69 ff fe e2 82 ac f0 9f 98 80")
    row(page, "received binary").click()
    page.get_by_label("Inspector views").get_by_role("button", name="Raw").click()
    expect(page.get_by_text("hi\ufffd\ufffd€😀")).to_be_visible()
    expect(page.get_by_text("Bytes that are no UTF-8")).to_be_visible()
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)


def test_a_fetch_that_is_given_up_for_another_row_is_no_failure(opened, workbench):
    page = opened.page
    (workbench.folder / "big.bin").write_bytes(bytes(range(256)) * (BIG // 256))
    connect(page)
    send(page, "[1]")
    page.get_by_role("button", name="File", exact=True).click()
    page.get_by_label("Path of the file").fill("big.bin")
    page.keyboard.press("Control+Enter")
    row(page, "received binary").click()
    page.route("**/payload/**", lambda _: None, times=1)  # which is never answered
    page.get_by_role("button", name="Show all of it").click()
    row(page, "received text").click()
    expect(page.get_by_role("treeitem")).to_be_visible()
    row(page, "received binary").click()
    page.get_by_role("button", name="Show all of it").click()
    page.get_by_label("Inspector views").get_by_role("button", name="Hex").click()
    expect(page.get_by_text(f"0–1,535 of {BIG:,}")).to_be_visible()
    expect(page.get_by_role("button", name="Dismiss")).to_have_count(0)
