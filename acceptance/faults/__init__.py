"""Faults that are staged over real sockets, each with the code of the finding it must lead to.

Every family has a module with a list of its own, `FAULTS`; who adds rules adds a module, and its
list to `FAMILIES` here. `staging` has what a fault is and how it is visited, `gateways` runs nginx
and HAProxy, `healthy` has conversations in which nothing is wrong.
"""

from acceptance.faults import breaches, closing, opening, way
from acceptance.faults.staging import Fault

FAMILIES: dict[str, list[Fault]] = {
    "NET, TLS": way.FAULTS,
    "WS1": opening.FAULTS,
    "WS2": closing.FAULTS,
    "WS3": breaches.FAULTS,
}
"""The faults by what their codes begin with; those of WS4 to WS7 belong below."""
