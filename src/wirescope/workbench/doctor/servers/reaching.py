"""The ways to a server: its name, then each transport with a Binding request."""

from dataclasses import replace

import msgspec

from wirescope.analysis import CertificateSeen, ProblemSeen, WaySeen
from wirescope.errors import ConnectError, PacketError, StunRefusedError, WirescopeError
from wirescope.events import Certificate
from wirescope.transports import turn
from wirescope.transports.turn import Bound, Transport
from wirescope.workbench.doctor.model import Outcome
from wirescope.workbench.doctor.servers.bench import ServerBench, kind_of


async def resolving(bench: ServerBench) -> Outcome:
    """Look the host up.

    Raises:
        ConnectError: it has no address.
    """
    journal_seq = bench.last_seq
    try:
        addresses = await turn.resolve(bench.url, bench.options)
    except ConnectError as error:
        await _record_the_failure(bench)
        evidence = bench.last_seq if bench.last_seq > journal_seq else 1
        bench.seen.unresolved = problem_of(error, evidence)
        raise
    host = bench.url.host
    facts = {
        "host": host,
        "ipv4": [each for each in addresses if ":" not in each],
        "ipv6": [each for each in addresses if ":" in each],
    }
    if addresses == [host]:
        return Outcome(f"{host} is an address already", facts)
    return Outcome(f"{host} is {', '.join(addresses)}", facts)


async def _record_the_failure(bench: ServerBench) -> None:
    """Have the recording show what a client would see."""
    try:
        async with bench.client(bench.url.transports[0]):
            pass
    except ConnectError:
        pass


def problem_of(error: WirescopeError, evidence: int) -> ProblemSeen:
    """Make an error a fact."""
    phase = error.phase if isinstance(error, ConnectError) else "stun"
    return ProblemSeen(phase, kind_of(error), error.message, error.hint, evidence)


async def reaching(bench: ServerBench, transport: Transport) -> Outcome:
    """Go one way, and ask for this end's address there.

    Raises:
        ConnectError: there is no answer.
        PacketError: the answer is none.
    """
    bench.secured, bench.asked_again = None, ""
    bound: Bound | None = None
    try:
        async with bench.client(transport) as client:
            try:
                bound = await client.binding()
            except StunRefusedError as refusal:
                # it speaks STUN: whether it answers Binding requests is the server's choice
                bench.noted = {"code": refusal.code}
            local = client.flow.local
    except (ConnectError, PacketError) as error:
        elsewhere = await _elsewhere(bench, transport, error)
        evidence = bench.last_seq
        problem = problem_of(error, evidence)
        bench.seen.ways.append(WaySeen(transport, problem, evidence, elsewhere))
        _note_certificate(bench)
        bench.noted = {**_tls_facts(bench), "kind": problem.kind}
        raise
    if transport == "tls" and bench.options.trust.insecure:
        await _look_at_trust(bench)
    bench.ways.append(transport)
    bench.seen.ways.append(WaySeen(transport, None, bench.last_seq))
    _note_certificate(bench)
    facts: dict[str, object] = {**_tls_facts(bench), **bench.noted, "local": _shown(local)}
    secure = f"{_tls_words(bench)}; " if transport == "tls" else ""
    if bound is None:
        return Outcome(f"{secure}it answers, but not to Binding requests", facts)
    facts |= {
        "mapped": _shown(bound.mapped),
        "round_trip_ms": round(bound.round_trip_ms, 3),
        "software": bound.software,
        "translated": bound.mapped != local,
    }
    nat = "without a NAT" if bound.mapped == local else "behind a NAT"
    words = f"{secure}answers; this end is {_shown(bound.mapped)}, {nat}"
    return Outcome(words, facts, bound.round_trip_ms)


async def _look_at_trust(bench: ServerBench) -> None:
    """See whether a certificate that was accepted unchecked would have been refused."""
    accepted = bench.secured
    try:
        async with bench.client("tls", trust=replace(bench.options.trust, insecure=False)):
            pass
    except ConnectError as error:
        if error.kind.startswith("certificate"):
            bench.seen.distrust = problem_of(error, bench.last_seq)
    bench.secured = accepted


async def _elsewhere(bench: ServerBench, transport: Transport, error: WirescopeError) -> str:
    """See whether an answer that seems to be missing comes from another address."""
    if transport != "udp" or not isinstance(error, ConnectError) or error.kind != "timeout":
        return ""
    began_ns = bench.timeline.now_ns()
    source = await turn.answers_from(
        bench.url, options=bench.options, timeline=bench.timeline, sink=bench.sink
    )
    looked_s = (bench.timeline.now_ns() - began_ns) / 1e9
    if source is None:
        bench.asked_again = f", nor did another address in {looked_s:.1f} s more"
        return ""
    bench.asked_again = f"; asked again, {_shown(source)} answered instead"
    return _shown(source)


def _shown(address: tuple[str, int]) -> str:
    host, port = address
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def _days_left(bench: ServerBench, certificate: Certificate) -> float:
    return (certificate.not_after - bench.now).total_seconds() / 86400


def _note_certificate(bench: ServerBench) -> None:
    shown = bench.secured.certificates if bench.secured is not None else []
    if bench.secured is None or not shown:
        return
    first = shown[0]
    bench.seen.certificate = CertificateSeen(
        first.subject or ", ".join(first.names[:1]),
        f"{first.not_after:%Y-%m-%d}",
        _days_left(bench, first),
        (first.not_after - first.not_before).total_seconds() / 86400,
        bench.secured.seq,
    )


def _tls_facts(bench: ServerBench) -> dict[str, object]:
    secured = bench.secured
    if secured is None:
        return {}
    return {
        "version": secured.version,
        "cipher": secured.cipher,
        "alpn": secured.alpn,
        "verified": secured.verified,
        "chain": [
            msgspec.to_builtins(each) | {"days_left": int(_days_left(bench, each) // 1)}
            for each in secured.certificates
        ],
    }


def _tls_words(bench: ServerBench) -> str:
    secured = bench.secured
    if secured is None:
        return "TLS"
    words = secured.version.replace("TLSv", "TLS ")
    if bench.seen.distrust is not None:
        return f"{words}, accepted because of -k: {bench.seen.distrust.message.rstrip('.')}"
    if not secured.verified:
        return f"{words}, not verified because of -k, though it would have been trusted"
    first = next(iter(secured.certificates), None)
    if first is None:
        return words
    named = ", ".join(first.names[:2]) or first.subject
    return f"{words}, certificate for {named} trusted, {int(_days_left(bench, first)):,} days left"
