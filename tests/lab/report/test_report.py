"""A whole report, read as a browser would: nothing is missing, nothing comes from elsewhere."""

import re
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace

from tests.support.compared import LINKS, WORKLOADS, compared
from wirescope.lab.cells import Cell, Sample
from wirescope.lab.measures import distribution, figures
from wirescope.lab.report import columns, name, report_html
from wirescope.lab.report.words import NOT_KNOWN
from wirescope.lab.results import (
    Comparison,
    Repeat,
    Row,
    cell_result,
    comparison_json,
    read_comparison,
)
from wirescope.link import symmetric

pytestmark = pytest.mark.slow

VOID = {"br", "meta"}
HOSTILE = "<script>alert(1)</script>&\x1b[31m"


class Read(HTMLParser):
    """A page that was read.

    Attributes:
        words: all texts outside of the style sheet, in their order.
        rows: of each row of a table, its class and the texts of its cells.
        problems: elements that are not closed in order.
    """

    def __init__(self, page: str) -> None:
        super().__init__()
        self.words: list[str] = []
        self.rows: list[tuple[str, list[str]]] = []
        self.problems: list[str] = []
        self.attributes: list[tuple[str, str, str]] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()
        self.problems += [f"<{each}> is left open" for each in self._open]

    def handle_starttag(self, tag, attrs):
        self.attributes += [(tag, each, value or "") for each, value in attrs]
        if tag == "tr":
            self.rows.append((dict(attrs).get("class", ""), []))
        if tag in ("td", "th"):
            self.rows[-1][1].append("")
        if tag not in VOID:
            self._open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.attributes += [(tag, each, value or "") for each, value in attrs]

    def handle_endtag(self, tag):
        if not self._open or self._open.pop() != tag:
            self.problems.append(f"</{tag}> closes something else")

    def handle_data(self, data):
        if "style" in self._open:
            return
        plain = data.replace("\u00a0", " ")
        self.words.append(plain)
        if "tr" in self._open:
            self.rows[-1][1][-1] += plain

    @property
    def text(self) -> str:
        return " ".join(self.words)

    def of_class(self, wanted: str) -> list[list[str]]:
        return [cells for kind, cells in self.rows if wanted in kind.split()]


@pytest.fixture(scope="module")
def page() -> str:
    return report_html(compared(), workloads=WORKLOADS, links=LINKS)


@pytest.fixture(scope="module")
def read(page: str) -> Read:
    return Read(page)


def _samples(count, *, took_ns=25_000_000):
    plan = WORKLOADS["ticker"].plan(1)[:count]
    return [
        Sample("b", number, each.size, each.at_ns, each.at_ns + took_ns)
        for number, each in enumerate(plan)
    ]


def report_of(*cells, rows=(), workloads=WORKLOADS, links=LINKS, environment=None) -> str:
    made = Comparison(environment=environment or {}, cells=cells, rows=rows)
    return report_html(made, workloads=workloads, links=links)


def cell_of(samples, *, workload="ticker", transport="websocket", link="clean", problems=()):
    repeat = Repeat(seed=1, figures=figures(samples, floors_ms={}), problems=problems)
    counted = [] if problems else [samples]
    cell = Cell(workload=workload, transport=transport, link=link)
    return cell_result(cell, [repeat], None, distribution(counted))


def test_every_element_is_closed_in_order(read):
    assert read.problems == []


def test_nothing_is_fetched_and_nothing_is_run(page, read):
    assert not re.search(r"<(script|link|img|iframe|object|embed)", page)
    assert "url(" not in page
    assert "@import" not in page
    assert not re.search(r"https?://", page)
    refers = [value for _, each, value in read.attributes if each in ("href", "src")]
    assert all(value.startswith("#") for value in refers)
    assert not [each for _, each, _ in read.attributes if each.startswith("on")]
    policy = ("meta", "content", "default-src 'none'; style-src 'unsafe-inline'")
    assert policy in read.attributes


def test_every_place_that_is_pointed_at_is_there_once(read):
    ids = [value for _, each, value in read.attributes if each == "id"]
    assert len(ids) == len(set(ids))
    assert {value for _, each, value in read.attributes if each == "href"} <= {
        f"#{each}" for each in ids
    }


def test_a_report_is_small(page):
    assert len(page.encode()) < 150_000


def test_every_verdict_is_there_whole(read):
    five = [cells for cells in read.rows if len(cells[1]) == 5]
    headlines = [cells for cells in five if cells[1][-1].endswith(("%", NOT_KNOWN))]
    assert len(headlines) == len(compared().verdicts)
    text = read.text
    for verdict in compared().verdicts:
        assert verdict.headline
        assert verdict.why.startswith(verdict.headline)
        assert verdict.headline in text
        assert verdict.why.removeprefix(verdict.headline).strip() in text


def test_every_cell_has_its_row_with_its_figures_and_where_they_come_from(read):
    cells, shown, traces = compared().cells, read.of_class("figures"), read.of_class("trace")
    assert len(cells) == len(shown) == len(traces)
    for cell, row, (trace,) in zip(cells, shown, traces, strict=True):
        its = columns(each for each in cells if each.workload == cell.workload)
        assert row == [name(cell), *(column.shown(cell) for column in its)]
        assert "seeds 1, 2, 3" in trace
        assert f"runs {cell.cell.file_prefix}-*" in trace


def test_the_figures_are_those_of_the_comparison(read):
    row = read.of_class("figures")[4]
    cell = compared().cells[4]
    assert (cell.workload, cell.link, cell.transport) == ("ticker", "loss-5", "websocket")
    p50, p95, p99 = row[2:5]
    assert p50 == f"{cell.p50_ms:.1f}"
    assert p95 == f"{cell.p95_ms:.1f}"
    assert p99 == f"{cell.p99_ms:.1f}"


def test_a_cell_that_does_not_count_says_why(read):
    (out,) = [each for each in read.of_class("trace") if "Does not count" in each[0]]
    assert "the relay stood still for 41 ms" in out[0]
    assert "The run with seed 3 does not count" in read.text


def test_every_difference_is_there(read):
    rows = [cells for _, cells in read.rows]
    for row in compared().rows:
        assert [row.aspect, row.websocket, row.webrtc, row.evidence] in rows


def test_the_command_the_environment_and_where_runs_are_stand_at_the_end(read):
    environment = compared().environment
    assert environment["command"] in read.words
    assert environment["processor"] in read.words
    assert "reno, cubic, bbr" in read.words
    assert any(f"kept as a file in {environment['runs']}" in each for each in read.words)
    assert any("a.wirescope and b.wirescope" in each for each in read.words)


def test_links_and_workloads_are_told_in_words(read):
    assert "25 ms each way, 5 % lost, 1 Mbit/s, queue of 200 ms" in read.words
    assert any(each.startswith("50 prices a second") for each in read.words)


def test_pictures_and_tables_say_what_they_are_without_being_seen(page, read):
    pictures = page.count('<svg class="fig"')
    assert pictures == page.count("<figcaption>") == page.count("<title>") - 1
    heads = [each for tag, each, _ in read.attributes if tag == "th"]
    assert heads.count("scope") == sum(each == "role" for each in heads)
    assert ("html", "lang", "en") in read.attributes


def test_what_drifts_is_drawn_over_time_and_bulk_by_its_goodput(page):
    assert page.count("In the course of the runs") == 1
    assert page.count("Goodput of each repeat") == 2  # heading and title
    assert page.count("One-way latency by percentile <") == 6


def test_names_cannot_bring_markup_or_steer():
    workload = replace(WORKLOADS["ticker"], name=HOSTILE, title=HOSTILE, use_case=HOSTILE)
    samples = _samples(20)
    cells = [
        cell_of(samples, workload=HOSTILE, link=HOSTILE, transport=each, problems=(HOSTILE,))
        for each in ("websocket", "data-channel-reliable")
    ]
    page = report_of(
        *cells,
        rows=[Row(aspect=HOSTILE, websocket=HOSTILE, webrtc=HOSTILE, evidence=HOSTILE)],
        workloads={HOSTILE: workload},
        links={HOSTILE: symmetric(HOSTILE, LINKS["clean"].up)},
        environment={HOSTILE: HOSTILE, "command": HOSTILE, "runs": HOSTILE},
    )
    assert "<script" not in page
    assert "\x1b" not in page
    assert Read(page).problems == []


@pytest.mark.parametrize("count", [0, 1, 2, 600])
def test_it_can_be_written_however_few_came_and_however_alike_they_are(count):
    cells = [
        cell_of(_samples(count), transport=each) for each in ("websocket", "data-channel-reliable")
    ]
    read = Read(report_of(*cells))
    assert read.problems == []
    assert "nan" not in read.text
    drawn = [value for tag, each, value in read.attributes if tag == "path" and each == "d"]
    assert not any("nan" in each or "inf" in each for each in drawn)


def test_bulk_of_which_too_little_came_is_still_about_goodput():
    cells = [
        cell_of(_samples(30), workload="file", transport=each)
        for each in ("websocket", "data-channel-reliable")
    ]
    read = Read(report_of(*cells))
    assert "Goodput of each repeat" in read.text
    assert "P99 latency" not in read.text


def test_what_could_not_be_told_for_want_of_messages_says_so():
    cells = [
        cell_of(_samples(1), transport=each) for each in ("websocket", "data-channel-reliable")
    ]
    read = Read(report_of(*cells))
    assert "Too few messages came." in read.words
    assert "Too few messages came over WebSocket and the reliable channel." in read.text


def test_where_nothing_was_compared_it_says_so():
    read = Read(report_of(cell_of(_samples(600))))
    assert "WebSocket and WebRTC, measured: nothing to compare" in read.words
    assert "The single runs were not kept." in read.words


def test_what_was_read_from_json_makes_the_same_report(page):
    again = read_comparison(comparison_json(compared()))
    assert report_html(again, workloads=WORKLOADS, links=LINKS) == page
