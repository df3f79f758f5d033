"""The endpoint's bar and the composer: connecting, sending, and what neither may do unasked."""

import re

import pytest
from playwright.sync_api import Page, Route, expect

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]


def connect(page: Page) -> None:
    page.get_by_role("button", name="Connect to Echo", exact=True).click()
    expect(page.get_by_role("button", name="Disconnect")).to_be_enabled()


def message(page: Page):
    return page.get_by_role("textbox", name="Message", exact=True)


def row(page: Page, words: str):
    return page.get_by_role("row", name=re.compile(words)).first


def test_what_waits_for_the_connection_goes_out_while_another_view_is_looked_at(opened):
    page = opened.page
    connect(page)
    page.get_by_role("button", name="Disconnect").click()
    expect(page.get_by_role("button", name="Connect again")).to_be_enabled()
    message(page).fill('"late"')
    held: list[Route] = []
    page.route("**/api/sessions", lambda route: held.append(route))
    page.get_by_role("button", name="Connect and send").click()
    expect(page.get_by_role("button", name="Waiting for the connection")).to_be_visible()
    page.get_by_role("button", name="Handshake", exact=True).click()
    expect(page.get_by_role("button", name="Waiting for the connection")).to_have_count(0)
    while not held:  # a deadline is the test's own
        page.wait_for_timeout(20)
    held[0].continue_()
    expect(page.get_by_role("heading", name="Open after")).to_be_visible()
    page.get_by_role("button", name="Wire", exact=True).click()
    expect(row(page, "received text.*late")).to_be_visible()


def test_nothing_is_sent_by_the_key_that_the_button_would_not_send(opened):
    page = opened.page
    connect(page)
    message(page).click()
    page.keyboard.press("Control+Enter")
    message(page).fill("1")
    page.keyboard.press("Control+Enter")
    expect(row(page, "received text")).to_be_visible()
    expect(page.get_by_role("row", name=re.compile("sent text"))).to_have_count(1)


def test_enter_in_the_address_does_not_end_the_connection(opened):
    page = opened.page
    connect(page)
    page.get_by_label("URL", exact=True).press("Enter")
    message(page).fill('"still here"')
    page.keyboard.press("Control+Enter")
    expect(row(page, "received text.*still here")).to_be_visible()


def test_a_new_connection_is_followed_though_a_row_of_the_one_before_was_chosen(opened):
    page = opened.page
    connect(page)
    message(page).fill("1")
    page.keyboard.press("Control+Enter")
    row(page, "received text").click()
    page.keyboard.press("a")
    expect(page.get_by_text("Not following")).to_be_visible()
    page.get_by_role("button", name="Disconnect").click()
    page.get_by_role("button", name="Connect again").click()
    expect(page.get_by_role("button", name="Disconnect")).to_be_enabled()
    expect(row(page, "open")).to_be_visible()
    expect(page.get_by_text("Not following")).to_have_count(0)
    expect(page.get_by_text("key a")).to_be_visible()


def test_a_text_that_is_too_long_for_the_composer_is_turned_away_with_the_way_out(opened):
    page = opened.page
    connect(page)
    message(page).fill("1")
    message(page).evaluate(
        """(element) => {
          const clipboardData = new DataTransfer();
          clipboardData.setData("text/plain", "y".repeat(3 << 20));
          const how = { clipboardData, bubbles: true, cancelable: true, composed: true };
          element.dispatchEvent(new ClipboardEvent("paste", how));
        }"""
    )
    expect(page.get_by_text("What you paste has 3,145,728 characters")).to_be_visible()
    page.keyboard.press("Control+Enter")
    expect(row(page, "received text")).to_be_visible()
    expect(page.get_by_text("What you paste has")).to_have_count(0)


def test_a_close_code_that_may_not_be_sent_is_kept_back_until_illegal_frames_are_allowed(opened):
    page = opened.page
    connect(page)
    page.get_by_role("button", name="Ping, pong, close").click()
    page.get_by_role("button", name="Close", exact=True).click()
    page.get_by_role("combobox", name="Code", exact=True).select_option("other")
    page.get_by_role("textbox", name="Close code").fill("1005")
    expect(page.get_by_text("Code 1005 may not be sent (7.4).")).to_be_visible()
    expect(page.get_by_role("button", name="Send close")).to_be_disabled()
    page.get_by_role("checkbox", name="Allow illegal frames").check()
    expect(page.get_by_role("button", name="Send illegal frame")).to_be_enabled()
