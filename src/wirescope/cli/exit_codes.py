"""The exit codes of every command, in one table.

Where the meaning is curl's, the number is curl's; 70 to 72 are ours. What ended
is read from plain words and numbers, so that this module costs nothing to import.
"""

from enum import IntEnum
from typing import Self

from wirescope.errors import (
    CaptureError,
    CaptureExistsError,
    CaptureLockedError,
    CaptureWriteError,
    ConnectError,
    ConnectionClosedError,
    DescriptionError,
    ForeignFormatError,
    HandshakeError,
    MediaFileError,
    SignalingError,
    UpgradeRefusedError,
    UsageError,
    WirescopeError,
)


class ExitCode(IntEnum):
    """A command's exit code; the docstring of each is its line in the reference."""

    __doc__: str

    def __new__(cls, value: int, meaning: str = "") -> Self:
        """Give a code its meaning."""
        member = int.__new__(cls, value)
        member._value_ = value
        member.__doc__ = meaning
        return member

    FINE = 0, "Fine: closed with 1000, 1001 or 1005, or ended by you, `-n`, `--wait` or `-E`."
    FAILED = 1, "A test or a threshold failed, or `doctor` found an error."
    USAGE = 2, "The command cannot be carried out as it was written."
    PROXY_RESOLVE = 5, "The proxy's name could not be resolved."
    RESOLVE = 6, "The host's name could not be resolved."
    CONNECT = 7, "No connection to the host: refused, unreachable or dropped; no path to the peer."
    REFUSED = 22, "The server refused: another status than 101, or no answer to an offer."
    WRITE = 23, "Output or a capture could not be written."
    READ = 26, "A file does not hold what it was taken for."
    TIMEOUT = 28, "Time-out, that of `-m` included."
    TLS = 35, "The TLS or DTLS handshake failed."
    REDIRECTS = 47, "Too many redirects."
    RECEIVE = (
        56,
        "The connection broke before it was open; that to a peer was lost, or ended too early.",
    )
    CERTIFICATE = 60, "The server's certificate could not be verified."
    ABNORMAL = 70, "Closed without a Close frame (1006)."
    CLOSE_CODE = 71, "Closed with any other code."
    VIOLATION = 72, "The peer broke the protocol."
    PROXY = 97, "The proxy refused or failed."
    INTERRUPTED = 130, "Interrupted before there was a connection, or before all was sent."


_BY_KIND = {
    "resolve": ExitCode.RESOLVE,
    "refused": ExitCode.CONNECT,
    "unreachable": ExitCode.CONNECT,
    "timeout": ExitCode.TIMEOUT,
    "media": ExitCode.READ,
    "tls": ExitCode.TLS,
    "tls-name": ExitCode.TLS,
    "tls-version": ExitCode.TLS,
    "tls-cipher": ExitCode.TLS,
    "not-tls": ExitCode.TLS,
    "client-certificate": ExitCode.TLS,
    "certificate": ExitCode.CERTIFICATE,
    "certificate-expired": ExitCode.CERTIFICATE,
    "certificate-early": ExitCode.CERTIFICATE,
    "certificate-name": ExitCode.CERTIFICATE,
    "certificate-self-signed": ExitCode.CERTIFICATE,
    "certificate-untrusted": ExitCode.CERTIFICATE,
    "proxy": ExitCode.PROXY,
    "proxy-authentication": ExitCode.PROXY,
    "handshake": ExitCode.VIOLATION,
    "not-http": ExitCode.VIOLATION,
    "tls-expected": ExitCode.VIOLATION,
    "http2": ExitCode.VIOLATION,
    "accept": ExitCode.VIOLATION,
    "subprotocol": ExitCode.VIOLATION,
    "extension": ExitCode.VIOLATION,
    "status": ExitCode.REFUSED,
    "redirected": ExitCode.REFUSED,
    "challenged": ExitCode.REFUSED,
    "redirects": ExitCode.REDIRECTS,
    "url": ExitCode.USAGE,
    "aborted": ExitCode.INTERRUPTED,
    "dtls": ExitCode.TLS,
    "left": ExitCode.RECEIVE,
    "description": ExitCode.VIOLATION,
    "rejected": ExitCode.REFUSED,
}

_RESET_IN = {"tcp": ExitCode.CONNECT, "tls": ExitCode.TLS, "proxy": ExitCode.PROXY}

_FINE_CODES = (1000, 1001, 1005)
_LOST = ("ice", "dtls")
_NO_CLOSE_FRAME = 1006
_TOO_BIG = 1009


def of_failure(kind: str, phase: str) -> ExitCode:
    """Choose the code for a connection that did not come about (`connection.failed`)."""
    if kind == "reset":
        return _RESET_IN.get(phase, ExitCode.RECEIVE)
    if kind == "resolve" and phase == "proxy":
        return ExitCode.PROXY_RESOLVE
    return _BY_KIND.get(kind, ExitCode.CONNECT)


def of_close(code: int, *, cause: str = "close", ended_by_user: bool = False) -> ExitCode:
    """Choose the code for a connection that was open.

    Args:
        code: the close code of `connection.closed`; 0 for a WebRTC connection.
        cause: its cause there.
        ended_by_user: whether this end closed because it was told to.
    """
    if ended_by_user:
        return ExitCode.FINE
    if not code:  # WebRTC has no close codes
        return ExitCode.RECEIVE if cause in _LOST else ExitCode.FINE
    # A message above the user's own limit is a breach of his rule, not of the protocol.
    if cause == "violation" and code != _TOO_BIG:
        return ExitCode.VIOLATION
    if code in _FINE_CODES:
        return ExitCode.FINE
    return ExitCode.ABNORMAL if code == _NO_CLOSE_FRAME else ExitCode.CLOSE_CODE


def of_error(error: WirescopeError) -> ExitCode:
    """Choose the code for an error that ended a command."""
    match error:
        case UsageError() | CaptureExistsError():
            return ExitCode.USAGE
        case ConnectError():
            return of_failure(error.kind, error.phase)
        case UpgradeRefusedError() | SignalingError():
            return ExitCode.REFUSED
        case HandshakeError() | DescriptionError():
            return ExitCode.VIOLATION
        case ConnectionClosedError():
            return of_close(error.code)
        case CaptureWriteError() | CaptureLockedError():
            return ExitCode.WRITE
        case CaptureError() | ForeignFormatError() | MediaFileError():
            return ExitCode.READ
    return ExitCode.FAILED
