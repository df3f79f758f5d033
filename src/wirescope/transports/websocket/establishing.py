"""From an address to an answered opening handshake, with everything that may come in between.

The path is opened, the request sent, the answer judged. A redirect is followed if that was asked
for, a Digest challenge is answered once, and a failure that may pass is tried again. Each attempt
is a connection in the capture: it begins with `connection.opening` and, when it leads nowhere, ends
with `connection.failed`.
"""

import asyncio
import os
import ssl
from contextlib import suppress
from dataclasses import dataclass, replace
from http import HTTPStatus

from python_socks import ProxyError

from wirescope.clock import Clock
from wirescope.errors import ConnectError, HandshakeError, UpgradeRefusedError
from wirescope.events import ConnectionOpening, EventSink, Purpose, Timeline, WebSocketHandshake
from wirescope.transports.websocket.authentication import (
    choose_challenge,
    digest_authorization,
    preemptive_authorization,
)
from wirescope.transports.websocket.exchange import BODY_TIME_S, Exchange
from wirescope.transports.websocket.explaining import (
    Failure,
    Situation,
    explain_failure,
    note_failure,
)
from wirescope.transports.websocket.journal import Journal
from wirescope.transports.websocket.options import BasicAuth, ConnectOptions, DigestAuth
from wirescope.transports.websocket.path import Steps, look_at_certificates, open_path
from wirescope.transports.websocket.redirects import next_hop
from wirescope.transports.websocket.retry import OnRetry, with_retries
from wirescope.transports.websocket.trust import asked_name, client_context
from wirescope.transports.websocket.url import WebSocketURL, parse_url
from wirescope.wire.websocket import (
    EXTENSION_NAME,
    Breach,
    DeflateError,
    DeflateOffer,
    DeflateParameters,
    RequestHead,
    ResponseHead,
    build_request,
    check_response,
    make_key,
    parse_extensions,
    parse_request,
    parse_subprotocols,
    usual_advice,
)

_LOOK_TIME_S = 2.0
"""Seconds that asking for a refused certificate may take."""


@dataclass(frozen=True, slots=True)
class Established:
    """An opening handshake that succeeded.

    Attributes:
        journal: the connection's, with the opening written down.
        transport: its next bytes are frames.
        url: where it leads, after redirects, without credentials.
        handshake: what was exchanged.
        compression: what was agreed on permessage-deflate.
        exchange: the transport's protocol until another one takes over.
    """

    journal: Journal
    transport: asyncio.Transport
    url: str
    handshake: WebSocketHandshake
    compression: DeflateParameters | None
    exchange: Exchange

    @property
    def leftover(self) -> bytes:
        """The bytes of frames that came so far; taking them stops the transport's reading.

        To be taken once, right before another protocol is set.
        """
        return self.exchange.take_leftover()


async def establish(
    url: str,
    *,
    options: ConnectOptions,
    timeline: Timeline,
    sink: EventSink,
    clock: Clock | None = None,
    on_retry: OnRetry | None = None,
    purpose: Purpose | None = None,
) -> Established:
    """Open a connection as far as the end of the opening handshake.

    For `on_retry` see `retry`; each attempt is written down with the `purpose`.

    Raises:
        InvalidURLError: the address cannot be connected to.
        UsageError: a file of the TLS options cannot be used.
        ConnectError: no connection came about.
        UpgradeRefusedError: the server answered with another status than 101.
        HandshakeError: its answer breaks RFC 6455, or is not HTTP.
    """
    address = parse_url(url)
    return await with_retries(
        lambda: _follow(address, options, timeline, sink, purpose),
        options.retry,
        clock=clock,
        on_retry=on_retry,
    )


async def _follow(
    address: WebSocketURL,
    options: ConnectOptions,
    timeline: Timeline,
    sink: EventSink,
    purpose: Purpose | None,
) -> Established:
    """Make one attempt, through redirects and an authentication challenge."""
    redirects = 0
    challenged: str | None = None
    if address.user is not None and options.auth is None:
        options = replace(options, auth=BasicAuth(address.user, address.password))
    async with asyncio.timeout(options.open_timeout_s) as deadline:
        while True:
            attempt = _Attempt(address, options, challenged, deadline)
            try:
                journal = Journal(timeline, sink, timeline.new_connection())
                return await attempt.run(journal, purpose)
            except UpgradeRefusedError as error:
                challenged = attempt.answer_to(error)
                if challenged is None:
                    redirects += 1
                    address, options = attempt.next_hop(error, redirects)
            except asyncio.CancelledError:
                if deadline.expired():
                    raise attempt.timed_out() from None
                attempt.give_up()
                raise
    raise AssertionError("unreachable")


class _Attempt:
    """One connection attempt: a path, a request, an answer."""

    def __init__(
        self,
        address: WebSocketURL,
        options: ConnectOptions,
        challenged: str | None,
        deadline: asyncio.Timeout,
    ) -> None:
        self._address = address
        self._options = options
        self._challenged = challenged is not None
        self._authorization = challenged or preemptive_authorization(options.auth)
        self._deadline = deadline
        # Files that cannot be used are the user's mistake and are found before anything is opened.
        self._context = client_context(options.tls) if address.secure else None
        if self._context is not None:
            asked_name(options.tls, address.host)

    async def run(self, journal: Journal, purpose: Purpose | None) -> Established:
        """Make it, and write down how it went."""
        self._journal = journal
        self._steps = Steps(journal)
        journal.emit(
            ConnectionOpening(
                journal.next_seq(),
                journal.now_ns(),
                journal.connection,
                str(self._address),
                "websocket",
                purpose,
            )
        )
        transport: asyncio.Transport | None = None
        try:
            transport, exchange = await open_path(
                self._address,
                Exchange,
                options=self._options,
                context=self._context,
                steps=self._steps,
            )
            return await self._upgrade(transport, exchange)
        except UpgradeRefusedError:
            _drop(transport)
            raise  # what it leads to decides how it is written down
        except (ConnectError, HandshakeError) as error:
            _drop(transport)
            note_failure(journal, error)
            raise
        except (OSError, ProxyError) as error:
            _drop(transport)
            failure = await self._explain(error)
            note_failure(journal, failure)
            raise failure from error
        except BaseException:
            _drop(transport)
            raise

    async def _explain(self, error: Exception) -> ConnectError:
        situation = self._situation()
        if isinstance(error, ssl.SSLCertVerificationError):
            time_s = min(_LOOK_TIME_S, self._remaining_s() / 2)
            with suppress(TimeoutError):
                async with asyncio.timeout(time_s):
                    seen = await look_at_certificates(self._address, self._options, self._journal)
                    if seen is not None:
                        situation = replace(situation, certificates=seen.certificates)
        return explain_failure(error, situation)

    def _situation(self) -> Situation:
        steps = self._steps
        return Situation(steps.current, self._address, self._options, steps.proxy)

    def _remaining_s(self) -> float:
        when = self._deadline.when()
        assert when is not None
        return max(when - asyncio.get_running_loop().time(), 0.0)

    def timed_out(self) -> ConnectError:
        """Say at which step the time was over."""
        failure = explain_failure(TimeoutError(), self._situation())
        note_failure(self._journal, failure)
        return failure

    def give_up(self) -> None:
        """Write down that nobody waits for it any more."""
        step = self._steps.current
        message = f"The attempt was given up in the step {step}, before it had succeeded or failed."
        note_failure(self._journal, ConnectError(message, phase=step, kind="aborted"))

    def answer_to(self, error: UpgradeRefusedError) -> str | None:
        """Answer a Digest challenge, if there is one and the credentials are for it.

        Otherwise the refusal is for `next_hop`; either writes down how this attempt ended.
        """
        auth = self._options.auth
        refused = error.status == HTTPStatus.UNAUTHORIZED
        if self._challenged or not refused or not isinstance(auth, DigestAuth):
            return None
        challenge = choose_challenge(
            value for name, value in error.headers if name.lower() == "www-authenticate"
        )
        if challenge is None:
            return None
        note_failure(self._journal, error, kind="challenged")
        return digest_authorization(
            challenge, auth, target=self._address.target, cnonce=os.urandom(16).hex()
        )

    def next_hop(
        self, refusal: UpgradeRefusedError, redirects: int
    ) -> tuple[WebSocketURL, ConnectOptions]:
        """Follow a redirect, the `redirects`-th; what leads nowhere is raised."""
        failure: Failure = refusal
        kind = refusal.kind
        try:
            following = next_hop(self._address, refusal, self._options, redirects)
            kind = "redirected"
        except ConnectError as error:
            failure, kind = error, error.kind
            raise
        finally:
            note_failure(self._journal, failure, refusal=refusal, kind=kind)
        return following

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
        handshake = self._note_handshake(request, head, exchange.interim)
        if head.status != HTTPStatus.SWITCHING_PROTOCOLS:
            raise await self._refusal(exchange, head)
        compression = self._judge(parse_request(request), head)
        return Established(journal, transport, str(self._address), handshake, compression, exchange)

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
            received.decode("latin-1") + (head.text if head else ""),
            head.status if head else 0,
            next(iter(parse_subprotocols(chosen)), ""),
            _names_and_parameters(head) if head else [],
        )
        journal.emit(handshake)
        return handshake

    async def _refusal(self, exchange: Exchange, head: ResponseHead) -> UpgradeRefusedError:
        # what came of the body within the time-out for opening says more than the time-out
        body = await exchange.body(head, time_s=min(BODY_TIME_S, self._remaining_s() * 0.9))
        phrase = head.reason or _phrase(head.status)
        hint = usual_advice(head.status)
        if head.status == HTTPStatus.BAD_REQUEST and b"https" in body.lower():
            url = self._address
            hint = f"The port speaks TLS: try wss://{url.authority}{url.target}."
        if head.status == HTTPStatus.UNAUTHORIZED and self._challenged:
            hint = "The answer to its challenge was not accepted: check user and password."
        return UpgradeRefusedError(
            f"The server refused the opening handshake with {head.status} {phrase}".rstrip() + ".",
            status=head.status,
            headers=list(head.headers),
            body=body,
            hint=hint,
        )

    def _judge(self, request: RequestHead, head: ResponseHead) -> DeflateParameters | None:
        """Check a 101 against what was really sent (RFC 6455 section 4.1).

        A breach is written down; unless the options are lenient, it fails the connection.
        """
        problems = check_response(
            head,
            key=request.get("Sec-WebSocket-Key") or "",
            subprotocols=parse_subprotocols(request.get_all("Sec-WebSocket-Protocol")),
            extensions=_offered_extensions(request),
        )
        for problem in problems:
            breach = Breach(problem.clause, problem.message)
            self._journal.violation(breach, "received", offset=0, frame=0)
        for problem in problems:
            if problem.fatal and self._options.strict:
                raise HandshakeError(
                    problem.message,
                    clause=problem.clause,
                    status=head.status,
                    kind=problem.kind,
                    hint=problem.hint,
                )
        return self._agree(head)

    def _agree(self, head: ResponseHead) -> DeflateParameters | None:
        """Read what the server chose of permessage-deflate (RFC 7692 section 5).

        What it must not choose fails the connection in any case: nobody knows how it compresses.
        """
        try:
            accepted = parse_extensions(head.get_all("Sec-WebSocket-Extensions"))
        except HandshakeError:
            return None  # a problem that was written down
        agreed = None
        for extension in accepted:
            if extension.name != EXTENSION_NAME:
                continue  # offered by a header of the user, who knows what its frames mean
            offer = self._options.compression or DeflateOffer()
            try:
                agreed = offer.accept(extension.parameters)
            except DeflateError as error:
                breach = Breach(error.clause, str(error))
                self._journal.violation(breach, "received", offset=0, frame=0)
                raise HandshakeError(
                    str(error),
                    clause=error.clause,
                    status=head.status,
                    kind="extension",
                    hint="Leave compression out with --compression off.",
                ) from None
        return agreed


def _offered_extensions(request: RequestHead) -> list[str]:
    """Name what was offered; a header typed by the user may be none that can be read."""
    try:
        return [each.name for each in parse_extensions(request.get_all("Sec-WebSocket-Extensions"))]
    except HandshakeError:
        return []


def _names_and_parameters(head: ResponseHead) -> list[str]:
    try:
        return [str(each) for each in parse_extensions(head.get_all("Sec-WebSocket-Extensions"))]
    except HandshakeError:
        return head.get_all("Sec-WebSocket-Extensions")


def _drop(transport: asyncio.Transport | None) -> None:
    if transport is not None:
        transport.abort()


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""
