"""How a call looks in Peer and Findings: what is long stays on screen, like looks alike."""

import re

import pytest
from playwright.sync_api import Page, expect

from tests.support.chromium import PHONE, new_context, open_page
from tests.support.webrtc_newcomer import show_view

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium"), pytest.mark.timeout(180)]

_IS_WHOLE = "(element) => element.scrollWidth <= element.clientWidth"
_SIZE = "(element) => getComputedStyle(element).fontSize"


def call(page: Page) -> None:
    """Connect to the built-in peer."""
    page.get_by_role("button", name="Connect to WebRTC echo").click()
    expect(page.get_by_role("button", name="Disconnect")).to_be_enabled(timeout=30_000)


def test_the_verdict_of_a_call_ends_within_a_phone_s_screen(browser, workbench):
    context = new_context(browser, size=PHONE)
    page = open_page(context, workbench.address).page
    call(page)
    show_view(page, "Findings")
    sentence = page.get_by_role("region", name="Verdict").get_by_role("heading")
    expect(sentence).to_contain_text("webrtc+ws://", timeout=30_000)
    assert sentence.evaluate(_IS_WHOLE)
    context.close()


def test_both_ends_of_a_pair_are_written_alike_with_the_note_apart_from_them(opened):
    page = opened.page
    call(page)
    show_view(page, "Peer")
    pairs = page.get_by_role("region", name="Candidate pairs")
    row = pairs.get_by_role("row", name=re.compile("host udp")).first
    expect(row).to_be_visible(timeout=30_000)
    here, there = row.get_by_role("rowheader"), row.get_by_role("cell").first
    assert here.evaluate(_SIZE) == there.evaluate(_SIZE)
    table, note = pairs.get_by_role("table").bounding_box(), pairs.get_by_text("Direct:")
    under = note.bounding_box()
    assert table is not None
    assert under is not None
    assert under["y"] - (table["y"] + table["height"]) >= 4
