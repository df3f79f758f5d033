"""A whole report: one page of HTML that needs nothing else, neither network nor script.

It begins with what follows and by how much, goes on with what proves it, and ends with what is
needed to make it again.
"""

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from wirescope.lab.report.course_plot import course_figure
from wirescope.lab.report.distribution_plot import distribution_figure, shown_latencies
from wirescope.lab.report.links import link_words
from wirescope.lab.report.markup import Markup, document, element, joined
from wirescope.lab.report.places import Place, places
from wirescope.lab.report.repeats_plot import repeats_figure
from wirescope.lab.report.style import STYLE
from wirescope.lab.report.summary import outcomes, title, what_was_run
from wirescope.lab.report.tables import cells_table, differences, headlines, winner
from wirescope.lab.report.words import sure
from wirescope.lab.results import Comparison
from wirescope.lab.workloads import Workload
from wirescope.link import LinkSettings

_POLICY = "default-src 'none'; style-src 'unsafe-inline'"

_HOW_TO_READ = (
    "A line is the median of the repeats, the band behind it goes from the lowest to the highest "
    "of them. The axis to the right is what is left above a percentile, so that there is as much "
    "room from 90 to 99 % as from 99 to 99.9 %; a line ends where there are too few messages to go "
    "on. Of each repeat, a mark is a run, the upright line the median, and the broad bar what it "
    "lies between but for chance, in 95 % of the cases. All latencies are one-way, of the messages "
    "that came. The links of a workload share an axis, but for those on which latencies grew with "
    "the run."
)
_ABOUT_CELLS = (
    "Each figure is the median of the repeats that count, max is the longest of all. – was not "
    "measured, or there are too few messages to say. Below each cell: the seeds of its runs, what "
    "else was measured, and what the names of the runs' files begin with."
)
_TOLD: Mapping[str, str] = {
    "time": "Time",
    "wirescope": "Wirescope",
    "python": "Python",
    "system": "System",
    "machine": "Machine",
    "processor": "Processor",
    "cores": "Cores",
    "load": "Load before, over 1, 5 and 15 min",
    "congestion_controls": "Congestion controls of the system",
    "gil": "Interpreter lock",
    "runs": "Runs are in",
    "captures": "Captures kept",
}


def report_html(
    comparison: Comparison,
    *,
    workloads: Mapping[str, Workload],
    links: Mapping[str, LinkSettings],
) -> str:
    """Write the report of a comparison.

    Of the environment, `command` is shown as what makes it again, `runs` as where the runs are
    kept, and `captures` says whether captures are there as well.

    Args:
        comparison: what was found.
        workloads: by their names, those of all cells, as long as they were run.
        links: by their names, those of all cells.
    """
    found = places(comparison, workloads)
    by_workload = [(name, list(each)) for name, each in groupby(found, lambda p: p.workload.name)]
    parts = [
        _header(comparison, found, workloads),
        _verdicts(found, workloads, links),
        *(
            _workload(each, links, is_first=not number)
            for number, (_, each) in enumerate(by_workload)
        ),
        _cells(by_workload),
        _differences(comparison),
        _again(comparison.environment),
    ]
    names = ", ".join(name for name, _ in by_workload)
    title = f"WebSocket and WebRTC compared: {names}"
    return document(title, STYLE, *parts, policy=_POLICY)


def _section(anchor: str, heading: str, *content: str, beside: Sequence[str] = ()) -> Markup:
    head = element("header", element("h2", heading), *(element("p", each) for each in beside))
    return element("section", head, *content, id=anchor)


# What follows


def _header(
    comparison: Comparison, found: Sequence[Place], workloads: Mapping[str, Workload]
) -> Markup:
    wire = element(
        "svg",
        element("path", d="M0 10h4V3h9v14h9v-7h4", class_="line ws"),
        viewBox="0 0 26 20",
        aria_hidden="true",
    )
    time = _minute(f"{comparison.environment.get('time', '')}")
    return element(
        "header",
        element(
            "p", wire, "Wirescope comparison", element("span", time, class_="muted"), class_="brand"
        ),
        element("h1", title(comparison.verdicts)),
        element("p", what_was_run(comparison, workloads), class_="lede"),
        _tally(comparison),
        _contents(comparison, found),
    )


def _minute(time: str) -> str:
    """Shorten a time of RFC 3339 in UTC to its minute; anything else stays."""
    return f"{time[:10]} {time[11:16]} UTC" if time.endswith("Z") and time[10:11] == "T" else time


def _tally(comparison: Comparison) -> Markup:
    """Show how many cases each has for itself, as lengths and numbers."""
    parts = [
        element(
            "div",
            element("dt", words),
            element("dd", f"{count}"),
            class_=hue or None,
            style=f"flex:{count} 1 0",
        )
        for words, count, hue in outcomes(comparison.verdicts)
        if count
    ]
    return element("dl", *parts, class_="tally") if parts else joined()


def _contents(comparison: Comparison, found: Sequence[Place]) -> Markup:
    names = dict.fromkeys(place.workload.name for place in found)
    entries = [("verdicts", "Verdicts"), *((f"workload-{_anchor(each)}", each) for each in names)]
    entries.append(("cells", "All cells"))
    if comparison.rows:
        entries.append(("differences", "Differences"))
    entries.append(("again", "How to repeat this"))
    links = [element("a", words, href=f"#{anchor}") for anchor, words in entries]
    return element("nav", *links, class_="contents", aria_label="Contents")


def _anchor(name: str) -> str:
    return "".join(each if each.isalnum() else "-" for each in name)


def _verdicts(
    found: Sequence[Place], workloads: Mapping[str, Workload], links: Mapping[str, LinkSettings]
) -> Markup:
    has_any = any(place.verdict is not None for place in found)
    nothing = element("p", "No two transports were measured at the same place.", class_="note")
    sent = dict.fromkeys(place.workload.name for place in found)
    over = dict.fromkeys(place.link for place in found)
    run = element(
        "div",
        element("h3", "Workloads"),
        _facts(
            [(name, f"{workloads[name].title}; {workloads[name].duration_s:g} s") for name in sent]
        ),
        element("h3", "Links"),
        _facts([(name, link_words(links[name])) for name in over]),
        class_="run",
    )
    table = element("div", headlines(found), class_="over") if has_any else nothing
    return _section("verdicts", "Verdicts", element("div", table, run, class_="two"))


def _facts(entries: Sequence[tuple[str, str]], *, mono: bool = True) -> Markup:
    kind = "mono" if mono else None
    return element(
        "dl",
        *(
            joined(element("dt", name, class_=kind), element("dd", words))
            for name, words in entries
        ),
        class_="facts",
    )


# What proves it


def _workload(
    found: Sequence[Place], links: Mapping[str, LinkSettings], *, is_first: bool
) -> Markup:
    workload = found[0].workload
    blocks = [_place(place, links[place.link], shown_latencies(place, found)) for place in found]
    note = element("p", _HOW_TO_READ, class_="note") if is_first else joined()
    beside = (workload.title, f"stands for: {workload.use_case}")
    return _section(
        f"workload-{_anchor(workload.name)}", workload.name, note, *blocks, beside=beside
    )


def _place(place: Place, link: LinkSettings, latencies: Sequence[float]) -> Markup:
    figures = []
    if place.workload.pace != "bulk":
        figures.append(distribution_figure(place, latencies))
    if place.drifts:
        figures.append(course_figure(place))
    figures.append(repeats_figure(place))
    return element(
        "article",
        _said(place, link),
        *figures,
        class_="place-block drifts" if place.drifts else "place-block",
        id=place.anchor,
    )


def _said(place: Place, link: LinkSettings) -> Markup:
    """Say what follows, all of it: first the sentence that says by how much, then the others."""
    via = "" if place.path == "direct" else ", through a server"
    settings = element("span", f"{link_words(link)}{via}", class_="muted")
    heading = element("h3", element("span", place.link, class_="mono"), settings)
    verdict = place.verdict
    if verdict is None:
        return element("div", element("div", heading), class_="say")
    confidence = "" if not verdict.confidence else f" · {sure(verdict.confidence)} sure"
    rest = verdict.why.removeprefix(verdict.headline).strip()
    return element(
        "div",
        element(
            "div",
            heading,
            element("p", winner(verdict.winner), element("span", confidence, class_="muted")),
            element("p", verdict.headline, class_="head"),
        ),
        element("p", rest, class_="rest") if rest else "",
        class_="say",
    )


def _cells(by_workload: Sequence[tuple[str, Sequence[Place]]]) -> Markup:
    tables = [
        joined(
            element("h3", name),
            element(
                "div",
                cells_table(found),
                class_="over",
                tabindex=0,
                role="region",
                aria_label=f"Cells of {name}",
            ),
        )
        for name, found in by_workload
    ]
    return _section(
        "cells",
        "All cells",
        element("p", _ABOUT_CELLS, class_="note"),
        element("div", *tables, class_="cell-tables"),
    )


def _differences(comparison: Comparison) -> Markup:
    if not comparison.rows:
        return joined()
    table = element("div", differences(comparison.rows), class_="over")
    return _section("differences", "The well-known comparison, measured", table)


# What is needed to make it again


def _again(environment: Mapping[str, Any]) -> Markup:
    command = f"{environment.get('command') or ''}"
    entries = [
        (_TOLD.get(name, name.replace("_", " ").capitalize()), in_words(value))
        for name, value in environment.items()
        if name != "command"
    ]
    parts = [
        element("p", "This command makes the same comparison again, with the same seeds:")
        if command
        else element("p", "The command that made it is not known."),
        element("pre", element("code", command)) if command else "",
        element("p", _where(environment), class_="note"),
        _facts(entries, mono=False),
    ]
    return _section("again", "How to repeat this", *parts)


def _where(environment: Mapping[str, Any]) -> str:
    runs = environment.get("runs")
    if not runs:
        return "The single runs were not kept."
    said = (
        f"Each run is kept as a file in {runs}; its name begins as the cell's row says, with a "
        "dash and the seed after that."
    )
    if environment.get("captures"):
        said += (
            " Beside it a folder of the same name, without the ending, has the captures of both "
            "sides: a.wirescope and b.wirescope."
        )
    return said


def in_words(value: object) -> str:
    """Say a value of the environment."""
    match value:
        case None | "":
            return "not known"
        case bool():
            return "yes" if value else "no"
        case list() | tuple():
            return ", ".join(map(in_words, value))
        case dict():
            return ", ".join(f"{name} {in_words(each)}" for name, each in value.items())
    return f"{value}"
