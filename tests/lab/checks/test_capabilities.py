"""What each transport can carry, be told and cost, tried out for real on this machine."""

import re
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import ModuleType

import pytest

from wirescope.lab.checks import pairs
from wirescope.lab.checks.customization import customization
from wirescope.lab.checks.data_types import data_types
from wirescope.lab.checks.implementations import implementations
from wirescope.lab.checks.pairs import send_back
from wirescope.lab.checks.scalability import scalability
from wirescope.lab.results import Row
from wirescope.playground import serve_endpoints
from wirescope.transports.websocket import Acceptance, Refusal, serve

pytestmark = pytest.mark.slow

ECHO = Acceptance(handler=send_back)
NO_ENGINE = "there is no WebRTC engine"
PATIENCE_S = 100.0
LONGEST = 250  # characters of a column


def module_of(check: Callable[..., object]) -> ModuleType:
    """Give the module of a check, whose name in its package is the check's own."""
    return sys.modules[check.__module__]


def check_length(row: Row) -> None:
    for words in (row.websocket, row.webrtc, row.evidence):
        assert 0 < len(words) <= LONGEST, words


@pytest.fixture(autouse=True)
def patience(monkeypatch: pytest.MonkeyPatch) -> None:
    """Give checks and connections the time that they take where other tests run beside."""
    for check in (customization, data_types, implementations, scalability):
        monkeypatch.setattr(module_of(check), "LIMIT_S", PATIENCE_S)
    monkeypatch.setattr(pairs, "OPEN_TIMEOUT_S", PATIENCE_S)


def without_engine(patch: pytest.MonkeyPatch, *checks: Callable[..., object]) -> None:
    for check in checks:
        patch.setattr(module_of(check), "is_there", lambda: False)


@asynccontextmanager
async def playground() -> AsyncIterator[str]:
    async with serve_endpoints() as server:
        yield server.url.replace("ws", "http", 1)


async def test_every_kind_of_data_comes_intact_up_to_the_limit() -> None:
    row = await data_types()
    check_length(row)
    assert row.aspect == "Data types"
    assert "0 to 16,777,216 bytes: 14 of 14 messages intact" in row.websocket
    assert "16,777,217: closed with 1009" in row.websocket
    assert "uncoded, 86,400 and 96,000 bytes" in row.websocket
    found = re.search(r"0 to ([\d,]+) bytes \(max-message-size\): (\d+) of (\d+)", row.webrtc)
    assert found
    limit = int(found[1].replace(",", ""))
    assert limit >= 65_536
    assert found[2] == found[3]
    assert f"{limit + 1:,} refused before sending" in row.webrtc
    assert re.search(r"15 pictures \(VP8, numbers \d+ to \d+ read\)", row.webrtc)
    heard = re.search(r"24,000 samples \(opus, (\d+) Hz of 440\)", row.webrtc)
    assert heard
    assert 400 <= int(heard[1]) <= 480


async def test_what_was_asked_for_is_what_the_other_side_saw() -> None:
    row = await customization()
    check_length(row)
    assert row.aspect == "Customization"
    assert row.websocket.startswith("Subprotocol v2.example of 2 offered; ")
    assert row.websocket.endswith("server_no_context_takeover; client_max_window_bits=10.")
    for mode in ("ordered reliable", "unordered 0 resends", "ordered 150 ms (v2.example)"):
        assert mode in row.webrtc
    assert "VP8 in use; once answered with VP9 alone: VP9" in row.webrtc
    counts = re.search(r"(\d+) profiles, (\d+) header extensions, (\d+) kinds", row.webrtc)
    assert counts
    assert all(int(each) > 0 for each in counts.groups())


async def test_the_next_participant_costs_what_the_model_says(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module_of(scalability), "ROUNDS", 2)
    row = await scalability()
    check_length(row)
    assert row.aspect == "Scalability"
    found = re.search(r"(-?\d+) \+ (\d+) n µs .* foretells (\d+) µs, measured (\d+)", row.websocket)
    assert found
    base, slope, foretold, measured = map(int, found.groups())
    assert slope > 0
    assert abs(base + 32 * slope - foretold) <= 32
    assert foretold / 3 < measured < foretold * 3  # other tests run on this machine, too
    mesh = re.search(r"(\d+), (\d+), (\d+) µs a message", row.webrtc)
    assert mesh
    assert int(mesh[1]) < int(mesh[3])
    assert "1 copy up, 32 connections;" in row.websocket
    assert "for n = 4: 3 copies up, 6 connections." in row.webrtc


async def test_the_applications_that_there_are_were_used() -> None:
    row = await implementations(playground)
    check_length(row)
    assert row.aspect == "Typical implementations"
    assert "failed" not in row.websocket + row.webrtc
    assert re.search(r"/echo: 20 of 20 back, [\d.]+ ms", row.websocket)
    assert "/push: 50 of 50 came" in row.websocket
    assert (
        "No application yet: chat, stock ticker, game, video conference, file sharing."
        in row.websocket
    )
    assert re.search(r"/webrtc/echo: 20 of 20 back, [\d.]+ ms, 15 own pictures", row.webrtc)
    assert (
        "/whip/sink: live streaming, published and watched at /whep/sink, 15 pictures" in row.webrtc
    )
    assert "/whep/picture: 15 pictures" in row.webrtc


async def test_an_application_that_fails_is_told_of_and_the_others_are_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_engine(monkeypatch, implementations)

    @asynccontextmanager
    async def without_push() -> AsyncIterator[str]:
        async with serve(lambda request: ECHO if request.path == "/echo" else Refusal(404)) as own:
            yield own.url.replace("ws", "http", 1)

    row = await implementations(without_push)
    assert "/echo: 20 of 20 back" in row.websocket
    assert "/push failed: " in row.websocket
    assert "/jsonrpc failed: " in row.websocket
    assert "No application yet" not in row.websocket  # it has no list that would tell
    assert "treaming" not in row.webrtc
    assert NO_ENGINE in row.webrtc


async def test_without_an_engine_the_rows_say_so_in_place_of_figures(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    without_engine(monkeypatch, data_types, customization, scalability)
    monkeypatch.setattr(module_of(data_types), "SIZES", (0, 1, 1 << 20))
    monkeypatch.setattr(module_of(scalability), "ROUNDS", 2)
    for check in (data_types, customization, scalability):
        row = await check()
        assert NO_ENGINE in row.webrtc
        assert re.search(r"\d", row.websocket)
