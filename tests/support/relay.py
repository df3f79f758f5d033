"""A relay between two ends of TCP that can stop forwarding without telling either of them.

That is what a peer looks like whose cable was pulled, or whose address translation forgot it: the
connection stands, nothing comes, nothing is refused.
"""

import asyncio

from tests.support.raw_server import RawServer


class Relay(RawServer):
    """Carries bytes to a port on 127.0.0.1 until it is told to go silent.

    Attributes:
        swallowed: bytes that it took and did not forward.
    """

    def __init__(self, port: int) -> None:
        super().__init__(self._relay)
        self.swallowed = 0
        self._far = port
        self._silent = False

    def go_silent(self) -> None:
        """Forward nothing from now on, no end of the connection either."""
        self._silent = True

    async def _relay(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        far_reader, far_writer = await asyncio.open_connection("127.0.0.1", self._far)
        try:
            async with asyncio.TaskGroup() as group:
                group.create_task(self._carry(reader, far_writer))
                group.create_task(self._carry(far_reader, writer))
        finally:
            far_writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(65536):
            if self._silent:
                self.swallowed += len(data)
            else:
                writer.write(data)
                await writer.drain()
        if not self._silent:
            writer.write_eof()
