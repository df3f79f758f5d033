"""Our STUN and TURN server serves those who know it from its specification alone.

RFC 5769's vectors are read; coturn's client tools send over UDP, TCP and TLS, by IPv4 and IPv6, to
a peer and to each other, and lose nothing; coturn's tool asks what its NAT does. Two engine peers,
and two pages of Chromium, call each other through the server alone. Five hundred clients hold an
allocation and relay at once. Last, how many packets a second it relays: 20,000 offered over a
hundred allocations, and as many as it can, turn by turn with coturn. The server runs in a process
of its own.

`--only NAME` runs one part: vectors, tools, engines, pages, many, rate.
"""

import sys

from acceptance.relaying import calls, load, tools, vectors
from acceptance.relaying.parts import Parts, show

SHOWN: Parts = {
    "vectors": vectors.show,
    "tools": tools.show,
    "engines": calls.show_engines,
    "pages": calls.show_pages,
    "many": load.show_many,
    "rate": load.show_rate,
}

if __name__ == "__main__":
    sys.exit(show(SHOWN, __doc__))
