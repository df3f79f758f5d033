"""WebRTC in the page: a stream that is watched, a chat by codes, what an address may be."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from tests.support.astray import far_sides_beside
from tests.support.chromium import Watched, new_context, open_page
from tests.support.webrtc_newcomer import Chat, Watcher, built_in_host, paste_address, show_view
from tests.support.workbench import Workbench

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium"), pytest.mark.timeout(180)]


@pytest.fixture
def other(browser: Browser, tmp_path: Path) -> Iterator[Watched]:
    """Give the page of another person's workbench."""
    with Workbench(tmp_path / "other", home=tmp_path / "other-home") as workbench:
        context = new_context(browser)
        watched = open_page(context, workbench.address)
        yield watched
        assert watched.complaints() == []
        context.close()


def test_a_newcomer_watches_a_stream_from_its_pasted_address(opened):
    watcher = Watcher(opened.page, f"http://{built_in_host(opened.page)}/whep/picture")
    for what, do in watcher.steps():
        assert do(), what


def test_two_people_chat_by_codes(context, opened, other):
    context.grant_permissions(["clipboard-read", "clipboard-write"])
    for what, do in Chat(opened.page, other.page).steps():
        assert do(), what


def test_an_answer_that_nobody_waits_for_is_refused_with_where_it_belongs(opened):
    paste_address(opened.page, "webrtc:1.AQAAAAcgxlLKK4NUBlCtAA")
    said = opened.page.get_by_role("alert").get_by_text("It belongs into the page")
    expect(said).to_be_visible()


def test_the_options_are_those_of_what_the_address_says(opened):
    page = opened.page
    page.get_by_role("button", name="New endpoint").first.click()
    row = page.get_by_role("navigation", name="Views and options")
    address = page.get_by_role("textbox", name="URL")
    address.fill("webrtc:")
    expect(row.get_by_role("button", name="Channels")).to_be_visible()
    expect(row.get_by_role("button", name="Subprotocols")).to_have_count(0)
    address.fill("wss://example.net/")
    expect(row.get_by_role("button", name="Subprotocols")).to_be_visible()
    expect(row.get_by_role("button", name="Channels")).to_have_count(0)


def test_a_channel_that_is_opened_later_is_the_one_that_is_sent_through(opened):
    page = opened.page
    page.get_by_role("button", name="Connect to WebRTC echo").click()
    expect(page.get_by_role("button", name="Disconnect")).to_be_enabled(timeout=30_000)
    composer = page.get_by_role("region", name="Composer").last
    composer.get_by_role("button", name="New channel").click()
    composer.get_by_label("Label of the new channel").fill("files")
    composer.get_by_role("button", name="Open channel").click()
    choice = composer.get_by_role("combobox", name=re.compile("^Channel"))
    expect(choice.locator("option:checked")).to_have_text("files")
    composer.get_by_role("button", name="Text", exact=True).click()
    composer.get_by_role("textbox", name="Message").fill("through the second")
    composer.get_by_role("button", name="Send", exact=True).click(timeout=30_000)
    back = page.get_by_role("grid", name="Messages").get_by_role(
        "row", name="received text, channel"
    )
    expect(back.first).to_contain_text("files", timeout=30_000)
    show_view(page, "Peer")
    channels = page.get_by_role("region", name="Channels and tracks")
    expect(channels.get_by_text("files")).to_be_visible()


def test_the_rung_on_which_a_connection_sticks_is_open_with_what_to_do(opened):
    page = opened.page
    with far_sides_beside() as address:
        paste_address(page, f"{address}/certificate")
        show_view(page, "Peer")
        ladder = page.get_by_role("region", name="Connect ladder")
        stuck = ladder.get_by_role("button", name=re.compile("^DTLS failed"))
        expect(stuck).to_have_attribute("aria-expanded", "true", timeout=30_000)
        expect(ladder.get_by_text("What to do:")).to_be_visible()
        standing = page.get_by_role("region", name="Standing")
        expect(standing.get_by_role("heading")).to_have_text("Not connected: stuck at DTLS")
        expect(
            ladder.get_by_role("button", name=re.compile("^Channel open not reached"))
        ).to_be_visible()


def test_the_ways_of_a_connection_stand_in_the_view_peer(opened):
    page = opened.page
    page.get_by_role("button", name="Connect to WebRTC echo").click()
    expect(page.get_by_role("button", name="Disconnect")).to_be_enabled(timeout=30_000)
    show_view(page, "Peer")
    untried = page.get_by_role("region", name="Pairs that were not tried")
    expect(untried.get_by_text("One is UDP and the other TCP.")).to_be_visible(timeout=30_000)
    own = page.get_by_role("region", name="This end’s candidates")
    expect(own.get_by_text("of this machine alone (loopback)").first).to_be_visible()
    show_view(page, "Findings")
    verdict = page.get_by_role("region", name="Verdict")
    expect(verdict).to_contain_text("Nothing was found so far.", timeout=30_000)
