"""What if: after an opening handshake that came to nothing, the same with one thing changed.

Where one of them succeeds, the cause is known instead of guessed. Where nothing came back at all,
the other scheme is tried, without anything that is secret.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Literal

from wirescope.analysis import Cure, OriginSeen
from wirescope.errors import ConnectError, HandshakeError, UpgradeRefusedError, WirescopeError
from wirescope.transports.websocket import ConnectOptions, look_at_tls
from wirescope.workbench.doctor.bench import Bench
from wirescope.workbench.doctor.model import Outcome
from wirescope.workbench.doctor.origins import FOREIGN, given_origin, own_origin, with_origin

_WORTH_IT = (400, 403, 426)
"""Refusals whose cause may be what was asked for; others are about the address or the server."""

_SPEAKS_TLS = ("client-certificate", "tls-name", "tls-version", "tls-cipher")
"""Failures in the words of TLS itself: plain text is not what that port waits for."""

_TIME_S = 5.0


@dataclass(frozen=True, slots=True)
class _Variant:
    name: str
    options: ConnectOptions
    advice: str


def worth_trying(failure: WirescopeError | None) -> bool:
    """Whether a change of the request could make a difference."""
    if isinstance(failure, UpgradeRefusedError):
        return failure.status in _WORTH_IT
    if isinstance(failure, ConnectError):
        sure = failure.kind.startswith("certificate") or failure.kind in _SPEAKS_TLS
        return failure.phase in ("tls", "upgrade") and not sure
    # what is not even HTTP does not depend on what was asked
    return isinstance(failure, HandshakeError) and failure.status is not None


async def variants(bench: Bench, failure: WirescopeError) -> Outcome:
    """Try again with one thing changed at a time, until it works; the bench gets what helped."""
    tried: list[dict[str, object]] = []
    if isinstance(failure, ConnectError) and failure.phase == "tls":
        return await _in_plain_text(bench, tried)
    silent = isinstance(failure, ConnectError) and failure.kind == "timeout"
    for variant in () if silent else _variants(bench):
        attempt = await bench.knock(variant.options)
        status = attempt.status
        tried.append({"change": variant.name, "status": status})
        _note_origin(bench, variant, status, attempt.handshake_seq)
        if status == 101:
            words = f"{variant.name}, the server answers 101"
            bench.seen.cure = Cure(words, variant.advice, attempt.handshake_seq)
            return Outcome(words, {"tried": tried}, ok=None)
    if isinstance(failure, ConnectError) and not bench.goal.secure:
        return await _over_tls(bench, tried)
    return _no_help(tried)


def _no_help(tried: list[dict[str, object]]) -> Outcome:
    changes = ", ".join(str(each["change"]) for each in tried)
    words = f"no change helps: {changes}" if changes else "there is nothing to be changed"
    return Outcome(words, {"tried": tried}, ok=None)


def _variants(bench: Bench) -> Iterator[_Variant]:
    options = bench.options
    origin = given_origin(options)
    if options.subprotocols:
        named = " and ".join(options.subprotocols)
        yield _Variant(
            f"without the subprotocol {named}",
            replace(options, subprotocols=()),
            f"Correct the name of the subprotocol, {named}, or leave it out.",
        )
    if origin is not None:
        yield _Variant(
            "without an Origin",
            with_origin(options, None),
            f"Add {origin} to the Origins that the server allows, or send none.",
        )
    own = own_origin(bench)
    if origin != own:
        yield _Variant(
            f"with the Origin {own}",
            with_origin(options, own),
            f"Send the Origin of one of the server's own pages: --origin {own}.",
        )
    if options.compression is not None:
        yield _Variant(
            "without an offer of compression",
            replace(options, compression=None),
            "Leave it out with --compression off: something on the way does not take extensions.",
        )


def _note_origin(bench: Bench, variant: _Variant, status: int, evidence: int) -> None:
    origin = given_origin(variant.options)
    if origin != given_origin(bench.options) and origin != FOREIGN:
        kind: Literal["none", "own"] = "none" if origin is None else "own"
        bench.seen.origins.append(OriginSeen(origin, kind, status, evidence))


async def _in_plain_text(bench: Bench, tried: list[dict[str, object]]) -> Outcome:
    """Ask for the root in plain text; that tells HTTP from anything else."""
    plain = ConnectOptions(
        resolve=bench.options.resolve,
        family=bench.options.family,
        proxy=bench.options.proxy,
        open_timeout_s=min(_TIME_S, bench.options.open_timeout_s),
    )
    attempt = await bench.knock(plain, url=f"ws://{_authority(bench)}/")
    tried.append({"change": "in plain text", "status": attempt.status})
    if not attempt.status:
        return Outcome("plain text is not understood there either", {"tried": tried}, ok=None)
    url = f"ws://{_authority(bench)}{bench.goal.target}"
    words = f"in plain text it answers HTTP, with {attempt.status}"
    bench.seen.cure = Cure(
        "in plain text it answers HTTP",
        f"Connect to {url}, or switch TLS on at the server.",
        attempt.handshake_seq,
    )
    return Outcome(words, {"tried": tried}, ok=None)


async def _over_tls(bench: Bench, tried: list[dict[str, object]]) -> Outcome:
    """Make a TLS handshake where plain text was not answered."""
    attempt = bench.attempt()
    options = replace(bench.options, open_timeout_s=min(_TIME_S, bench.options.open_timeout_s))
    secure = f"wss://{_authority(bench)}/"
    try:
        agreed = await look_at_tls(
            secure, "any", options=options, timeline=bench.timeline, sink=attempt.sink
        )
    except ConnectError:
        tried.append({"change": "over TLS", "status": 0})
        return _no_help(tried)
    tried.append({"change": "over TLS", "status": None})
    url = f"wss://{_authority(bench)}{bench.goal.target}"
    port = bench.goal.port
    bench.seen.cure = Cure(f"the port {port} speaks TLS", f"Connect to {url}.", attempt.last_seq)
    return Outcome(f"the port speaks {agreed.version}", {"tried": tried}, ok=None)


def _authority(bench: Bench) -> str:
    host = f"[{bench.goal.host}]" if ":" in bench.goal.host else bench.goal.host
    return f"{host}:{bench.goal.port}"
