"""Gathering, server by server: when it was asked, what it gave and when, what it said instead.

The codes are those of RFC 8489 section 14.8 and RFC 8656 section 19, their meanings those of
`wirescope.wire.stun`; what the engine says beside stands as it said it.
"""

from collections.abc import Iterable, Sequence

import msgspec

from wirescope.analysis.paths.candidates import CandidateSeen
from wirescope.events import IceError, IceServersSet
from wirescope.wire.stun import error_meaning
from wirescope.wire.turn import read_server, same_server

_CHALLENGES = (401, 438)
"""Each is answered by the same request with credentials, or with a new nonce (RFC 8489 9.2)."""


class ServerError(msgspec.Struct, frozen=True):
    """What a server said instead of an address, or that it said nothing.

    Attributes:
        seq: the number of its event.
        at_ns: when.
        code: the server's, or 701.
        message: the words that came with it.
        meaning: of the code, in a sentence.
        advice: what to do, in a sentence.
        is_normal: whether it is the usual first answer, after which the server gave an address.
        address: that was asked from, as far as the engine tells it.
    """

    seq: int
    at_ns: int
    code: int
    message: str
    meaning: str
    advice: str
    is_normal: bool
    address: str = ""


class ServerSeen(msgspec.Struct, frozen=True):
    """One server, or the machine itself, and what it gave.

    Attributes:
        url: of the server; empty for the machine itself.
        transport: `udp`, `tcp` or `tls` between this end and the server; empty for the machine.
        asked_ns: when gathering began; None if that was not seen.
        asked_seq: the event that says so, 0 without one.
        first_ns: when its first candidate came; None without one.
        last_ns: when its last one came.
        candidates: the events of what it gave.
        errors: what it said instead.
        valid_s: how long the credentials held when it was named; None where they do not say.
        named_seq: the event that names it, 0 without one.
    """

    url: str
    transport: str
    asked_ns: int | None
    asked_seq: int
    first_ns: int | None
    last_ns: int | None
    candidates: tuple[int, ...]
    errors: tuple[ServerError, ...]
    valid_s: float | None = None
    named_seq: int = 0

    @property
    def refusals(self) -> tuple[ServerError, ...]:
        """The errors that are more than the usual first answer."""
        return tuple(each for each in self.errors if not each.is_normal)


class Round(msgspec.Struct):
    """One time of gathering: with the first description, or after a restart of ICE.

    Attributes:
        seq: the event that began it.
        began_ns: when.
        ended_ns: when it was complete; None while it is not.
        ended_seq: the event of that, 0 without one.
    """

    seq: int
    began_ns: int
    ended_ns: int | None = None
    ended_seq: int = 0


def servers_seen(
    named: Sequence[IceServersSet],
    rounds: Sequence[Round],
    candidates: Iterable[CandidateSeen],
    errors: Sequence[IceError],
) -> tuple[ServerSeen, ...]:
    """Say of each server what it gave: first the machine itself, then those that were named."""
    local = [each for each in candidates if each.side == "local" and each.kind != "prflx"]
    own = [each for each in local if each.kind == "host"]
    seen = [_seen("", own, (), rounds, None)] if own else []
    urls: list[tuple[str, IceServersSet | None]] = []
    for event in named:
        for server in event.servers:
            if not any(same_server(server.url, url) for url, _ in urls):
                urls.append((server.url, event))
    for url in (*(each.server for each in local if each.kind != "host"), *(e.url for e in errors)):
        if url and not any(same_server(url, known) for known, _ in urls):
            urls.append((url, None))
    for url, named_by in urls:
        given = [each for each in local if each.kind != "host" and same_server(each.server, url)]
        said = tuple(each for each in errors if same_server(each.url, url))
        seen.append(_seen(url, given, said, rounds, named_by))
    return tuple(seen)


def _seen(
    url: str,
    given: Sequence[CandidateSeen],
    said: Sequence[IceError],
    rounds: Sequence[Round],
    named: IceServersSet | None,
) -> ServerSeen:
    read = read_server(url)
    times = [each.at_ns for each in given]
    named_ns = named.at_ns if named is not None else 0
    # a server that an answer of HTTP names is asked from the next round on, or within this one
    first = next((each for each in rounds if (each.ended_ns or named_ns) >= named_ns), None)
    valid_s = None
    if named is not None:
        valid_s = next(each.valid_s for each in named.servers if each.url == url)
    return ServerSeen(
        url,
        "" if read is None else read.transport,
        None if first is None else max(first.began_ns, named_ns),
        0 if first is None else first.seq,
        min(times, default=None),
        max(times, default=None),
        tuple(each.seq for each in given),
        tuple(_error(each, times) for each in said),
        valid_s,
        0 if named is None else named.seq,
    )


def _error(event: IceError, given_ns: Sequence[int]) -> ServerError:
    meaning = error_meaning(event.code)
    is_normal = event.code in _CHALLENGES and any(at_ns >= event.at_ns for at_ns in given_ns)
    return ServerError(
        event.seq,
        event.at_ns,
        event.code,
        event.message,
        "The server asks for credentials, which is its usual first answer."
        if is_normal and event.code == 401
        else meaning.meaning,
        "" if is_normal else meaning.advice,
        is_normal,
        event.address,
    )
