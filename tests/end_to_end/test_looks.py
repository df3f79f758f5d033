"""What can be measured of how the page looks, and that the measuring finds what is wrong."""

import pytest

from tests.support.chromium import PHONE, new_context, open_page
from tests.support.looks import faults

pytestmark = [pytest.mark.slow, pytest.mark.requires("chromium")]

PUT = """
(style) => {
  const button = document.createElement("button");
  button.textContent = "Planted";
  Object.assign(button.style, { position: "fixed", left: "400px", top: "700px", ...style });
  document.body.append(button);
}
"""


def test_the_start_page_has_no_fault_that_can_be_measured(opened):
    assert faults(opened.page, touch=False) == []


def test_the_start_page_has_none_on_a_phone(browser, workbench):
    context = new_context(browser, size=PHONE)
    page = open_page(context, workbench.address).page
    assert faults(page, touch=True) == []
    context.close()


def test_a_control_that_is_too_small_is_named(opened):
    opened.page.evaluate(PUT, {"height": "20px", "background": "white"})
    (said,) = [each for each in faults(opened.page, touch=False) if "Planted" in each]
    assert said.startswith("20 px high, 24 are needed")


def test_controls_that_lie_over_each_other_are_named(opened):
    opened.page.evaluate(PUT, {"height": "30px", "width": "90px"})
    opened.page.evaluate(PUT, {"height": "30px", "width": "90px", "left": "460px"})
    said = " ".join(faults(opened.page, touch=False))
    assert "lies over" in said


def test_a_label_that_does_not_fit_is_named(opened):
    opened.page.evaluate(PUT, {"height": "28px", "width": "20px", "wordBreak": "break-all"})
    said = " ".join(faults(opened.page, touch=False))
    assert "its label does not fit" in said


def test_text_that_is_cut_is_whole_in_its_title(opened):
    page = opened.page
    page.get_by_role("textbox", name="Address").fill(f"ws://127.0.0.1:1/{'long-' * 30}")
    page.keyboard.press("Enter")
    name = page.get_by_role("navigation", name="Connections").locator(".cut")
    name.hover()
    assert name.get_attribute("title") == name.inner_text()


def test_cut_text_with_no_title_is_named(opened):
    opened.page.evaluate(
        PUT, {"height": "28px", "width": "30px", "overflow": "hidden", "textOverflow": "ellipsis"}
    )
    said = " ".join(faults(opened.page, touch=False))
    assert "cut and has no title" in said
