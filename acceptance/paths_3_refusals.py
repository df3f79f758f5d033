"""Our TURN server refuses what it has to, and answers those without credentials within a budget.

A server in a process of its own is asked to relay to private, loopback, link-local, mapped and its
own addresses, in all three ways in which one can ask; it is asked without credentials, with wrong,
expired, forged and replayed ones; it is flooded from one address, from many, and with connections
that say nothing, while a client goes on; the length of each answer is compared with that of the
request, as IP packets, beside coturn's. Last, a million damaged datagrams.

`--only NAME` runs one part: peers, credentials, floods, amplification, datagrams.
"""

import sys

from acceptance.relaying import amplification, credentials, datagrams, floods, peers
from acceptance.relaying.parts import Parts, show

SHOWN: Parts = {
    "peers": peers.show,
    "credentials": credentials.show,
    "floods": floods.show,
    "amplification": amplification.show,
    "datagrams": datagrams.show,
}

if __name__ == "__main__":
    sys.exit(show(SHOWN, __doc__))
