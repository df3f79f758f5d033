"""The server still speaks a TLS version that must not be used any more.

## What it sees

A handshake that offered TLS 1.0 and 1.1 alone succeeded.

## Why it matters

RFC 8996 forbids both: their hash functions are broken, and audits fail for them.

## How to fix

Set the oldest version to TLS 1.2: `ssl_protocols TLSv1.2 TLSv1.3` in nginx, `ssl-min-ver TLSv1.2`
in HAProxy.

## References

RFC 8996 (TLS 1.0 and 1.1 must not be used).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.examination import Examination, doctor_rule
from wirescope.analysis.findings.rule import Found


@doctor_rule("WS812", "An old TLS version is accepted", "warning", page=__doc__)
def old_tls(examination: Examination) -> Iterator[Found]:
    """Look at the handshake that offered old versions."""
    seen = examination.old_tls
    if seen is not None and not seen.problem:
        yield Found(
            f"The server takes {seen.version}, which RFC 8996 forbids.",
            "Set the oldest version to TLS 1.2.",
            (seen.evidence,),
        )
