"""One offer and one answer over HTTP, as voice agents and many samples do it: no session after it.

The offer goes out with this end's addresses in it, as `application/sdp` or as the object that
browsers make of it in JSON; the answer comes back the same way.
"""

import json
from collections.abc import Mapping
from typing import Any, Literal

from wirescope.errors import ConnectError, DescriptionError, SignalingError
from wirescope.transports.webrtc.description import Description
from wirescope.transports.webrtc.peer import Peer
from wirescope.transports.webrtc.signaling.explaining import refused
from wirescope.transports.webrtc.signaling.http import Answer, HttpOptions, Question, http_client
from wirescope.transports.webrtc.signaling.records import SDP
from wirescope.transports.webrtc.signaling.shapes import Left, parse, said_in

JSON = "application/json"


async def exchange_offer(
    peer: Peer,
    url: str,
    *,
    form: Literal["sdp", "json"] = "sdp",
    fields: Mapping[str, Any] | None = None,
    options: HttpOptions | None = None,
) -> Answer:
    """Offer, and take the answer; the HTTP answer, for whatever else is in it.

    Args:
        peer: this end. When the exchange fails, it has failed for that reason.
        url: where to.
        form: what the body is.
        fields: further members of the JSON object.
        options: how the request is made.

    Raises:
        ConnectError: no answer came.
        DescriptionError: the answer cannot be used.
        InvalidURLError: it cannot be asked.
        SignalingError: the server refused.
    """
    options = options or HttpOptions()
    try:
        offer = await peer.offer(gather=True)
        body = offer.sdp if form == "sdp" else json.dumps({**(fields or {}), **offer.as_json()})
        kind = SDP if form == "sdp" else JSON
        headers = (("Content-Type", kind), ("Accept", f"{SDP}, {JSON}"))
        question = Question(method="POST", url=url, body=body, headers=headers, token=options.token)
        async with http_client(options, peer.note_exchange) as client:
            answer = await client.ask(question)
        await peer.take(_answer_in(answer))
    except (ConnectError, DescriptionError, SignalingError) as error:
        peer.give_up(error)
        raise
    return answer


def _answer_in(answer: Answer) -> Description:
    if 200 <= answer.status < 300:
        if answer.body.startswith("v=0"):
            return Description("answer", answer.body)
        try:
            said = said_in(parse(answer.body))
        except DescriptionError:
            said = []
        for each in () if isinstance(said, Left) else said:
            if isinstance(each, Description) and each.kind == "answer":
                return each
    raise refused(
        answer.status,
        answer.url,
        answer.body,
        answer.headers,
        what="The service at",
    )
