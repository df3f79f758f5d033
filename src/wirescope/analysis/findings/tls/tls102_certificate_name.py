"""The certificate is for another name.

## What it sees

The server showed a valid certificate, but not for the name that was connected to. The finding lists
the names that it is for.

## Why it matters

Either this is not the server that was meant, or it answers under a name that nobody put into its
certificate. An address such as 10.0.0.5 has to be in the certificate as an address, too.

## How to fix

Connect to a name that the certificate is for. If the name is right, have it added as a subject
alternative name; the common name does not count any more. A wildcard covers one label only:
`*.example.test` is not for `a.b.example.test`. Where a server has several certificates, it chooses
by the name that is asked for; `--server-name NAME` asks for one and checks that.

## References

RFC 9525 (names in certificates), RFC 6066 section 3 (server name indication), curl's exit code 60.
"""

from collections.abc import Iterator

from wirescope.analysis.conversation import Conversation
from wirescope.analysis.findings.failures import failed_by, failure_found
from wirescope.analysis.findings.rule import Found, Moment, rule
from wirescope.events import Event


@rule("TLS102", "The certificate is for another name", "error", Moment.FAILED, page=__doc__)
def certificate_name(conversation: Conversation, event: Event) -> Iterator[Found]:
    """Look for a certificate that names others."""
    if failed_by(conversation, "certificate-name"):
        yield failure_found(conversation)
