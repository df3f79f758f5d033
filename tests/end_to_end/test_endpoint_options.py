"""The options of an endpoint: what is typed and pasted into them."""

import re

import pytest
from playwright.sync_api import expect

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]


@pytest.fixture
def page(opened):
    """Give the page with a new endpoint in it."""
    opened.page.keyboard.press("Control+k")
    opened.page.keyboard.type("New endpoint")
    opened.page.keyboard.press("Enter")
    opened.page.get_by_label("URL", exact=True).fill("ws://127.0.0.1:9/")
    return opened.page


def test_several_headers_are_pasted_and_those_of_the_handshake_are_left_out_and_named(page):
    page.get_by_role("button", name="Headers", exact=True).click()
    page.get_by_role("button", name="Paste several lines").click()
    page.get_by_label("Headers, one a line").fill("Host: a\nX-One: 1\nX-Two: 2")
    page.get_by_role("button", name="Add 2 headers").click()
    expect(page.get_by_label("Name of header 2")).to_have_value("X-Two")
    expect(page.get_by_text("Left out, since the handshake writes it: Host.")).to_be_visible()


def test_a_reload_names_the_fields_whose_secrets_the_browser_did_not_keep(page):
    url = page.get_by_label("URL", exact=True)
    url.fill("ws://ada:s3cret@127.0.0.1:9/?token=t0ken")
    page.reload()
    expect(url).to_have_value("ws://ada@127.0.0.1:9/?token=")
    told = page.get_by_text("The browser keeps no secrets")
    expect(told).to_be_visible()
    kept = "JSON.stringify([{...localStorage}, {...sessionStorage}])"
    assert not re.search("s3cret|t0ken", page.evaluate(kept))
    url.fill("ws://ada:s3cret@127.0.0.1:9/?token=t0ken")
    expect(told).to_be_hidden()


def test_a_variable_may_have_the_name_of_something_that_every_object_has(page):
    page.get_by_label("URL", exact=True).fill("ws://{{constructor}}/")
    expect(page.get_by_text("{{constructor}} has no value")).to_be_visible()


def test_addresses_that_take_the_place_of_dns_hold_while_they_are_typed(page):
    page.get_by_role("button", name="Network auto").click()
    field = page.get_by_role("textbox", name="Addresses")
    field.press_sequentially("a:1:127.0.0.1\nb:2")
    expect(field).to_have_value("a:1:127.0.0.1\nb:2")
    expect(page.get_by_text("“b:2” is not HOST:PORT:ADDRESS.")).to_be_visible()


def test_the_text_of_a_rule_is_not_lost_to_a_look_at_saved_messages(page):
    page.get_by_role("button", name="Rules", exact=True).click()
    page.get_by_role("button", name="Add rule", exact=True).first.click()
    page.get_by_role("button", name="Add rule", exact=True).first.click()
    page.get_by_label("Text of rule 2").fill('{"op":"pong"}')
    what = page.get_by_role("group", name="What rule 2 sends")
    what.get_by_role("button", name="Saved message").click()
    page.get_by_role("button", name="Take rule 1 away").click()
    what = page.get_by_role("group", name="What rule 1 sends")
    expect(what.get_by_role("button", name="Saved message")).to_have_attribute(
        "aria-pressed", "true"
    )
    what.get_by_role("button", name="Text").click()
    expect(page.get_by_label("Text of rule 1")).to_have_value('{"op":"pong"}')
