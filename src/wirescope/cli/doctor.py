"""`wirescope doctor`: the options, the progress on stderr, the report on stdout, the exit code.

What is examined and how is the workbench's; how the report looks is in `report`, and what options
mean for STUN and TURN servers in `doctor_servers`.
"""

import asyncio
import json
import signal
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any
from urllib.parse import urlsplit

import click
from click.core import ParameterSource

from wirescope.cli.commands import Command, Option
from wirescope.cli.exit_codes import ExitCode, of_error
from wirescope.cli.options import (
    COMPRESSION_OPTIONS,
    FILE,
    NETWORK_OPTIONS,
    REQUEST_OPTIONS,
    TLS_OPTIONS,
    option,
    with_options,
)
from wirescope.cli.values import Duration
from wirescope.errors import UsageError

_DEPTH = "How far it goes"
_SHOW = "Showing"

_SERVERS = ("stun", "stuns", "turn", "turns")

_OPTIONS = (
    option("-d", "--data", metavar="TEXT", section=_DEPTH,
           help="Send this message and see whether an answer comes."),
    option("--probe-limits", is_flag=True, section=_DEPTH,
           help="Send messages of up to 16 MiB, to find the limit on their size."),
    option("--probe-protocol", is_flag=True, section=_DEPTH,
           help="Send frames that break RFC 6455, to see whether they are refused."),
    option("--idle", "idle_s", type=Duration(), default="0", metavar="SECONDS", section=_DEPTH,
           help="Leave a connection silent for up to this long, to see when it is closed; of a "
                "STUN or TURN server, a mapping of the NAT here."),
    option("--probe-peers", is_flag=True, section=_DEPTH,
           help="Of a TURN server of your own: see whether it relays to private addresses."),
    option("-m", "--max-time", "max_time_s", type=Duration(positive=True), metavar="SECONDS",
           section=_DEPTH, help="Give up after this long, with exit code 28."),
    option("--fail-on", type=click.Choice(["error", "warning", "info"]), section=_DEPTH,
           help="Exit with 1 if anything of this severity or worse is found."),

    option("-o", "--output", type=FILE, metavar="FILE", section=_SHOW,
           help="Save the capture: every connection that was made."),
    option("--format", "form", type=click.Choice(["text", "json", "ndjson"]), default="text",
           section=_SHOW, help="A report, one JSON object, or a line for each step as it is done."),
    option("--no-color", is_flag=True, section=_SHOW, help="No colour; NO_COLOR does the same."),

    *REQUEST_OPTIONS,
    *COMPRESSION_OPTIONS,
    *TLS_OPTIONS,
    *NETWORK_OPTIONS,
)  # fmt: skip


@click.command(
    cls=Command,
    name="doctor",
    examples=[
        ("See what is wrong with a server", "wirescope doctor wss://example.com/chat"),
        ("Send a message and expect an answer", "wirescope doctor URL -d '{\"ping\":1}'"),
        ("Find its limits: size, illegal frames, silence",
         "wirescope doctor URL --probe-limits --probe-protocol --idle 75"),
        ("Fail a deployment on a warning", "wirescope doctor URL --fail-on warning"),
        ("Keep every byte for later", "wirescope doctor URL -o visit.wirescope"),
        ("Examine a TURN server over UDP and TCP",
         "wirescope doctor turn:turn.example.com -u USER:PASSWORD"),
        ("Find out what the NAT here does", "wirescope doctor stun:stun.example.com"),
    ],
)  # fmt: skip
@click.argument("url", metavar="URL")
@with_options(_OPTIONS)
@click.pass_context
def command(context: click.Context, /, url: str, **values: Any) -> int:
    """Examine a WebSocket, STUN or TURN server and say what is wrong.

    It goes step by step from the name to the closing handshake, on several connections, and looks
    at what an attacker or a stricter client would try. No message is sent unless -d or --probe-…
    asks for it. The report goes to stdout, its first three lines say what to do.

    Of a TURN server it tries each transport, allocates a relayed address with the credentials of
    -u, relays between two allocations, and measures loss, round trip and throughput. STUN and TURN
    servers with two addresses tell what the NAT here does.
    """
    _check_kind(url)
    scheme = url.strip().partition(":")[0].lower()
    is_server = scheme in _SERVERS
    from wirescope.cli.doctor_servers import check_given
    from wirescope.cli.loop import run_async
    from wirescope.cli.plan import Given

    given = [
        Given(each.name or "", each.opts[0], each.section)
        for each in context.command.params
        if isinstance(each, Option)
        and context.get_parameter_source(each.name or "") is ParameterSource.COMMANDLINE
    ]
    check_given(given, scheme=scheme, is_server=is_server)
    return run_async(_run(url, values, is_server=is_server))


def _check_kind(url: str) -> None:
    """Refuse what cannot be examined yet, instead of taking it for something else."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return  # what is wrong with it is said when it is read
    way, _, scheme = parts.scheme.rpartition("+")
    segments = {segment.lower() for segment in parts.path.split("/")}
    if not way and scheme in ("http", "https"):
        way = next((name for name in ("whip", "whep") if name in segments), "")
    if way in ("whip", "whep", "webrtc"):
        kind = "WebRTC peers" if way == "webrtc" else f"{way.upper()} servers"
        raise UsageError(
            f"doctor does not examine {kind} yet.",
            hint="It examines ws:, wss:, stun:, turn: and turns: addresses; `wirescope connect"
            f" {way}+{scheme}:…` tries whether a connection comes about.",
        )


async def _run(url: str, values: dict[str, Any], *, is_server: bool) -> int:
    from wirescope.cli.planning import check_connecting
    from wirescope.cli.report import Progress
    from wirescope.workbench.doctor import Brake, Step

    check_connecting(values)
    as_lines = values["form"] == "ndjson"
    progress, brake = Progress(), Brake()

    def on_step(step: Step) -> None:
        if as_lines:
            progress.end()
            _print_json({"type": "step", **step.as_json()})

    examine = _server_examined(url, values) if is_server else _websocket_examined(url, values)
    try:
        with _interrupt(brake):
            diagnosis = await examine(
                url,
                capture=values["output"],
                on_begin=progress.begin,
                on_step=on_step,
                brake=brake,
            )
    finally:
        progress.end()
    _report(diagnosis, values["form"], no_colour=values["no_color"])
    return _exit_code(diagnosis, values["fail_on"])


def _websocket_examined(url: str, values: dict[str, Any]) -> Callable[..., Awaitable[Any]]:
    from wirescope.cli.planning import connect_options, read_auth
    from wirescope.transports.websocket import secrets_of
    from wirescope.workbench.doctor import DoctorOptions, diagnose

    auth = read_auth(values)
    names = ("data", "probe_limits", "probe_protocol", "idle_s", "max_time_s")
    return partial(
        diagnose,
        options=connect_options(url, values, auth),
        orders=DoctorOptions(**{name: values[name] for name in names}),
        secrets=secrets_of(auth),
    )


def _server_examined(url: str, values: dict[str, Any]) -> Callable[..., Awaitable[Any]]:
    from wirescope.cli.doctor_servers import server_options
    from wirescope.workbench.doctor import ServerOrders, diagnose_server

    names = ("probe_peers", "idle_s", "max_time_s")
    return partial(
        diagnose_server,
        options=server_options(url, values),
        orders=ServerOrders(**{name: values[name] for name in names}),
    )


def _report(diagnosis: Any, form: str, *, no_colour: bool) -> None:
    from wirescope.cli.report import text_report

    if form == "ndjson":
        _print_end(diagnosis)
    elif form == "json":
        _print_json(diagnosis.as_json())
    else:
        sys.stdout.write(text_report(diagnosis, no_colour=no_colour))


@contextmanager
def _interrupt(brake: Any) -> Iterator[None]:
    """Let an interrupt end the examination with a report; a second one ends it at once."""
    loop = asyncio.get_running_loop()

    def pull() -> None:
        loop.remove_signal_handler(signal.SIGINT)
        brake.pull()

    try:
        loop.add_signal_handler(signal.SIGINT, pull)
    except NotImplementedError:  # Windows
        yield
        return
    try:
        yield
    finally:
        loop.remove_signal_handler(signal.SIGINT)


def _print_end(diagnosis: Any) -> None:
    whole = diagnosis.as_json()
    for finding in whole["findings"]:
        _print_json({"type": "finding", **finding})
    last = {name: whole[name] for name in ("url", "verdict", "advice", "next")}
    _print_json({"type": "verdict", **last})


def _print_json(record: dict[str, Any]) -> None:
    from wirescope.cli.escape import escape_json

    text = json.dumps(record, ensure_ascii=False)
    sys.stdout.write((escape_json(text) if sys.stdout.isatty() else text) + "\n")
    sys.stdout.flush()


def _exit_code(diagnosis: Any, fail_on: Any) -> int:
    if diagnosis.failure is not None:
        return of_error(diagnosis.failure)
    failed = diagnosis.found("error") or (fail_on is not None and diagnosis.found(fail_on))
    return ExitCode.FAILED if failed else ExitCode.FINE
