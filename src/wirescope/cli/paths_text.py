"""The ways of WebRTC connections as a person reads them: servers, addresses, pairs, the path.

docs/reference/metrics.md says what each figure is; JSON has them whole.
"""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from wirescope.cli.escape import cut, escape

_CONNECTIONS_SHOWN = 4
_SHOWN = 8

Figures = dict[str, Any]


def lines_of(paths: dict[str, Figures], *, width: int) -> Iterator[str]:
    """Yield the lines that tell of the ways of each connection, an empty one before each.

    Args:
        paths: by connection, as the metrics have them.
        width: columns that a line may have.
    """
    for name, ways in list(paths.items())[:_CONNECTIONS_SHOWN]:
        lines = [*_servers(ways), *_candidates(ways), *_pairs(ways), *_path(ways)]
        if lines:
            yield ""
            yield f"Ways of {escape(name)}:" if len(paths) > 1 else "Ways:"
            yield from (cut(f"  {escape(line)}", width) for line in lines)
    if len(paths) > _CONNECTIONS_SHOWN:
        more = len(paths) - _CONNECTIONS_SHOWN
        yield from ("", f"{more:,} more WebRTC connections; --format json has their ways.")


def _servers(ways: Figures) -> Iterator[str]:
    for server in ways["servers"][:_SHOWN]:
        if server["url"] is None:
            continue
        said = []
        count = server["candidates"]
        if count:
            first = server["first_candidate_ms"]
            after = "" if first is None else f" after {first:,.0f} ms"
            said.append(f"{count} address{'' if count == 1 else 'es'}{after}")
        said += _errors(server["errors"])
        over = f" over {server['transport']}" if server["transport"] else ""
        yield f"{server['url']}{over}: {', '.join(said) or 'no address'}"


def _errors(errors: list[Figures]) -> Iterator[str]:
    """Say the first errors of a server, equal ones once."""
    told = Counter(
        f"{each['code']} {each['message']}".rstrip(". ") + (" (normal)" if each["normal"] else "")
        for each in errors
    )
    for words, count in list(told.items())[:3]:
        yield words if count == 1 else f"{words} ({count:,} times)"


def _candidates(ways: Figures) -> Iterator[str]:
    for side, whose in (("local", "here"), ("remote", "there")):
        places: dict[tuple[str, str], list[Figures]] = {}
        for each in ways["candidates"]:
            if each["side"] == side:
                places.setdefault((each["kind"], each["address"]), []).append(each)
        for (kind, address), of in list(places.items())[:_SHOWN]:
            # of the class of a candidate, the kind is said already
            about = of[0]["about"].partition(", ")[2]
            yield f"{whose}: {kind} {address} {', '.join(map(_port, of[:_SHOWN]))}: {about}"
        if len(places) > _SHOWN:
            yield f"{whose}: {len(places) - _SHOWN} more addresses"


def _port(candidate: Figures) -> str:
    way = candidate["tcp_type"] if candidate["tcp_type"] == "active" else candidate["port"]
    return f"{candidate['protocol']} {way}"


def _pairs(ways: Figures) -> Iterator[str]:
    states = Counter(each["state"] for each in ways["pairs"])
    if states:
        told = ", ".join(f"{count} {state}" for state, count in states.items())
        yield f"pairs tried: {told}"
    untried = ways["untried"]
    if untried["count"]:
        bound = "at least " if untried["at_least"] else ""
        yield f"pairs not tried: {bound}{untried['count']:,}"
        for each in untried["reasons"][:_SHOWN]:
            yield f"  {each['count']:,}: {each['words']}"


def _path(ways: Figures) -> Iterator[str]:
    for path in ways["selected"][-_SHOWN:]:
        kind = "relayed" if path["relayed"] else "direct"
        by = f" by {path['server']}" if path["server"] else ""
        yield f"path: {kind} over {path['over']}{by}, {path['local']} to {path['remote']}"
    for loss in ways["losses"][-_SHOWN:]:
        lasted = loss["lasted_ms"]
        how = "and not found again" if lasted is None else f"for {lasted / 1000:,.1f} s"
        yield f"no path from {loss['at_ms'] / 1000:,.1f} s on, {how}"
