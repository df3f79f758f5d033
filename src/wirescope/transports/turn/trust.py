"""TLS to a server: whose certificate is accepted."""

import ssl

from wirescope.errors import UsageError
from wirescope.transports.turn.options import Trust


def turn_context(trust: Trust) -> ssl.SSLContext:
    """Make the TLS context that a policy asks for; TLS 1.2 at least.

    No application protocol is offered, as browsers offer none, though RFC 7443 has names for them:
    a balancer that does not know `stun.turn` would refuse the handshake.

    Raises:
        UsageError: the file of authorities cannot be used.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    if trust.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if trust.ca is not None:
        _load(context, trust)
    if not trust.insecure and (trust.ca is None or trust.also_machine):
        context.load_default_certs()
    return context


def asked_name(trust: Trust, host: str) -> str:
    """Say which name to ask for and to check; RFC 6066 section 3 has it without a final dot."""
    return (trust.server_name or host).partition("%")[0].removesuffix(".")


def _load(context: ssl.SSLContext, trust: Trust) -> None:
    assert trust.ca is not None
    try:
        if trust.ca.is_dir():
            context.load_verify_locations(capath=trust.ca)
        else:
            context.load_verify_locations(cafile=trust.ca)
    except OSError as error:
        why = error.strerror or getattr(error, "reason", "") or str(error)
        raise UsageError(
            f"The CA file {trust.ca} cannot be used: {why.lower().replace('_', ' ')}.",
            hint="It must hold certificates in PEM form.",
        ) from None
