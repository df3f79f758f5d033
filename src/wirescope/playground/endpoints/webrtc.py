"""The endpoints for WebRTC. What answers there is loaded with the first request to one of them.

Most who start a test server want a socket of it, and the engine's room takes longer to load than
all the rest.
"""

from wirescope.playground.endpoints.endpoint import Answer, Endpoint, Parameter
from wirescope.playground.endpoints.serving import Serving


def _begin_echo(serving: Serving) -> Answer:
    from wirescope.playground.endpoints.calling import Calls

    return Calls(serving).answer


WEBRTC_ECHO = Endpoint(
    "/webrtc/echo",
    "Answers a call and sends back what comes: messages on their channel, sound and picture. The"
    " call lasts as long as the socket.",
    (
        Parameter("delay_ms", 0, "milliseconds before each message goes back", most=60_000),
        Parameter(
            "codec",
            "any",
            "of the picture; no other is agreed on",
            choices=("any", "VP8", "VP9", "AV1"),
        ),
        Parameter("adapter", "json", "how its signaling is written", choices=("json", "nested")),
    ),
    _begin_echo,
    "webrtc+ws",
)


def _begin_sink(serving: Serving) -> Answer:
    from wirescope.playground.endpoints.forwarding import Sink

    return serving.shared(Sink).publishing(WHIP_SINK.path)


WHIP_SINK = Endpoint(
    "/whip/sink",
    "Takes what one publishes, counts it, and lets it be watched at /whep/sink.",
    (),
    _begin_sink,
    "whip+http",
)


def _begin_outlet(serving: Serving) -> Answer:
    from wirescope.playground.endpoints.forwarding import Sink

    return serving.shared(Sink).watching(WHEP_SINK.path)


WHEP_SINK = Endpoint(
    "/whep/sink",
    "Shows what is published at /whip/sink, passed on without decoding it.",
    (),
    _begin_outlet,
    "whep+http",
)


def _begin_picture(serving: Serving) -> Answer:
    from wirescope.playground.endpoints.picture import Pictures

    return Pictures(serving).watching(WHEP_PICTURE.path)


WHEP_PICTURE = Endpoint(
    "/whep/picture",
    "Shows colour bars with a clock and the number of each picture, and sounds a tone.",
    (
        Parameter("codec", "VP8", "of the picture", choices=("VP8", "VP9")),
        Parameter("size", "640x360", "in pixels", choices=("320x180", "640x360", "1280x720")),
        Parameter("fps", 30, "pictures in a second", least=1, most=60),
        Parameter("tone_hz", 440, "of the tone", least=20, most=20_000),
        Parameter(
            "marks", 0, "1 flashes and beeps at each whole second, and is silent else", most=1
        ),
    ),
    _begin_picture,
    "whep+http",
)
