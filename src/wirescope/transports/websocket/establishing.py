"""From an address to an answered opening handshake, with everything that may come in between.

The path is opened, the request sent, the answer judged. A redirect is followed if that was asked
for, a Digest challenge is answered once, and a failure that may pass is tried again. Each attempt
is a connection in the capture: it begins with `connection.opening` and, when it leads nowhere, ends
with `connection.failed`.
"""

import asyncio
import os
from dataclasses import dataclass, replace
from http import HTTPStatus

from wirescope.clock import Clock
from wirescope.errors import ConnectError, HandshakeError, UpgradeRefusedError
from wirescope.events import ConnectionOpening, EventSink, Timeline, WebSocketHandshake
from wirescope.transports.websocket.authentication import (
    choose_challenge,
    digest_authorization,
    preemptive_authorization,
)
from wirescope.transports.websocket.exchange import Exchange
from wirescope.transports.websocket.explaining import explain_failure, note_failure
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.options import BasicAuth, ConnectOptions, DigestAuth
from wirescope.transports.websocket.path import Steps, open_path
from wirescope.transports.websocket.retry import with_retries
from wirescope.transports.websocket.url import WebSocketURL, join_url, parse_url
from wirescope.wire.websocket import (
    EXTENSION_NAME,
    DeflateError,
    DeflateParameters,
    ResponseHead,
    build_request,
    check_response,
    make_key,
    parse_extensions,
    parse_subprotocols,
)

_REDIRECTS = {301, 302, 303, 307, 308}


@dataclass(frozen=True, slots=True)
class Established:
    """An opening handshake that succeeded.

    Attributes:
        journal: the connection's, with the opening written down.
        transport: not reading; its next bytes are frames.
        leftover: the bytes of frames that came with the head.
        url: where it leads, after redirects, without credentials.
        handshake: what was exchanged.
        compression: what was agreed on permessage-deflate.
    """

    journal: Journal
    transport: asyncio.Transport
    leftover: bytes
    url: str
    handshake: WebSocketHandshake
    compression: DeflateParameters | None


async def establish(
    url: str,
    *,
    options: ConnectOptions,
    timeline: Timeline,
    sink: EventSink,
    clock: Clock | None = None,
) -> Established:
    """Open a connection as far as the end of the opening handshake.

    Raises:
        InvalidURLError: the address cannot be connected to.
        ConnectError: no connection came about.
        UpgradeRefusedError: the server answered with another status than 101.
        HandshakeError: its answer breaks RFC 6455, or is not HTTP.
    """
    address = parse_url(url)
    return await with_retries(
        lambda: _follow(address, options, timeline, sink), options.retry, clock=clock
    )


async def _follow(
    address: WebSocketURL, options: ConnectOptions, timeline: Timeline, sink: EventSink
) -> Established:
    """Make one attempt, through redirects and an authentication challenge."""
    redirects = 0
    challenged: str | None = None
    if address.user is not None and options.auth is None:
        options = replace(options, auth=BasicAuth(address.user, address.password))
    async with asyncio.timeout(options.open_timeout_s) as deadline:
        while True:
            journal = Journal(timeline, sink, timeline.new_connection())
            attempt = _Attempt(address, options, journal, challenged)
            try:
                return await attempt.run()
            except UpgradeRefusedError as error:
                answer = None if challenged else attempt.answer_to(error)
                if answer is not None:
                    challenged = answer
                    continue
                if error.status not in _REDIRECTS or not options.max_redirects:
                    raise
                redirects += 1
                following, options = _next_hop(address, error, options, redirects)
                address, challenged = following, None
            except asyncio.CancelledError:
                if deadline.expired():
                    raise attempt.timed_out() from None
                raise
    raise AssertionError("unreachable")


def _next_hop(
    address: WebSocketURL, error: UpgradeRefusedError, options: ConnectOptions, redirects: int
) -> tuple[WebSocketURL, ConnectOptions]:
    """Say where a redirect leads, and what may be said there."""
    location = next((value for name, value in error.headers if name.lower() == "location"), None)
    if location is None:
        raise error
    if redirects > options.max_redirects:
        raise ConnectError(
            f"There are more than {options.max_redirects} redirects; the last leads to {location}.",
            phase="upgrade",
            kind="redirects",
            hint="Allow more with --max-redirects, or connect to the last address itself.",
        )
    following = join_url(address, location)
    if address.secure and not following.secure:
        raise ConnectError(
            f"The server redirects from TLS to plain text, to {following}.",
            phase="upgrade",
            kind="redirects",
            hint="That is not followed; connect to that address yourself if you mean it.",
        )
    if following.origin != address.origin:
        # Credentials are for the server that they were given for, and for no other one.
        kept = tuple(
            field
            for field in options.headers
            if field[0].lower() not in ("authorization", "cookie", "proxy-authorization")
        )
        options = replace(options, auth=None, cookies=(), headers=kept)
    return following, options


class _Attempt:
    """One connection attempt: a path, a request, an answer."""

    def __init__(
        self,
        address: WebSocketURL,
        options: ConnectOptions,
        journal: Journal,
        challenged: str | None,
    ) -> None:
        self._address = address
        self._options = options
        self._journal = journal
        self._authorization = challenged or preemptive_authorization(options.auth)
        self._steps = Steps(journal)

    async def run(self) -> Established:
        """Make it, and write down how it went."""
        journal = self._journal
        journal.emit(
            ConnectionOpening(
                journal.next_seq(),
                journal.now_ns(),
                journal.connection,
                str(self._address),
                "websocket",
            )
        )
        transport: asyncio.Transport | None = None
        try:
            transport, exchange = await open_path(
                self._address, Exchange, options=self._options, steps=self._steps
            )
            return await self._upgrade(transport, exchange)
        except (ConnectError, UpgradeRefusedError, HandshakeError) as error:
            _drop(transport)
            note_failure(journal, error)
            raise
        except Exception as error:
            _drop(transport)
            failure = explain_failure(error, phase=self._steps.current, url=self._address)
            note_failure(journal, failure)
            raise failure from error
        except BaseException:
            _drop(transport)
            raise

    def timed_out(self) -> ConnectError:
        """Say at which step the time was over."""
        failure = explain_failure(TimeoutError(), phase=self._steps.current, url=self._address)
        note_failure(self._journal, failure)
        return failure

    def answer_to(self, error: UpgradeRefusedError) -> str | None:
        """Answer a Digest challenge, if there is one and the credentials are for it."""
        auth = self._options.auth
        if error.status != HTTPStatus.UNAUTHORIZED or not isinstance(auth, DigestAuth):
            return None
        challenge = choose_challenge(
            value for name, value in error.headers if name.lower() == "www-authenticate"
        )
        if challenge is None:
            return None
        return digest_authorization(
            challenge, auth, target=self._address.target, cnonce=os.urandom(16).hex()
        )

    async def _upgrade(self, transport: asyncio.Transport, exchange: Exchange) -> Established:
        options, journal = self._options, self._journal
        key = make_key(os.urandom(16))
        request = build_request(
            self._address.target,
            self._address.authority,
            key,
            headers=options.headers,
            origin=options.origin,
            subprotocols=options.subprotocols,
            extensions=options.compression.header() if options.compression else None,
            cookies=options.cookies,
            user_agent=options.user_agent,
            authorization=self._authorization,
        )
        try:
            async with self._steps.step("upgrade"):
                head = await exchange.head(request)
        except BaseException:
            self._note_handshake(request, None, exchange.received)
            raise
        handshake = self._note_handshake(request, head, b"")
        if head.status != HTTPStatus.SWITCHING_PROTOCOLS:
            raise await self._refusal(exchange, head)
        compression = self._judge(head, _sent_key(request) or key)
        return Established(
            journal, transport, exchange.leftover, str(self._address), handshake, compression
        )

    def _note_handshake(
        self, request: bytes, head: ResponseHead | None, received: bytes
    ) -> WebSocketHandshake:
        journal = self._journal
        chosen = head.get_all("Sec-WebSocket-Protocol") if head else []
        handshake = WebSocketHandshake(
            journal.next_seq(),
            journal.now_ns(),
            journal.connection,
            request.decode("latin-1"),
            head.text if head else received.decode("latin-1"),
            head.status if head else 0,
            next(iter(parse_subprotocols(chosen)), ""),
            head.get_all("Sec-WebSocket-Extensions") if head else [],
        )
        journal.emit(handshake)
        return handshake

    async def _refusal(self, exchange: Exchange, head: ResponseHead) -> UpgradeRefusedError:
        body = await exchange.body(head)
        phrase = head.reason or _phrase(head.status)
        return UpgradeRefusedError(
            f"The server refused the opening handshake with {head.status} {phrase}".rstrip() + ".",
            status=head.status,
            headers=list(head.headers),
            body=body,
            hint=_REFUSAL_HINTS.get(head.status, "The body of its answer may say why."),
        )

    def _judge(self, head: ResponseHead, key: str) -> DeflateParameters | None:
        """Check a 101 (RFC 6455 section 4.1) and agree on compression (RFC 7692 section 5)."""
        options = self._options
        problems = check_response(
            head,
            key=key,
            subprotocols=_offered(options, "Sec-WebSocket-Protocol") or options.subprotocols,
            extensions=(EXTENSION_NAME,) if options.compression else (),
        )
        for problem in problems:
            if problem.fatal:
                raise HandshakeError(
                    problem.message, clause=problem.clause, status=head.status, hint=problem.hint
                )
        agreed = None
        for extension in parse_extensions(head.get_all("Sec-WebSocket-Extensions")):
            assert options.compression is not None
            try:
                agreed = options.compression.accept(extension.parameters)
            except DeflateError as error:
                raise HandshakeError(
                    str(error),
                    clause=error.clause,
                    status=head.status,
                    hint="Leave compression out with --compression off.",
                ) from None
        return agreed


def _offered(options: ConnectOptions, name: str) -> list[str]:
    """What a header given by the user offers, since it takes the place of the option."""
    return parse_subprotocols(
        value for field, value in options.headers if field.lower() == name.lower() and value
    )


def _sent_key(request: bytes) -> str | None:
    """The key that went out, since a header given by the user takes the place of ours."""
    for line in request.split(b"\r\n"):
        name, _, value = line.partition(b":")
        if name.lower() == b"sec-websocket-key":
            return value.strip().decode("latin-1")
    return None


def _drop(transport: asyncio.Transport | None) -> None:
    if transport is not None:
        transport.abort()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


_REFUSAL_HINTS = {
    200: "This address serves a page, not WebSocket; check the path.",
    301: "It is redirected; follow with -L.",
    302: "It is redirected; follow with -L.",
    307: "It is redirected; follow with -L.",
    308: "It is redirected; follow with -L.",
    400: "The server did not like the request; its body may say why, or a proxy changed a header.",
    401: "It wants credentials: -u user:password, --oauth2-bearer TOKEN, or a cookie.",
    403: "The Origin, the Host or the credentials are not allowed; try --origin with the page's.",
    404: "Nothing is at this path; check it, and whether a proxy changes it.",
    405: "This address takes other methods only; it may not be a WebSocket endpoint.",
    407: "The proxy wants credentials: --proxy http://user:password@host:port.",
    426: "The server wants another version or protocol; its Upgrade header says which.",
    429: "Too many requests; wait, or let --retry do it.",
    500: "The server failed; its log says why.",
    502: "A proxy got no proper answer from the server behind it.",
    503: "The server or a proxy has no capacity now; --retry tries again.",
    504: "A proxy got no answer in time from the server behind it.",
}
