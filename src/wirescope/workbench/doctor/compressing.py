"""Compression: what was offered and agreed on, and whether large messages are compressed at all."""

import asyncio
from contextlib import suppress
from dataclasses import replace

from wirescope.analysis import CompressionSeen, Conversation
from wirescope.errors import ConnectionClosedError
from wirescope.wire.websocket import DeflateOffer, DeflateParameters
from wirescope.workbench.doctor.bench import Bench
from wirescope.workbench.doctor.model import Outcome

_LARGE = 1024
_TEST = b"wirescope " * 400
_WAIT_S = 2.0


async def compressing(bench: Bench) -> Outcome:
    """Look at what was agreed on; messages are sent only where probing limits is allowed."""
    connection, attempt = bench.main, bench.main_attempt
    assert connection is not None
    assert attempt is not None
    if bench.options.compression is None:
        return Outcome("not offered (--compression off)", {"offered": None}, ok=None)
    agreed = connection.compression
    conversation, evidence = attempt.conversation, [attempt.handshake_seq]
    if bench.orders.probe_limits and agreed is not None:
        conversation = await _with_a_large_message(bench)
    large, compressed = _count(conversation)
    if conversation.received.longest is not None:
        evidence.append(conversation.received.longest.seq)
    bench.seen.compression = CompressionSeen(agreed is not None, large, compressed, tuple(evidence))
    facts = {
        "offered": bench.options.compression.header(),
        "agreed": agreed is not None,
        "parameters": _parameters(agreed) if agreed is not None else {},
        "large_messages": large,
        "compressed_messages": compressed,
    }
    return Outcome(_words(agreed, large, compressed), facts)


async def _with_a_large_message(bench: Bench) -> Conversation:
    """Send what compresses well, and see how an answer comes, if one does."""
    options = replace(bench.options, compression=bench.options.compression or DeflateOffer())
    async with bench.trying(options) as (connection, attempt):
        connection.keep_messages(keep=True)
        with suppress(TimeoutError, ConnectionClosedError):
            async with asyncio.timeout(_WAIT_S):
                await connection.send_text(_TEST)
                await connection.receive()
    return attempt.conversation


def _count(conversation: Conversation) -> tuple[int, int]:
    large = [each for each in conversation.received.sample if each.length >= _LARGE]
    return len(large), sum(each.compressed for each in large)


def _parameters(agreed: DeflateParameters) -> dict[str, object]:
    return {
        "server_no_context_takeover": agreed.server_no_context_takeover,
        "client_no_context_takeover": agreed.client_no_context_takeover,
        "server_max_window_bits": agreed.server_max_window_bits,
        "client_max_window_bits": agreed.client_max_window_bits,
    }


def _words(agreed: DeflateParameters | None, large: int, compressed: int) -> str:
    if agreed is None:
        return "offered, and not agreed on"
    takeover = [
        side
        for side, fresh in (
            ("server", agreed.server_no_context_takeover),
            ("client", agreed.client_no_context_takeover),
        )
        if fresh
    ]
    words = (
        f"agreed on, windows of {agreed.server_max_window_bits} bits (server) and"
        f" {agreed.client_max_window_bits} (client)"
    )
    if takeover:
        words += f", each message of the {' and the '.join(takeover)} on its own"
    if large:
        words += f"; {compressed:,} of {large:,} large messages came compressed"
    return words
