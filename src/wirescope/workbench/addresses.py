"""Which addresses lead to a WebRTC peer; what they say is read by `calling`.

That room takes a while to load, and who connects to a WebSocket need not wait for it.
"""

import re

_CALL = re.compile(r"\s*(whep|whip|webrtc)(\+[A-Za-z0-9+.\-]*)?:", re.IGNORECASE)


def is_call(text: str) -> bool:
    """Whether an address is meant to lead to a WebRTC connection, right or wrong.

    >>> [is_call(text) for text in ("whep+https://a.test/b", "webrtc:", "WHIP://a", "wss://a.test")]
    [True, True, True, False]
    """
    return _CALL.match(text) is not None
