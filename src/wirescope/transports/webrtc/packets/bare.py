"""A bare end for those who measure a forwarder: it sends RTP packets, or takes those that come.

It offers, has ICE, DTLS and SRTP, and nothing above: no clock, no reports, no decoder. So it costs
little, and many of them fit into a process. Everything below is aiortc's, as in `leg`.
"""

import asyncio
from typing import Any

from wirescope.errors import ConnectError, DescriptionError
from wirescope.transports.webrtc.packets.datagrams import Datagrams, OnPacket
from wirescope.transports.webrtc.packets.stack import load, make_transport
from wirescope.wire.sdp import Direction, parse_sdp

GATHER_TIMEOUT_S = 5.0

_OFFER = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
a=group:BUNDLE 0
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=mid:0
a={direction}
a=rtcp-mux
a=ice-ufrag:{fragment}
a=ice-pwd:{password}
a=fingerprint:sha-256 {fingerprint}
a=setup:actpass
a=rtpmap:111 opus/48000/2
{candidates}
"""


class BareEnd:
    """One end of a connection that carries Opus one way, if only by its description.

    Args:
        on_rtp: takes each packet that comes, decrypted.

    Raises:
        EngineMissingError: there is nothing on this machine to end the encryption with.
    """

    def __init__(self, on_rtp: OnPacket) -> None:
        self._datagrams = Datagrams("a bare end", on_rtp=on_rtp, on_rtcp=_forget)
        self._gatherer, self._dtls = make_transport(
            (), self._datagrams.on_datagram, self._datagrams.waits, GATHER_TIMEOUT_S
        )
        connection: Any = self._gatherer._connection
        connection.ice_controlling = True  # RFC 8445 section 6.1.1: who offers
        self._datagrams.join(connection)
        self._dtls._set_role("server")  # the other side answers `active`

    async def offer(self, direction: Direction) -> str:
        """Look for addresses, and make the offer with all of them."""
        await self._gatherer.gather()
        local = self._gatherer.getLocalParameters()
        prints = self._dtls.getLocalParameters().fingerprints
        to_sdp = load().sdp.candidate_to_sdp
        return _OFFER.format(
            direction=direction,
            fragment=local.usernameFragment,
            password=local.password,
            fingerprint=next(each.value for each in prints if each.algorithm == "sha-256"),
            candidates="\n".join(
                f"a=candidate:{to_sdp(each)}" for each in self._gatherer.getLocalCandidates()
            ),
        )

    async def take(self, answer: str, *, timeout_s: float) -> None:
        """Take the answer, and connect.

        Raises:
            ConnectError: the connection does not stand in time.
            DescriptionError: the answer lacks what every one has.
        """
        sdp, stack = parse_sdp(answer), load()
        media = sdp.media[0]
        fragment, password = sdp.ice_credentials_of(media)
        if not (fragment and password):
            raise DescriptionError("The answer has no ICE user name or no password.")
        prints = [
            stack.RTCDtlsFingerprint(each.algorithm, each.value)
            for each in sdp.fingerprints_of(media)
        ]
        try:
            async with asyncio.timeout(timeout_s):
                for each in media.candidates:
                    native = stack.sdp.candidate_from_sdp(str(each).removeprefix("candidate:"))
                    await self._dtls.transport.addRemoteCandidate(native)
                await self._dtls.transport.start(stack.RTCIceParameters(fragment, password))
                await self._dtls.start(stack.RTCDtlsParameters(prints))
        except (TimeoutError, ConnectionError):
            raise ConnectError(
                f"The forwarder could not be reached within {timeout_s:g} s.",
                phase="ice",
                kind="timeout",
            ) from None
        self._datagrams.open(self._dtls)

    def send(self, packet: bytes) -> bool:
        """Send an RTP packet; whether it went out."""
        return self._datagrams.send_rtp(packet)

    async def close(self) -> None:
        """End it."""
        self._datagrams.close()
        await self._dtls.stop()
        await self._dtls.transport.stop()


def _forget(_: bytes) -> None:
    """Take a report that nobody reads."""
