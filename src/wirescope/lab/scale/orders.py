"""What the processes of a sweep are told to do, and what they answer: a line of JSON each.

The form is that of `lab.ends.orders`, and so are the order to quit and what an answer is wrapped
in. A process is what its command line says: the one that passes messages on, or one that holds
participants. Nothing is done here.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta, Struct

from wirescope.lab.ends.order import Order
from wirescope.lab.ends.orders import Quit

Role = Literal["room", "members", "forwarder", "viewers", "mesh"]


class Host(Order, frozen=True, kw_only=True, tag="host"):
    """Listen, so that others may come."""


class Hosted(Struct, frozen=True, kw_only=True):
    """Where it is listened.

    Attributes:
        port: on this machine's loopback address.
    """

    port: int


class Join(Order, frozen=True, kw_only=True, tag="join"):
    """Have as many participants as are said, those that are there already among them.

    Attributes:
        ports: where the host is; of a mesh where those are who are to be called.
        first: the number of the first participant of this process; the others follow.
        participants: of this process.
        publishes: whether this process has the publisher, of media.
        whole: whether a participant is our client as applications have it; others cost as little
            as they can, so that many fit into a process.
    """

    ports: list[int]
    first: Annotated[int, Meta(ge=0)]
    participants: Annotated[int, Meta(ge=0)]
    publishes: bool = False
    whole: bool = False


class Play(Order, frozen=True, kw_only=True, tag="play"):
    """Send messages at their times, and take those that come.

    Each has a number, and the participant whose turn it is sends it: that is the rest of the number
    divided by how many there are. Of media, the publisher sends all.

    Attributes:
        start_ns: when the first one is due.
        every_ns: from each to the next.
        messages: how many there are, of all participants.
        participants: how many there are, in all processes.
        expects: how many come here, if all come.
        end_ns: when it is over at the latest.
    """

    start_ns: int
    every_ns: Annotated[int, Meta(gt=0)]
    messages: Annotated[int, Meta(gt=0)]
    participants: Annotated[int, Meta(ge=1)]
    expects: Annotated[int, Meta(ge=0)]
    end_ns: int


class Played(Struct, frozen=True, kw_only=True):
    """What came of it.

    Attributes:
        delays_us: of each that came, from when it was due until it was there.
    """

    delays_us: list[int]


class AskUsed(Order, frozen=True, kw_only=True, tag="used"):
    """Say what processor time the process has taken so far, which takes next to none."""


class Used(Struct, frozen=True, kw_only=True):
    """The processor time of a process.

    Attributes:
        cpu_s: user and system, of all its threads, since it began.
    """

    cpu_s: float


class AskTaken(Order, frozen=True, kw_only=True, tag="taken"):
    """Say what the process has of the machine."""


class Taken(Struct, frozen=True, kw_only=True):
    """What a process has of the machine.

    Attributes:
        memory_bytes: what of its memory is in the machine's.
        descriptors: that it has open.
        most_descriptors: that it may have open.
    """

    memory_bytes: int
    descriptors: int
    most_descriptors: int


AnyOrder = Host | Join | Play | AskUsed | AskTaken | Quit

decode_order = msgspec.json.Decoder(AnyOrder).decode


class Question(Struct, frozen=True, kw_only=True):
    """What the forwarder is asked over its WebSocket, which answers with a description.

    Attributes:
        publishes: whether the one who asks sends media.
        offer: the description.
    """

    publishes: bool
    offer: str
