"""A media section: what is said of one medium, its streams and its transport (RFC 8866 5.14)."""

from msgspec.structs import replace

from wirescope.errors import DescriptionError
from wirescope.wire.sdp.fields import MediaLine, parse_media, parse_token
from wirescope.wire.sdp.lines import Line
from wirescope.wire.sdp.media_attributes import (
    Fmtp,
    Msid,
    Rid,
    RtcpFeedback,
    RtpMap,
    Simulcast,
    SsrcAttribute,
    SsrcGroup,
    parse_fmtp,
    parse_msid,
    parse_rid,
    parse_rtcp_feedback,
    parse_rtpmap,
    parse_simulcast,
    parse_ssrc,
    parse_ssrc_group,
)
from wirescope.wire.sdp.sections import Section
from wirescope.wire.sdp.transport_attributes import (
    IceCandidate,
    parse_candidate,
    parse_max_message_size,
    parse_sctp_port,
)


class MediaSection(Section, frozen=True):
    """A section that begins with an m= line (RFC 8866 section 5.14)."""

    @property
    def media(self) -> MediaLine | None:
        """What the m= line says, None where it cannot be read."""
        try:
            return parse_media(self.value_of("m") or "")
        except DescriptionError:
            return None

    @property
    def is_rejected(self) -> bool:
        """Whether the section is refused, or its m= line cannot be read.

        A port of 0 stands for that, unless the section is `bundle-only` (RFC 9143 section 6).
        """
        media = self.media
        return media is None or (not media.port and not self.has("bundle-only"))

    @property
    def mid(self) -> str | None:
        """The name of the section (RFC 5888 section 4)."""
        return self.first("mid", parse_token)

    @property
    def candidates(self) -> list[IceCandidate]:
        """The candidates (RFC 8839 section 5.1)."""
        return self.read("candidate", parse_candidate)

    @property
    def rtpmaps(self) -> list[RtpMap]:
        """What payload types stand for (RFC 8866 section 6.6)."""
        return self.read("rtpmap", parse_rtpmap)

    @property
    def fmtps(self) -> list[Fmtp]:
        """The parameters of formats (RFC 8866 section 6.15)."""
        return self.read("fmtp", parse_fmtp)

    @property
    def rtcp_feedback(self) -> list[RtcpFeedback]:
        """The feedback that may be sent (RFC 4585 section 4.2)."""
        return self.read("rtcp-fb", parse_rtcp_feedback)

    @property
    def rtcp_mux(self) -> bool:
        """Whether RTCP comes on the port of RTP (RFC 5761 section 5.1.1)."""
        return self.has("rtcp-mux")

    @property
    def rtcp_rsize(self) -> bool:
        """Whether RTCP may be of reduced size (RFC 5506 section 5)."""
        return self.has("rtcp-rsize")

    @property
    def ssrcs(self) -> list[SsrcAttribute]:
        """What is said of sources (RFC 5576 section 4.1)."""
        return self.read("ssrc", parse_ssrc)

    @property
    def ssrc_groups(self) -> list[SsrcGroup]:
        """Sources that belong together (RFC 5576 section 4.2)."""
        return self.read("ssrc-group", parse_ssrc_group)

    @property
    def msids(self) -> list[Msid]:
        """The streams and tracks that it carries (RFC 8830 section 2)."""
        return self.read("msid", parse_msid)

    @property
    def rids(self) -> list[Rid]:
        """The streams with restrictions (RFC 8851 section 4)."""
        return self.read("rid", parse_rid)

    @property
    def simulcast(self) -> Simulcast | None:
        """The streams that show the same (RFC 8853 section 5.1)."""
        return self.first("simulcast", parse_simulcast)

    @property
    def sctp_port(self) -> int | None:
        """The port of the SCTP association (RFC 8841 section 5.1)."""
        return self.first("sctp-port", parse_sctp_port)

    @property
    def max_message_size(self) -> int | None:
        """Bytes of the longest message that is taken (RFC 8841 section 6.1).

        0 is any size; None, where it is not said, is 64 KiB.
        """
        return self.first("max-message-size", parse_max_message_size)

    def with_media(self, media: MediaLine) -> "MediaSection":
        """Give the section with another m= line.

        Raises:
            DescriptionError: it would be none.
        """
        parse_media(str(media))
        first, *rest = self.lines
        return self.with_lines((replace(first, text=f"m={media}"), *rest))

    def without_format(self, name: str) -> "MediaSection":
        """Give the section without a format and all that is said of it.

        Raises:
            DescriptionError: the m= line cannot be read, or names no other format.
        """
        media = parse_media(self.value_of("m") or "")
        formats = tuple([each for each in media.formats if each != name])
        section = self.with_media(replace(media, formats=formats))
        return section.with_lines(line for line in section.lines if not _is_of_format(line, name))


def _is_of_format(line: Line, name: str) -> bool:
    value = line.attribute_value or ""
    return line.name in ("rtpmap", "fmtp", "rtcp-fb") and value.split(" ", 1)[0] == name
