import re

import pytest
from msgspec.structs import replace

from tests.support.compared import LINKS, WORKLOADS, compared
from wirescope.cli.compare_text import lines_of, wrapped
from wirescope.cli.escape import text_width
from wirescope.lab.results import Comparison

pytestmark = pytest.mark.slow

PAINT = re.compile(r"\x1b\[\d+m")


def told(comparison=None, *, width=120, colour=False):
    comparison = comparison or compared()
    return list(lines_of(comparison, workloads=WORKLOADS, links=LINKS, width=width, colour=colour))


@pytest.mark.parametrize("width", [40, 60, 79, 80, 120, 200])
def test_every_line_fits_the_terminal_but_the_command(width):
    command = f"  {compared().environment['command']}"
    lines = told(width=width)
    assert command in lines
    assert [each for each in lines if text_width(each) > width and each != command] == []


@pytest.mark.parametrize("width", [40, 60, 80, 120])
def test_nothing_is_left_out_on_any_terminal(width):
    words = " ".join(" ".join(told(width=width)).split())
    unbroken = words.replace(" ", "")
    for verdict in compared().verdicts:
        assert verdict.headline.replace(" ", "") in unbroken
    assert "From a to b, the relay stood still for 41 ms" in words
    for cell in compared().cells:
        if cell.valid:
            assert f"{cell.p50_ms:.1f}" in words or f"{cell.p50_ms:,.0f}" in words
    for row in compared().rows:
        assert row.aspect.replace(" ", "")[:8] in unbroken
        assert f"Evidence: {row.evidence}".replace(" ", "") in unbroken


@pytest.mark.parametrize("width", [80, 120])
def test_cells_are_rows_of_a_table_whose_columns_have_units(width):
    lines = told(width=width)
    at = lines.index("ticker")
    assert lines[at + 1].split() == [
        *("set-up", "p50", "p95", "p99", "p99.9", "max", "deliv.", "goodput", "wire", "CPU")
    ]
    assert lines[at + 2].split() == ["ms"] * 6 + ["%", "kbit/s", "B/B", "s"]
    assert lines[at + 3] == " clean (25 ms each way)"
    row = next(each for each in lines if each.startswith("  unreliable chan."))
    assert len(row) == len(lines[at + 1])
    assert row.split()[2:4] == ["306", "25.3"]


def test_on_a_narrow_terminal_each_figure_has_its_name_beside_it():
    lines = told(width=60)
    at = lines.index("  WebSocket CUBIC")
    assert lines[at + 1].startswith("    set-up 106 ms, p50 25.3 ms, ")
    assert "  WebSocket: TLS to the server, which reads every message" in lines


def test_differences_stand_beside_each_other():
    lines = told(width=120)
    head = next(each for each in lines if each.startswith("Aspect"))
    row = next(each for each in lines if each.startswith("Security"))
    assert row[head.index("WebSocket") :].startswith("TLS to the server")
    assert row[head.index("WebRTC") :].startswith("DTLS from end to end")


def test_a_cell_that_does_not_count_has_its_reason_instead_of_figures():
    lines = told(width=120)
    reason = "    does not count: From a to b, the relay stood still for 41 ms."
    assert lines[lines.index(reason) - 1] == "  reliable chan."


def test_colour_adds_nothing_but_colour():
    plain, painted = told(), told(colour=True)
    assert [PAINT.sub("", each).rstrip() for each in painted] == plain
    assert any("\x1b[1m" in each for each in painted)
    assert not any("\x1b" in each for each in plain)


def test_names_cannot_steer_the_terminal():
    hostile = "a\x1b]0;b\x07\u202ec"
    cells = tuple(replace(each, workload=hostile, link=hostile) for each in compared().cells[:2])
    found = Comparison(environment={"command": hostile, "runs": hostile}, cells=cells)
    lines = lines_of(
        found,
        workloads={hostile: WORKLOADS["ticker"]},
        links={hostile: LINKS["clean"]},
        width=80,
        colour=False,
    )
    assert not re.search("[\x00-\x1f\u202e]", "".join(lines))


def test_a_word_that_is_longer_than_its_column_is_broken():
    assert wrapped("see ticker-websocket-loss-5-direct-cubic now", 10) == [
        *("see", "ticker-web", "socket-los", "s-5-direct", "-cubic", "now")
    ]
