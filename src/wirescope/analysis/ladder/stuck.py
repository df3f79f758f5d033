"""What happened on the rung on which a try stuck, and what to do about it.

Where `connection.failed` says why, it has the word; the rest is concluded from what was seen. Only
where the checks were counted, what they tell of the cure goes before its hint: it knows of none.
"""

from collections.abc import Callable

from wirescope.analysis.ladder import words
from wirescope.analysis.ladder.facts import Facts
from wirescope.analysis.ladder.rungs import RungName
from wirescope.events import IceError

Said = tuple[str, str]
"""What happened and what to do."""

_CHECKED: tuple[RungName, ...] = ("first-answer", "nominated")
"""Rungs of which the counts of checks say why they were not taken."""

_LEFT = "See in the other side's log why it closed the connection."
"""What to do where the other side ended the connection during the handshake (DTLS104)."""


def explain_stuck(facts: Facts, rung: RungName, stuck_ns: int | None, *, is_over: bool) -> Said:
    """Say what happened on a rung, and what to do.

    Args:
        facts: what is known of the try.
        rung: the one on which it stuck.
        stuck_ns: how long it had stood there; None where that is not known.
        is_over: whether it is over, so that nothing more can come.
    """
    happened, advice = _SAID[rung](facts)
    failed = facts.failed
    way_failed = facts.way.failed if facts.way is not None else None
    if rung == "signaling" and failed is None and way_failed is not None:
        failed = way_failed
    if failed is not None and failed.kind == "left":
        return failed.message, _LEFT  # which is not a handshake that does not end
    if failed is not None and failed.kind != "aborted":
        is_told = failed.phase == "ice" and rung in _CHECKED and _do_counts_tell(facts, rung)
        happened, advice = failed.message, advice if is_told else failed.hint or advice
        if rung in _CHECKED:
            happened = f"{happened} {words.unanswered(facts)}".rstrip()
        elif rung == "gathering" and len(words.refusals(facts)) > 1:
            happened = " ".join([happened, *words.refusals(facts)])
        return happened, advice
    if failed is not None:
        return f"{failed.message} {happened}", advice
    if not is_over and stuck_ns is not None and rung != "gathering":  # which is not waited for
        happened = f"{happened} It has stood there for {words.seconds(stuck_ns)}."
    return happened, advice


def _do_counts_tell(facts: Facts, rung: RungName) -> bool:
    """Whether the counts of checks say more about the cure than who knows the TURN servers."""
    checks = facts.all_checks
    is_of_servers = rung == "first-answer" and bool(facts.relays) and not _is_refused(facts)
    return checks.sent > 0 and (bool(checks.received) or not is_of_servers)


def _source(_: Facts) -> Said:
    return (
        "What this end is to send was not opened.",
        "Allow the page to use the camera and the microphone, or see that the file can be read.",
    )


def _signaling(facts: Facts) -> Said:
    exchange = facts.exchange
    if exchange is not None and exchange.status:
        return (
            f"The signaling's server refused: {words.exchange(exchange)}",
            "See what the answer says; a token or another address may be wanted.",
        )
    return (
        "The signaling's server has not answered.",
        "See that it runs at this address, and that nothing on the way holds it back.",
    )


def _offer(_: Facts) -> Said:
    return (
        "No offer was made.",
        "See which side is to make it, and that it reaches the other one.",
    )


def _answer(facts: Facts) -> Said:
    if facts.offer is not None and facts.offer[0] == "remote":
        return (
            "This end has not answered the other side's offer.",
            "What uses this connection has to make an answer, set it and send it.",
        )
    return (
        "The offer was not answered.",
        "See that somebody is at the other side, that the offer reaches it, and that its answer is"
        " sent back.",
    )


def _gathering(facts: Facts) -> Said:
    return (
        " ".join(["No address was found for this end.", *words.refusals(facts)]),
        "See that the machine has a network; where only relayed paths are wanted, that the TURN"
        " server can be reached and takes the credentials.",
    )


def _first_check(facts: Facts) -> Said:
    if not facts.remote:
        return (
            "The other side has told no address, so there was nothing to check.",
            "Its candidates may have been lost: see that the signaling carries them in both"
            " directions, and after the description that they belong to.",
        )
    return (
        "No check was sent.",
        "See that both sides have an address of the same version of IP and of the same protocol, or"
        " give a TURN server that has both.",
    )


def _first_answer(facts: Facts) -> Said:
    said = words.unanswered(facts) or "Checks were sent, and none was answered."
    if facts.all_checks.received:
        return (
            said,
            "What the other side sends arrives, and what this end sends does not, or its answers do"
            " not: see the firewall of either side, or give a TURN server.",
        )
    if _is_refused(facts):
        return said, "Put the TURN server right first (see the finding on it)."
    if facts.relays and "relay" not in facts.local:
        return said, f"Put the TURN server right first: `wirescope doctor {facts.relays[0]}`."
    if "relay" in facts.local or "relay" in facts.remote:
        return (
            said,
            "UDP may be blocked: try a TURN server over TCP, or over TLS on port 443.",
        )
    return (
        said,
        "Give a TURN server: two sides that are both behind a NAT which changes ports, or behind a"
        " firewall without UDP, have no other path.",
    )


def _is_refused(facts: Facts) -> bool:
    """Whether this end has no relayed address, since a TURN server refused."""
    return "relay" not in facts.local and any(map(_is_refused_turn, facts.errors))


def _is_refused_turn(error: IceError) -> bool:
    """Whether a TURN server answered and gave no address (RFC 8656 section 7.2)."""
    return error.url.startswith(("turn:", "turns:")) and error.code != words.UNREACHED


def _nominated(_: Facts) -> Said:
    return (
        "Checks were answered, and no pair was chosen.",
        "The controlling side has to nominate one (RFC 8445 section 8.1.1): see that its own checks"
        " are answered, and that not both sides take themselves for the controlled one.",
    )


def _dtls(facts: Facts) -> Said:
    if "dtls-failed" in facts.marks:
        return (
            "The DTLS handshake failed.",
            "Compare `a=fingerprint` in both descriptions with the certificates; a description may"
            " have been changed on its way, or be an old one.",
        )
    return (
        "The DTLS handshake did not end.",
        "A firewall may let small packets through and no large ones; try a lower MTU. See also that"
        " one side has `a=setup:active`.",
    )


def _sctp(_: Facts) -> Said:
    return (
        "The association of the data channels does not stand.",
        "See that the other side takes data channels: both descriptions need `m=application` with a"
        " port that is not 0, and the same `a=sctp-port`.",
    )


def _channel(_: Facts) -> Said:
    return (
        "No data channel opened.",
        "One side has to make one; where both agree on it by `negotiated`, with the same id.",
    )


def _media(facts: Facts) -> Said:
    if facts.receives:
        return (
            "No packet of sound or of a picture came.",
            "See that the other side sends: that its track is not muted or ended, and that its"
            " section is not `inactive` or `recvonly`.",
        )
    return (
        "No packet of sound or of a picture went out.",
        "See that the track has a source that gives something, and is not muted or ended.",
    )


_SAID: dict[RungName, Callable[[Facts], Said]] = {
    "source": _source,
    "signaling": _signaling,
    "offer": _offer,
    "answer": _answer,
    "gathering": _gathering,
    "first-check": _first_check,
    "first-answer": _first_answer,
    "nominated": _nominated,
    "dtls": _dtls,
    "sctp": _sctp,
    "channel": _channel,
    "media": _media,
}
