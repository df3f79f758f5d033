"""What an end is told to do, and what it answers: a line of JSON each.

An order is an object whose `do` names it; the answer is `{"done": …}`, or `{"failed": …, "hint":
…}` with a sentence each. Times are nanoseconds on the machine's monotonic clock, which all ends
share. Nothing is done here.
"""

from typing import Annotated, NamedTuple

import msgspec
from msgspec import Meta, Struct

from wirescope.lab.cells import TransportName
from wirescope.lab.ends.media_orders import Hear, Show, Speak, Watch
from wirescope.lab.ends.order import Order, Seconds

Port = Annotated[int, Meta(ge=0, le=0xFFFF)]


class Turn(Struct, frozen=True, forbid_unknown_fields=True):
    """A TURN server, and what it is asked with."""

    url: str
    username: str
    credential: str


class Certificate(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Files in PEM form that a server shows who it is with."""

    certificate: str
    key: str


class Connecting(Order, frozen=True, kw_only=True):
    """What all orders have in common that make connections.

    Attributes:
        host: the numeric address to listen on, or to connect to.
        port: the port; where it is listened, 0 for one that is free.
        congestion_control: of each TCP connection; None leaves the system's own.
        compression: whether permessage-deflate is agreed on.
        capture: a file to record everything into; None keeps nothing.
    """

    host: str = "127.0.0.1"
    port: Port = 0
    congestion_control: str | None = None
    compression: bool = False
    capture: str | None = None


class Listen(Connecting, frozen=True, kw_only=True, tag="listen"):
    """Be the far side: listen, and take what comes.

    A data channel is signaled over the WebSocket that comes.

    Attributes:
        transport: what carries the messages.
        tls: makes it a server over TLS.
    """

    transport: TransportName
    tls: Certificate | None = None


class Relay(Connecting, frozen=True, kw_only=True, tag="relay"):
    """Be the server in the middle: pass messages on between each two WebSockets that come.

    Attributes:
        tls: makes it a server over TLS.
        turn: whether there is a TURN server beside it, at the same address.
    """

    tls: Certificate | None = None
    turn: bool = False


class Open(Connecting, frozen=True, kw_only=True, tag="open"):
    """Be the client: connect, until messages can be sent.

    Attributes:
        transport: what carries the messages.
        ca: a file of certificates to trust, in PEM form; makes it a connection over TLS.
        turn: carries all datagrams of a data channel; None for the direct path.
    """

    transport: TransportName
    ca: str | None = None
    turn: Turn | None = None


class Join(Open, frozen=True, kw_only=True, tag="join"):
    """Be the far side at a server in the middle: connect to it, and wait to be called."""


class Accept(Order, frozen=True, kw_only=True, tag="accept"):
    """Wait for the client's connection, at the far side, until messages can be sent on it."""


class Bulk(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Messages one after the other, as fast as they are taken.

    Attributes:
        size: of a message.
        total_bytes: of all messages together; the last one is shorter where that does not divide.
            None ends with the time alone.
        for_s: seconds from the start after which none is sent any more; None ends with the bytes.
        bytes_per_s: of messages a second at most; None for what the path takes.
    """

    size: Annotated[int, Meta(ge=1)]
    total_bytes: Annotated[int, Meta(ge=1)] | None = None
    for_s: Seconds | None = None
    bytes_per_s: Annotated[float, Meta(gt=0)] | None = None


class Run(Order, frozen=True, kw_only=True, tag="run"):
    """Send and receive a workload over the connection that stands; over at `end_ns` at the latest.

    It is over before when everything was sent and has left this end, and as many messages came as
    are expected.

    Attributes:
        start_ns: when it begins.
        end_ns: when it is over.
        plan: the messages of this side: nanoseconds after the start, and bytes.
        text: whether messages are text.
        answers_ms: milliseconds after which each message that comes is answered with one as long
            and with its number; None answers nothing.
        bulk: what is sent instead of a plan.
        expects: how many messages the other side sends; None waits until `end_ns`.
        quiet_from_ns: from when on it is enough that nothing has come for `QUIET_S`, where nobody
            knows how many messages the other side will send; None waits for what is expected.
    """

    start_ns: int
    end_ns: int
    plan: list[tuple[int, int]] = msgspec.field(default_factory=list)
    text: bool = False
    answers_ms: Annotated[float, Meta(ge=0, le=60_000)] | None = None
    bulk: Bulk | None = None
    expects: Annotated[int, Meta(ge=0)] | None = None
    quiet_from_ns: int | None = None


class AskUsage(Order, frozen=True, kw_only=True, tag="usage"):
    """Say what the process has taken so far, and begin with its peak of memory anew."""


class Close(Order, frozen=True, kw_only=True, tag="close"):
    """Close the connection that stands; who listens listens on."""


class Quit(Order, frozen=True, kw_only=True, tag="quit"):
    """Close everything and end the process."""


AnyOrder = (
    Listen
    | Relay
    | Open
    | Join
    | Accept
    | Run
    | Speak
    | Hear
    | Show
    | Watch
    | AskUsage
    | Close
    | Quit
)


# Answers


class Ready(Struct, frozen=True, kw_only=True):
    """What an end says once it takes orders.

    Attributes:
        real_time: whether it goes before all ordinary processes of the machine.
    """

    real_time: bool


class Nothing(Struct, frozen=True):
    """It is done, and there is nothing to say of it."""


class Listening(Struct, frozen=True, kw_only=True):
    """Where it is listened.

    Attributes:
        port: the port.
        turn: the TURN server that is there, too.
    """

    port: int
    turn: Turn | None = None


class Tcp(Struct, frozen=True, kw_only=True):
    """What the system says of a TCP connection (`TCP_INFO`, tcp(7)), of this end.

    Attributes:
        congestion_control: that is used.
        retransmits: segments that were sent again so far.
        rtt_us: the smoothed round trip.
        congestion_window_bytes: that may be under way.
        unacknowledged_bytes: that are under way, in segments of the largest size.
        unsent_bytes: that the system has taken and not sent yet.
        busy_us: how long there was something to send, so far.
        receive_window_limited_us: for how much of that the other side's window was full.
        send_buffer_limited_us: for how much of that the system took too little from this end.
    """

    congestion_control: str
    retransmits: int
    rtt_us: int
    congestion_window_bytes: int
    unacknowledged_bytes: int
    unsent_bytes: int
    busy_us: int
    receive_window_limited_us: int
    send_buffer_limited_us: int


class Candidate(Struct, frozen=True, kw_only=True):
    """One end of the path that a WebRTC connection takes, in the words of its statistics.

    Attributes:
        kind: `host`, `srflx`, `prflx` or `relay`.
        protocol: `udp` or `tcp`.
        address: empty where the engine does not tell.
        port: its port.
        relay_protocol: how this end reaches its TURN server; empty without one.
    """

    kind: str
    protocol: str
    address: str
    port: int
    relay_protocol: str = ""


class Pair(Struct, frozen=True, kw_only=True):
    """The candidate pair that is selected."""

    local: Candidate
    remote: Candidate


class Channel(Struct, frozen=True, kw_only=True):
    """What was agreed on of a data channel (RFC 8832 section 5.1)."""

    id: int
    label: str
    ordered: bool
    max_retransmits: int | None
    max_packet_life_time_ms: int | None


class Facts(Struct, frozen=True, kw_only=True):
    """What is known of a connection at this end; None of what it has not.

    Attributes:
        tcp: of what carries the messages, not of the signaling.
        channel: the data channel.
        pair: the path of its datagrams.
        compressed: whether messages are compressed.
    """

    tcp: Tcp | None = None
    channel: Channel | None = None
    pair: Pair | None = None
    compressed: bool = False


class Opened(Struct, frozen=True, kw_only=True):
    """A connection on which messages can be sent.

    Attributes:
        setup_ms: from the order until then; at the far side from when it was ready for the client.
        phases_ms: of the steps that were taken: how long each took; of WebRTC, when it was done,
            counted from the peer's beginning.
        cold: whether it is the first of this process.
        signaling_messages: descriptions and candidates that this end sent and took.
        facts: see there.
    """

    setup_ms: float
    phases_ms: dict[str, float]
    cold: bool
    signaling_messages: int
    facts: Facts


class Sent(NamedTuple):
    """A message that was sent.

    Attributes:
        number: its place among those of its side; that of the question, of an answer.
        size: its bytes, head included.
        sent_ns: when the application had it, as the head says. It is later than the plan only by
            what this end was late itself.
        handed_ns: when the transport could be given it; later where that took none before.
    """

    number: int
    size: int
    sent_ns: int
    handed_ns: int


class Received(NamedTuple):
    """A message that came.

    Attributes:
        number: as its head says.
        size: its bytes, head included.
        sent_ns: as its head says.
        received_ns: when the application had it.
    """

    number: int
    size: int
    sent_ns: int
    received_ns: int


class Late(Struct, frozen=True, kw_only=True):
    """How late messages were, in microseconds; zeros where there are none."""

    p50_us: float = 0
    p99_us: float = 0
    max_us: float = 0


class Look(NamedTuple):
    """How it stood at a moment of a run.

    Attributes:
        at_ns: the moment.
        buffered_bytes: that wait in this process to go out.
        unsent_bytes: that wait in the system; None where no TCP carries them.
        congestion_window_bytes: of TCP.
        rtt_us: of TCP.
        retransmits: of TCP, so far.
    """

    at_ns: int
    buffered_bytes: int
    unsent_bytes: int | None = None
    congestion_window_bytes: int | None = None
    rtt_us: int | None = None
    retransmits: int | None = None


class Usage(Struct, frozen=True, kw_only=True):
    """What a process has taken.

    Attributes:
        cpu_s: processor time, user and system, of all its threads.
        memory_bytes: what of its memory is in the machine's.
        peak_memory_bytes: the most that it was since it was last asked.
    """

    cpu_s: float
    memory_bytes: int
    peak_memory_bytes: int


class Ran(Struct, frozen=True, kw_only=True):
    """What came of a run at one end.

    Attributes:
        sent: what was sent, in that order.
        received: what came, in that order.
        unsent: messages that should have been sent and were not, as the transport took no more.
        foreign: messages that came and were not of this run.
        late: by how much messages were taken up after their time, by this end's own fault.
        held: for how long the transport took no message that was there.
        looks: how it stood, ten times a second.
        usage: what the run took; memory as it is at its end.
        facts: of the connection, at the end.
        broke: a sentence where the connection did not live to the end; else empty.
    """

    sent: list[Sent]
    received: list[Received]
    unsent: int
    foreign: int
    late: Late
    held: Late
    looks: list[Look]
    usage: Usage
    facts: Facts
    broke: str = ""


class Spoken(Struct, frozen=True, kw_only=True):
    """What came of sending known media.

    Attributes:
        late: by how much it was sent after its time, by this end's own fault.
    """

    late: Late


class Failed(Struct, frozen=True):
    """What was asked for could not be done.

    Attributes:
        failed: a sentence, what happened.
        hint: a sentence, what to do about it; empty where there is nothing to advise.
    """

    failed: str
    hint: str = ""


decode_order = msgspec.json.Decoder(AnyOrder).decode
