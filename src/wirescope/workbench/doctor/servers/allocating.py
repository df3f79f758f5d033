"""A relayed address: the credentials, the 401, what is granted, how long it lasts."""

from datetime import UTC, datetime

from wirescope.analysis import AllocationSeen, RefusalSeen, scope_of
from wirescope.errors import ConnectError, PacketError, StunRefusedError
from wirescope.transports.turn import Allocation, Transport, TurnClient
from wirescope.wire.stun import Nonce, Realm
from wirescope.wire.turn import read_username
from wirescope.workbench.doctor.model import Outcome
from wirescope.workbench.doctor.servers.bench import ServerBench, exchange_facts
from wirescope.workbench.doctor.servers.reaching import problem_of


async def crediting(bench: ServerBench) -> Outcome:
    """Read what the user name says of itself."""
    given = bench.options.credentials
    if given is None:
        return Outcome("none were given", {"given": False}, ok=None)
    facts: dict[str, object] = {"given": True, "username": given.username, "expires": None}
    timed = read_username(given.username)
    if timed is None:
        return Outcome(f"given: {given.username}; the name says no time", facts)
    try:
        until = datetime.fromtimestamp(timed.expires_at_s, UTC)
    except (ValueError, OverflowError, OSError):
        return Outcome(f"given: {given.username}; the number before the colon is no time", facts)
    bench.seen.expires_at = f"{until:%Y-%m-%d %H:%M} UTC"
    left_s = (until - bench.now).total_seconds()
    bench.seen.expired_s = -left_s
    facts |= {"expires": until.isoformat(), "left_s": round(left_s), "user": timed.user}
    whose = f" of {timed.user}" if timed.user else ""
    if left_s <= 0:
        words = f"those{whose} held until {bench.seen.expires_at}, {_span(-left_s)} ago"
        return Outcome(words, facts, severity="warning")
    return Outcome(
        f"those{whose} hold until {bench.seen.expires_at}, for {_span(left_s)} more", facts
    )


def _span(seconds: float) -> str:
    for unit, length in (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1)):
        number = int(seconds // length)
        if number:
            return f"{number:,} {unit}{'' if number == 1 else 's'}"
    return "less than a second"


async def allocating(bench: ServerBench) -> Outcome:
    """Ask for a relayed address: without credentials first, as every client does.

    Raises:
        ConnectError: no answer came.
        PacketError: an answer cannot be read.
        StunRefusedError: the server refused.
    """
    try:
        allocation = await _allocate(bench)
    except StunRefusedError as error:
        note_refusal(bench, error)
        bench.noted = {**_exchanges(bench), "code": error.code, "realm": _realm(bench)}
        raise
    except (ConnectError, PacketError) as error:
        bench.seen.silent = problem_of(error, bench.last_seq)
        bench.noted = _exchanges(bench)
        raise
    client = bench.main
    assert client is not None
    bench.allocation = allocation
    challenged = any(each.is_challenge for each in client.exchanges)
    server = client.flow.remote[0] if client.flow.remote else ""
    bench.seen.allocation = AllocationSeen(
        allocation.relayed[0],
        scope_of(allocation.relayed[0]),
        server,
        scope_of(server),
        challenged,
        allocation.exchange.evidence,
    )
    host, port = allocation.relayed
    relayed = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    first = (
        f'401 first, as it should be, realm "{client.realm}"; then' if challenged else "at once,"
    )
    facts = {
        **_exchanges(bench),
        "realm": client.realm,
        "relayed": relayed,
        "scope": scope_of(host).words,
        "lifetime_s": allocation.lifetime_s,
        "transport": client.flow.transport,
    }
    words = f"{first} {relayed} for {allocation.lifetime_s} s"
    return Outcome(words, facts, sum(each.duration_ms for each in client.exchanges))


def _exchanges(bench: ServerBench) -> dict[str, object]:
    return {"exchanges": exchange_facts(bench.main.exchanges if bench.main is not None else ())}


def _realm(bench: ServerBench) -> str:
    return bench.main.realm if bench.main is not None else ""


async def _allocate(bench: ServerBench) -> Allocation:
    """Allocate; a server that has addresses of IPv6 alone refuses who does not ask for one."""
    bench.main = client = await bench.stack.enter_async_context(bench.client())
    try:
        return await client.allocate()
    except StunRefusedError as error:
        remote = client.flow.remote
        if error.code != 440 or remote is None or ":" not in remote[0]:
            raise
    # from a fresh port: servers in use keep a half-made allocation for the one that was refused
    bench.family = 6
    bench.main = client = await bench.stack.enter_async_context(bench.client())
    return await client.allocate(family=6)


def note_refusal(
    bench: ServerBench,
    error: StunRefusedError,
    *,
    client: TurnClient | None = None,
    second: bool = False,
) -> RefusalSeen:
    """Make an error of the server a fact.

    Args:
        bench: the examination.
        error: the error.
        client: who got it; None for the one that holds the allocation.
        second: whether it is about a further allocation.
    """
    asked = client or bench.main
    assert asked is not None
    exchange, other = asked.exchanges[-1], error.alternate
    answer = exchange.answer
    complete = answer is None or (answer.has(Realm) and answer.has(Nonce))
    seen = RefusalSeen(
        error.method,
        error.code,
        error.message,
        error.hint,
        exchange.signed,
        exchange.evidence,
        incomplete=error.code == 401 and not complete and not exchange.signed,
        alternate="" if other is None else f"{other[0]}:{other[1]}",
        second=second,
    )
    bench.seen.refusals.append(seen)
    return seen


async def prolonging(bench: ServerBench) -> Outcome:
    """Refresh the allocation: as long as the server likes, and for an hour."""
    allocation = held(bench)
    first_s = allocation.lifetime_s
    refreshed_s = await _refresh(bench, allocation, None)
    longest_s = await _refresh(bench, allocation, 3600)
    facts = {"granted_s": first_s, "refreshed_s": refreshed_s, "longest_s": longest_s}
    words = f"{first_s} s, refreshed for {refreshed_s} s; {longest_s} s where an hour is asked for"
    return Outcome(words, facts)


async def _refresh(bench: ServerBench, allocation: Allocation, seconds: int | None) -> int:
    try:
        return await allocation.refresh(seconds)
    except StunRefusedError as error:
        note_refusal(bench, error)
        raise


def held(bench: ServerBench) -> Allocation:
    """Give the allocation that the examination holds."""
    assert bench.allocation is not None
    return bench.allocation


async def other_ways(bench: ServerBench) -> Outcome:
    """Allocate over each further transport that answers."""
    facts: dict[str, object] = {}
    words = []
    for transport in bench.ways[1:]:
        code, said = await _over(bench, transport)
        facts[transport] = {"granted": not code, "code": code}
        words.append(f"over {transport.upper()} {said}")
    fine = all(word.endswith("granted") for word in words)
    return Outcome("; ".join(words), facts, ok=fine)


async def _over(bench: ServerBench, transport: Transport) -> tuple[int, str]:
    async with bench.client(transport) as client:
        try:
            await client.allocate(family=bench.family)
        except StunRefusedError as error:
            note_refusal(bench, error, client=client, second=True)
            return error.code, f"refused with {error.code}"
    return 0, "granted"
