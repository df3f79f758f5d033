"""What two sides tell each other: descriptions and candidates, in the form that browsers use."""

import re
from dataclasses import dataclass
from typing import Any

from wirescope.errors import DescriptionError
from wirescope.events import SdpType

MAX_SDP = 256 << 10
"""Characters of a description; a conference of a hundred people has about half of that."""

MAX_CANDIDATE = 1024

# RFC 8866 section 9 lets free text have all but NUL, CR and LF; no description makes use of it.
_UNSEEMLY = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff]|\r(?!\n)")


def check_text(text: str) -> None:
    """See that a text of the other side may go to the engine.

    The engine writes to standard error, unaltered, what it does not like, and that may be a
    terminal, which control characters steer.

    Raises:
        DescriptionError: there is a control character in it, or half of a surrogate pair.
    """
    found = _UNSEEMLY.search(text)
    if found is None:
        return
    line = text.count("\n", 0, found.start()) + 1
    if found[0] > "\ud000":
        raise DescriptionError(
            f"Line {line} has half of a surrogate pair in it, which no text has.",
            hint="What wrote it as JSON has cut a character in two.",
        )
    raise DescriptionError(
        f"Line {line} has the control character U+{ord(found[0]):04X} in it, which nothing that"
        " describes a session needs.",
        hint="Lines end with CR and LF, or with LF alone; see what the text went through.",
    )


@dataclass(frozen=True, slots=True)
class Description:
    """A session description (W3C webrtc section 4.6, `RTCSessionDescription`)."""

    kind: SdpType
    sdp: str

    def as_json(self) -> dict[str, Any]:
        """Give the object that browsers send, `{"type": …, "sdp": …}`."""
        return {"type": self.kind, "sdp": self.sdp}

    @classmethod
    def from_json(cls, value: Any) -> "Description":
        """Read such an object.

        Raises:
            DescriptionError: it is none.
        """
        kind = value.get("type") if isinstance(value, dict) else None
        sdp = value.get("sdp", "") if isinstance(value, dict) else None
        if kind not in ("offer", "answer", "pranswer", "rollback") or not isinstance(sdp, str):
            raise DescriptionError(
                "What came is no session description.",
                hint='It has to be an object such as {"type": "offer", "sdp": "v=0…"}.',
            )
        if len(sdp) > MAX_SDP:
            raise DescriptionError(
                f"The description has {len(sdp):,} characters; {MAX_SDP:,} are taken at most."
            )
        return cls(kind, sdp)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A candidate, or that there are no more (W3C webrtc section 4.8, `RTCIceCandidateInit`).

    Attributes:
        text: as in SDP, `candidate:…`; empty for the end of candidates.
        mid: the media section that it belongs to.
        index: the section's number, from 0.
        fragment: the user name fragment of the generation of candidates that it is of.
    """

    text: str
    mid: str | None = None
    index: int | None = None
    fragment: str | None = None

    def as_json(self) -> dict[str, Any]:
        """Give the object that browsers send."""
        return {
            "candidate": self.text,
            "sdpMid": self.mid,
            "sdpMLineIndex": self.index,
            "usernameFragment": self.fragment,
        }

    @classmethod
    def from_json(cls, value: Any) -> "Candidate":
        """Read such an object; None stands for the end of candidates.

        Raises:
            DescriptionError: it is none.
        """
        if value is None:
            return END_OF_CANDIDATES
        given = value if isinstance(value, dict) else {}
        names = ("candidate", "sdpMid", "sdpMLineIndex", "usernameFragment")
        text, mid, index, fragment = map(given.get, names)
        fits = (
            isinstance(text, str)
            and len(text) <= MAX_CANDIDATE
            and (mid is None or isinstance(mid, str))
            and (index is None or (type(index) is int and 0 <= index < 1024))
            and (fragment is None or isinstance(fragment, str))
        )
        if not fits:
            raise DescriptionError(
                "What came is no ICE candidate.",
                hint='It has to be an object such as {"candidate": "candidate:…", "sdpMid": "0"}.',
            )
        return cls(text, mid, index, fragment)  # type: ignore[arg-type]


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, as the event `signaling.exchange` has them.

    Attributes:
        method: as `POST`.
        url: what was asked, absolute where that is known.
        status: the answer's; 0 when nothing came back.
        request: the fields of the request's head, a line a field.
        request_body: what it carried.
        response: the fields of the answer's head.
        response_body: what it carried.
        duration_ns: from the request to the whole answer.
    """

    method: str
    url: str
    status: int
    request: str
    request_body: str
    response: str
    response_body: str
    duration_ns: int


END_OF_CANDIDATES = Candidate("")
