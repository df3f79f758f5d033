import pytest

from wirescope.lab.report.markup import element, joined, text


def test_text_is_escaped_and_markup_is_not_escaped_twice():
    inner = element("b", "a < b & c")
    assert inner == "<b>a &lt; b &amp; c</b>"
    assert element("p", inner, " <i>") == "<p><b>a &lt; b &amp; c</b> &lt;i&gt;</p>"


def test_values_of_attributes_are_escaped_and_those_that_are_none_left_out():
    made = element("td", "x", class_="num", data_head='"><script>', title=None, colspan=2)
    assert made == '<td class="num" data-head="&quot;&gt;&lt;script&gt;" colspan="2">x</td>'


def test_elements_that_are_empty_end_as_html_and_svg_want_it():
    assert element("meta", name="a") == '<meta name="a">'
    assert element("path", d="M0 0") == '<path d="M0 0"/>'
    assert element("td") == "<td></td>"


@pytest.mark.parametrize("character", ["\x00", "\x1b", "\x9b", "\u202e", "\u2066", "\ufeff"])
def test_characters_that_steer_are_written_out(character):
    assert character not in text(f"a{character}b")


def test_a_number_and_its_unit_stay_on_one_line():
    assert text("25.3 ms of 5 % at 1 Mbit/s, 5 messages") == (
        "25.3\u00a0ms of 5\u00a0% at 1\u00a0Mbit/s, 5 messages"
    )


def test_parts_are_put_together():
    assert joined("<", element("b", "x"), ">") == "&lt;<b>x</b>&gt;"
