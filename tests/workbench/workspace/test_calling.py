"""Endpoints of WebRTC: from what a file says to the options of a call."""

from pathlib import Path
from random import Random

import pytest

from wirescope.clock import SystemClock
from wirescope.errors import InvalidURLError, UsageError
from wirescope.transports.webrtc import ChannelOptions, IceServer
from wirescope.transports.websocket import BearerAuth
from wirescope.workbench.workspace import (
    Auth,
    Channel,
    Endpoint,
    Network,
    Parameter,
    Prepared,
    PreparedCall,
    Resolver,
    WebRtc,
    prepare_endpoint,
)
from wirescope.workbench.workspace import IceServer as SavedServer

ROOT = Path("/feeds")


def prepare(endpoint, environment=None, own_ice_servers=(), **secrets):
    resolver = Resolver(
        {"host": "sfu.test"},
        secrets=tuple(secrets),
        secret=secrets.get,
        clock=SystemClock(),
        random=Random(1),
    )
    return prepare_endpoint(
        endpoint,
        resolver,
        root=ROOT,
        environment=environment or {},
        own_ice_servers=own_ice_servers,
    )


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("wss://{{host}}/", Prepared),
        ("whep+https://{{host}}/room", PreparedCall),
        ("whip+http://127.0.0.1:8080/in", PreparedCall),
        ("webrtc+wss://{{host}}/signal", PreparedCall),
        ("webrtc:", PreparedCall),
    ],
)
def test_the_scheme_decides_what_an_endpoint_is(url, kind):
    assert type(prepare(Endpoint(url=url))) is kind


def test_every_key_of_the_section_is_put_into_effect():
    webrtc = WebRtc(
        ice_servers=(SavedServer(url="turn:{{host}}", username="u", credential="{{turn}}"),),
        relay_only=True,
        codecs=("VP9",),
        channels=(Channel(label="chat {{host}}", ordered=False, max_packet_life_time_ms=50),),
        record=True,
    )
    made = prepare(Endpoint(url="whep+https://a.test/", webrtc=webrtc), turn="turn-password")
    options = made.options
    assert options.ice_servers == (IceServer("turn:sfu.test", "u", "turn-password"),)
    assert (options.relay_only, options.codecs) == (True, ("VP9",))
    assert options.channels == (
        ChannelOptions(label="chat sfu.test", ordered=False, max_packet_life_time_ms=50),
    )
    assert "turn-password" in made.secrets
    assert made.record
    assert options.record is None  # the file is named by whoever makes the capture


def test_what_reaches_the_signalings_server_is_said_as_for_a_websocket():
    endpoint = Endpoint(
        url="whep+https://{{host}}/room",
        query=(Parameter(name="key", value="{{token}}"),),
        auth=Auth(kind="bearer", token="{{token}}"),
        network=Network(proxy="http://proxy.test"),
    )
    made = prepare(endpoint, token="t&ken-value")
    assert made.address.target == "https://sfu.test/room?key=t%26ken-value"
    assert made.options.signaling.auth == BearerAuth("t&ken-value")
    assert made.options.signaling.proxy == "http://proxy.test"
    assert {"t&ken-value", "t%26ken-value"} <= set(made.secrets)


def test_generated_media_is_sent_by_name():
    made = prepare(Endpoint(url="webrtc:", webrtc=WebRtc(audio="tone", video="bars")))
    assert (made.options.audio, made.options.video) == ("tone", "bars")


def test_an_endpoint_uses_the_workbenchs_own_server_where_it_says_so():
    own = (IceServer("turn:127.0.0.1:3478", "guest", "own-password"),)
    used = WebRtc(own_ice_server=True, relay_only=True)
    made = prepare(Endpoint(url="webrtc:", webrtc=used), own_ice_servers=own)
    assert made.options.ice_servers == own
    assert "own-password" in made.secrets
    made = prepare(Endpoint(url="webrtc:"), own_ice_servers=own)
    assert made.options.ice_servers == ()
    with pytest.raises(UsageError, match="own here"):
        prepare(Endpoint(url="webrtc:", webrtc=used))


def test_a_file_that_is_sent_lies_below_the_workspace():
    with pytest.raises(UsageError, match=r"/feeds/clip\.webm is not a file"):
        prepare(Endpoint(url="whip+https://a.test/", webrtc=WebRtc(video="clip.webm")))


@pytest.mark.parametrize(
    ("url", "webrtc", "words"),
    [
        ("whep+https://a.test/", WebRtc(audio="tone"), "WHEP watches"),
        ("whip+https://a.test/", WebRtc(record=True), "WHIP publishes"),
        ("webrtc:", WebRtc(ice_servers=(SavedServer(url="http://x"),)), "ICE server"),
        ("webrtc:", WebRtc(relay_only=True), "TURN server"),
        ("webrtc+wss://a.test", WebRtc(adapter="smoke"), "smoke"),
        (
            "webrtc:",
            WebRtc(channels=(Channel(max_retransmits=1, max_packet_life_time_ms=1),)),
            "not both",
        ),
    ],
)
def test_what_does_not_fit_is_told_before_anything_is_opened(url, webrtc, words):
    with pytest.raises(UsageError, match=words):
        prepare(Endpoint(url=url, webrtc=webrtc))


def test_what_leads_nowhere_is_told():
    with pytest.raises(InvalidURLError):
        prepare(Endpoint(url="whep://a.test/"))


def test_a_mistake_with_a_secret_in_it_does_not_show_it():
    server = SavedServer(url="{{turn}}")
    endpoint = Endpoint(url="webrtc:", webrtc=WebRtc(ice_servers=(server,)))
    with pytest.raises(UsageError) as caught:
        prepare(endpoint, turn="secret-not-an-address")
    assert "secret-not-an-address" not in str(caught.value)
