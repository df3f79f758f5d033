"""The server without sockets and clock: what arrives on a flow goes in, what to send comes out.

The shell says what time it is (`at`) before it hands over what came, and gives each flow and each
relayed address the means to send. Datagrams that are relayed take the shortest way through here;
whatever else comes is parsed, and nothing that anybody sends raises.
"""

import secrets
from collections.abc import Callable, Iterable

from wirescope.errors import PacketError
from wirescope.ice_server.addresses import PeerRules
from wirescope.ice_server.allocations import Relaying
from wirescope.ice_server.answering import ShortAnswers, signed
from wirescope.ice_server.authentication import Authenticator, Denial, Identity, Nonces
from wirescope.ice_server.binding import Bindings
from wirescope.ice_server.budget import AnswerBudget
from wirescope.ice_server.flows import Address, Door, Flow, Moment, OpenRelay
from wirescope.ice_server.options import IceServerOptions
from wirescope.ice_server.register import Register
from wirescope.ice_server.requests import Refusal, TurnRequests
from wirescope.ice_server.telling import Counts, OnEvent, Refused
from wirescope.wire.stun import (
    HEADER_LENGTH,
    Data,
    Fingerprint,
    MessageClass,
    Method,
    StunMessage,
    Username,
    XorPeerAddress,
    make_error,
    make_response,
    method_name,
    parse_stun,
    verify_fingerprint,
)
from wirescope.wire.turn import ChannelData

_TURN = frozenset((Method.ALLOCATE, Method.REFRESH, Method.CREATE_PERMISSION, Method.CHANNEL_BIND))
MAX_STUN = 4096
"""Bytes of a message that is no data to be relayed; what clients ask for takes a few hundred."""

MAX_ATTRIBUTES = 128
"""Attributes of a message: a request for permissions may have 64 peers."""

_SEND = MessageClass.INDICATION, Method.SEND
_SEND_TYPE = b"\x00\x16"  # the first two bytes of a Send indication (RFC 8489 section 5)

_SENT = frozenset((XorPeerAddress.TYPE, Data.TYPE, Fingerprint.TYPE))


class IceMachine:
    """A STUN and TURN server.

    Args:
        options: what it may do.
        listening: the addresses at which clients reach it.
        open_relay: opens relayed addresses.
        on_event: told what happened; it must not raise.
        is_local: says whether an address is one of this machine's.
        random_bytes: makes so many bytes that nobody can guess.
        moment: what time it is; `at` sets it.

    Attributes:
        counts: what has happened.
    """

    def __init__(
        self,
        options: IceServerOptions,
        *,
        listening: Iterable[tuple[str, int]],
        open_relay: OpenRelay,
        on_event: OnEvent,
        is_local: Callable[[str], bool],
        random_bytes: Callable[[int], bytes] = secrets.token_bytes,
        moment: Moment | None = None,
    ) -> None:
        self.counts = Counts()
        self._moment = moment or Moment()
        self._on_event = on_event
        hosts = (*options.hosts, *options.second_hosts, *options.relay_hosts)
        rules = PeerRules(
            allowed=options.allowed_peers,
            own_hosts=hosts,
            listening=listening,
            relay_hosts=options.relayed.values(),
            is_local=is_local,
        )
        relaying = Relaying(
            self._moment, self.counts, lambda: random_bytes(12), rules.forbidden_ports
        )
        datagrams, streams = (
            AnswerBudget(
                self._moment,
                source=(options.answers_per_s, options.answers_at_once),
                total=(options.all_answers_per_s, options.all_answers_at_once),
            )
            for _ in range(2)
        )
        self._answers = ShortAnswers(datagrams=datagrams, streams=streams, counts=self.counts)
        self._bindings = Bindings(self._answers, self.counts)
        self._authenticator = Authenticator(
            self._moment,
            realm=options.realm,
            users=options.users,
            secret=options.secret,
            nonces=Nonces(random_bytes(32), lifetime_s=options.nonce_lifetime_s),
        )
        self._register = Register(options, relaying, on_event)
        self._requests = TurnRequests(
            options,
            rules=rules,
            relaying=relaying,
            register=self._register,
            open_relay=open_relay,
        )

    def at(self, now_ns: int, wall_s: float) -> None:
        """Say what time it is, on a clock that never goes back and in seconds since 1970."""
        self._moment.now_ns = now_ns
        self._moment.wall_s = wall_s

    # What comes in

    def on_datagram(self, door: Door, data: memoryview, remote: Address) -> None:
        """Take a datagram of a client; `data` may be used again afterwards."""
        size = len(data)
        if size >= 4 and 64 <= data[0] <= 127:  # of RFC 5766, whose clients bind up to 0x7fff
            flow = door.flows.get(remote)
            end = 4 + (data[2] << 8 | data[3])
            if flow is None or flow.allocation is None or end > size:
                self.counts.unpermitted += 1
            else:
                flow.allocation.send_channel(data[0] << 8 | data[1], data[4:end])
            return
        if size < HEADER_LENGTH or data[0] > 3:
            self.counts.malformed += 1
            return
        self._on_other(door.flows.get(remote) or Flow.of_datagrams(door, remote), bytes(data))

    def _on_other(self, flow: Flow, data: bytes) -> None:
        """Take a datagram that is no ChannelData; what nobody answers for is not even parsed."""
        if self._is_too_long(flow, len(data), is_send=data[:2] == _SEND_TYPE):
            self.counts.malformed += 1
            return
        is_request = not (data[0] & 0x01 or data[1] & 0x10)  # RFC 8489 section 5: the class
        if is_request and flow.allocation is None and not self._answers.allows(flow):
            return
        try:
            message = parse_stun(data, most_attributes=MAX_ATTRIBUTES)
        except PacketError:
            self.counts.malformed += 1
            return
        self._on_stun(flow, message, len(data))

    @staticmethod
    def _is_too_long(flow: Flow, size: int, *, is_send: bool) -> bool:
        return size > MAX_STUN and not (is_send and flow.allocation is not None)

    def on_message(self, flow: Flow, message: StunMessage | ChannelData) -> None:
        """Take a message of a client that comes over a stream."""
        if isinstance(message, StunMessage):
            size = HEADER_LENGTH + sum(each.wire_length for each in message.attributes)
            is_send = (message.message_class, message.method) == _SEND
            if self._is_too_long(flow, size, is_send=is_send):
                self.counts.malformed += 1
            else:
                self._on_stun(flow, message, size)
        elif flow.allocation is None:
            self.counts.unpermitted += 1
        else:
            flow.allocation.send_channel(message.channel, message.data)

    def on_gone(self, flow: Flow) -> None:
        """Take note that a client's connection has ended, and its allocation with it."""
        if flow.allocation is not None:
            self._register.end(flow.allocation, "connection")

    def tick(self) -> None:
        """End what has not been refreshed; called about once a second."""
        self._register.tick()

    def close(self) -> None:
        """End all allocations."""
        self._register.close()

    # Messages of STUN

    def _on_stun(self, flow: Flow, message: StunMessage, size: int) -> None:
        if message.has(Fingerprint) and not verify_fingerprint(message):
            self.counts.malformed += 1  # RFC 8489 section 6.3: it is dropped
        elif message.message_class is MessageClass.REQUEST:
            if message.method == Method.BINDING:
                self._bindings.on_request(flow, message, size)
            elif message.method in _TURN:
                self._on_request(flow, message, size)
            else:
                self.counts.malformed += 1
        elif message.message_class is MessageClass.INDICATION:
            self._on_indication(flow, message)
        else:
            self.counts.malformed += 1

    def _on_indication(self, flow: Flow, message: StunMessage) -> None:
        if message.method == Method.BINDING:  # keeps a NAT's mapping alive; nothing is to be done
            return
        try:
            peer, data = message.find(XorPeerAddress), message.find(Data)
        except PacketError:
            peer = data = None
        if message.method != Method.SEND or message.not_understood(_SENT) or not (peer and data):
            self.counts.malformed += 1
        elif (allocation := self._register.of(flow)) is None:
            self.counts.unpermitted += 1
        else:
            allocation.send(data.data, (peer.host, peer.port))

    def _on_request(self, flow: Flow, request: StunMessage, size: int) -> None:
        identity = self._identify(flow, request)
        if identity is None:
            return
        if isinstance(identity, Denial):
            self._deny(flow, request, size, identity)
            return
        try:
            granted = self._requests.carry_out(flow, request, identity)
        except Refusal as refusal:
            answer = make_error(request, refusal.code, *refusal.values, reason=refusal.reason)
            self.counts.refused += 1
            flow.send(signed(request, answer, identity))
            self._tell(flow, request, refusal.code, refusal.words, refusal.peer)
            return
        self.counts.succeeded += 1
        data = granted.again or signed(request, make_response(request, *granted.values), identity)
        if request.method == Method.ALLOCATE and flow.allocation is not None:
            flow.allocation.made_by = request.transaction_id, data
        flow.send(data)

    def _identify(self, flow: Flow, request: StunMessage) -> Identity | Denial | None:
        """Find out whom a request is from; None where nobody is to be answered."""
        authenticator = self._authenticator
        try:
            denial = authenticator.precheck(request, flow)
            # A fresh nonce shows that the client receives what is sent to its address. So whoever
            # floods in its name cannot keep it from refreshing what it has.
            if (denial or flow.allocation is None) and not self._answers.allows(flow):
                return None
            return denial or authenticator.identify(request, flow)
        except PacketError as error:
            return Denial(400, error.message)

    def _deny(self, flow: Flow, request: StunMessage, size: int, denial: Denial) -> None:
        """Answer a request without valid credentials."""
        values = self._authenticator.challenge(flow) if denial.code in (401, 438) else ()
        if self._answers.refuse(flow, request, size, denial.code, *values):
            self._tell(flow, request, denial.code, denial.words)

    def _tell(
        self, flow: Flow, request: StunMessage, code: int, words: str, peer: str = ""
    ) -> None:
        name = method_name(request.method)
        user = _user_of(request)
        self._on_event(Refused(flow.where, flow.transport, user, name, code, words, peer))


def _user_of(request: StunMessage) -> str:
    try:
        found = request.find(Username)
    except PacketError:
        return ""
    return "" if found is None else found.text
