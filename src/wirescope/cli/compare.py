"""`wirescope compare`: what is compared, over what, and where the results go.

What the options come to is in `comparing`; how results look on the terminal in `compare_text`.
"""

from pathlib import Path
from typing import Any

import click

from wirescope.cli.commands import Command
from wirescope.cli.options import FILE, option, with_options
from wirescope.cli.values import Duration

_WHAT = "What is compared"
_HOW = "How it is run"
_SHOW = "Showing"
_FOLDER = click.Path(file_okay=False, path_type=Path)

_OPTIONS = (
    option("--quick", is_flag=True, section=_WHAT,
           help="Prices 50 times a second over a link without loss and one with: a minute or so."),
    option("--workload", "workloads", multiple=True, metavar="NAME", section=_WHAT,
           help="What is sent, as chat or voice; repeat for more. All of them if it is not said."),
    option("--from", "recorded", type=FILE, metavar="CAPTURE", section=_WHAT,
           help="Send what a capture's connection sent and received, at its times."),
    option("--connection", metavar="ID", section=_WHAT,
           help="Which of the capture's connections, as c2; the first with messages if not said."),
    option("--link", "links", multiple=True, metavar="NAME|FILE", section=_WHAT,
           help="Over what network: a profile, or a file of one's own; repeat for more."),
    option("--transport", "transports", multiple=True, metavar="NAME", section=_WHAT,
           type=click.Choice(["websocket", "data-channel-reliable", "data-channel-unreliable"]),
           help="websocket, data-channel-reliable or data-channel-unreliable; repeat for more."),
    option("--path", "paths", multiple=True, type=click.Choice(["direct", "server"]),
           section=_WHAT, help="Directly, or through a server in the middle; repeat for both."),
    option("--congestion-control", "controls", multiple=True, metavar="NAME", section=_WHAT,
           help="Of WebSocket's TCP: cubic, bbr or reno; repeat for more."),
    option("--list", "lists", is_flag=True, section=_WHAT,
           help="List the workloads and the links that have names, and end."),

    option("--repeats", type=click.IntRange(1, 100), metavar="N", section=_HOW,
           help="Run each cell this often."),
    option("--duration", "duration_s", type=Duration(positive=True), metavar="SECONDS",
           section=_HOW, help="For how long each run sends at most."),
    option("--at-once", type=click.IntRange(1, 64), metavar="N", section=_HOW,
           help="Runs that go on at the same time; by the number of processors if not said."),
    option("--cluster", metavar="ADDRESS", section=_HOW,
           help="Run them on the workers of this Dask scheduler, as tcp://10.0.0.1:8786."),
    option("--seed", type=click.IntRange(0), metavar="N", section=_HOW,
           help="Of the order, the workloads and the links: the same seed is the same comparison."),
    option("--keep", type=_FOLDER, metavar="FOLDER", section=_HOW,
           help="Keep each run there, and go on with what is there already."),
    option("--captures", is_flag=True, section=_HOW,
           help="Keep both sides' captures of each run, too; needs --keep."),
    option("--no-checks", is_flag=True, section=_HOW,
           help="Measure alone; leave out the rows of the table that are tried out."),
    option("-y", "--yes", is_flag=True, section=_HOW,
           help="Begin without asking, however long it takes."),

    option("-o", "--output", type=FILE, metavar="FILE", section=_SHOW,
           help="Write the report: one HTML file that needs no network."),
    option("--parquet", type=FILE, metavar="FILE", section=_SHOW,
           help="Write a row for each run, with every figure."),
    option("--format", "form", type=click.Choice(["text", "json"]), default="text",
           show_default=True, section=_SHOW, help="Tables and sentences, or one JSON object."),
    option("--no-color", is_flag=True, section=_SHOW, help="No colour; NO_COLOR does the same."),
)  # fmt: skip


@click.command(
    "compare",
    cls=Command,
    examples=[
        ("The whole table in a minute and a half", "wirescope compare --quick"),
        ("The report as well", "wirescope compare --quick -o report.html"),
        ("Your own application over a bad network",
         "wirescope compare --from night.wirescope --link lossy-wifi --link 4g"),
        ("One workload, directly and through a server",
         "wirescope compare --workload game --link loss-1 --path direct --path server"),
        ("Everything, so that it can be stopped and gone on with",
         "wirescope compare --keep runs -o report.html"),
        ("For another program", "wirescope compare --quick --format json | jq .verdicts"),
    ],
)  # fmt: skip
@with_options(_OPTIONS)
def command(form: str, no_color: bool, **asked: Any) -> int:  # noqa: FBT001
    """Run the same workload over WebSocket and WebRTC through an emulated network, and say why.

    Each message is sent over each transport between hosts that this makes for it; no other machine
    takes part. What is measured are latency with its tail, delivery, goodput, set-up, bytes on the
    wire and processor time; verdicts say which transport is the better one where, by how much and
    how sure that is. It needs Linux, and no rights where user namespaces are allowed.
    """
    from wirescope.cli.comparing import Asked, list_names, run

    if asked.pop("lists"):
        list_names()
        return 0
    return run(Asked(**asked), form=form, no_colour=no_color)
