"""TLS of a client: whom it trusts, and how it shows who it is."""

import ssl
from pathlib import Path

from wirescope.errors import UsageError
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
