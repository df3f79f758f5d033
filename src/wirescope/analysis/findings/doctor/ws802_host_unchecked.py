"""A server in a private network answers to any name: the Host is not checked.

## What it sees

An opening handshake whose Host header names a host that is not the server's was answered with 101,
and the server's address is a loopback or private one.

## Why it matters

An attacker can point a name of theirs at 127.0.0.1 or at an address of your network. A browser that
visits a page under that name then takes your server for the page's own: DNS rebinding. A server
that nobody outside can reach is reached by way of its users' browsers.

## How to fix

Compare the Host header with the names that the server is known by, and answer 400 or 421 to all
others. A proxy in front does it with a default server that refuses.

## References

RFC 9110 section 7.2 (Host) and section 15.5.20 (421 Misdirected Request).
"""

from collections.abc import Iterator

from wirescope.analysis.findings.doctor.examination import Examination, doctor_rule
from wirescope.analysis.findings.rule import Found


@doctor_rule("WS802", "The Host is not checked", "info", page=__doc__)
def host_unchecked(examination: Examination) -> Iterator[Found]:
    """Look for a foreign Host that was accepted at a private address."""
    seen = examination.host
    exposed = examination.local and examination.url.startswith("ws:")  # TLS checks the name
    if seen is not None and seen.status == 101 and exposed:
        yield Found(
            f"The server takes the Host {seen.host} at a private address, which opens the door to"
            " DNS rebinding.",
            "Answer only to the names that the server is known by.",
            (seen.evidence,),
        )
