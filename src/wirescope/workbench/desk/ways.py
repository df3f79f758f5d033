"""The ways of a WebRTC connection of a capture, read from its events by the analysis."""

from wirescope.analysis import Paths, Ways, path_figures
from wirescope.events import AnyEvent, ConnectionOpening
from wirescope.workbench.desk.following import Follower, unknown_connection

_TOLD = (
    'type in ("connection.opening", "connection.failed", "connection.closed", "ice.servers",'
    ' "ice.candidate", "ice.error", "ice.pair", "peer.state")'
    ' or (type == stats and object == "local-candidate")'
)


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

    def view(self) -> Ways:
        """Give all of it.

        Raises:
            UnknownConnectionError: it is no WebRTC connection.
        """
        if not self._is_webrtc:
            raise unknown_connection(self.connection)
        return path_figures(self._paths.report())
