import pytest

from wirescope.cli.exit_codes import ExitCode, of_close, of_error, of_failure
from wirescope.errors import (
    CaptureError,
    CaptureExistsError,
    CaptureFormatError,
    CaptureLockedError,
    CaptureWriteError,
    ConnectError,
    ConnectionClosedError,
    FilterSyntaxError,
    HandshakeError,
    InvalidURLError,
    UpgradeRefusedError,
)


@pytest.mark.parametrize(
    ("kind", "phase", "code"),
    [
        ("resolve", "dns", 6),
        ("resolve", "proxy", 5),
        ("refused", "tcp", 7),
        ("unreachable", "tcp", 7),
        ("timeout", "tcp", 28),
        ("timeout", "upgrade", 28),
        ("reset", "tcp", 7),
        ("reset", "tls", 35),
        ("reset", "proxy", 97),
        ("reset", "upgrade", 56),
        ("tls", "tls", 35),
        ("not-tls", "tls", 35),
        ("tls-version", "tls", 35),
        ("client-certificate", "tls", 35),
        ("certificate", "tls", 60),
        ("certificate-expired", "tls", 60),
        ("certificate-untrusted", "tls", 60),
        ("proxy", "proxy", 97),
        ("proxy-authentication", "proxy", 97),
        ("handshake", "upgrade", 72),
        ("accept", "upgrade", 72),
        ("tls-expected", "upgrade", 72),
        ("status", "upgrade", 22),
        ("redirects", "upgrade", 47),
        ("url", "dns", 2),
        ("timeout", "signaling", 28),
        ("status", "signaling", 22),
        ("rejected", "signaling", 22),
        ("description", "signaling", 72),
        ("reset", "signaling", 56),
        ("aborted", "signaling", 130),
        ("no-relay", "gathering", 7),
        ("ice-server", "gathering", 7),
        ("no-candidates", "ice", 7),
        ("no-path", "ice", 7),
        ("dtls", "dtls", 35),
        ("timeout", "dtls", 28),
        ("left", "dtls", 56),
        ("aborted", "dtls", 130),
        ("timeout", "sctp", 28),
        ("reset", "sctp", 56),
        ("aborted", "sctp", 130),
    ],
)
def test_a_failure_has_curls_code_where_the_meaning_is_curls(kind, phase, code):
    assert of_failure(kind, phase) == code


@pytest.mark.parametrize(
    ("close_code", "cause", "code"),
    [
        (1000, "close", 0),
        (1001, "close", 0),
        (1005, "close", 0),
        (1006, "eof", 70),
        (1006, "reset", 70),
        (1006, "ping-timeout", 70),
        (1008, "close", 71),
        (1011, "close", 71),
        (4001, "close", 71),
        (1002, "close", 71),
        (1002, "violation", 72),
        (1007, "violation", 72),
        (1009, "violation", 71),
        (0, "close", 0),
        (0, "ice", 56),
        (0, "dtls", 56),
    ],
)
def test_the_end_of_an_open_connection_has_a_code_of_its_own(close_code, cause, code):
    assert of_close(close_code, cause=cause) == code


@pytest.mark.parametrize("close_code", [1000, 1006, 4001])
def test_what_the_user_ended_is_fine(close_code):
    assert of_close(close_code, cause="close-timeout", ended_by_user=True) == 0


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (InvalidURLError("no"), 2),
        (FilterSyntaxError("no", expression="x", column=1), 2),
        (ConnectError("no", phase="dns", kind="resolve"), 6),
        (UpgradeRefusedError("no", status=403, headers=[], body=b""), 22),
        (HandshakeError("no", clause="4.2.2"), 72),
        (
            ConnectionClosedError("no", code=1006, reason="", initiator="network", clean=False),
            70,
        ),
        (CaptureExistsError("no"), 2),
        (CaptureFormatError("no"), 26),
        (CaptureLockedError("no"), 23),
        (CaptureWriteError("no"), 23),
        (CaptureError("no"), 26),
    ],
)
def test_an_error_has_the_code_of_what_it_means(error, code):
    assert of_error(error) == code


def test_every_code_says_what_it_means():
    assert all(code.__doc__ and code.__doc__.endswith(".") for code in ExitCode)
