"""TLS: what is agreed on, whom the certificate is for, and what other clients would make of it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime

import msgspec

from wirescope.analysis import CertificateSeen, Tolerance
from wirescope.errors import ConnectError
from wirescope.events import Certificate, ConnectionSecured
from wirescope.transports.websocket import TLSLook, look_at_tls
from wirescope.workbench.doctor.bench import Attempt, Bench
from wirescope.workbench.doctor.model import Outcome


@dataclass(frozen=True, slots=True)
class _Look:
    """One handshake: what was agreed on, or why nothing was."""

    agreed: ConnectionSecured | None
    problem: ConnectError | None
    attempt: Attempt


async def securing(bench: Bench) -> Outcome:
    """Make TLS handshakes of several kinds.

    Raises:
        ConnectError: there is no TLS there, or the certificate is not trusted.
    """
    first = await _look(bench, "any")
    if first.agreed is None:
        bench.judge(first.attempt)
        raise first.problem or AssertionError("neither agreed nor not")
    shown = first.agreed.certificates
    if shown:
        bench.seen.certificate = _certificate(bench, shown[0], first.attempt.last_seq)
    trusted = await _look(bench, "trusted", shown)
    facts = bench.noted = _facts(bench, first.agreed, trusted.problem)
    if trusted.problem is not None and not bench.options.tls.insecure:
        bench.judge(trusted.attempt)
        raise trusted.problem
    if trusted.problem is None:
        strict = await _look(bench, "strict", shown)
        bench.seen.strict = _tolerance(strict)
        facts["strict"] = strict.problem is None
    old = await _look(bench, "old")
    bench.seen.old_tls = _tolerance(old)
    http2 = await _look(bench, "http2")
    facts["old_versions"] = old.agreed.version if old.agreed else False
    facts["http2"] = http2.agreed is not None and http2.agreed.alpn == "h2"
    words = _words(bench, first.agreed, trusted.problem)
    return Outcome(words, facts, first.attempt.phase_ms("tls"))


async def _look(bench: Bench, how: TLSLook, shown: Sequence[Certificate] = ()) -> _Look:
    attempt = bench.attempt()
    options = bench.options
    if how in ("old", "http2", "strict"):
        options = replace(options, open_timeout_s=min(5.0, options.open_timeout_s))
    try:
        agreed = await look_at_tls(
            bench.url,
            how,
            options=options,
            timeline=bench.timeline,
            sink=attempt.sink,
            certificates=shown,
        )
    except ConnectError as error:
        return _Look(None, error, attempt)
    return _Look(agreed, None, attempt)


def _tolerance(look: _Look) -> Tolerance:
    version = look.agreed.version if look.agreed else ""
    problem = look.problem.message if look.problem else ""
    return Tolerance(version, problem, look.attempt.last_seq)


def _now(bench: Bench) -> datetime:
    wall_ns = bench.timeline.started_wall_ns + bench.timeline.now_ns()
    return datetime.fromtimestamp(wall_ns / 1e9, UTC)


def _days_left(bench: Bench, certificate: Certificate) -> float:
    return (certificate.not_after - _now(bench)).total_seconds() / 86400


def _certificate(bench: Bench, certificate: Certificate, evidence: int) -> CertificateSeen:
    lifetime = certificate.not_after - certificate.not_before
    return CertificateSeen(
        certificate.subject or ", ".join(certificate.names[:1]),
        f"{certificate.not_after:%Y-%m-%d}",
        _days_left(bench, certificate),
        lifetime.total_seconds() / 86400,
        evidence,
    )


def _facts(
    bench: Bench, agreed: ConnectionSecured, problem: ConnectError | None
) -> dict[str, object]:
    chain = [
        msgspec.to_builtins(each) | {"days_left": int(_days_left(bench, each) // 1)}
        for each in agreed.certificates
    ]
    first = next(iter(agreed.certificates), None)
    return {
        "version": agreed.version,
        "cipher": agreed.cipher,
        "alpn": agreed.alpn,
        "certificates_sent": len(chain),
        "chain": chain,
        "self_signed": first is not None and len(chain) == 1 and first.subject == first.issuer,
        "trusted": problem is None,
        "problem": problem.message if problem is not None else "",
    }


def _words(bench: Bench, agreed: ConnectionSecured, problem: ConnectError | None) -> str:
    words = agreed.version.replace("TLSv", "TLS ")
    first = next(iter(agreed.certificates), None)
    if problem is not None:
        return f"{words}, accepted because of -k. {problem.message.rstrip('.')}"
    if first is not None:
        named = ", ".join(first.names[:2]) or first.subject
        days = int(_days_left(bench, first) // 1)
        words += f", certificate for {named} trusted, {days:,} days left"
    return words
