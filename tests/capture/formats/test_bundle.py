"""Bundles: what is gone from them, what stays, and what is refused."""

import io
import json
import re
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from tests.capture.formats.making import (
    SECURED,
    Everything,
    any_events,
    everything,
    read,
    recorded,
    written,
)
from tests.capture.making import Scene, events_of
from wirescope.capture import open_capture
from wirescope.capture.formats.pseudonyms import Pseudonyms
from wirescope.errors import CaptureFormatError, UsageError
from wirescope.events import (
    AnyEvent,
    ConnectionFailed,
    ConnectionOpening,
    ConnectionReached,
    ConnectionSecured,
    Finding,
    WebSocketFrame,
    WebSocketHandshake,
    WebSocketMessage,
)

pytestmark = pytest.mark.slow

SECRET = (
    "corp.example",
    "10.20.30.40",
    "2001:db8:7::1",
    "hunter2",
    "tr0ub4dor",
    "ada:pw",
    "s3ss10n",
    "Daughters",
    "5e21a1",
    "c0ffee",
)


def members(data: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        return {name: bundle.read(name) for name in bundle.namelist()}


def shape(event: AnyEvent) -> tuple[Any, ...]:
    """What must not change: everything but texts and payloads."""
    common = (event.seq, event.at_ns, event.connection, event.type)
    if isinstance(event, WebSocketFrame):
        return (*common, event.direction, event.header, event.offset, event.payload_id,
                len(event.payload))  # fmt: skip
    if isinstance(event, WebSocketMessage):
        return (*common, event.direction, event.kind, event.length, event.wire_length,
                event.compressed, event.frames, len(event.payload))  # fmt: skip
    return common


@settings(max_examples=20, deadline=None)
@given(events=any_events())
def test_any_events_keep_their_shape_in_a_bundle(
    tmp_path_factory: pytest.TempPathFactory, events: list[AnyEvent]
) -> None:
    folder = tmp_path_factory.mktemp("bundle")
    path = recorded(folder / "a", list(events))
    for number, options in enumerate(({}, {"payloads": True}, {"fields": ["a", "$..b"]})):
        out = folder / str(number)
        read("bundle", written(path, "bundle", **options), out)
        assert list(map(shape, events_of(out))) == list(map(shape, events_of(path)))


def test_hosts_addresses_and_credentials_are_in_no_file_of_a_bundle(tmp_path: Path) -> None:
    data = written(everything(tmp_path / "a"), "bundle")
    for name, content in members(data).items():
        for secret in SECRET:
            assert secret.encode() not in content, (name, secret)


def test_everything_keeps_its_shape_and_long_payloads_their_length(tmp_path: Path) -> None:
    data = written(everything(tmp_path / "a"), "bundle")
    read("bundle", data, tmp_path / "b")
    assert [*map(shape, events_of(tmp_path / "b"))] == [*map(shape, events_of(tmp_path / "a"))]
    with open_capture(tmp_path / "a") as a, open_capture(tmp_path / "b") as b:
        for event in a.events(filter="type == websocket.frame and length > 1MiB"):
            assert b"".join(b.payload(event.seq)) == b"".join(a.payload(event.seq))


def test_a_host_has_one_pseudonym_wherever_it_stands(tmp_path: Path) -> None:
    data = written(everything(tmp_path / "a"), "bundle")
    read("bundle", data, tmp_path / "b")
    events = {event.seq: event for event in events_of(tmp_path / "b")}
    first = next(iter(events.values()))
    (host,) = re.findall(r"@([\w.]+):8443", first.url)
    assert host.endswith(".invalid")
    assert len(host) == len("feed.corp.example")
    handshake = next(event for event in events.values() if event.type == "websocket.handshake")
    assert f"Host: {host}:8443" in handshake.request
    message = next(event for event in events.values() if event.type == "websocket.message")
    assert json.loads(message.payload)["host"] == host
    closed = next(event for event in events.values() if event.type == "connection.closed")
    assert closed.reason == f"done at {host}"
    failed = [event for event in events.values() if event.type == "connection.failed"]
    assert host in failed[0].message
    urls = {e.connection: e.url for e in events.values() if e.type == "connection.opening"}
    (address,) = re.findall(r"//([\d.]+)/", urls["c2"])
    assert failed[1].message == f"Nothing listens at {address}:9."


def shared(scene: Scene, tmp_path: Path, **options: Any) -> list[AnyEvent]:
    path = recorded(tmp_path / "scene", scene.emissions)
    read("bundle", written(path, "bundle", **options), tmp_path / "shared")
    return events_of(tmp_path / "shared")


@pytest.mark.parametrize(
    ("field", "after"),
    [
        ("email", '{"id": 7, "user": {"email": "xxxxx", "tags": ["one", true]}}'),
        ("EMAIL", '{"id": 7, "user": {"email": "xxxxx", "tags": ["one", true]}}'),
        ("user", '{"id": 7, "user": {"email": "xxxxx", "tags": ["xxx", null]}}'),
        ("$.user.email", '{"id": 7, "user": {"email": "xxxxx", "tags": ["one", true]}}'),
        ("$.id", '{"id": 1, "user": {"email": "a@b.c", "tags": ["one", true]}}'),
        ("$..tags[0]", '{"id": 7, "user": {"email": "a@b.c", "tags": ["xxx", true]}}'),
        ("$['user']['tags'][*]", '{"id": 7, "user": {"email": "a@b.c", "tags": ["xxx", null]}}'),
        ("$.*.email", '{"id": 7, "user": {"email": "xxxxx", "tags": ["one", true]}}'),
        ("$.email", '{"id": 7, "user": {"email": "a@b.c", "tags": ["one", true]}}'),
    ],
)
@pytest.mark.parametrize("parts", [1, 4])
def test_a_field_is_blotted_out_also_across_fragments(
    tmp_path: Path, field: str, after: str, parts: int
) -> None:
    scene = Scene()
    scene.text('{"id": 7, "user": {"email": "a@b.c", "tags": ["one", true]}}', parts=parts)
    events = shared(scene, tmp_path, fields=[field])
    assert events[-1].payload.decode() == after
    assert b"".join(event.payload for event in events[:-1]).decode() == after


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ('42["login",{"token":"s3cr3t"}]', '42["login",{"token":"xxxxxx"}]'),
        ('{"token": "unclosed', '{"token": "xxxxxxxx'),
        (
            '{"a": {"password": {"b": [1, -2.5, "c"]}}}',
            '{"a": {"password": {"b": [1, -1.1, "x"]}}}',
        ),
        ("CONNECT\nauthorization:Basic YTpi\n\n", "CONNECT\nauthorization:xxxxxxxxxx\n\n"),
        ("see https://a:b@c.example/?token=zz&r=1", "see https://xxx@h1xxxxxxx/?token=xx&r=1"),
        ("Bearer abcdefghij=", "Bearer xxxxxxxxxxx"),
        ("eyJhbGciOiJub25l.eyJzdWIiOiIx.c2ln", "x" * 34),
        ("nothing secret", "nothing secret"),
    ],
)
def test_credentials_are_blotted_out_of_payloads(tmp_path: Path, before: str, after: str) -> None:
    scene = Scene()
    scene.text(before)
    assert shared(scene, tmp_path)[-1].payload.decode() == after


def test_of_a_compressed_message_the_frames_go_where_something_had_to(tmp_path: Path) -> None:
    scene = Scene()
    kept = scene.message(b'{"price": 1}', kind="text", compressed=True)
    scene.message(b'{"token": "s3cr3t"}', kind="text", compressed=True)
    events = shared(scene, tmp_path)
    frames = [event for event in events if isinstance(event, WebSocketFrame)]
    assert frames[0] == scene.events[0]
    assert set(frames[1].payload) == set(b"x")
    assert events[1] == kept
    assert events[-1].payload == b'{"token": "xxxxxx"}'


def test_without_payloads_lengths_and_close_codes_stay(tmp_path: Path) -> None:
    data = written(everything(tmp_path / "a"), "bundle", payloads=True)
    files = members(data)
    assert set(files["payloads/1"]) == set(b"x")
    read("bundle", data, tmp_path / "b")
    for event in events_of(tmp_path / "b"):
        if isinstance(event, WebSocketFrame) and event.opcode != 8:
            assert set(event.payload) <= set(b"x")
        if isinstance(event, WebSocketMessage):
            assert set(event.payload) <= set(b"x")
    closed = [event for event in events_of(tmp_path / "b") if event.type == "connection.closed"]
    assert (closed[0].code, closed[0].reason) == (1000, "x" * len("done at feed.corp.example"))
    assert json.loads(files["manifest.json"])["redacted"]["payloads"] is True


def test_fragments_without_their_message_are_blotted_out(tmp_path: Path) -> None:
    scene = Scene()
    scene.frame(b'{"tok', opcode=1, fin=False)
    scene.ping(b"p")
    scene.frame(b'en":"s3cr3t"}', opcode=0, fin=False)
    first, ping, second = shared(scene, tmp_path)
    assert (first.payload, ping.payload, second.payload) == (b"x" * 5, b"p", b"x" * 13)


def test_what_could_not_be_looked_into_is_told(tmp_path: Path) -> None:
    scene = Scene()
    scene.message(b"\x82\xa1a\x01")
    path = recorded(tmp_path / "a", scene.emissions)
    about = json.loads(members(written(path, "bundle", fields=["$.a"]))["manifest.json"])
    assert "1 payloads are no JSON" in about["notes"][0]
    assert about["redacted"]["fields"] == ["$.a"]


def test_a_path_that_cannot_be_read_is_a_usage_error(tmp_path: Path) -> None:
    path = everything(tmp_path / "a")
    for wrong in ("$", "$.", "$.a[?(@.b)]", "$.a[-1]", "$x"):
        with pytest.raises(UsageError, match=r"path"):
            written(path, "bundle", fields=[wrong])


def test_json_nested_too_deeply_for_paths_is_blotted_out_whole(tmp_path: Path) -> None:
    scene = Scene()
    scene.text('[{"a":"secret"}' + "[" * 1000)
    payload = shared(scene, tmp_path, fields=["$.b"])[-1].payload
    assert b"secret" not in payload


def packed(**files: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as bundle:
        for name, content in files.items():
            bundle.writestr(name.replace("__", "/").replace("_", "."), content)
    return stream.getvalue()


ABOUT = b'{"format":"wirescope-bundle","version":1,"started":"2023-11-14T22:13:20Z"}'
LATER = ABOUT.replace(b'version":1', b'version":9')
FRAME = (
    b'{"seq":1,"at_ns":1,"connection":"c1","type":"websocket.frame","direction":"sent",'
    b'"header":"027f0000000000200000","offset":0,"preview":"a","truncated":true,"payload_id":1}\n'
)


@pytest.mark.parametrize(
    ("data", "what"),
    [
        (b"", "damaged"),
        (b"PK\x03\x04 and so on", "damaged"),
        (packed(readme_txt=b""), "not a bundle"),
        (packed(manifest_json=b"{}", events_ndjson=b""), "manifest.json"),
        (packed(manifest_json=LATER, events_ndjson=b""), "version 9"),
        (packed(manifest_json=ABOUT.replace(b"2023", b"then"), events_ndjson=b""), "manifest.json"),
        (packed(manifest_json=b"[" * 100_000, events_ndjson=b""), "manifest.json"),
        (packed(manifest_json=ABOUT, events_ndjson=b"{}\n"), "Line 1"),
        (packed(manifest_json=ABOUT, events_ndjson=FRAME * 2), "Two frames|number 1"),
        (packed(manifest_json=ABOUT, events_ndjson=b"", run_exe=b""), "no known kind"),
        (packed(manifest_json=ABOUT, events_ndjson=FRAME, payloads__1=bytes(1 << 22)), "more than"),
        (packed(manifest_json=ABOUT, events_ndjson=b" " * (33 << 20)), "too long"),
        (packed(manifest_json=ABOUT, events_ndjson=FRAME)[:-60], "damaged"),
    ],
)
def test_a_bundle_that_is_none_is_refused_and_leaves_nothing(
    tmp_path: Path, data: bytes, what: str
) -> None:
    with pytest.raises(CaptureFormatError, match=what):
        read("bundle", data, tmp_path / "b")
    assert list(tmp_path.iterdir()) == []


def test_a_bundle_with_a_flipped_bit_is_refused_or_the_same(tmp_path: Path) -> None:
    data = bytearray(written(recorded(tmp_path / "a", Everything().emissions[:9]), "bundle"))
    for at in range(0, len(data), 29):
        data[at] ^= 4
        out = tmp_path / f"b{at}"
        try:
            read("bundle", bytes(data), out)
        except CaptureFormatError:
            assert not out.exists()
        data[at] ^= 4


def test_the_hosts_of_a_certificate_have_pseudonyms(tmp_path: Path) -> None:
    scene = Scene()
    what = "The certificate is not for ada.example; it is for *.intern.corp.example, 10.1.1.1."
    scene.add(ConnectionFailed, "tls", "certificate", what, "")
    message = shared(scene, tmp_path)[0].message
    assert not re.search("ada|intern|corp|10.1.1.1", message)
    assert message.startswith("The certificate is not for h")
    assert "it is for *.h" in message


def test_whom_a_certificate_names_has_one_pseudonym_in_all_that_is_told(tmp_path: Path) -> None:
    scene = Scene()
    scene.add(ConnectionOpening, "wss://feed.corp.example/", "websocket")
    scene.add(ConnectionSecured, *SECURED)
    what = 'The issuer ("Tests & Daughters") of the certificate of feed.corp.example is unknown.'
    scene.add(ConnectionFailed, "tls", "certificate-untrusted", what, "")
    opening, secured, failed = shared(scene, tmp_path)
    host = opening.url.removeprefix("wss://").removesuffix("/")
    own, root = secured.certificates
    assert secured.server_name == own.subject == host
    assert own.issuer == root.subject == root.issuer == "holder 1"
    assert failed.message == (f'The issuer ("holder 1") of the certificate of {host} is unknown.')
    assert own.names[0].startswith("*.h")
    assert own.names[1].startswith("240.")
    assert (own.not_after, own.key) == (SECURED[-1][0].not_after, "RSA 2048")
    assert own.serial == own.sha256 == "[redacted]"


def test_the_addresses_of_a_connection_have_pseudonyms(tmp_path: Path) -> None:
    scene = Scene()
    proxy = "http://proxy.corp.example:3128"
    scene.add(ConnectionReached, "10.20.30.40", 3128, "2001:db9::7", 50_712, proxy)
    scene.text("to 10.20.30.40")
    reached, frame, _ = shared(scene, tmp_path)
    assert reached.address.startswith("240.")
    assert reached.local_address.startswith("2001:db8::")
    assert "corp" not in reached.proxy
    assert frame.payload.decode() == f"to {reached.address}"
    assert (reached.port, reached.local_port) == (3128, 50_712)


@pytest.mark.parametrize(
    "field",
    [
        'Forwarded: for="[2001:db9::78]:4711";host=fwd.secret.test',
        "X-Forwarded-Server: node7.secret.test",
        "Via: 1.1 proxy9.secret.test (squid)",
        "From: ada@secret.test",
        'Alt-Svc: h3="alt.secret.test:443"',
        "Link: <//cdn.secret.test/x>; rel=preload",
        "Content-Security-Policy: connect-src *.secret.test",
        "Referer: https://secret.test/index.html",
    ],
)
def test_the_hosts_of_any_header_have_pseudonyms(tmp_path: Path, field: str) -> None:
    scene = Scene()
    head = f"GET / HTTP/1.1\r\nHost: h\r\nAccept: text/x.html\r\n{field}\r\n\r\n"
    scene.add(WebSocketHandshake, head, "", 0, "", [])
    request = shared(scene, tmp_path)[0].request
    assert "secret" not in request
    assert "2001:db9" not in request
    assert "Accept: text/x.html\r\n" in request


@pytest.mark.parametrize(
    "text",
    [
        "u=ada%40corp.example",
        "to=https%3A%2F%2Fdb7.corp.example%2Fhook",
        "corp.example\xff",
        "\xfccorp.example",
        '{"a":"one\\ncorp.example"}',
        '{"a":"https:\\/\\/payload-corp.example.net\\/"}',
        "mailto:ada@payload-corp.example.net",
        "https://payload-corp.example.net:8080/",
        "secret-project.corp.example",
        "10.20.30.40\xff",
        "\xfc10.20.30.40",
        "a%2010.20.30.40",
        "one\\n10.20.30.40",
        "010.020.030.040",
        "%5B2001%3Adb8%3A7%3A%3A1%5D",
        "2001:db8:7:0:0:0:0:1\xff",
    ],
)
def test_hosts_and_addresses_are_found_between_whatever_stands_around_them(text: str) -> None:
    pseudonyms = Pseudonyms()
    pseudonyms.learn(ConnectionOpening(1, 1, "c1", "ws://feed.corp.example/", "websocket"))
    pseudonyms.ready()
    after = pseudonyms.in_payload(text)
    assert len(after) == len(text)
    for secret in ("corp", "secret", "20.30", "020.030", "db8:7", "db8%3A7"):
        assert secret not in after
    for escape in ("%40", "%3A%2F%2F", "%20", "%5B", "\\n", "\\/"):
        assert after.count(escape) == text.count(escape)


def test_an_address_has_one_pseudonym_however_it_is_written() -> None:
    pseudonyms = Pseudonyms()
    short, long = pseudonyms.in_text("2001:db9::5 2001:DB9:0:0:0:0:0:5").split()
    assert short == long != "2001:db9::5"


@pytest.mark.parametrize("piece", ["a.", "corp.", "1:", "%41", "://a", "a.b@", "f%3a", "1."])
def test_a_payload_made_to_be_slow_is_searched_in_linear_time(piece: str) -> None:
    pseudonyms = Pseudonyms()
    pseudonyms.learn(ConnectionOpening(1, 1, "c1", "ws://feed.corp.example/", "websocket"))
    pseudonyms.ready()
    payload = piece * (200_000 // len(piece))  # in quadratic time it would take minutes
    assert len(pseudonyms.in_payload(payload)) == len(payload)


@pytest.mark.parametrize(
    ("host", "pseudonym"),
    [
        ("feed.corp.example", "h1xxxxxxx.invalid"),
        ("db", "h1"),
        ("localhost", "h1xxxxxxx"),
        ("127.0.0.1", "127.0.0.2"),
        ("8.8.8.8", "0.0.0.1"),
        ("192.168.100.200", "240.100.100.101"),
        ("[fe80::1]", "[2001:db8::1]"),
    ],
)
def test_a_pseudonym_is_of_the_kind_of_what_it_stands_for(host: str, pseudonym: str) -> None:
    pseudonyms = Pseudonyms()
    url = f"wss://{host}:8443/{host.strip('[]')}"
    pseudonyms.learn(ConnectionOpening(1, 1, "c1", url, "websocket"))
    pseudonyms.ready()
    expected = f"wss://{pseudonym}:8443/{pseudonym.strip('[]')}"
    assert pseudonyms.in_text(url) == expected
    assert len(pseudonyms.in_payload(url)) == len(url)


def test_a_name_of_other_letters_is_found_in_each_of_its_forms() -> None:
    pseudonyms = Pseudonyms()
    pseudonyms.learn(ConnectionOpening(1, 1, "c1", "ws://bücher.example/", "websocket"))
    pseudonyms.ready()
    for text in ("bücher.example", "xn--bcher-kva.example", "BÜCHER.example"):
        assert "cher" not in pseudonyms.in_text(f"at {text} there").lower()
    assert "cher" not in pseudonyms.in_payload("bücher.example".encode().decode("latin-1"))


def test_a_finding_keeps_its_code_and_not_its_words(tmp_path: Path) -> None:
    words = ("Nothing listens on corp.example:443.", "Check corp.example.")
    found = Finding(1, 0, "c1", "NET102", "error", "Refused", *words, [1])
    data = written(recorded(tmp_path / "a", [found]), "bundle")
    assert not any(b"corp" in member for member in members(data).values())
    assert b"NET102" in members(data)["events.ndjson"]
