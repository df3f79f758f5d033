"""From the options of `wirescope connect`, as click read them, to a plan; checks what clashes.

The environment is read here and nowhere else: `SSLKEYLOGFILE`, and what `choose_proxy` looks at.
"""

import os
import sys
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import click

from wirescope.cli.options import WEBRTC
from wirescope.cli.output import BinaryForm
from wirescope.cli.plan import Encoding, Given, Outgoing, Plan
from wirescope.cli.values import read_headers
from wirescope.cli.write_out import check_format
from wirescope.decoders import decode_base64, decode_hex
from wirescope.errors import UsageError
from wirescope.transports.websocket import (
    BasicAuth,
    BearerAuth,
    ConnectOptions,
    DigestAuth,
    ResolveOverride,
    RetryPolicy,
    TLSOptions,
    check,
    choose_proxy,
    parse_header,
    secrets_of,
)
from wirescope.wire.websocket import EXTENSION_NAME, DeflateOffer
from wirescope.workbench import is_call

DEFAULT_WAIT_S = 5.0

Values = Mapping[str, Any]
Auth = BasicAuth | DigestAuth | BearerAuth | None


def make_plan(
    url: str,
    values: Values,
    *,
    messages: list[tuple[str, str]],
    interactive: bool,
    given: Collection[Given] = (),
) -> Plan:
    """Understand the options.

    Args:
        url: where to connect to.
        values: the options, as click read them.
        messages: those of `-d` and `--data-binary`, in order.
        interactive: whether a person types at a prompt.
        given: the options that were given.

    Raises:
        UsageError: options that clash or that cannot be read.
    """
    _check_clashes(values)
    check_format(values["write_out"])
    encoding = _encoding(values)
    outgoing = tuple(_outgoing(name, value, encoding, values) for name, value in messages)
    one_message = values["one_message"]
    auth = read_auth(values)
    carrier = carrier_of(url)
    options = connect_options(carrier, values, auth, **_frame_options(values))
    call = None
    if is_call(url):
        from wirescope.cli.call_planning import read_call  # loads what only WebRTC needs

        call = read_call(url, values, options, given=given)
    else:
        _check_websocket(given)
    if call is not None:
        pass  # it is checked already
    elif url == "demo":
        _check_demo(values, sends=bool(messages))
    else:
        check(url, options)  # before there is a capture for it
    return Plan(
        url=url,
        options=options,
        call=call,
        capture=values["output"],
        secrets=secrets_of(auth) if call is None else call[1].secrets,
        form=values["form"] or ("table" if url == "demo" else "text"),
        binary_form=_binary_form(encoding),
        messages=outgoing if messages else None,
        encoding=encoding,
        as_text=values["text"],
        one_message=one_message,
        exit_on_eof=values["exit_on_eof"],
        max_messages=values["max_messages"] or (1 if one_message else None),
        wait_s=_wait(values, sends=bool(messages)),
        max_time_s=values["max_time_s"],
        interactive=interactive,
        include=values["include"],
        fail=values["fail"],
        decode=values["decode"],
        write_out=values["write_out"],
        silent=values["silent"],
        verbose=values["verbose"],
        ping_pong=values["show_ping_pong"],
        colour=not values["no_color"],
    )


def carrier_of(url: str) -> str:
    """Give the address of what is connected to by TCP: of WebRTC, its signaling's."""
    return url.partition("+")[2] if is_call(url) and "+" in url else url


def _check_websocket(given: Collection[Given]) -> None:
    for each in given:
        if each.section == WEBRTC:
            raise UsageError(
                f"{each.flag} is about WebRTC, and this is no address of it.",
                hint="One begins with whep+https:, whip+https:, webrtc+wss: or webrtc:.",
            )


def check_connecting(values: Values) -> None:
    """Refuse options of connecting that contradict each other."""
    _check_pairs(
        ("-4", values["ipv4"], "-6", values["ipv6"]),
        ("-u", values["user"], "--oauth2-bearer", values["oauth2_bearer"]),
    )
    if values["digest"] and not values["user"]:
        raise UsageError("--digest needs credentials.", hint="Give them with -u USER:PASSWORD.")


def _check_clashes(values: Values) -> None:
    check_connecting(values)
    _check_pairs(
        ("-s", values["silent"], "-v", values["verbose"]),
        ("--hex", values["hex"], "--base64", values["base64"]),
        ("--binary", values["binary"], "--text", values["text"]),
        ("--decode", values["decode"], "--format ndjson", values["form"] == "ndjson"),
    )


def _check_pairs(*clashes: tuple[str, Any, str, Any]) -> None:
    for one, given, other, also in clashes:
        if given and also:
            raise UsageError(f"{one} and {other} exclude each other.", hint="Leave one out.")


def _check_demo(values: Values, *, sends: bool) -> None:
    given = {"-d": sends, "-1": values["one_message"], "-E": values["exit_on_eof"]}
    for flag in (flag for flag, is_given in given.items() if is_given):
        raise UsageError(
            f"The demo takes no messages, so {flag} has nothing to do there.",
            hint="Send to `wirescope serve`: wirescope connect ws://127.0.0.1:8765/echo.",
        )


def _wait(values: Values, *, sends: bool) -> float | None:
    wait_s: float | None = values["wait_s"]
    bounded = wait_s is not None or values["max_messages"] or values["max_time_s"]
    if bounded or values["one_message"] or not sends:
        return wait_s
    on_terminal = sys.stdin.isatty() and sys.stdout.isatty()
    return None if on_terminal else DEFAULT_WAIT_S


# What is sent


def _encoding(values: Values) -> Encoding:
    if values["hex"]:
        return "hex"
    if values["base64"]:
        return "base64"
    return "binary" if values["binary"] else "text"


def _binary_form(encoding: Encoding) -> BinaryForm:
    return {"binary": "raw", "base64": "base64"}.get(encoding, "hex")  # type: ignore[return-value]


def _outgoing(name: str, value: str, encoding: Encoding, values: Values) -> Outgoing:
    if name == "data_binary":
        return Outgoing(_file_or_bytes(value), binary=not values["text"])
    if encoding in ("hex", "base64"):
        try:
            data = decode_hex(value) if encoding == "hex" else decode_base64(value)
        except ValueError as error:
            hint = f"Without --{encoding}, -d is sent as it stands."
            raise UsageError(f"-d: {error}.", hint=hint) from None
        return Outgoing(data, binary=not values["text"])
    return Outgoing(os.fsencode(value), binary=encoding == "binary")


def _file_or_bytes(value: str) -> bytes | Path:
    if not value.startswith("@"):
        return os.fsencode(value)
    if value == "@-":
        return sys.stdin.buffer.read()
    path = Path(value[1:]).expanduser()
    try:
        with path.open("rb"):
            # A pipe or a device has no size to announce, so it is read whole here.
            return path if path.is_file() else path.read_bytes()
    except OSError as error:
        reason = error.strerror or str(error)
        raise UsageError(
            f"{value[1:]!r} cannot be read: {reason}.",
            hint="--data-binary sends the file that @ names; -d sends what stands there.",
        ) from None


# How it connects


def connect_options(url: str, values: Values, auth: Auth, **more: Any) -> ConnectOptions:
    """Understand the options of `options`; `more` is what only one command asks.

    Raises:
        UsageError: one cannot be read.
    """
    chosen: dict[str, Any] = dict(more)
    if values["user_agent"] is not None:
        chosen["user_agent"] = values["user_agent"] or None
    if values["compression"] is not None:
        chosen["compression"] = read_compression(values["compression"])
    return ConnectOptions(
        headers=tuple(parse_header(line) for line in read_headers(values["headers"])),
        origin=values["origin"],
        cookies=values["cookies"],
        auth=auth,
        subprotocols=values["subprotocols"],
        open_timeout_s=values["open_timeout_s"],
        tls=_tls(values),
        proxy=choose_proxy(
            url,
            asked=values["proxy"],
            excluded=values["noproxy"],
            environment=os.environ,
            by_address=values.get("unix_socket") is None,
        ),
        resolve=tuple(ResolveOverride.parse(text) for text in values["resolve"]),
        family=4 if values["ipv4"] else 6 if values["ipv6"] else None,
        max_redirects=values["max_redirects"] if values["location"] else 0,
        **chosen,
    )


def _frame_options(values: Values) -> dict[str, Any]:
    size = values["max_message_size"]
    return {
        "ping_interval_s": values["ping_interval_s"],
        "ping_timeout_s": values["ping_timeout_s"],
        "ping_payload": os.fsencode(values["ping_payload"]),
        "auto_pong": not values["no_auto_pong"],
        "close_timeout_s": values["close_timeout_s"],
        "max_message_size": None if size == -1 else size,
        "unix_socket": values["unix_socket"],
        "retry": RetryPolicy(attempts=values["retry"], delay_s=values["retry_delay_s"]),
        "strict": not values["lenient"],
    }


def read_auth(values: Values) -> Auth:
    """Understand the credentials; a password that is missing is asked for on a terminal."""
    if values["oauth2_bearer"] is not None:
        return BearerAuth(values["oauth2_bearer"])
    given = values["user"]
    if given is None:
        return None
    if ":" not in given and sys.stdin.isatty():
        given += ":" + click.prompt(f"Password of {given}", hide_input=True, err=True)
    return (DigestAuth if values["digest"] else BasicAuth).parse(given)


def _tls(values: Values) -> TLSOptions:
    key_log = os.environ.get("SSLKEYLOGFILE")
    return TLSOptions(
        ca=values["cacert"],
        certificate=values["cert"],
        key=values["key"],
        password=values["key_password"],
        server_name=values["server_name"],
        insecure=values["insecure"],
        key_log=Path(key_log) if key_log else None,
    )


def read_compression(text: str) -> DeflateOffer | None:
    """Read `off`, `deflate` or `deflate,PARAMETER[=BITS]…` (RFC 7692 section 7.1).

    >>> read_compression("deflate,server_max_window_bits=10").server_max_window_bits
    10
    """
    name, _, parameters = text.replace(";", ",").partition(",")
    if name.strip() == "off" and not parameters:
        return None
    if name.strip() not in ("deflate", EXTENSION_NAME):
        raise UsageError(
            f"--compression {text!r} is not known.", hint="It is off, deflate, or deflate,PARAMS."
        )
    return DeflateOffer.parse(parameters)
