"""The Origin: whether a page of another site could open the connection."""

from dataclasses import replace
from typing import Literal

from wirescope.analysis import OriginSeen
from wirescope.transports.websocket import ConnectOptions
from wirescope.workbench.doctor.bench import Attempt, Bench
from wirescope.workbench.doctor.model import Outcome

FOREIGN = "https://foreign.example"

_Kind = Literal["none", "own", "given", "foreign"]


async def origins(bench: Bench) -> Outcome:
    """Knock without an Origin, with the server's own and with a foreign one."""
    seen = [_of_the_user(bench)]
    if seen[0].kind != "none":
        seen.append(await _knock(bench, None, "none"))
    seen.append(await _knock(bench, own_origin(bench), "own"))
    seen.append(await _knock(bench, FOREIGN, "foreign"))
    bench.seen.origins = seen
    facts = {
        "without": _status(seen, "none"),
        "own": _status(seen, "own"),
        "foreign": _status(seen, "foreign"),
        "given": _status(seen, "given"),
        "checked": not seen[-1].accepted,
    }
    return Outcome(_words(seen), facts)


def own_origin(bench: Bench) -> str:
    """Write the Origin of a page that the same host serves (RFC 6454 section 6.2)."""
    return f"{'https' if bench.goal.secure else 'http'}://{bench.goal.authority}"


def given_origin(options: ConnectOptions) -> str | None:
    """Say which Origin the user has asked for."""
    typed = [value for name, value in options.headers if name.lower() == "origin"]
    return (typed[-1] if typed else None) or options.origin


def with_origin(options: ConnectOptions, origin: str | None) -> ConnectOptions:
    """Ask for another Origin, or for none."""
    headers = tuple(field for field in options.headers if field[0].lower() != "origin")
    return replace(options, headers=headers, origin=origin)


def _of_the_user(bench: Bench) -> OriginSeen:
    attempt = bench.main_attempt or Attempt(lambda _: None)
    origin = given_origin(bench.options)
    kind: _Kind = "none" if origin is None else "given"
    return OriginSeen(origin, kind, attempt.status, attempt.handshake_seq)


async def _knock(bench: Bench, origin: str | None, kind: _Kind) -> OriginSeen:
    attempt = await bench.knock(with_origin(bench.options, origin))
    return OriginSeen(origin, kind, attempt.status, attempt.handshake_seq)


def _status(seen: list[OriginSeen], kind: _Kind) -> int | None:
    return next((each.status for each in seen if each.kind == kind), None)


def _words(seen: list[OriginSeen]) -> str:
    by_kind = {each.kind: each for each in seen}
    if by_kind["foreign"].accepted:
        return f"not checked: {FOREIGN} is accepted, too"
    refused = by_kind["foreign"].status
    words = f"checked: {FOREIGN} is refused" + (f" with {refused}" if refused else "")
    if not by_kind["own"].accepted:
        words += f", and {by_kind['own'].origin}, too"
    return words
