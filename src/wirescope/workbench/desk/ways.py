"""The ways of a WebRTC connection of a capture, read from its events by the analysis."""

from wirescope.analysis import PathReport, Paths, ServerSeen
from wirescope.events import AnyEvent, ConnectionOpening
from wirescope.workbench.desk.following import Follower, unknown_connection
from wirescope.workbench.desk.ways_model import (
    WayAddress,
    WayError,
    WayLoss,
    WayServer,
    WaysView,
    WayTaken,
    WayUntried,
)

_TOLD = (
    'type in ("connection.opening", "connection.failed", "connection.closed", "ice.servers",'
    ' "ice.candidate", "ice.error", "ice.pair", "peer.state")'
    ' or (type == stats and object == "local-candidate")'
)
_EXAMPLES = 10


class WaysIndex(Follower):
    """What was seen of the ways of one connection.

    Args:
        connection: `c1` …

    Raises:
        UnknownConnectionError: no connection can have this id.
    """

    def __init__(self, connection: str) -> None:
        super().__init__(connection, _TOLD)
        self._paths = Paths()
        self._is_webrtc = False

    def take(self, event: AnyEvent) -> None:
        """Take an event, in its order."""
        if isinstance(event, ConnectionOpening):
            self._is_webrtc = event.transport == "webrtc"
        self._paths.note(event)

    def view(self) -> WaysView:
        """Give all of it.

        Raises:
            UnknownConnectionError: it is no WebRTC connection.
        """
        if not self._is_webrtc:
            raise unknown_connection(self.connection)
        report = self._paths.report()
        return WaysView(
            connection=self.connection,
            relay_only=report.relay_only,
            servers=[_server(each) for each in report.servers if each.url],
            addresses=[
                WayAddress(
                    seq=each.seq,
                    side=each.side,
                    words=each.words,
                    reach=each.reach.value,
                    about=each.about,
                )
                for each in report.candidates
            ],
            tried=len(report.pairs),
            untried=_untried(report),
            taken=[
                WayTaken(
                    seq=each.seq,
                    at_ns=each.at_ns,
                    local=each.local,
                    remote=each.remote,
                    relayed=each.is_relayed,
                    over=each.over,
                    server=each.server,
                )
                for each in report.selected
            ],
            losses=[
                WayLoss(
                    seq=each.seq,
                    at_ns=each.from_ns,
                    lasted_ns=-1 if each.until_ns is None else each.until_ns - each.from_ns,
                    gave_up=each.failed,
                )
                for each in report.losses
            ],
        )


def _server(server: ServerSeen) -> WayServer:
    asked, first, last = (
        -1 if at_ns is None else at_ns
        for at_ns in (server.asked_ns, server.first_ns, server.last_ns)
    )
    return WayServer(
        url=server.url,
        transport=server.transport,
        asked_ns=asked,
        first_ns=first,
        last_ns=last,
        addresses=list(server.candidates),
        errors=[
            WayError(
                seq=each.seq,
                at_ns=each.at_ns,
                code=each.code,
                message=each.message,
                meaning=each.meaning,
                advice=each.advice,
                normal=each.is_normal,
            )
            for each in server.errors
        ],
    )


def _untried(report: PathReport) -> list[WayUntried]:
    """Give the pairs that were not tried by their reasons, the most frequent first."""
    by_reason: dict[str, list[tuple[str, str]]] = {}
    words: dict[str, str] = {}
    for each in report.untried:
        by_reason.setdefault(each.reason.value, []).append((each.local, each.remote))
        words[each.reason.value] = each.words
    return [
        WayUntried(reason=reason, words=words[reason], count=len(pairs), examples=pairs[:_EXAMPLES])
        for reason, pairs in sorted(by_reason.items(), key=lambda each: (-len(each[1]), each[0]))
    ]
