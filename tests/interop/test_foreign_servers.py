"""`wirescope connect` sees all that four servers of other people say, plain and over TLS."""

from base64 import b64decode
from collections.abc import Callable, Iterator

import pytest

from tests.interop.harness import (
    FOREIGN,
    Certificates,
    ForeignServer,
    Observation,
    answered_pings,
    make_certificates,
    observe,
    serving,
)

pytestmark = pytest.mark.slow

Foreign = tuple[ForeignServer, str, Certificates | None]


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    return make_certificates(tmp_path_factory.mktemp("certificates"))


@pytest.fixture(
    scope="module",
    params=[(server, tls) for server in FOREIGN for tls in (False, True)],
    ids=lambda param: f"{param[0].name}-{'tls' if param[1] else 'plain'}",
)
def foreign(
    request: pytest.FixtureRequest, certificates: Certificates, real_part: Callable[[str], str]
) -> Iterator[Foreign]:
    server, tls = request.param
    used = certificates if tls else None
    with serving(server, used, require=real_part) as url:
        yield server, url, used


def look(foreign: Foreign, *arguments: str) -> Observation:
    _, url, certificates = foreign
    return observe(url, *arguments, authority=certificates.authority if certificates else None)


@pytest.fixture(scope="module")
def visit(foreign: Foreign) -> Observation:
    """Send one message and stay for half a second after it."""
    return look(foreign, "-d", "echo me", "--wait", "0.5")


def test_events_are_numbered_without_a_gap(visit: Observation) -> None:
    assert [record["seq"] for record in visit.records] == list(range(1, len(visit.records) + 1))
    times = [record["at_ns"] for record in visit.records]
    assert times == sorted(times)


def test_the_opening_is_told_step_by_step(visit: Observation, foreign: Foreign) -> None:
    names = [record["name"] for record in visit.of("connection.phase")]
    expected = ["tcp", "tls", "upgrade"] if foreign[2] else ["tcp", "upgrade"]
    assert [name for name in names if name != "dns"] == expected
    (handshake,) = visit.of("websocket.handshake")
    assert handshake["status"] == 101
    assert handshake["request"].startswith("GET / HTTP/1.1\r\n")
    assert handshake["extensions"][0].startswith("permessage-deflate")


def test_text_and_bytes_arrive_as_they_were_sent(visit: Observation) -> None:
    received = visit.of("websocket.message", kind="text", direction="received")
    assert received[0]["text"] == "hello, ünïcode"
    (binary,) = visit.of("websocket.message", kind="binary", direction="received")
    assert b64decode(binary["base64"]) == bytes(range(256))


def test_fragments_are_kept_apart(visit: Observation, foreign: Foreign) -> None:
    if not foreign[0].fragments:
        pytest.skip(f"{foreign[0].name} cannot send fragments")
    (message,) = visit.of("websocket.message", text="fragmented in three frames")
    frames = [visit.records[seq - 1] for seq in message["frames"]]
    first, *others = [frame["opcode"] for frame in frames]
    assert first == "text"
    assert set(others) == {"continuation"}
    assert [frame["fin"] for frame in frames] == [False] * (len(frames) - 1) + [True]
    assert len(frames) >= 3


def test_a_compressed_message_has_both_its_sizes(visit: Observation) -> None:
    (message,) = visit.of("websocket.message", length=100_000)
    assert message["compressed"]
    assert message["text"] == "0123456789" * 10_000
    frames = [visit.records[seq - 1] for seq in message["frames"]]
    assert frames[0]["rsv1"]
    assert sum(frame["wire_length"] for frame in frames) == message["wire_length"] < 5_000


def test_a_ping_is_seen_and_answered(visit: Observation, foreign: Foreign) -> None:
    answered = answered_pings(visit)
    assert answered
    assert foreign[0].ping is None or answered[0].decode() == foreign[0].ping
    assert visit.of("websocket.frame", opcode="pong", direction="sent")[0]["masked"]


def test_an_echo_comes_back(visit: Observation) -> None:
    sent, received = visit.of("websocket.message", text="echo me")
    assert (sent["direction"], received["direction"]) == ("sent", "received")


def test_leaving_is_clean(visit: Observation) -> None:
    assert visit.exit_code == 0, visit.talk
    assert visit.records[-1]["type"] == "connection.closed"
    assert visit.of("connection.closed", code=1000, initiator="local", clean=True)
    assert not visit.of("websocket.violation")


@pytest.mark.parametrize(
    ("word", "code", "reason", "exit_code"),
    [("done", 1000, "", 0), ("gone", 1001, "", 0), ("bye", 4001, "custom reason", 71)],
)
def test_the_servers_close_is_kept(
    foreign: Foreign, word: str, code: int, reason: str, exit_code: int
) -> None:
    seen = look(foreign, "-d", word, "-m", "10")
    assert seen.exit_code == exit_code, seen.talk
    (closed,) = seen.of("connection.closed")
    assert (closed["code"], closed["reason"]) == (code, reason)
    assert (closed["initiator"], closed["clean"]) == ("remote", True)


def test_a_stranger_is_not_trusted(foreign: Foreign) -> None:
    _, url, certificates = foreign
    if certificates is None:
        pytest.skip("there is no certificate to distrust")
    seen = observe(url, "-d", "done")
    assert seen.exit_code == 60
    (failed,) = seen.of("connection.failed")
    assert (failed["phase"], failed["kind"]) == ("tls", "certificate-untrusted")
    assert failed["hint"]
