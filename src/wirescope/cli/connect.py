"""`wirescope connect`: the options, and how they become a plan.

Short letters mean what curl's mean; `-t -1 -E` are websocat's, `-P` wscat's. What the options do is
in `session` and below; values with units are read in `values`.
"""

import sys
from pathlib import Path
from typing import Any

import click

from wirescope.cli.commands import Command, Option
from wirescope.cli.values import Duration, Size

_REQUEST = "Request"
_SEND = "Sending"
_SHOW = "Showing"
_END = "When it ends"
_FRAMES = "WebSocket"
_TLS = "TLS"
_NETWORK = "Network"

_FILE = click.Path(dir_okay=False, path_type=Path)
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


def _option(*flags: str, section: str, help: str, **settings: Any) -> Any:  # noqa: A002
    settings.setdefault("cls", Option)
    return click.option(*flags, section=section, help=help, **settings)


_OPTIONS = (
    _option("-H", "--header", "headers", multiple=True, metavar="LINE", section=_REQUEST,
            help="Send a header: 'Name: value', 'Name;' empty, 'Name:' leaves a default out, "
                 "@FILE a line each."),
    _option("-A", "--user-agent", metavar="NAME", section=_REQUEST,
            help="Send this User-Agent; '' sends none."),
    _option("--origin", metavar="ORIGIN", section=_REQUEST, help="Send this Origin."),
    _option("--cookie", "cookies", multiple=True, metavar="NAME=VALUE", section=_REQUEST,
            help="Send a cookie; repeat for more."),
    _option("-u", "--user", metavar="USER[:PASSWORD]", section=_REQUEST,
            help="Basic credentials; the password is asked for on a terminal."),
    _option("--digest", is_flag=True, section=_REQUEST, help="Use -u for digest authentication."),
    _option("--oauth2-bearer", metavar="TOKEN", section=_REQUEST, help="Send a bearer token."),
    _option("--subprotocol", "subprotocols", multiple=True, metavar="NAME", section=_REQUEST,
            help="Offer a subprotocol; repeat for more, the preferred one first."),
    _option("-L", "--location", is_flag=True, section=_REQUEST, help="Follow redirects."),
    _option("--max-redirects", type=click.IntRange(0), default=50, show_default=True,
            metavar="N", section=_REQUEST, help="Follow this many with -L."),

    _option("-d", "--data", cls=_Ordered, multiple=True, metavar="TEXT", section=_SEND,
            help="Send this message as it stands, then wait; repeat for more. stdin is not read."),
    _option("--data-binary", cls=_Ordered, multiple=True, metavar="DATA", section=_SEND,
            help="Send a binary message: these bytes, @FILE, or all of stdin with @-."),
    _option("-t", "--text", is_flag=True, section=_SEND,
            help="Send text, as is the default; with --hex or --base64, the bytes as text."),
    _option("--binary", is_flag=True, section=_SEND,
            help="Send binary messages; write received ones raw."),
    _option("--hex", is_flag=True, section=_SEND,
            help="Read what is sent as hex, send it as binary; write received binary as hex."),
    _option("--base64", is_flag=True, section=_SEND,
            help="The same with base64."),
    _option("-1", "--one-message", is_flag=True, section=_SEND,
            help="Send one line at most, end after one message."),

    _option("-o", "--output", type=_FILE, metavar="FILE", section=_SHOW,
            help="Save the capture: every frame, for `wirescope show`."),
    _option("--format", "form", type=click.Choice(["text", "ndjson"]), section=_SHOW,
            help="What stdout gets: payloads, or every event as a JSON object a line."),
    _option("-i", "--include", is_flag=True, section=_SHOW,
            help="Write the response's head to stdout first."),
    _option("-v", "--verbose", is_flag=True, section=_SHOW,
            help="Tell of everything on stderr: > sent, < received, * the connection."),
    _option("-s", "--silent", is_flag=True, section=_SHOW,
            help="Tell nothing on stderr but why it failed."),
    _option("-P", "--show-ping-pong", is_flag=True, section=_SHOW, help="Tell of pings and pongs."),
    _option("-f", "--fail", is_flag=True, section=_SHOW,
            help="Do not write the body of a refused upgrade."),
    _option("--decode", is_flag=False, flag_value="auto", metavar="[NAME]", section=_SHOW,
            help="Show what received messages say, a JSON object each: by their subprotocol, or "
                 "with this decoder."),
    _option("-w", "--write-out", metavar="FORMAT", default="", section=_SHOW,
            help=r"Write this at the end: '%{time_upgrade} %{ws_close_code}\n'; %{json} is all."),
    _option("--no-color", is_flag=True, section=_SHOW, help="No colour; NO_COLOR does the same."),

    _option("-n", "--max-messages", type=click.IntRange(1), metavar="N", section=_END,
            help="End after N received messages."),
    _option("--wait", "wait_s", type=Duration(), metavar="SECONDS", section=_END,
            help="End this long after the last thing sent."),
    _option("-E", "--exit-on-eof", is_flag=True, section=_END, help="Close at the end of stdin."),
    _option("-m", "--max-time", "max_time_s", type=Duration(positive=True), metavar="SECONDS",
            section=_END, help="Give up after this long, with exit code 28."),
    _option("--close-timeout", "close_timeout_s", type=Duration(positive=True), default="5",
            show_default=True, metavar="SECONDS", section=_END,
            help="Wait this long for the peer's Close."),

    _option("--compression", metavar="off|deflate[,PARAMS]", section=_FRAMES,
            help="Offer permessage-deflate or not, as deflate,server_max_window_bits=10."),
    _option("--ping-interval", "ping_interval_s", type=Duration(positive=True), metavar="SECONDS",
            section=_FRAMES, help="Send a ping this often."),
    _option("--ping-timeout", "ping_timeout_s", type=Duration(positive=True), default="20",
            show_default=True, metavar="SECONDS", section=_FRAMES,
            help="Wait this long for its pong."),
    _option("--ping-payload", metavar="TEXT", default="", section=_FRAMES,
            help="What such pings carry."),
    _option("--no-auto-pong", is_flag=True, section=_FRAMES, help="Do not answer pings."),
    _option("--max-message-size", type=Size(), default="16MiB", show_default=True, metavar="SIZE",
            section=_FRAMES, help="Close with 1009 when a message is larger; none for no limit."),
    _option("--lenient", is_flag=True, section=_FRAMES,
            help="Record violations and go on, instead of failing the connection."),

    _option("-k", "--insecure", is_flag=True, section=_TLS, help="Do not check the certificate."),
    _option("--cacert", type=click.Path(path_type=Path), metavar="FILE", section=_TLS,
            help="Trust these authorities (PEM)."),
    _option("--cert", type=_FILE, metavar="FILE", section=_TLS, help="Client certificate (PEM)."),
    _option("--key", type=_FILE, metavar="FILE", section=_TLS, help="Its private key (PEM)."),
    _option("--pass", "key_password", metavar="PHRASE", section=_TLS, help="The key's phrase."),
    _option("--server-name", metavar="NAME", section=_TLS,
            help="Ask for this name (SNI) and check it, instead of the URL's host."),

    _option("-x", "--proxy", metavar="URL", section=_NETWORK,
            help="Go through http://, socks5:// or socks5h://; '' goes directly."),
    _option("--noproxy", metavar="HOSTS", section=_NETWORK, help="Hosts to reach without a proxy."),
    _option("--resolve", multiple=True, metavar="HOST:PORT:ADDRESS", section=_NETWORK,
            help="Use this address for the host; more after commas."),
    _option("-4", "--ipv4", is_flag=True, section=_NETWORK, help="Use IPv4 alone."),
    _option("-6", "--ipv6", is_flag=True, section=_NETWORK, help="Use IPv6 alone."),
    _option("--unix-socket", type=click.Path(path_type=Path), metavar="PATH", section=_NETWORK,
            help="Connect to this socket instead of the URL's host."),
    _option("--connect-timeout", "open_timeout_s", type=Duration(positive=True), default="30",
            show_default=True, metavar="SECONDS", section=_NETWORK,
            help="Give up opening after this."),
    _option("--retry", type=click.IntRange(0), default=0, metavar="N", section=_NETWORK,
            help="Try again N times when it fails for a passing reason."),
    _option("--retry-delay", "retry_delay_s", type=Duration(), default="1", show_default=True,
            metavar="SECONDS", section=_NETWORK, help="Pause before trying again; it doubles."),
)  # fmt: skip


def _with_options(function: Any) -> Any:
    for option in reversed(_OPTIONS):
        function = option(function)
    return function


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
        ("With a token and a subprotocol",
         "wirescope connect URL --oauth2-bearer $TOKEN --subprotocol mqtt"),
    ],
)  # fmt: skip
@click.argument("url", metavar="URL|demo")
@_with_options
@click.pass_context
def command(context: click.Context, /, url: str, **values: Any) -> int:
    """Connect to a WebSocket server.

    On a terminal you type at a prompt, /help lists its commands. Otherwise it is a filter: lines of
    stdin are sent as text, payloads of received messages come out on stdout, the talk on stderr.
    With -d, stdin is not read: after the last message it waits until -n, -m, --wait or the peer
    ends it, 5 seconds if nothing says how long and there is no terminal.
    """
    from wirescope.cli.planning import make_plan

    messages = context.meta.get(_KEY, [])
    interactive = sys.stdin.isatty() and sys.stderr.isatty() and not messages
    plan = make_plan(url, values, messages=messages, interactive=interactive)
    if url == "demo":
        from wirescope.cli.demo import run_demo

        return run_demo(plan)
    from wirescope.cli.loop import run_async

    return run_async(_run(plan))


async def _run(plan: Any) -> int:
    from wirescope.cli.session import Session

    if not plan.interactive:
        return await Session(plan).run()
    from wirescope.cli.prompt import Prompt  # it takes long to load, and the clock starts below

    session = Session(plan)
    return await session.run(Prompt(session))
