"""The operations on connections."""

from collections.abc import Mapping

import msgspec

from wirescope.web.app import Call, File, Handler
from wirescope.web.bench import Bench
from wirescope.web.failures import RequestRefusedError
from wirescope.web.requests import (
    CloseChannel,
    CloseSession,
    OpenChannel,
    OpenSession,
    PasteCode,
    PreviewMessage,
    SendMessage,
    Sent,
    StopRepeat,
)
from wirescope.workbench.desk import Preview, SessionChannel, SessionState
from wirescope.workbench.workspace import Endpoint


def session_handlers(bench: Bench) -> Mapping[str, Handler]:
    """Return the handlers of connections."""
    handlers = _Sessions(bench)
    return {
        "open_session": handlers.open,
        "send": handlers.send,
        "close_session": handlers.close,
        "paste_code": handlers.paste_code,
        "open_channel": handlers.open_channel,
        "close_channel": handlers.close_channel,
        "restart_ice": handlers.restart_ice,
        "session_media": handlers.media,
        "stop_repeat": handlers.stop_repeat,
        "forget_session": handlers.forget,
        "preview": handlers.preview,
    }


class _Sessions:
    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._desk = bench.desk

    async def open(self, call: Call) -> SessionState:
        asked: OpenSession = call.body
        try:
            endpoint = msgspec.convert(asked.endpoint, Endpoint)
        except msgspec.ValidationError as error:
            raise RequestRefusedError(
                f"The endpoint cannot be used: {error}.", status=422, field=_field(str(error))
            ) from None
        return await self._desk.open_session(
            endpoint,
            resolvers=self._bench.resolvers(asked.environment),
            path=asked.path,
            name=asked.name,
        )

    async def send(self, call: Call) -> Sent:
        asked: SendMessage = call.body
        repeat = await self._desk.send(
            call.path["session"],
            asked.outgoing,
            resolvers=self._bench.resolvers(asked.environment),
            repeat_s=asked.repeat_s,
        )
        return Sent(repeat=repeat)

    async def preview(self, call: Call) -> Preview:
        asked: PreviewMessage = call.body
        resolver = self._bench.resolvers(asked.environment)()
        return await self._desk.preview(
            asked.outgoing, resolver=resolver, transport=asked.transport
        )

    async def close(self, call: Call) -> None:
        asked: CloseSession = call.body
        await self._desk.close_session(
            call.path["session"], code=asked.code, reason=asked.reason, drop=asked.drop
        )

    async def paste_code(self, call: Call) -> None:
        asked: PasteCode = call.body
        await self._desk.paste_code(call.path["session"], asked.code)

    async def open_channel(self, call: Call) -> SessionChannel:
        asked: OpenChannel = call.body
        return self._desk.open_channel(call.path["session"], asked.channel)

    async def close_channel(self, call: Call) -> None:
        asked: CloseChannel = call.body
        await self._desk.close_channel(call.path["session"], asked.key)

    async def restart_ice(self, call: Call) -> None:
        await self._desk.restart_ice(call.path["session"])

    async def media(self, call: Call) -> File:
        viewer = await self._desk.watch(call.path["session"])
        return File(viewer.pieces(), viewer.media_type, done=viewer.leave)

    async def stop_repeat(self, call: Call) -> None:
        asked: StopRepeat = call.body
        self._desk.stop_repeat(call.path["session"], asked.id)

    async def forget(self, call: Call) -> None:
        await self._desk.forget_session(call.path["session"])


def _field(message: str) -> str:
    """Where in the endpoint a value is of the wrong kind, as `headers[2].value`."""
    _, found, path = message.rpartition(" - at `$.")
    return path.rstrip("`") if found else ""
