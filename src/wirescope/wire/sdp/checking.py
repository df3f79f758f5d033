"""What is wrong with the lines of a description, with the line, the clause and the reason.

Here each line is judged by itself and by where it stands: its form, its place, whether it may stand
twice. Whether sections, offers and answers fit together is not asked here.
"""

from collections.abc import Callable, Iterator

import msgspec

from wirescope.errors import DescriptionError
from wirescope.wire.sdp.description import SessionDescription
from wirescope.wire.sdp.fields import parse_connection, parse_media, parse_origin, parse_token
from wirescope.wire.sdp.lines import CRLF, Line
from wirescope.wire.sdp.media_attributes import (
    parse_extmap,
    parse_fmtp,
    parse_group,
    parse_msid,
    parse_rid,
    parse_rtcp_feedback,
    parse_rtpmap,
    parse_simulcast,
    parse_ssrc,
    parse_ssrc_group,
)
from wirescope.wire.sdp.sections import DIRECTIONS, Section
from wirescope.wire.sdp.transport_attributes import (
    parse_candidate,
    parse_fingerprint,
    parse_ice_options,
    parse_ice_pwd,
    parse_ice_ufrag,
    parse_max_message_size,
    parse_sctp_port,
    parse_setup,
)

_SESSION_ORDER = "vosiuepcbtrzka"
_MEDIA_ORDER = "micbka"
_SESSION_ONCE = frozenset("vosiuczk")
_MEDIA_ONCE = frozenset("mik")
_LINES = "RFC 8866 5"

_FIELDS: dict[str, tuple[Callable[[str], object], str]] = {
    "o": (parse_origin, "RFC 8866 5.2"),
    "c": (parse_connection, "RFC 8866 5.7"),
    "m": (parse_media, "RFC 8866 5.14"),
}

_ATTRIBUTES: dict[str, tuple[Callable[[str], object], str]] = {
    "candidate": (parse_candidate, "RFC 8839 5.1"),
    "extmap": (parse_extmap, "RFC 8285 8"),
    "fingerprint": (parse_fingerprint, "RFC 8122 5"),
    "fmtp": (parse_fmtp, "RFC 8866 6.15"),
    "group": (parse_group, "RFC 5888 5"),
    "ice-options": (parse_ice_options, "RFC 8839 5.6"),
    "ice-pwd": (parse_ice_pwd, "RFC 8839 5.4"),
    "ice-ufrag": (parse_ice_ufrag, "RFC 8839 5.4"),
    "max-message-size": (parse_max_message_size, "RFC 8841 6.1"),
    "mid": (parse_token, "RFC 5888 4"),
    "msid": (parse_msid, "RFC 8830 2"),
    "rid": (parse_rid, "RFC 8851 4"),
    "rtcp-fb": (parse_rtcp_feedback, "RFC 4585 4.2"),
    "rtpmap": (parse_rtpmap, "RFC 8866 6.6"),
    "sctp-port": (parse_sctp_port, "RFC 8841 5.1"),
    "setup": (parse_setup, "RFC 4145 4"),
    "simulcast": (parse_simulcast, "RFC 8853 5.1"),
    "ssrc": (parse_ssrc, "RFC 5576 4.1"),
    "ssrc-group": (parse_ssrc_group, "RFC 5576 4.2"),
}

_ONCE = frozenset(
    ("ice-options", "ice-pwd", "ice-ufrag", "max-message-size", "mid", "sctp-port", "setup")
) | {"simulcast", "rtcp-mux", "end-of-candidates"}

_FLAGS = frozenset(("end-of-candidates", "rtcp-mux", "rtcp-rsize", "bundle-only", *DIRECTIONS))


class Problem(msgspec.Struct, frozen=True):
    """Something that is wrong with a line.

    Attributes:
        line: its number in the description, from 1.
        clause: the section that it breaks, as `RFC 8866 5`.
        message: one sentence, what was seen and what was expected.
    """

    line: int
    clause: str
    message: str


def check_description(description: SessionDescription, *, fragment: bool = False) -> list[Problem]:
    """Name what is wrong, in the order of the lines.

    `fragment` tells that it need not be whole (RFC 8840 section 9).
    """
    problems = [*_check_endings(description.lines)]
    problems += _check_section(description.session, _SESSION_ORDER, _SESSION_ONCE)
    if not fragment:
        problems += _check_required(description.session)
    for section in description.media:
        problems += _check_section(section, _MEDIA_ORDER, _MEDIA_ONCE)
    return sorted(problems, key=lambda problem: problem.line)


def _check_endings(lines: tuple[Line, ...]) -> Iterator[Problem]:
    names = {"\n": "LF alone", "\r": "CR alone", "": "nothing"}
    for number, line in enumerate(lines, 1):
        if line.ending != CRLF:
            message = f"The line ends in {names[line.ending]}; a line ends in CR and LF."
            yield Problem(number, "RFC 8866 9", message)
            return  # the others are likely to end so, too


def _check_required(session: Section) -> Iterator[Problem]:
    found = {line.kind for line in session.lines}
    for kind in "vost":
        if kind not in found:
            message = f"The session has no {kind}= line."
            yield Problem(max(len(session.lines), 1), _LINES, message)
    version = session.value_of("v")
    if version is not None and version != "0":
        number = next(n for n, line in enumerate(session.lines, 1) if line.kind == "v")
        yield Problem(number, "RFC 8866 5.1", f"{version[:40]!r} is not a version; it is 0.")


def _check_section(section: Section, order: str, once: frozenset[str]) -> Iterator[Problem]:
    reached = 0
    kinds: set[str] = set()
    names: set[str] = set()
    for number, line in enumerate(section.lines, section.number):
        yield from _check_form(number, line)
        kind, place = line.kind, order.find(line.kind)
        if not kind:
            continue
        if place < 0:
            yield Problem(number, _LINES, f"A {kind}= line has no place in this section.")
            continue
        # a repeat or a time zone belongs to the t= line before it, and several of them may follow
        if place < reached and not (kind == "t" and order[reached] in "rz"):
            message = f"The {kind}= line stands after {order[reached]}=; it comes before it."
            yield Problem(number, _LINES, message)
        reached = max(reached, place) if kind != "t" else place
        if kind in once and kind in kinds:
            yield Problem(number, _LINES, f"There is a second {kind}= line.")
        kinds.add(kind)
        name = "direction" if line.name in DIRECTIONS else line.name
        if name in names and (name in _ONCE or name == "direction"):
            clause = _ATTRIBUTES[name][1] if name in _ATTRIBUTES else "RFC 8866 6"
            yield Problem(number, clause, f"There is a second {name} in this section.")
        names.add(name)


def _check_form(number: int, line: Line) -> Iterator[Problem]:
    if not line.kind:
        shown = f"{line.text[:40]!r} is" if line.text else "An empty line is"
        yield Problem(number, _LINES, f"{shown} not a letter, an equals sign and a value.")
        return
    if "\0" in line.text:
        yield Problem(number, "RFC 8866 9", "The line has a byte of zero in it.")
    rule = _FIELDS.get(line.kind)
    value = line.value
    if line.kind == "a":
        rule, value = _ATTRIBUTES.get(line.name), line.attribute_value or ""
        if not line.name:
            yield Problem(number, "RFC 8866 5.13", "The attribute has no name.")
        elif line.name in _FLAGS and line.attribute_value is not None:
            yield Problem(number, "RFC 8866 6", f"{line.name} takes no value.")
    if rule is not None:
        parse, clause = rule
        try:
            parse(value)
        except DescriptionError as error:
            yield Problem(number, clause, error.message)
