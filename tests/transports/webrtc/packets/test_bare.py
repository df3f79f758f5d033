"""A bare end that nobody answers as it should; that it carries media is shown by sweeps."""

import re

import pytest

from wirescope.errors import ConnectError, DescriptionError
from wirescope.transports.webrtc.packets import BareEnd

pytestmark = pytest.mark.slow

ANSWER = """v=0
o=- 1 1 IN IP4 127.0.0.1
s=-
t=0 0
m=audio 9 UDP/TLS/RTP/SAVPF 111
c=IN IP4 0.0.0.0
a=ice-ufrag:abcd
a=ice-pwd:0123456789012345678901
a=fingerprint:sha-256 {fingerprint}
a=candidate:1 1 udp 2130706431 127.0.0.1 9 typ host
""".format(fingerprint=":".join(["00"] * 32))


async def test_nobody_at_the_address_is_an_error_in_time() -> None:
    end = BareEnd(lambda _: None)
    try:
        offer = await end.offer("recvonly")
        assert re.search(r"^a=recvonly$", offer, re.MULTILINE)
        with pytest.raises(ConnectError, match=r"within 0\.2 s"):
            await end.take(ANSWER, timeout_s=0.2)
        assert not end.send(b"\x80" + bytes(20))
    finally:
        await end.close()


async def test_an_answer_without_a_password_is_refused() -> None:
    end = BareEnd(lambda _: None)
    try:
        with pytest.raises(DescriptionError, match="no password"):
            await end.take(ANSWER.replace("a=ice-pwd", "a=x-pwd"), timeout_s=1)
    finally:
        await end.close()
