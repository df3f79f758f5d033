"""What the page offers to somebody who has just started it."""

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]


def test_a_built_in_endpoint_is_connected_to_with_one_click(opened):
    page = opened.page
    page.get_by_role("button", name="Connect to Echo", exact=True).click()
    expect(page.get_by_role("button", name="Disconnect")).to_be_enabled()
    expect(page.get_by_role("contentinfo", name="Status")).to_contain_text("0 lost")
    opened.picture("connected")


def test_a_sample_of_the_built_in_server_runs_in_a_tab_of_its_own(opened):
    with opened.page.context.expect_page() as coming:
        opened.page.get_by_role("link", name="Samples to change and run").click()
    sample = coming.value
    sample.locator("#run:enabled").click()
    expect(sample.locator("#console")).to_contain_text("received Hello")
    expect(sample.locator("#rows")).to_contain_text("close 1000 thank you")
    opened.strays.clear()  # what the sample has asked for, at its own server


def test_the_address_opens_in_one_browser_only(opened, workbench, browser):
    stranger = browser.new_context()
    page = stranger.new_page()
    assert page.goto(workbench.address).status == 401
    assert "press Enter there" in page.inner_text("body").replace("Press", "press")
    stranger.close()


def test_the_page_asks_nothing_of_any_other_host(opened):
    assert len(opened.asked) > 3
    assert opened.strays == []
