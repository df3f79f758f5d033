"""TLS of a client: whom it trusts, how it shows who it is, what a certificate says."""

import ssl

from wirescope.errors import ConnectError, UsageError
from wirescope.transports.websocket.options import TLSOptions


def client_context(options: TLSOptions) -> ssl.SSLContext:
    """Make the TLS context that the options ask for; TLS 1.2 at least, ALPN `http/1.1`.

    Raises:
        UsageError: a file does not exist or is not what it should be.
    """
    context = ssl.create_default_context()
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # RFC 6455 runs on HTTP/1.1; a server that speaks HTTP/2 as well must not choose it.
    context.set_alpn_protocols(["http/1.1"])
    if options.ca is not None:
        _load_ca(context, options)
    if options.certificate is not None:
        _load_certificate(context, options)
    if options.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if options.key_log is not None:
        context.keylog_filename = str(options.key_log)
    return context


def _load_ca(context: ssl.SSLContext, options: TLSOptions) -> None:
    assert options.ca is not None
    try:
        if options.ca.is_dir():
            context.load_verify_locations(capath=options.ca)
        else:
            context.load_verify_locations(cafile=options.ca)
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"The CA file {options.ca} cannot be used: {_why(error)}.",
            hint="It must hold certificates in PEM form.",
        ) from None


def _load_certificate(context: ssl.SSLContext, options: TLSOptions) -> None:
    password = options.password
    try:
        # Without a password OpenSSL would ask for one on the terminal.
        context.load_cert_chain(
            str(options.certificate),
            None if options.key is None else str(options.key),
            password=lambda: password or "",
        )
    except (OSError, ssl.SSLError) as error:
        raise UsageError(
            f"The client certificate {options.certificate} cannot be used: {_why(error)}.",
            hint="Certificate and key must be PEM and belong together; --pass decrypts the key.",
        ) from None


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or "not a certificate").lower().replace("_", " ")
    return (error.strerror or str(error)).lower()


def explain_certificate(error: ssl.SSLCertVerificationError, host: str) -> ConnectError:
    """Say why a certificate was not accepted, and what to do about it."""
    reason = error.verify_message or str(error)
    known = {
        10: (f"The certificate of {host} has expired.", "Renew it on the server."),
        9: (
            f"The certificate of {host} is not valid yet.",
            "Check the clocks of this machine and of the server.",
        ),
        18: (
            f"The certificate of {host} is self-signed.",
            "Give it with --cacert if you trust it, or use --insecure for this one connection.",
        ),
        19: (
            f"The certificate chain of {host} ends in a root that this machine does not trust.",
            "Give the root with --cacert if you trust it.",
        ),
        20: (
            f"The certificate of {host} was issued by somebody that this machine does not trust.",
            "Give the issuer's certificate with --cacert, or let the server send its whole chain.",
        ),
        62: (
            f"The certificate is not for {host}: {reason.rstrip('.')}.",
            "Use the name that the certificate is for, or name it with --server-name.",
        ),
        64: (
            f"The certificate is not for the address {host}: {reason.rstrip('.')}.",
            "Use the name that the certificate is for, or name it with --server-name.",
        ),
    }
    message, hint = known.get(
        error.verify_code,
        (f"The certificate of {host} was not accepted: {reason}.", "See who issued it, and when."),
    )
    return ConnectError(message, phase="tls", kind="certificate", hint=hint)
