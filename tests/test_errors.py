"""Errors say what happened and what to do, and hang in one tree."""

import pytest

from wirescope.errors import (
    CaptureLockedError,
    ConnectError,
    ConnectionClosedError,
    FilterSyntaxError,
    HandshakeError,
    UpgradeRefusedError,
    UsageError,
    WirescopeError,
)

EXAMPLES: list[WirescopeError] = [
    UsageError("bad", hint="do better"),
    FilterSyntaxError("`=` is not an operator", expression="a = b", column=3, hint="write `==`"),
    ConnectError("refused", phase="tcp", kind="refused", hint="start the server"),
    UpgradeRefusedError("403", status=403, headers=[("A", "b")], body=b"no", hint="log in"),
    HandshakeError("no key", clause="4.2.2", status=101, hint="tell its author"),
    ConnectionClosedError("over", code=1006, reason="", initiator="network", clean=False, hint="-"),
    CaptureLockedError("locked", hint="wait"),
]


def test_a_message_alone_stands_alone() -> None:
    assert str(WirescopeError("It happened.")) == "It happened."


@pytest.mark.parametrize("error", EXAMPLES, ids=lambda error: type(error).__name__)
def test_a_hint_stands_on_a_line_of_its_own(error: WirescopeError) -> None:
    assert str(error).splitlines()[-1] == error.hint
    assert str(error).startswith(error.message)


def test_a_filter_error_points_at_the_column() -> None:
    error = FilterSyntaxError("`=` is not an operator", expression="a = b", column=3)
    assert str(error).splitlines() == ["`=` is not an operator (column 3)", "  a = b", "    ^"]


def test_the_other_ends_error_keeps_its_evidence() -> None:
    refused = UpgradeRefusedError("403", status=403, headers=[("A", "b")], body=b"no")
    assert (refused.phase, refused.status, refused.body) == ("upgrade", 403, b"no")
    assert refused.headers == [("A", "b")]


def test_a_close_keeps_what_was_known_about_it() -> None:
    closed = ConnectionClosedError("over", code=4001, reason="bye", initiator="remote", clean=True)
    assert (closed.code, closed.reason, closed.initiator, closed.clean) == (
        4001, "bye", "remote", True,
    )  # fmt: skip
