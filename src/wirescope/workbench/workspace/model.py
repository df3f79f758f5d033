"""What the files of a workspace say, as frozen records.

Endpoints, environments, saved messages, settings: the field names are the keys in the files, and
the defaults are what `wirescope connect` does when nothing is said. Nearly every text may hold
`{{variables}}`, so that values are checked when they are used, not here. Not here: files
(`documents`), variables (`variables`), how an endpoint becomes a connection (`connecting`).
"""

from typing import Annotated, Literal

from msgspec import Meta, Struct

AuthKind = Literal["none", "basic", "bearer", "digest"]
MessageKind = Literal["text", "json", "hex", "base64", "file"]

# Bounds that nobody needs to pass, so that no value is infinite, which JSON cannot say, or larger
# than the whole numbers that a page can hold (RFC 8259 section 6).
_Count = Annotated[int, Meta(ge=0, le=1_000_000)]
_Size = Annotated[int, Meta(gt=0, le=(1 << 53) - 1)]
_Bytes = Annotated[int, Meta(ge=0, le=(1 << 53) - 1)]
_Seconds = Annotated[float, Meta(gt=0, le=1_000_000_000)]
_Delay = Annotated[float, Meta(ge=0, le=1_000_000_000)]
_Days = Annotated[float, Meta(gt=0, le=1_000_000)]
_Short = Annotated[int, Meta(ge=0, le=65_535)]
_WindowBits = Annotated[int, Meta(ge=8, le=15)]


class Parameter(Struct, frozen=True, kw_only=True):
    """A parameter of the query, put behind what the URL has already.

    Attributes:
        name: as a person reads it; it is percent-encoded when it is sent.
        value: the same; null sends the name alone, without `=`.
        enabled: whether it is sent.
    """

    name: str
    value: str | None = ""
    enabled: bool = True


class Header(Struct, frozen=True, kw_only=True):
    """A header of the opening handshake; order and case are kept.

    Attributes:
        name: as it is sent.
        value: as it is sent; null leaves out the header that would be sent by default.
        enabled: whether it is sent.
    """

    name: str
    value: str | None = ""
    enabled: bool = True


class Cookie(Struct, frozen=True, kw_only=True):
    """A cookie; all of them share one header.

    Attributes:
        name: as it is sent.
        value: as it is sent.
        enabled: whether it is sent.
    """

    name: str
    value: str = ""
    enabled: bool = True


class Auth(Struct, frozen=True, kw_only=True):
    """Credentials. Write secrets by name, as `{{token}}`.

    Attributes:
        kind: `basic` and `bearer` go with the first request, `digest` answers a 401.
        user: for `basic` and `digest`.
        password: for `basic` and `digest`.
        token: for `bearer`.
    """

    kind: AuthKind = "none"
    user: str = ""
    password: str = ""
    token: str = ""


class Compression(Struct, frozen=True, kw_only=True):
    """The offer of permessage-deflate (RFC 7692 section 7.1).

    Attributes:
        offer: whether it is offered at all.
        server_no_context_takeover: ask the server to begin each message with an empty window.
        client_no_context_takeover: announce that this client will.
        server_max_window_bits: ask for a server's window of this size at most, 8 to 15.
        client_max_window_bits: this client's largest window, 8 to 15; `any` lets the server choose,
            null says that the client cannot be told to use a smaller one.
    """

    offer: bool = True
    server_no_context_takeover: bool = False
    client_no_context_takeover: bool = False
    server_max_window_bits: _WindowBits | None = None
    client_max_window_bits: _WindowBits | Literal["any"] | None = "any"


class Heartbeat(Struct, frozen=True, kw_only=True):
    """Pings that are sent unasked, and what is done with the peer's.

    Attributes:
        interval_s: seconds between pings; null sends none.
        timeout_s: seconds to wait for a pong before the connection is given up; null for ever.
        payload: what such pings carry, at most 125 bytes of UTF-8.
        auto_pong: answer the peer's pings at once, as RFC 6455 section 5.5.2 demands.
    """

    interval_s: _Seconds | None = None
    timeout_s: _Seconds | None = 20
    payload: str = ""
    auto_pong: bool = True


class Limits(Struct, frozen=True, kw_only=True):
    """What ends a connection that asks too much.

    Attributes:
        max_message_size: bytes of a received message, decoded; a longer one ends the connection
            with 1009. Null sets no limit.
        open_timeout_s: seconds for everything up to the end of the opening handshake.
        close_timeout_s: seconds to wait for the peer's Close frame.
    """

    max_message_size: _Size | None = 16 << 20
    open_timeout_s: _Seconds = 30
    close_timeout_s: _Seconds = 5


class TLS(Struct, frozen=True, kw_only=True):
    """How the server is trusted, and how this client shows who it is.

    Attributes:
        insecure: check neither the certificate nor the name.
        ca: a PEM file of authorities to trust, or a folder of them; null trusts the machine's.
        certificate: this client's certificate chain, PEM.
        key: its private key, PEM; null when it is in the same file.
        key_password: what the private key is encrypted with; write it by name, as `{{phrase}}`.
        server_name: the name to ask for (SNI) and to check, instead of the URL's host.
    """

    insecure: bool = False
    ca: str | None = None
    certificate: str | None = None
    key: str | None = None
    key_password: str | None = None
    server_name: str | None = None


class Retry(Struct, frozen=True, kw_only=True):
    """When a connection that failed for a passing reason is tried again.

    Attributes:
        attempts: how often to try again; 0 never.
        delay_s: seconds before the first try; each further try doubles them.
    """

    attempts: _Count = 0
    delay_s: _Delay = 1


class Network(Struct, frozen=True, kw_only=True):
    """The way to the server.

    Attributes:
        proxy: `http://`, `socks5://` or `socks5h://`; empty goes directly, null does what the
            environment says (`HTTPS_PROXY`, `HTTP_PROXY`, `ALL_PROXY`, `NO_PROXY`).
        resolve: addresses that take the place of DNS, each as `HOST:PORT:ADDRESS`.
        ip: use only IPv4 or only IPv6.
        unix_socket: connect to this socket instead of the URL's host.
        redirects: how many redirects to follow.
        retry: whether and when to try again.
    """

    proxy: str | None = None
    resolve: tuple[str, ...] = ()
    ip: Literal["any", 4, 6] = "any"
    unix_socket: str | None = None
    redirects: _Count = 0
    retry: Retry = Retry()


class IceServer(Struct, frozen=True, kw_only=True):
    """A STUN or TURN server to find addresses with.

    Attributes:
        url: `stun:HOST[:PORT]`, `stuns:`, `turn:HOST[:PORT][?transport=udp|tcp]` or `turns:`.
        username: for a TURN server.
        credential: its password; write it by name, as `{{password}}`.
    """

    url: str
    username: str = ""
    credential: str = ""


class Channel(Struct, frozen=True, kw_only=True):
    """A data channel that is opened from this side (RFC 8831 section 6.4).

    Attributes:
        label: its name.
        protocol: the subprotocol that is spoken on it; empty for none.
        ordered: whether messages arrive in the order in which they were sent.
        max_retransmits: how often a message is sent again at most; null for ever.
        max_packet_life_time_ms: for how many milliseconds a message is sent again at most; null for
            ever. A channel has one of the two limits at most.
        id: of a channel that both sides open with this number by agreement; null announces it.
    """

    label: str = ""
    protocol: str = ""
    ordered: bool = True
    max_retransmits: _Short | None = None
    max_packet_life_time_ms: _Short | None = None
    id: _Short | None = None


class WebRtc(Struct, frozen=True, kw_only=True):
    """What is asked of a WebRTC connection.

    Attributes:
        ice_servers: servers to find addresses with; those that a WHIP or WHEP server names are
            taken where there are none.
        own_ice_server: use the workbench's own STUN and TURN server beside them. It is on this
            machine, and relays between two sides that both use it.
        relay_only: use paths through TURN servers only.
        codecs: names such as `VP9` or `opus`, the best first; others are not offered. Empty leaves
            the usual order.
        channels: data channels to open.
        audio: what is sent, `none`, `tone`, or a media file's path.
        video: what is sent, `none`, `bars`, or a media file's path.
        adapter: how signaling over a WebSocket is spelled.
        record: whether received media is recorded into a file beside the capture.
    """

    ice_servers: tuple[IceServer, ...] = ()
    own_ice_server: bool = False
    relay_only: bool = False
    codecs: tuple[str, ...] = ()
    channels: tuple[Channel, ...] = ()
    audio: str = "none"
    video: str = "none"
    adapter: str = "json"
    record: bool = False


class OnMessage(Struct, frozen=True, kw_only=True):
    """Send on match: when a received message matches, send another.

    Attributes:
        when: a filter, as in the timeline.
        send: the saved message to send, by its name in `messages/`, as `greetings/hello`.
        body: a text to send instead of a saved message.
        enabled: whether it is done.
    """

    when: str
    send: str = ""
    body: str = ""
    enabled: bool = True


class Endpoint(Struct, frozen=True, kw_only=True):
    """Where and how to connect: `endpoints/<folder…>/<name>.yaml`.

    Attributes:
        url: `ws://` or `wss://` for a WebSocket; for WebRTC `whep+https://` to play, `whip+https://`
            to publish, `webrtc+ws://` or `webrtc+wss://` for signaling over a WebSocket, `webrtc:`
            for codes that people hand over. The scheme decides what the other keys are for.
        description: what it is for.
        query: parameters that are put behind the URL.
        headers: headers of the opening handshake.
        origin: the Origin header, as `https://example.test`; null sends none.
        cookies: cookies.
        auth: credentials.
        subprotocols: offered in this order of preference.
        compression: the offer of permessage-deflate.
        heartbeat: pings and pongs.
        limits: sizes and times.
        tls: trust, and the client's certificate.
        network: proxy, addresses, redirects, retries.
        strict: whether a breach of the protocol ends the connection; false records it and goes on.
        decoder: the decoder for messages; `auto` chooses by subprotocol and content.
        on_message: what is sent when a message matches.
        webrtc: what holds for WebRTC alone.
    """

    url: str
    description: str = ""
    query: tuple[Parameter, ...] = ()
    headers: tuple[Header, ...] = ()
    origin: str | None = None
    cookies: tuple[Cookie, ...] = ()
    auth: Auth = Auth()
    subprotocols: tuple[str, ...] = ()
    compression: Compression = Compression()
    heartbeat: Heartbeat = Heartbeat()
    limits: Limits = Limits()
    tls: TLS = TLS()
    network: Network = Network()
    strict: bool = True
    decoder: str = "auto"
    on_message: tuple[OnMessage, ...] = ()
    webrtc: WebRtc = WebRtc()


class Environment(Struct, frozen=True, kw_only=True):
    """Values for `{{variables}}`: `environments/<name>.yaml`.

    Attributes:
        variables: by name; a value may hold further variables.
        secrets: names whose values come from the keyring, the process's environment or `.env`.
    """

    variables: dict[str, str] = {}
    secrets: tuple[str, ...] = ()


class SavedMessage(Struct, frozen=True, kw_only=True):
    """A message to send: `messages/<folder…>/<name>.yaml`.

    Attributes:
        kind: `text` and `json` are sent as text; `hex`, `base64` and `file` as binary.
        body: what is sent, as it stands; for `file` the path of the file that has it.
        description: what it is for.
        endpoint: the endpoint that it belongs to, by its name in `endpoints/`; null for any.
    """

    kind: MessageKind = "text"
    body: str = ""
    description: str = ""
    endpoint: str | None = None


class Retention(Struct, frozen=True, kw_only=True):
    """Which captures may be deleted; those with notes and those being written never are.

    Attributes:
        days: those older than this, and what was put into the trash before that; null keeps them
            however old they are.
        bytes: first what is in the trash, then the oldest ones, until all together are no larger
            than this; null sets no limit.
    """

    days: _Days | None = None
    bytes: _Bytes | None = None


class WorkspaceSettings(Struct, frozen=True, kw_only=True):
    """What holds for the whole workspace: `wirescope.yaml`.

    Attributes:
        name: what it is called; empty takes the folder's name.
        retention: which captures may be deleted.
    """

    name: str = ""
    retention: Retention = Retention()
