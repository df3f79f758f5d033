"""Every error that Wirescope raises on purpose, in one tree.

::

    WirescopeError
    ├── UsageError                the user's mistake
    │   ├── InvalidURLError       an address that cannot be connected to
    │   ├── FilterSyntaxError     a filter expression; `column` points into it
    │   ├── UnknownDecoderError   there is no decoder of that name
    │   ├── UnknownSessionError   there is no connection of that id
    │   ├── UnknownVariableError  a `{{variable}}` has no value; `name` and `where`
    │   ├── MessageTooLongError   a message above what the peer takes; `length`, `limit`
    │   └── ComposeError          a value that no payload can be made of; `where` points into it
    ├── NetworkError              the path between the two ends
    │   └── ConnectError          no connection came about; `phase` and `kind` say where and why
    ├── PeerError                 the other end
    │   ├── UpgradeRefusedError   the opening handshake was answered with something else than 101
    │   ├── HandshakeError        a 101 that breaks RFC 6455 section 4
    │   ├── ConnectionClosedError the connection ended; `code`, `reason`, `initiator`, `clean`
    │   ├── PacketError           bytes that are no packet of their protocol; `clause`, `offset`
    │   ├── StunRefusedError      a STUN or TURN server refused a request; `code` and `method`
    │   ├── DescriptionError      a session description or candidate that cannot be used
    │   └── SignalingError        the other side of the signaling refused; `status` and `body`
    ├── LinkError                 the emulated link: there can be none here, or it has ended
    ├── EngineError               the WebRTC engine
    │   └── EngineMissingError    there is none for this machine
    ├── DecodeError               a payload is not what it was taken for; `where` points into it
    ├── DecoderStoppedError       somebody's decoder took too long or too much, and was stopped
    ├── ForeignFormatError        another tool's file cannot be read; `where` points into it
    ├── MediaFileError            a media file that cannot be read or written
    ├── CaptureError              a capture file
    │   ├── UnknownCaptureError   there is no capture of that id
    │   ├── UnknownEventError     there is no event of that number in it
    │   ├── UnknownConnectionError there is no such connection in it
    │   ├── CaptureExistsError    the file to record into exists already
    │   ├── CaptureLockedError    another process writes it
    │   ├── CaptureFormatError    not a capture, or of a version that this program does not know
    │   └── CaptureWriteError     events could not be saved: disk full, input/output error
    ├── LabError                  a part of an experiment could not do what it was told
    └── WorkspaceError            a workspace's folder or a file in it
        ├── BrokenFileError       a file cannot be used; `problems` say where and why
        ├── ConflictError         a file was changed since it was read; `ours`, `theirs`
        └── NameTakenError        there is a file of that name already

An error's first argument says what happened and what was expected; `hint` says what to do.
Errors of our own code are ordinary Python exceptions and are not caught anywhere.
"""

from collections.abc import Sequence
from typing import Any


class WirescopeError(Exception):
    """The root of all errors raised on purpose.

    Attributes:
        message: one sentence, what happened.
        hint: one sentence, what to do about it; empty when there is nothing to advise.
    """

    def __init__(self, message: str, *, hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint

    def __str__(self) -> str:
        return f"{self.message}\n{self.hint}" if self.hint else self.message


class UsageError(WirescopeError):
    """The call cannot be carried out as it was written."""


class InvalidURLError(UsageError):
    """The address is not one that can be connected to."""


class FilterSyntaxError(UsageError):
    """A filter expression is malformed.

    Attributes:
        expression: the whole expression.
        column: 1-based column of the offending character.
    """

    def __init__(self, message: str, *, expression: str, column: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.expression = expression
        self.column = column

    def __str__(self) -> str:
        pointer = " " * (self.column - 1) + "^"
        lines = [f"{self.message} (column {self.column})", f"  {self.expression}", f"  {pointer}"]
        return "\n".join([*lines, self.hint] if self.hint else lines)


class UnknownDecoderError(UsageError):
    """There is no decoder of that name, or a part of it is not installed."""


class UnknownSessionError(UsageError):
    """There is no connection of that id, or there is none any more."""


class UnknownVariableError(UsageError):
    """A variable has no value.

    Attributes:
        name: the variable.
        where: what it was used for, as `headers[2].value`.
    """

    def __init__(self, message: str, *, name: str, where: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.name = name
        self.where = where


class MessageTooLongError(UsageError):
    """A message is longer than the peer has said that it takes; the channel is still open.

    Attributes:
        length: the message's, in bytes.
        limit: bytes that the peer takes (RFC 8841 section 6.1, `max-message-size`).
    """

    def __init__(self, length: int, limit: int) -> None:
        super().__init__(
            f"The message has {length:,} bytes; the peer takes {limit:,} at most.",
            hint="Send it in pieces, and put them together at the other end.",
        )
        self.length = length
        self.limit = limit


class ComposeError(UsageError):
    """A value cannot be written in the format.

    Attributes:
        where: the place in the value, as `id` or `data[2]`; empty where it is the whole.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.where = where


class NetworkError(WirescopeError):
    """The path between the two ends failed."""


class ConnectError(NetworkError):
    """No connection could be established.

    Attributes:
        phase: the step that failed: `dns`, `tcp`, `proxy`, `tls` or `upgrade`; of WebRTC
            `signaling`, `gathering`, `ice`, `dtls` or `sctp`; of a STUN or TURN server also `stun`.
        kind: the cause in one word, as in the event `connection.failed`.
    """

    def __init__(self, message: str, *, phase: str, kind: str, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.phase = phase
        self.kind = kind


class PeerError(WirescopeError):
    """The other end did something that ended the matter."""


class UpgradeRefusedError(PeerError):
    """The server answered the opening handshake with another status than 101.

    Attributes:
        status: the HTTP status code.
        headers: the response headers in order, names as they were sent.
        body: the response body, cut at the limit that the connection was given.
    """

    phase = "upgrade"
    kind = "status"

    def __init__(
        self,
        message: str,
        *,
        status: int,
        headers: list[tuple[str, str]],
        body: bytes,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.headers = headers
        self.body = body


class HandshakeError(PeerError):
    """The server answered 101, but its answer breaks RFC 6455 section 4 or is not HTTP.

    Attributes:
        clause: the section of the RFC that was broken.
        status: the HTTP status code, when there was one.
        kind: the cause in one word, as in the event `connection.failed`.
    """

    phase = "upgrade"

    def __init__(
        self,
        message: str,
        *,
        clause: str,
        status: int | None = None,
        kind: str = "handshake",
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.clause = clause
        self.status = status
        self.kind = kind


class ConnectionClosedError(PeerError):
    """The connection is closed, so nothing can be sent or received on it any more.

    Attributes:
        code: the close code (RFC 6455 section 7.1.5); 1005 without one, 1006 without a Close frame;
            0 for a data channel, which has none.
        reason: the close reason.
        initiator: `local`, `remote` or `network`.
        clean: whether Close frames went both ways.
    """

    def __init__(
        self, message: str, *, code: int, reason: str, initiator: str, clean: bool, hint: str = ""
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.reason = reason
        self.initiator = initiator
        self.clean = clean


class PacketError(PeerError):
    """Bytes that were taken for a packet, or for a part of one, do not follow its protocol.

    Attributes:
        clause: the section of the RFC that was broken.
        offset: where in the bytes it shows.
    """

    def __init__(self, message: str, *, clause: str, offset: int, hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.clause = clause
        self.offset = offset


class StunRefusedError(PeerError):
    """A STUN or TURN server answered a request with an error.

    Attributes:
        code: the error's (RFC 8489 section 14.8); `wirescope.wire.stun.error_meaning` explains it.
        reason: what the server said beside.
        method: what was asked, as `Allocate`.
        alternate: address and port of the server that is to be asked instead, with 300.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int,
        reason: str = "",
        method: str = "",
        alternate: tuple[str, int] | None = None,
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.code = code
        self.reason = reason
        self.method = method
        self.alternate = alternate


class DescriptionError(PeerError):
    """A session description or a candidate of the other side cannot be used."""


class SignalingError(PeerError):
    """The other side of the signaling refused, or answered something that is none.

    Attributes:
        status: the HTTP status code; 0 where the signaling is not HTTP.
        body: what it said beside, cut.
        headers: the response headers in order; none where it is not HTTP.
    """

    def __init__(
        self,
        message: str,
        *,
        status: int = 0,
        body: str = "",
        headers: Sequence[tuple[str, str]] = (),
        hint: str = "",
    ) -> None:
        super().__init__(message, hint=hint)
        self.status = status
        self.body = body
        self.headers = list(headers)


class LinkError(WirescopeError):
    """There can be no emulated link on this machine, or it has ended."""


class EngineError(WirescopeError):
    """The WebRTC engine cannot do what it was asked to."""


class EngineMissingError(EngineError):
    """There is no WebRTC engine for this machine."""


class DecodeError(WirescopeError):
    """A payload is not of the format that it was taken for.

    Attributes:
        where: the place in the payload, as `byte 12`; empty where it is the whole.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.where = where


class DecoderStoppedError(WirescopeError):
    """A decoder that is not Wirescope's own was stopped, and is not used any more."""


class ForeignFormatError(WirescopeError):
    """A file of another tool is not what it was taken for, or asks for too much.

    Attributes:
        where: the place in the file, as `line 12` or `channels.chat`; empty where it is the whole.
    """

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message, hint=hint)
        self.where = where

    def __str__(self) -> str:
        return f"{self.where}: {super().__str__()}" if self.where else super().__str__()


class MediaFileError(WirescopeError):
    """A file of audio and video cannot be read, or not be written any further."""


class CaptureError(WirescopeError):
    """A capture file cannot be used as asked."""


class UnknownCaptureError(CaptureError):
    """There is no capture of that id, or there is none any more."""


class UnknownConnectionError(CaptureError):
    """A capture has no connection of that id, or none of the kind that was asked for."""


class UnknownEventError(CaptureError):
    """There is no event of that number in a capture."""


class CaptureExistsError(CaptureError):
    """The file to record into exists already."""


class CaptureLockedError(CaptureError):
    """Another process records into this file."""


class CaptureFormatError(CaptureError):
    """The file is not a capture, or its version is not known to this program."""


class CaptureWriteError(CaptureError):
    """Events could not be saved."""


class LabError(WirescopeError):
    """A part of an experiment is gone, or could not do what it was told."""


class WorkspaceError(WirescopeError):
    """A workspace, or a file in it, cannot be used as asked."""


class BrokenFileError(WorkspaceError):
    """A file of a workspace cannot be used.

    Attributes:
        problems: what is wrong with it; there is at least one, with `message`, `line`, `column` and
            `hint`.
    """

    def __init__(self, problems: Sequence[Any]) -> None:
        super().__init__(str(problems[0]), hint=problems[0].hint)
        self.problems = tuple(problems)


class ConflictError(WorkspaceError):
    """A file was changed since it was read, so that a save would undo somebody's work.

    Attributes:
        ours: the text that was to be saved.
        theirs: the text that is there; None when the file was deleted.
        digest: of what is there, to save over it on purpose; empty when it was deleted.
    """

    def __init__(self, name: str, *, ours: str, theirs: str | None, digest: str) -> None:
        happened = "deleted" if theirs is None else "changed"
        super().__init__(
            f"{name} was {happened} since it was read.",
            hint="Look at both versions, then save one of them.",
        )
        self.ours = ours
        self.theirs = theirs
        self.digest = digest


class NameTakenError(WorkspaceError):
    """There is a file of that name already."""
