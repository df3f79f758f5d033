"""Everything that can be asked of the server, with its default and its check.

Values are checked when the record is made. Not here: what the options do.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

from wirescope.errors import UsageError
from wirescope.wire.stun import long_term_key
from wirescope.wire.turn import DEFAULT_LIFETIME_S, MAX_LIFETIME_S

MAX_REALM_BYTES = 12
"""A longer realm would make the first 401 longer than 1.5 times an Allocate request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IceServerOptions:
    """A STUN and TURN server.

    Attributes:
        hosts: the addresses that clients come to, IPv4 and IPv6.
        port: for UDP and TCP; 0 for one that is free.
        tls_port: for TLS, and of no meaning where no certificate is given; 0 for one that is free.
        udp: whether clients may come over UDP.
        tcp: whether they may come over TCP.
        second_hosts: further addresses, one a family at most; with them clients can find out what
            their NAT does (RFC 5780), for which UDP is needed.
        second_port: the other port for that; 0 for one that is free.
        relay_hosts: the addresses that are allocated, one a family at most; by itself the first of
            each family in `hosts`.
        relay_ports: the ports that are allocated; None for any that the system has free.
        realm: what the credentials belong to; 12 bytes at most.
        users: names and passwords.
        secret: whoever knows it can give out credentials that hold for a time; None for one that
            only this server knows.
        allowed_peers: networks that are relayed to although they are not public, as `10.0.0.0/8`.
            Two clients of this server reach each other without.
        default_lifetime_s: of an allocation that nobody asked another time for.
        max_lifetime_s: of any allocation.
        max_allocations: of all users together; fewer where the process may not open so many
            sockets.
        max_allocations_per_user: of one user.
        max_connections: over TCP and TLS, of clients that have no allocation; likewise.
        credentials_timeout_s: how long such a connection stays open.
        nonce_lifetime_s: after which a client has to take a new one.
        answers_per_s: to one source that has shown no credentials: an IPv4 address, or 64 bits of
            IPv6. This and what follows is counted over UDP by itself, and over streams.
        answers_at_once: to such a source after a rest.
        all_answers_per_s: to all such sources together.
        all_answers_at_once: to all of them after a rest.
    """

    hosts: tuple[str, ...] = ("127.0.0.1",)
    port: int = 3478
    tls_port: int = 5349
    udp: bool = True
    tcp: bool = True
    second_hosts: tuple[str, ...] = ()
    second_port: int = 3479
    relay_hosts: tuple[str, ...] = ()
    relay_ports: range | None = None
    realm: str = "wirescope"
    users: Mapping[str, str] = field(default_factory=dict, repr=False)
    secret: bytes | None = field(default=None, repr=False)
    allowed_peers: tuple[str, ...] = ()
    default_lifetime_s: int = DEFAULT_LIFETIME_S
    max_lifetime_s: int = MAX_LIFETIME_S
    max_allocations: int = 1000
    max_allocations_per_user: int = 100
    max_connections: int = 256
    credentials_timeout_s: float = 10.0
    nonce_lifetime_s: float = 600.0
    answers_per_s: float = 200.0
    answers_at_once: float = 1000.0
    all_answers_per_s: float = 2000.0
    all_answers_at_once: float = 5000.0

    def __post_init__(self) -> None:
        self._check_hosts()
        self._check_ports()
        self._check_credentials()
        self._check_limits()
        for network in self.allowed_peers:
            try:
                ip_network(network)
            except ValueError as error:
                raise UsageError(
                    f"{network!r} is no network: {error}.",
                    hint="Write it as 10.0.0.0/8 or fd00::/8.",
                ) from None

    def _check_hosts(self) -> None:
        if not self.hosts:
            raise UsageError("The server has no address to listen on.")
        if self.second_hosts and not self.udp:
            raise UsageError("A second address is of use to clients over UDP alone.")
        for host in (*self.hosts, *self.second_hosts, *self.relay_hosts):
            if "%" in host:
                raise UsageError(
                    f"{host} has a zone, which is of this machine and nothing to its clients."
                )
            if _address(host).is_unspecified:
                raise UsageError(
                    f"{host} is every address of this machine and none that clients can be told.",
                    hint="Name the addresses that clients reach the server at.",
                )
        for name in ("second_hosts", "relay_hosts"):
            hosts = getattr(self, name)
            if len(self.by_family(hosts)) < len(hosts):
                raise UsageError(f"There are two addresses of one family in {name}.")
        first = self.by_family(self.hosts)
        for family, host in self.by_family(self.second_hosts).items():
            if family not in first or host in self.hosts:
                raise UsageError(
                    f"The second address {host} needs a first one that is another of its family.",
                    hint="RFC 5780 takes two addresses of this machine.",
                )

    def _check_ports(self) -> None:
        if self.second_hosts:
            self._check_other(self.second_port)
        for port in (self.port, self.tls_port, self.second_port):
            if not 0 <= port <= 0xFFFF:
                raise UsageError(f"The port {port} is not between 0 and 65535.")
        ports = self.relay_ports
        if ports is not None and not (len(ports) and min(ports) > 0 and max(ports) <= 0xFFFF):
            raise UsageError(f"{ports} has no ports to allocate, or some that are none.")

    def _check_other(self, port: int) -> None:
        if port and port == self.port:
            raise UsageError(
                f"Two of the server's ports are {port}.", hint="Give each another, or 0."
            )

    def check_tls(self) -> None:
        """See that the port for TLS is free of clients over TCP; of use where there is TLS.

        Raises:
            UsageError: it is theirs.
        """
        if self.tcp:
            self._check_other(self.tls_port)

    def _check_credentials(self) -> None:
        if not 0 < len(self.realm.encode()) <= MAX_REALM_BYTES:
            raise UsageError(
                f"The realm {self.realm!r} has {len(self.realm.encode())} bytes; it may have 1 to"
                f" {MAX_REALM_BYTES}.",
                hint="It goes out in each first answer, which may not be much longer than the"
                " request.",
            )
        for name, password in (*self.users.items(), ("user", "password")):
            try:
                long_term_key(name, self.realm, password)
            except ValueError as error:
                raise UsageError(f"The user {name!r} cannot be used: {error}.") from None
        if self.secret is not None and not self.secret:
            raise UsageError("The secret is empty, so that everybody would know it.")

    def _check_limits(self) -> None:
        if not 0 < self.default_lifetime_s <= self.max_lifetime_s <= 0xFFFFFFFF:
            raise UsageError(
                "The default lifetime has to be above 0 and not above the longest one."
            )
        for name in (
            "max_allocations", "max_allocations_per_user", "max_connections",
            "credentials_timeout_s", "nonce_lifetime_s", "answers_per_s", "answers_at_once",
            "all_answers_per_s", "all_answers_at_once",
        ):  # fmt: skip
            if not getattr(self, name) > 0:
                raise UsageError(f"{name} is {getattr(self, name)}; it has to be above 0.")
        # a nonce says its age in steps of 8 s, in 16 bits
        if self.nonce_lifetime_s > 86_400:
            raise UsageError("A nonce is good for a day at most.")

    @staticmethod
    def by_family(hosts: tuple[str, ...]) -> dict[int, str]:
        """Give the first of these addresses of each family: 4 or 6 -> address."""
        found: dict[int, str] = {}
        for host in hosts:
            found.setdefault(_address(host).version, host)
        return found

    @property
    def relayed(self) -> dict[int, str]:
        """The addresses that are allocated: 4 or 6 -> address."""
        return self.by_family(self.relay_hosts or self.hosts)


def _address(host: str) -> IPv4Address | IPv6Address:
    try:
        return ip_address(host)
    except ValueError:
        raise UsageError(
            f"{host!r} is no address.", hint="Write it as 127.0.0.1 or ::1, without a port."
        ) from None
