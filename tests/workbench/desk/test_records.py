"""What the desk gives can travel: as JSON and as MessagePack, whatever was on the wire."""

import msgspec

from tests.workbench.desk.benches import MS, Maker, desk_in
from wirescope.events import WebSocketFrame


def strange():
    """Make a capture of what no decent peer sends."""
    maker = Maker()
    maker.opened()
    maker.message(b"\xff\xfe\x00")
    maker.message("\x00\u202e\U0010ffff")
    maker.events.append(
        WebSocketFrame(
            maker.timeline.next_seq(), MS, "c1", "received", b"\xf3\x7f" + b"\xff" * 8, b"x", 0
        )
    )
    maker.closed(code=1006)
    return maker


async def test_whatever_was_on_the_wire_can_be_told(tmp_path):
    maker = strange()
    view = maker.save(tmp_path)
    async with desk_in(tmp_path) as desk:
        while not (await desk.analysis("made")).complete:
            pass
        watcher = desk.watcher()
        watcher.watch(1, view, tail=100)
        answers = [
            await desk.rows(view),
            await desk.overview(view),
            await desk.charts(view),
            await desk.openings("made"),
            await desk.analysis("made"),
            await desk.captures(),
            await watcher.changes(),
            *[await desk.detail("made", event.seq) for event in maker.events],
        ]
    for answer in answers:
        kind = type(answer) if not isinstance(answer, list) else list[type(answer[0])]
        assert msgspec.json.decode(msgspec.json.encode(answer), type=kind) == answer
        assert msgspec.msgpack.decode(msgspec.msgpack.encode(answer), type=kind) == answer
