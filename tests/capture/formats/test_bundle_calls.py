"""Bundles of WebRTC connections, and of whatever else an event may carry."""

import json
import types
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints

import msgspec
import pytest

from tests.capture.formats.making import read, recorded, written
from tests.capture.formats.test_bundle import members
from tests.capture.making import Scene, events_of
from wirescope.capture import Selection, open_capture
from wirescope.capture.formats.blotting import Blotter
from wirescope.capture.formats.pseudonyms import Pseudonyms
from wirescope.capture.formats.retouching import Retoucher
from wirescope.events import (
    AnyEvent,
    DataChannelMessage,
    DataChannelOpened,
    Event,
    IceCandidate,
    IceError,
    IcePair,
    IceServerAsked,
    IceServersSet,
    SignalingDescription,
    SignalingExchange,
    Statistics,
    TransportAddress,
    WebSocketFrame,
    WebSocketMessage,
)
from wirescope.wire.websocket import build_header

pytestmark = pytest.mark.slow

PLANTED = (
    "wss://ada:hunter2@feed.corp.example/?token=s3ss10n 10.20.30.40 [2001:db9:7::1]"
    " turn:bob:tr0ub4dor@turn.corp.example https://whip.corp.example/"
)
SECRETS = ("hunter2", "s3ss10n", "tr0ub4dor", "corp", "10.20.30.40", "2001:db9:7")
FINGERPRINT = ":".join(f"{byte:02X}" for byte in range(0xA0, 0xC0))
SDP = (
    "v=0\r\no=ada 1 2 IN IP4 10.20.30.41\r\ns=Plans of Ada\r\nt=0 0\r\n"
    "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\r\nc=IN IP6 2001:db9:7::2\r\n"
    "a=rtcp:9 IN IP4 10.20.30.42\r\na=ice-ufrag:uFr4\r\na=ice-pwd:thePasswordOfThisEndOnly\r\n"
    f"a=fingerprint:sha-256 {FINGERPRINT}\r\n"
    "a=candidate:f0undation 1 udp 2130706431 pc7.corp 50000 typ srflx raddr 10.20.30.43 rport 9"
    " ufrag uFr4\r\na=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:theKeyOfTheMedia\r\n"
)
IN_SDP = (
    *("Ada", "ada", "10.20.30", "2001:db9", "uFr4", "thePassword", FINGERPRINT[:20], "pc7"),
    *("theKey", "f0undation"),
)


def planted(kind: Any, name: str = "") -> Any:
    """Make a value of a type; every text in it is the one with the secrets."""
    options = [each for each in get_args(kind) if each is not type(None)]
    if name == "values":
        return {"label": PLANTED, "address": PLANTED, "url": PLANTED, "l": [PLANTED], "d": {"x": 1}}
    if get_origin(kind) in (Union, types.UnionType):
        return planted(options[0])
    if get_origin(kind) is Literal:
        return options[0]
    if get_origin(kind) in (list, tuple):
        return get_origin(kind)([planted(options[0])])
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return made(kind)
    simple = {
        str: PLANTED,
        bytes: PLANTED.encode(),
        bool: True,
        int: 1,
        float: 1.5,
        datetime: datetime(2024, 1, 1, tzinfo=UTC),
    }
    return simple[kind]


def made(kind: type[Any]) -> Any:
    hints = get_type_hints(kind)
    fields = {name: planted(hints[name], name) for name in kind.__struct_fields__}
    length = len(PLANTED)
    if issubclass(kind, Event):
        fields["connection"] = "c1"
    if kind is WebSocketFrame:
        fields.update(header=build_header(1, length), payload_id=0)
    if kind in (WebSocketMessage, DataChannelMessage):
        fields.update(length=length)
    if kind is WebSocketMessage:
        fields.update(frames=())
    return kind(**fields)


@pytest.mark.parametrize("payloads", [False, True])
@pytest.mark.parametrize("kind", get_args(AnyEvent), ids=lambda kind: kind.__name__)
def test_no_text_of_any_type_of_event_lets_a_secret_out(
    tmp_path: Path, kind: type[Any], payloads: bool
) -> None:
    data = written(recorded(tmp_path / "a", [made(kind)]), "bundle", payloads=payloads)
    read("bundle", data, tmp_path / "b")
    (event,) = events_of(tmp_path / "b")
    assert type(event) is kind
    told = members(data)["events.ndjson"].decode() + repr(event)
    for secret in SECRETS:
        assert secret not in told


def shared(scene: Scene, tmp_path: Path, **options: Any) -> list[Any]:
    path = recorded(tmp_path / "a", scene.emissions)
    read("bundle", written(path, "bundle", **options), tmp_path / "b")
    return events_of(tmp_path / "b")


def test_a_description_keeps_its_form_and_loses_whose_it_is(tmp_path: Path) -> None:
    scene = Scene()
    scene.add(SignalingDescription, "local", "offer", SDP)
    sdp = shared(scene, tmp_path)[0].sdp
    for secret in IN_SDP:
        assert secret not in sdp
    assert [line[:8] for line in sdp.split("\r\n")] == [line[:8] for line in SDP.replace(
        "o=ada", "o=[redacted]").replace("s=Plans", "s=[redacted]").split("\r\n")]  # fmt: skip
    assert "a=ice-ufrag:ufrag1\r\na=ice-pwd:[redacted]\r\n" in sdp
    assert "a=fingerprint:sha-256 fingerprint1\r\n" in sdp
    assert "ufrag ufrag1\r\n" in sdp


@pytest.mark.parametrize("as_json", [False, True])
def test_an_exchange_loses_its_session_and_what_its_bodies_say(
    tmp_path: Path, as_json: bool
) -> None:
    body = json.dumps({"sdp": SDP.replace("o=ada", "o=-").replace("Plans of Ada", "-")})
    body = body.replace("inline:theKeyOfTheMedia", "") if as_json else SDP
    heads = ("Authorization: Bearer abc\r\nHost: whip.corp.example", "Location: /live/s3ss10n7?x=1")
    after = ("If-Match: uFr4", "", "", "", 9)
    scene = Scene()
    url = "https://whip.corp.example/live"
    scene.add(SignalingExchange, "POST", url, 201, heads[0], body, heads[1], body, 9)
    scene.add(SignalingExchange, "GET", f"{url}/s3ss10n7", 200, *after)
    scene.add(SignalingExchange, "PATCH", f"{url}/0ther5?x", 204, *after)
    post, *others = events = shared(scene, tmp_path)
    for secret in ("s3ss10n7", "0ther5", "corp", "Bearer", *IN_SDP):
        assert secret not in repr(events)
    assert post.url.endswith(".invalid/live")
    assert post.response == "Location: [redacted]"
    assert [each.url.rpartition("/")[2] for each in others] == ["[redacted]", "[redacted]?x"]


def test_what_names_an_address_of_a_call_has_its_pseudonym_everywhere(tmp_path: Path) -> None:
    scene = Scene()
    stun = "stun:stun.corp.example:3478"
    name = "5f2c1e0a-uuid.local"
    scene.add(IceServersSet, [IceServerAsked(stun, 60.5)], "all")
    scene.add(IceCandidate, "local", "srflx", "10.20.30.40", 5, "udp", 1, "f0undation", "0",
              TransportAddress("10.20.30.9", 6), stun, None, "uFr4")  # fmt: skip
    scene.add(IceCandidate, "remote", "host", name, 5, "udp", 1, "f0undation", "0")
    scene.add(IcePair, "srflx udp 10.20.30.40:5", f"host udp {name}:5", "succeeded", True, True)
    scene.add(IceError, stun, 701, "no answer from stun.corp.example", "10.20.30.x", 9)
    values = {"address": "10.20.30.40", "relatedAddress": "10.20.30.9", "url": stun, "port": 5,
              "usernameFragment": "uFr4", "foundation": "f0undation", "ip": "2001:db9::7",
              "fingerprint": FINGERPRINT, "base64Certificate": "TUlJQ"}  # fmt: skip
    scene.add(Statistics, "local-candidate", f"CF{FINGERPRINT}", values)
    servers, own, remote, pair, error, stats = events = shared(scene, tmp_path)
    for secret in ("corp", "10.20.30.40", "10.20.30.9", "uuid", "f0und", "uFr4", "2001:db9", "TUlJ",
                   FINGERPRINT[:20]):  # fmt: skip
        assert secret not in repr(events)
    assert pair.local == f"srflx udp {own.address}:5"
    assert pair.remote == f"host udp {remote.address}:5"
    assert stats.values["address"] == own.address
    assert stats.values["url"] == own.url == error.url == servers.servers[0].url
    assert stats.values["usernameFragment"] == own.ufrag == "ufrag1"
    assert own.foundation == remote.foundation == stats.values["foundation"] == "foundation1"
    assert stats.id == "CFfingerprint1"


@pytest.mark.parametrize(
    ("options", "after"),
    [
        ({}, b'{"token": "xxx", "email": "a"}'),
        ({"fields": ["email"]}, b'{"token": "xxx", "email": "x"}'),
        ({"payloads": True}, b"x" * 30),
    ],
)
def test_a_message_of_a_channel_is_blotted_out_as_one_of_a_websocket(
    tmp_path: Path, options: dict[str, Any], after: bytes
) -> None:
    scene = Scene()
    payload = b'{"token": "abc", "email": "a"}'
    scene.add(DataChannelMessage, "sent", 1, "text", len(payload), payload)
    assert shared(scene, tmp_path, **options)[0].payload == after


def test_a_description_in_a_message_loses_its_names_and_no_byte(tmp_path: Path) -> None:
    scene = Scene()
    payload = json.dumps({"sdp": SDP}).encode()
    scene.add(DataChannelMessage, "sent", 1, "text", len(payload), payload)
    after = shared(scene, tmp_path)[0].payload
    assert len(after) == len(payload)
    for secret in ("10.20.30", "2001:db9", "uFr4", "thePassword", FINGERPRINT[:20]):
        assert secret.encode() not in after


def test_the_label_of_a_channel_has_the_pseudonyms_of_its_hosts(tmp_path: Path) -> None:
    scene = Scene()
    scene.add(IceCandidate, "local", "host", "pc7.corp", 5, "udp", 1, "1", "0")
    scene.add(DataChannelOpened, 1, "to pc7.corp", "", True, None, None, False, "local")
    candidate, opened = shared(scene, tmp_path)
    assert opened.label == f"to {candidate.address}"


def test_an_event_of_an_unknown_type_is_left_out_and_counted(tmp_path: Path) -> None:
    class Strange(Event, frozen=True, tag="strange"):
        text: str

    with open_capture(recorded(tmp_path / "a", [])) as capture:
        retoucher = Retoucher(Selection(capture), Blotter(Pseudonyms()))
        strange: Any = Strange(1, 1, "c1", PLANTED)
        assert [*retoucher.feed(strange), *retoucher.finish()] == []
    assert retoucher.left_out == 1
