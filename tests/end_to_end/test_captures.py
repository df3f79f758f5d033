"""The captures view and what is opened from it, as somebody uses it who has recorded something."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium import PHONE, new_context, open_page

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]


def recorded(page: Page, name: str = "Demo") -> None:
    """Connect to a built-in endpoint that ends by itself, and wait for its end."""
    page.get_by_role("button", name=f"Connect to {name}", exact=True).click()
    expect(page.get_by_role("button", name="Connect again")).to_be_enabled()


def captures(page: Page) -> None:
    """Go to the captures."""
    top = page.get_by_role("banner")
    top.get_by_role("button", name="Captures", exact=True).click()


def test_a_capture_is_renamed_where_it_stands_and_its_tab_goes_along(opened):
    page = opened.page
    recorded(page)
    captures(page)
    listed = page.get_by_role("region", name="List of captures")
    listed.get_by_role("button", name="Demo", exact=True).click()
    captures(page)
    listed.get_by_role("button", name="Rename Demo").click()
    field = listed.get_by_role("textbox", name="New name of Demo")
    expect(field).to_be_focused()
    field.fill("the tour")
    field.press("Enter")
    link = listed.get_by_role("button", name="the tour", exact=True)
    expect(link).to_be_visible()
    expect(listed.get_by_role("row")).to_have_count(2)
    link.click()
    expect(page.get_by_role("grid", name="Messages")).to_contain_text("that was the tour")


def test_a_name_that_no_file_can_have_is_refused_in_words_and_can_be_mended(opened):
    page = opened.page
    recorded(page)
    captures(page)
    listed = page.get_by_role("region", name="List of captures")
    listed.get_by_role("button", name="Rename Demo").click()
    field = listed.get_by_role("textbox", name="New name of Demo")
    field.fill("../out")
    field.press("Enter")
    expect(page.get_by_role("button", name="Dismiss")).to_be_visible()
    expect(field).to_have_value("../out")
    field.press("Escape")
    expect(listed.get_by_role("button", name="Demo", exact=True)).to_be_visible()


def test_each_file_that_cannot_be_opened_is_named(opened):
    page = opened.page
    captures(page)
    page.get_by_label("Files to open").set_input_files(
        [
            {"name": name, "mimeType": "application/octet-stream", "buffer": b"nothing"}
            for name in ("one.wirescope", "two.wirescope")
        ]
    )
    listed = page.get_by_role("region", name="Captures", exact=True)
    expect(listed).to_contain_text("one.wirescope:")
    expect(listed).to_contain_text("two.wirescope:")


def test_nothing_to_export_says_what_to_do(opened):
    page = opened.page
    page.keyboard.press("Control+k")
    page.keyboard.type("export endpoints")
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="Export")
    expect(sheet.get_by_role("combobox")).to_have_count(0)
    sheet.get_by_role("button", name="New endpoint").click()
    expect(page.get_by_role("textbox", name="URL")).to_be_visible()


def test_an_open_endpoint_is_exported_from_any_page(opened):
    page = opened.page
    recorded(page)
    captures(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("export endpoints")
    page.keyboard.press("Enter")
    sheet = page.get_by_role("dialog", name="Export")
    expect(sheet.get_by_text(re.compile(r"curl .*/demo"))).to_be_visible()


def test_a_part_of_the_charts_with_no_end_goes_to_the_end(opened):
    page = opened.page
    recorded(page)
    page.keyboard.press("Control+k")
    page.keyboard.type("show charts")
    page.keyboard.press("Enter")
    part = page.get_by_role("form", name="Part of the capture")
    part.get_by_role("textbox", name="From").fill("0.2")
    part.get_by_role("button", name="Show this part").click()
    expect(part).to_contain_text("the timeline is filtered to the same")


def test_a_finding_chosen_on_a_phone_is_shown(browser, workbench):
    context = new_context(browser, size=PHONE)
    page = open_page(context, workbench.address).page
    page.get_by_role("button", name="Connect to Refusal", exact=True).click()
    expect(page.get_by_role("button", name="Connect again")).to_be_enabled()
    page.get_by_role("button", name="Findings").first.click()
    page.get_by_role("region", name="All findings").get_by_role("button").nth(1).click()
    expect(page.get_by_role("region", name="Cause")).to_be_in_viewport()
    expect(page.get_by_role("button", name="Connect again")).to_be_in_viewport()
    context.close()
