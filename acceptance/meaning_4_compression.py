"""The gain that the analysis predicts for compression is the one that turning it on brings.

Three kinds of traffic go through each of the foreign servers and come back: once with compression
declined, where a finding predicts the gain, and once with it agreed on, where the gain is read from
the frames. The two are 5 per cent apart at most. Where the finding says that it may be less, since
it cannot tell which zlib the server has, what was measured lies between the figures that it names.
"""

import asyncio
import random
import re
import struct
import sys
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

import msgspec

import wirescope
from tests.interop.harness import FOREIGN, serving
from wirescope.analysis import Analyzer
from wirescope.events import Direction, Emission, WebSocketMessage
from wirescope.wire.websocket import DeflateOffer

MESSAGES = 1500
AT_ONCE = 20
LIMIT = 0.05
ROUNDING = 0.005
GREETING_LENGTH = 100_000
DEADLINE_S = 60
LEAST = re.compile(r"perhaps only (\d+)%")

TEXT = """
the a to of and is it you that was for on are with as his they be at one have this from or had by
some what there we can out other all your when up use how said an each she which do their time if
will way about many then them would like so these her long make thing see him two has look more
day could go come did my no most who over know water than call first people may down side been now
"""
WORDS = TEXT.split()


def ticks() -> Iterator[str]:
    """Prices in JSON."""
    generator, price = random.Random(1), 100.0
    for number in range(MESSAGES):
        price += generator.gauss(0, 0.1)
        yield msgspec.json.encode(
            {
                "type": "trade",
                "symbol": generator.choice(["AAPL", "MSFT", "NVDA", "ETHUSD"]),
                "price": round(price, 2),
                "size": generator.randrange(1, 500),
                "time": 1_764_000_000_000 + 37 * number + generator.randrange(30),
                "seq": number,
            }
        ).decode()


def chat() -> Iterator[str]:
    """What people write to each other."""
    generator = random.Random(2)
    for _ in range(MESSAGES):
        text = " ".join(generator.choices(WORDS, k=generator.randrange(3, 25)))
        name = generator.choice(["ann", "bob", "cid"])
        yield msgspec.json.encode({"user": name, "text": text}).decode()


def telemetry() -> Iterator[bytes]:
    """Eight sensors in binary."""
    generator, values = random.Random(3), [0.0] * 8
    for number in range(MESSAGES):
        values = [value + generator.gauss(0, 1) for value in values]
        at_us = 1_764_000_000_000_000 + 10_000 * number + generator.randrange(500)
        yield struct.pack(">IQ8h", number, at_us, *(int(10 * value) for value in values))


KINDS: dict[str, Callable[[], Iterator[Any]]] = {
    "JSON ticks": ticks,
    "chat text": chat,
    "telemetry": telemetry,
}


async def converse(
    url: str, messages: Sequence[str | bytes], offer: DeflateOffer | None
) -> list[Emission]:
    """Send messages and take them back; give the events, without the server's greeting."""
    events: list[Emission] = []
    greeted = 0
    async with (
        asyncio.timeout(DEADLINE_S),
        wirescope.connect(url, compression=offer, watchers=[events.extend]) as connection,
    ):
        received = aiter(connection)
        while (await anext(received)).length != GREETING_LENGTH:
            pass
        greeted = len(events)
        for start in range(0, len(messages), AT_ONCE):
            some = messages[start : start + AT_ONCE]
            for message in some:
                await connection.send(message)
            for _ in some:
                await anext(received)
    opening = [event for event in events[:greeted] if not hasattr(event, "direction")]
    return opening + events[greeted:]


def wire_bytes(events: Sequence[Emission], direction: Direction) -> int:
    """Sum what the messages of a direction took."""
    messages = [event for event in events if isinstance(event, WebSocketMessage)]
    return sum(each.wire_length for each in messages if each.direction == direction)


class Predicted(NamedTuple):
    """Shares that are saved: by the usual zlib, and by another one at least."""

    gain: float
    least: float

    def judge(self, measured: float) -> str:
        """Say how the measured share stands to them; MISSED where it is not as it was said."""
        if abs(self.gain - measured) <= LIMIT * measured:
            return ""
        within = self.least - ROUNDING <= measured <= self.gain
        return f"within, at least {self.least:.0%} was said" if within else "MISSED"


def predicted(events: Sequence[Emission]) -> dict[str, Predicted]:
    """Read the gains that the analysis finds, by direction; 0 where it finds none."""
    analyzer = Analyzer()
    found = [*analyzer.feed(events), *analyzer.finish()]
    gains = {"sent": Predicted(0, 0), "received": Predicted(0, 0)}
    for finding in found:
        if finding.code == "WS501" and finding.gain is not None:
            direction = "sent" if "this end sent" in finding.cause else "received"
            gain = 1 - finding.gain.after_bytes / finding.gain.before_bytes
            least = LEAST.search(finding.cause)
            gains[direction] = Predicted(gain, int(least[1]) / 100 if least else gain)
    return gains


def main() -> int:
    """Compare on every server and print the table."""
    good = True
    print(f"{'server':11} {'traffic':11} {'':9} predicted  measured  relative difference")
    for server in FOREIGN:
        with serving(server, None) as url:
            for kind, make in KINDS.items():
                messages = list(make())
                plain = asyncio.run(converse(url, messages, None))
                compressed = asyncio.run(converse(url, messages, DeflateOffer()))
                gains = predicted(plain)
                directions: tuple[Direction, Direction] = ("sent", "received")
                for direction in directions:
                    gain = gains[direction].gain
                    took = wire_bytes(compressed, direction)
                    measured = 1 - took / wire_bytes(plain, direction)
                    judgement = gains[direction].judge(measured)
                    good = good and judgement != "MISSED"
                    print(
                        f"{server.name:11} {kind:11} {direction:9} {gain:8.2%} {measured:9.2%}"
                        f" {abs(gain - measured) / measured:10.2%}  {judgement}".rstrip()
                    )
    print(f"at most {LIMIT:.0%} apart, or within what the finding says")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
