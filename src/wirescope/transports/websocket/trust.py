"""TLS of a client: whom it trusts, how it shows who it is, why a certificate was not accepted."""

import ssl
from collections.abc import Sequence
from pathlib import Path

from wirescope.errors import ConnectError, UsageError
from wirescope.events import Certificate
from wirescope.transports.websocket.options import TLSOptions


def client_context(options: TLSOptions) -> ssl.SSLContext:
    """Make the TLS context that the options ask for; TLS 1.2 at least, ALPN `http/1.1`.

    Nothing is taken from the environment: `SSLKEYLOGFILE` works through `options.key_log`.

    Raises:
        UsageError: a file does not exist or is not what it should be.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # RFC 6455 runs on HTTP/1.1; a server that speaks HTTP/2 as well must not choose it.
    context.set_alpn_protocols(["http/1.1"])
    if options.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    if options.ca is not None:
        _load_ca(context, options.ca)
    elif not options.insecure:
        context.load_default_certs()
    if options.certificate is not None:
        _load_certificate(context, options)
    if options.key_log is not None:
        _log_keys(context, options.key_log)
    return context


def asked_name(options: TLSOptions, host: str) -> str:
    """Say which name to ask for and to check; RFC 6066 section 3 has it without a final dot.

    Raises:
        UsageError: the name given for it cannot be one.
    """
    name = (options.server_name or host).partition("%")[0].removesuffix(".")
    if not name or name.startswith(".") or not name.isascii():
        raise UsageError(
            f"{options.server_name!r} cannot be the name of a server.",
            hint="Give a host name in ASCII, as example.test.",
        )
    return name


def _load_ca(context: ssl.SSLContext, path: Path) -> None:
    try:
        if path.is_dir():
            context.load_verify_locations(capath=path)
        else:
            context.load_verify_locations(cafile=path)
    except OSError as error:
        raise UsageError(
            f"The CA file {path} cannot be used: {_why(error)}.",
            hint="It must hold certificates in PEM form.",
        ) from None


def _load_certificate(context: ssl.SSLContext, options: TLSOptions) -> None:
    def password() -> str:
        # Without this, OpenSSL would ask for one on the terminal.
        if options.password is None:
            raise UsageError(
                f"The private key of {options.certificate} is encrypted.",
                hint="Give what it is encrypted with: --pass PASSWORD.",
            )
        return options.password

    key = None if options.key is None else str(options.key)
    try:
        context.load_cert_chain(str(options.certificate), key, password=password)
    except OSError as error:
        files = f"{options.certificate} and {options.key}" if key else str(options.certificate)
        raise UsageError(
            f"The client certificate cannot be used ({files}): {_why(error)}.",
            hint="Certificate and key must be PEM and belong together; --pass decrypts the key.",
        ) from None


def _log_keys(context: ssl.SSLContext, path: Path) -> None:
    try:
        path.touch(mode=0o600)  # whoever reads it can read the connection
        context.keylog_filename = str(path)
    except OSError as error:
        raise UsageError(
            f"The session's secrets cannot be written to {path}: {_why(error)}.",
            hint="Name another file in SSLKEYLOGFILE, or unset it.",
        ) from None


def _why(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return (error.reason or "not a certificate").lower().replace("_", " ")
    return (error.strerror or str(error)).lower()


_TRUST_IT = "If you trust it, give the issuer's certificate with --cacert."
_RIGHT_NAME = "Connect to a name that it is for, or name it with --server-name."


def explain_certificate(
    error: ssl.SSLCertVerificationError, host: str, certificates: Sequence[Certificate]
) -> ConnectError:
    """Say why a certificate was not accepted, and what to do about it.

    `certificates` are those that the server sent, none when they could not be had.
    """
    certificate = next(iter(certificates), None)
    kind = "certificate"
    issuer = f' ("{certificate.issuer}")' if certificate is not None else ""
    match error.verify_code:
        case 9:
            when = f" before {certificate.not_before:%Y-%m-%d %H:%M} UTC" if certificate else " yet"
            kind, message = "certificate-early", f"The certificate of {host} is not valid{when}."
            hint = "Check the clocks of this machine and of the server."
        case 10:
            when = f" on {certificate.not_after:%Y-%m-%d at %H:%M} UTC" if certificate else ""
            kind, message = "certificate-expired", f"The certificate of {host} expired{when}."
            hint = "Renew it on the server; if it is not that old, check this machine's clock."
        case 18:
            kind = "certificate-self-signed"
            message = f"The certificate of {host} is self-signed, so nobody vouches for it."
            hint = "Give it with --cacert if you trust it, or use --insecure for one connection."
        case 19:
            kind = "certificate-untrusted"
            message = f"The certificate chain of {host} ends in a root that is not trusted here."
            hint = _TRUST_IT
        case 20 | 21:
            kind = "certificate-untrusted"
            message = f"The issuer{issuer} of the certificate of {host} is not trusted here."
            hint = f"{_TRUST_IT} {_no_intermediates(certificates)}"
            if len(certificates) > 1:
                root = f'"{certificates[-1].issuer}"'
                message = f"The certificate chain of {host} leads to {root}, not trusted here."
                hint = _TRUST_IT
        case 62 | 64:
            kind = "certificate-name"
            message = f"The certificate is not for {host}{_what_for(certificate)}."
            hint = _RIGHT_NAME
        case _:
            reason = (error.verify_message or str(error)).rstrip(".")
            message = f"The certificate of {host} was not accepted: {reason}."
            hint = "--insecure connects without checking it, to look at what the server says."
    return ConnectError(message, phase="tls", kind=kind, hint=hint)


def _no_intermediates(certificates: Sequence[Certificate]) -> str:
    """Say what an issuer that is not trusted may be instead; what was sent says how likely."""
    if not certificates:
        return "A server that sends no intermediate certificates looks the same."
    return "The server sent no intermediate certificate; if there should be one, it looks the same."


def _what_for(certificate: Certificate | None) -> str:
    if certificate is None:
        return ""
    names = list(certificate.names[:8]) or [f'"{certificate.subject}", in no form that counts']
    if len(certificate.names) > len(names):
        names.append(f"{len(certificate.names) - len(names)} more")
    return f"; it is for {', '.join(names)}"
