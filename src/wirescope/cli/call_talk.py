"""What is said on stderr of a WebRTC connection: when it stands, which path it takes, what comes.

With `-v` everything but statistics: requests of the signaling with their heads, descriptions,
candidates, pairs, states, channels, tracks. On a terminal the last line tells how it is doing.
"""

from collections.abc import Collection

from wirescope.analysis import Ladder
from wirescope.capture import redact
from wirescope.cli.escape import cut, escape
from wirescope.cli.ladder_text import lines_of
from wirescope.cli.monitor import Monitor, path_words
from wirescope.cli.talk import Talk
from wirescope.cli.width import columns
from wirescope.events import (
    CaptureGap,
    ConnectionFailed,
    ConnectionOpened,
    ConnectionOpening,
    DataChannelOpened,
    Emission,
    IceCandidate,
    IceError,
    IcePair,
    IceServersSet,
    MediaTrack,
    PeerState,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    channel_terms,
    say,
)

_CLEAR = "\r\x1b[K"
_MOST_REFUSALS = 8
_UNREACHED = 701
"""That the server could not be reached from one address of this end (W3C webrtc section 4.8.2)."""


class CallTalk(Talk):
    """Tells a person what happens on a WebRTC connection.

    Attributes:
        monitor: how it is doing.
    """

    monitor: Monitor
    _live = ""
    _told_path = ""
    _secured = False
    _wants_relay = False

    def watch(self, monitor: Monitor) -> None:
        """Tell of this monitor's connection."""
        self.monitor = monitor
        self._signaling: set[str] = set()
        self._refusals: set[tuple[str, int]] = set()
        self._unreached: dict[str, IceError] = {}  # until gathering is complete
        self._answering: set[str] = set()  # servers that gave an address

    # The last line

    def show_live(self) -> None:
        """Show on a terminal how it is doing, in one line that stays the last."""
        if self._silent or not self.stream.isatty():
            return
        self._live = cut(escape(f"* {self.monitor.line()}"), columns(self.stream) - 1)
        self._write(f"{_CLEAR}{self._live}")

    def end_live(self) -> None:
        """Take the last line away."""
        if self._live:
            self._live = ""
            self._write(_CLEAR)

    def insist(self, text: str) -> None:
        """Say a line even when silent, above the last one."""
        if not self._live:
            super().insist(text)
            return
        self._write(_CLEAR)
        super().insist(text)
        self._write(self._live)

    def show_ladder(self, ladder: Ladder, *, told: Collection[str] = ()) -> None:
        """Show how far a try to connect came; what is told elsewhere is not said again."""
        width = columns(self.stream)
        for number, line in enumerate(
            lines_of(ladder, width=width, colour=self._layout.colour, told=told)
        ):
            self.line(line if number else f"* {line}")

    # Events

    def feed(self, emission: Emission) -> None:
        """Tell of an event, if it is one to be told."""
        if isinstance(emission, ConnectionOpening) and emission.transport != "webrtc":
            self._signaling.add(emission.connection)
        if isinstance(emission, Statistics):
            self._tell_security()
        elif self._verbose and isinstance(emission, SignalingExchange):
            self._tell_exchange(emission)
        elif self._verbose or getattr(emission, "connection", "") not in self._signaling:
            super().feed(emission)

    def _tell_security(self) -> None:
        if self._verbose and not self._secured and self.monitor.security:
            self._secured = True
            self.status(escape(self.monitor.security))

    def _tell_opening(self, emission: Emission) -> None:
        super()._tell_opening(emission)
        if self._verbose:
            return
        match emission:
            case IcePair(selected=True):
                self._tell_path(emission)
            case IceServersSet():
                self._wants_relay = emission.policy == "relay"
            case IceError(code=code) if code == _UNREACHED:
                if len(self._unreached) < _MOST_REFUSALS:
                    self._unreached.setdefault(emission.url, emission)
            case IceError():
                self._tell_refusal(emission)
            case IceCandidate(side="local", url=str(url)):
                self._answering.add(url)
            case PeerState(machine="gathering", to="complete"):
                self._tell_unreached()
            case PeerState(machine="connection", to="disconnected"):
                self.warn("Nothing comes from the other side any more; it is waited for.")
            case PeerState(machine="connection", from_="disconnected" | "failed", to="connected"):
                self.status("The connection works again.")
            case DataChannelOpened(initiator="remote"):
                channel = f'channel {emission.channel} "{emission.label}"'
                how = channel_terms(emission)
                self.status(escape(f"The other side opened {channel}, {how}."))
            case MediaTrack(direction="received"):
                self.status(f"The other side sends {emission.kind}.")
            case CaptureGap():
                self._tell_rows(emission)

    def _tell_refusal(self, error: IceError) -> None:
        """Say what a server refused."""
        key = error.url, error.code
        if key not in self._refusals and len(self._refusals) < _MOST_REFUSALS:
            self._refusals.add(key)
            self.warn(escape(f"{say(error).rstrip('. ')}."))

    def _tell_unreached(self) -> None:
        """Say which servers gave none; a machine may have networks that reach none."""
        for error in self._unreached.values():
            if self._wants_relay and error.url not in self._answering:
                self._tell_refusal(error)
        self._unreached.clear()

    def _tell_path(self, pair: IcePair) -> None:
        words = f"{path_words(pair)}, {pair.local} to {pair.remote}"
        if words != self._told_path:
            self.status(escape(f"Path{' now' if self._told_path else ''}: {words}"))
            self._told_path = words

    def _tell_all(self, emission: Emission) -> None:
        match emission:
            case ConnectionOpened() | ConnectionFailed():
                super()._tell_all(emission)
            case SignalingDescription():
                self.status(escape(say(emission)))
            case _:
                super()._tell_all(emission)

    def _tell_exchange(self, exchange: SignalingExchange) -> None:
        """Tell of a request as curl's `-v` does, its bodies by their lines' number."""
        shown = redact(exchange)
        assert isinstance(shown, SignalingExchange)
        self.status(escape(say(shown)))
        both = (
            (">", shown.request, shown.request_body),
            ("<", shown.response, shown.response_body),
        )
        for sign, head, body in both:
            for line in head.splitlines():
                self.line(f"{sign} {escape(line)}")
            if body:
                count = len(body.splitlines())
                kind = "SDP" if "sdp" in head.lower() else "text"
                self.line(f"{sign} [{count} line{'' if count == 1 else 's'} of {kind}]")
