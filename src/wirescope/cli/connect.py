"""`wirescope connect`: the options, and how they become a plan.

Short letters mean what curl's mean; `-t -1 -E` are websocat's, `-P` wscat's. What the options do is
in `session` and below; values with units are read in `values`.
"""

import sys
from pathlib import Path
from typing import Any

import click
from click.core import ParameterSource

from wirescope.cli.commands import Command, Option
from wirescope.cli.decode_option import DecodeOption, is_address
from wirescope.cli.options import (
    COMPRESSION_OPTIONS,
    FILE,
    FRAMES,
    NETWORK,
    NETWORK_OPTIONS,
    REQUEST_OPTIONS,
    TLS_OPTIONS,
    WEBRTC_OPTIONS,
    option,
    with_options,
)
from wirescope.cli.values import Duration, Size

_SEND = "Sending"
_SHOW = "Showing"
_END = "When it ends"

_KEY = "wirescope.cli.connect.messages"


class _Ordered(Option):
    """`-d` and `--data-binary`, whose order among each other counts."""

    def add_to_parser(self, parser: Any, ctx: click.Context) -> None:
        super().add_to_parser(parser, ctx)
        flags = {**parser._short_opt, **parser._long_opt}
        for registered in {id(flags[flag]): flags[flag] for flag in self.opts}.values():
            self._note_order(registered, ctx)

    def _note_order(self, registered: Any, ctx: click.Context) -> None:
        process = registered.process

        def note(value: str, state: Any) -> None:
            ctx.meta.setdefault(_KEY, []).append((self.name, value))
            process(value, state)

        registered.process = note


_OPTIONS = (
    *REQUEST_OPTIONS,

    option("-d", "--data", cls=_Ordered, multiple=True, metavar="TEXT", section=_SEND,
           help="Send this message as it stands, then wait; repeat for more. stdin is not read."),
    option("--data-binary", cls=_Ordered, multiple=True, metavar="DATA", section=_SEND,
           help="Send a binary message: these bytes, @FILE, or all of stdin with @-."),
    option("-t", "--text", is_flag=True, section=_SEND,
           help="Send text, as is the default; with --hex or --base64, the bytes as text."),
    option("--binary", is_flag=True, section=_SEND,
           help="Send binary messages; write received ones raw."),
    option("--hex", is_flag=True, section=_SEND,
           help="Read what is sent as hex, send it as binary; write received binary as hex."),
    option("--base64", is_flag=True, section=_SEND,
           help="The same with base64."),
    option("-1", "--one-message", is_flag=True, section=_SEND,
           help="Send one line at most, end after one message."),

    option("-o", "--output", type=FILE, metavar="FILE", section=_SHOW,
           help="Save the capture: every frame, for `wirescope show`."),
    option("--format", "form", type=click.Choice(["text", "ndjson"]), section=_SHOW,
           help="What stdout gets: payloads, or every event as a JSON object a line."),
    option("-i", "--include", is_flag=True, section=_SHOW,
           help="Write the response's head to stdout first."),
    option("-v", "--verbose", is_flag=True, section=_SHOW,
           help="Tell of everything on stderr: > sent, < received, * the connection."),
    option("-s", "--silent", is_flag=True, section=_SHOW,
           help="Tell nothing on stderr but why it failed."),
    option("-P", "--show-ping-pong", is_flag=True, section=_SHOW, help="Tell of pings and pongs."),
    option("-f", "--fail", is_flag=True, section=_SHOW,
           help="Do not write the body of a refused upgrade."),
    option("--decode", cls=DecodeOption, subject=is_address, section=_SHOW,
           help="Show what received messages say, a JSON object each: by their subprotocol, or "
                "with this decoder."),
    option("-w", "--write-out", metavar="FORMAT", default="", section=_SHOW,
           help=r"Write this at the end: '%{time_upgrade} %{ws_close_code}\n'; %{json} is all."),
    option("--no-color", is_flag=True, section=_SHOW, help="No colour; NO_COLOR does the same."),

    option("-n", "--max-messages", type=click.IntRange(1), metavar="N", section=_END,
           help="End after N received messages."),
    option("--wait", "wait_s", type=Duration(), metavar="SECONDS", section=_END,
           help="End this long after the last thing sent."),
    option("-E", "--exit-on-eof", is_flag=True, section=_END, help="Close at the end of stdin."),
    option("-m", "--max-time", "max_time_s", type=Duration(positive=True), metavar="SECONDS",
           section=_END, help="Give up after this long, with exit code 28."),
    option("--close-timeout", "close_timeout_s", type=Duration(positive=True), default="5",
           show_default=True, metavar="SECONDS", section=_END,
           help="Wait this long for the peer's Close."),

    *COMPRESSION_OPTIONS,
    option("--ping-interval", "ping_interval_s", type=Duration(positive=True), metavar="SECONDS",
           section=FRAMES, help="Send a ping this often."),
    option("--ping-timeout", "ping_timeout_s", type=Duration(positive=True), default="20",
           show_default=True, metavar="SECONDS", section=FRAMES,
           help="Wait this long for its pong."),
    option("--ping-payload", metavar="TEXT", default="", section=FRAMES,
           help="What such pings carry."),
    option("--no-auto-pong", is_flag=True, section=FRAMES, help="Do not answer pings."),
    option("--max-message-size", type=Size(), default="16MiB", show_default=True, metavar="SIZE",
           section=FRAMES, help="Close with 1009 when a message is larger; none for no limit."),
    option("--lenient", is_flag=True, section=FRAMES,
           help="Record violations and go on, instead of failing the connection."),

    *WEBRTC_OPTIONS,

    *TLS_OPTIONS,

    *NETWORK_OPTIONS,
    option("--unix-socket", type=click.Path(path_type=Path), metavar="PATH", section=NETWORK,
           help="Connect to this socket instead of the URL's host."),
    option("--retry", type=click.IntRange(0), default=0, metavar="N", section=NETWORK,
           help="Try again N times when it fails for a passing reason."),
    option("--retry-delay", "retry_delay_s", type=Duration(), default="1", show_default=True,
           metavar="SECONDS", section=NETWORK, help="Pause before trying again; it doubles."),
)  # fmt: skip


@click.command(
    cls=Command,
    name="connect",
    examples=[
        ("See a connection of every kind, on this machine alone", "wirescope connect demo"),
        ("Type messages and see every frame", "wirescope connect wss://example.com/chat"),
        ("Send one message, print one answer", "wirescope connect URL -d '{\"ping\":1}' -n 1"),
        ("Send a file's lines, print what comes", "wirescope connect URL -E --wait 2 < lines.txt"),
        ("Every event as JSON", "wirescope connect URL --format ndjson | jq .type"),
        ("Record everything", "wirescope connect URL -o night.wirescope"),
        ("Watch a WebRTC stream, and record it",
         "wirescope connect whep+https://example.com/stream --record it.webm"),
        ("Publish a file", "wirescope connect whip+https://example.com/stream --video a.webm"),
        ("Chat with another machine, without any server", "wirescope connect webrtc:"),
        ("With a token and a subprotocol",
         "wirescope connect URL --oauth2-bearer $TOKEN --subprotocol mqtt"),
    ],
)  # fmt: skip
@click.argument("url", metavar="URL|demo")
@with_options(_OPTIONS)
@click.pass_context
def command(context: click.Context, /, url: str, **values: Any) -> int:
    """Connect to a WebSocket server or a WebRTC peer.

    On a terminal you type at a prompt, /help lists its commands. Otherwise it is a filter: lines of
    stdin are sent as text, payloads of received messages come out on stdout, the talk on stderr.
    With -d, stdin is not read: after the last message it waits until -n, -m, --wait or the peer
    ends it, 5 seconds if nothing says how long and there is no terminal.

    WebRTC: whep+https://HOST/PATH watches, whip+https://HOST/PATH publishes,
    webrtc+wss://HOST/PATH signals in JSON over a WebSocket, webrtc: makes a code to hand over, and
    webrtc:1.LETTERS answers one. Messages are those of data channels.
    """
    plan = plan_of(context, url, values)
    if url == "demo":
        from wirescope.cli.demo import run_demo

        return run_demo(plan)
    from wirescope.cli.loop import run_async

    return run_async(_run(plan))


def plan_of(context: click.Context, url: str, values: dict[str, Any]) -> Any:
    """Understand the command line."""
    from wirescope.cli.plan import Given
    from wirescope.cli.planning import make_plan

    messages = context.meta.get(_KEY, [])
    interactive = sys.stdin.isatty() and sys.stderr.isatty() and not messages
    given = [
        Given(each.name or "", each.opts[0], each.section)
        for each in context.command.params
        if isinstance(each, Option) and _is_given(context, each.name or "")
    ]
    return make_plan(url, values, messages=messages, interactive=interactive, given=given)


def _is_given(context: click.Context, name: str) -> bool:
    return context.get_parameter_source(name) is ParameterSource.COMMANDLINE


async def _run(plan: Any) -> int:
    if plan.call is not None:
        return await _run_call(plan)
    from wirescope.cli.session import Session

    if not plan.interactive:
        return await Session(plan).run()
    from wirescope.cli.prompt import Prompt  # it takes long to load, and the clock starts below

    session = Session(plan)
    return await session.run(Prompt(session))


async def _run_call(plan: Any) -> int:
    from wirescope.cli.call_run import CallRun

    run = CallRun(plan)
    if not plan.interactive or run.watches:
        return await run.run()
    from wirescope.cli.call_prompt import CallPrompt

    return await run.run(CallPrompt(run))
