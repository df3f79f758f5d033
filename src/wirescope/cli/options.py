"""The options that say how to connect, for every command that does.

Short letters mean what curl's mean. What they become is in `planning`; each is given to a command
by `with_options`, in the order in which its help has them.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from wirescope.cli.commands import Option
from wirescope.cli.values import Duration

_REQUEST = "Request"
FRAMES = "WebSocket"
WEBRTC = "WebRTC"
_TLS = "TLS"
NETWORK = "Network"

FILE = click.Path(dir_okay=False, path_type=Path)

Options = tuple[Any, ...]


def option(*flags: str, section: str, help: str, **settings: Any) -> Any:  # noqa: A002
    """Make an option with a place in the help."""
    settings.setdefault("cls", Option)
    return click.option(*flags, section=section, help=help, **settings)


def with_options(options: Options) -> Callable[[Any], Any]:
    """Give a command options, in this order."""

    def decorate(function: Any) -> Any:
        for each in reversed(options):
            function = each(function)
        return function

    return decorate


REQUEST_OPTIONS: Options = (
    option("-H", "--header", "headers", multiple=True, metavar="LINE", section=_REQUEST,
           help="Send a header: 'Name: value', 'Name;' empty, 'Name:' leaves a default out, "
                 "@FILE a line each."),
    option("-A", "--user-agent", metavar="NAME", section=_REQUEST,
           help="Send this User-Agent; '' sends none."),
    option("--origin", metavar="ORIGIN", section=_REQUEST, help="Send this Origin."),
    option("--cookie", "cookies", multiple=True, metavar="NAME=VALUE", section=_REQUEST,
           help="Send a cookie; repeat for more."),
    option("-u", "--user", metavar="USER[:PASSWORD]", section=_REQUEST,
           help="Basic credentials; the password is asked for on a terminal."),
    option("--digest", is_flag=True, section=_REQUEST, help="Use -u for digest authentication."),
    option("--oauth2-bearer", metavar="TOKEN", section=_REQUEST, help="Send a bearer token."),
    option("--subprotocol", "subprotocols", multiple=True, metavar="NAME", section=_REQUEST,
           help="Offer a subprotocol; repeat for more, the preferred one first."),
    option("-L", "--location", is_flag=True, section=_REQUEST, help="Follow redirects."),
    option("--max-redirects", type=click.IntRange(0), default=50, show_default=True,
           metavar="N", section=_REQUEST, help="Follow this many with -L."),
)  # fmt: skip

COMPRESSION_OPTIONS: Options = (
    option("--compression", metavar="off|deflate[,PARAMS]", section=FRAMES,
           help="Offer permessage-deflate or not, as deflate,server_max_window_bits=10."),
)  # fmt: skip

WEBRTC_OPTIONS: Options = (
    option("--channel", "channels", multiple=True, metavar="LABEL[,…]", section=WEBRTC,
           help="Make a data channel: LABEL[,ordered=false][,max-retransmits=N]"
                "[,max-packet-life-time=MS][,protocol=NAME][,id=N]; repeat for more. Messages go "
                "on the first."),
    option("--audio", metavar="tone|FILE", section=WEBRTC,
           help="Send a tone, or the sound of a file."),
    option("--video", metavar="bars|FILE", section=WEBRTC,
           help="Send colour bars with a clock, or the picture of a file."),
    option("--record", type=FILE, metavar="FILE", section=WEBRTC,
           help="Record the sound and the picture that come, as WebM or as MP4 by the name."),
    option("--codec", "codecs", multiple=True, metavar="NAME", section=WEBRTC,
           help="Offer this codec, as VP9 or opus, and no other of its kind; repeat for more, the "
                "preferred one first."),
    option("--ice-server", "ice_servers", multiple=True, metavar="URL", section=WEBRTC,
           help="Find paths with stun:HOST or turn:USER:PASSWORD@HOST; repeat for more."),
    option("--relay-only", is_flag=True, section=WEBRTC,
           help="Take only paths through a TURN server."),
    option("--adapter", metavar="NAME", section=WEBRTC,
           help="What messages of a signaling WebSocket look like: json, nested, peerjs, or one "
                "that a package brings. [default: json]"),
    option("--peer", metavar="ID", section=WEBRTC,
           help="Whom to call over the signaling, where it knows several: a PeerJS id."),
)  # fmt: skip

TLS_OPTIONS: Options = (
    option("-k", "--insecure", is_flag=True, section=_TLS, help="Do not check the certificate."),
    option("--cacert", type=click.Path(path_type=Path), metavar="FILE", section=_TLS,
           help="Trust these authorities (PEM)."),
    option("--cert", type=FILE, metavar="FILE", section=_TLS, help="Client certificate (PEM)."),
    option("--key", type=FILE, metavar="FILE", section=_TLS, help="Its private key (PEM)."),
    option("--pass", "key_password", metavar="PHRASE", section=_TLS, help="The key's phrase."),
    option("--server-name", metavar="NAME", section=_TLS,
           help="Ask for this name (SNI) and check it, instead of the URL's host."),
)  # fmt: skip

NETWORK_OPTIONS: Options = (
    option("-x", "--proxy", metavar="URL", section=NETWORK,
           help="Go through http://, socks5:// or socks5h://; '' goes directly."),
    option("--noproxy", metavar="HOSTS", section=NETWORK, help="Hosts to reach without a proxy."),
    option("--resolve", multiple=True, metavar="HOST:PORT:ADDRESS", section=NETWORK,
           help="Use this address for the host; more after commas."),
    option("-4", "--ipv4", is_flag=True, section=NETWORK, help="Use IPv4 alone."),
    option("-6", "--ipv6", is_flag=True, section=NETWORK, help="Use IPv6 alone."),
    option("--connect-timeout", "open_timeout_s", type=Duration(positive=True), default="30",
           show_default=True, metavar="SECONDS", section=NETWORK,
           help="Give up opening after this."),
)  # fmt: skip
