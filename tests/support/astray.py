"""Signaling that changes what it carries, so that a connection sticks on a rung that is chosen."""

import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace

from tests.support.peers import Said, Wire
from wirescope.transports.webrtc import Description

Change = Callable[[str], str]

_CANDIDATE = re.compile(r"(candidate:\S+ \d+ udp \d+) \S+ \d+ (typ)")
_FINGERPRINT = re.compile(r"(a=fingerprint:sha-256) \S+")


class ChangingWire(Wire):
    """One end of a signaling that changes all texts that it sends, or loses them.

    Attributes:
        change: is given each description and each candidate; None loses all.
    """

    change: Change | None = None

    async def send(self, message: Said) -> None:
        """Send to the other end."""
        if self.change is None:
            return
        await super().send(changed(message, self.change))


def changed(message: Said, change: Change) -> Said:
    """Change the text of a description or of a candidate."""
    if isinstance(message, Description):
        return replace(message, sdp=change(message.sdp))
    return replace(message, text=change(message.text)) if message.text else message


def with_another_fingerprint(text: str) -> str:
    """Name another certificate than the one that will be shown."""
    return _FINGERPRINT.sub(rf"\1 {':'.join(['AB'] * 32)}", text)


@contextmanager
def black_hole() -> Iterator[Change]:
    """Give what leads all addresses of UDP to a port that takes everything and never answers."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as silent:
        silent.bind(("127.0.0.1", 0))
        port = silent.getsockname()[1]
        yield lambda text: _CANDIDATE.sub(rf"\1 127.0.0.1 {port} \2", _without_tcp(text))


def _without_tcp(text: str) -> str:
    return re.sub(r"(?m)^a=candidate:\S+ \d+ tcp .*\r?\n", "", text)
