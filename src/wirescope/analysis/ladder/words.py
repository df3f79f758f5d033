"""The words of each rung: what is done, what is waited for, what was seen."""

from collections import Counter

from wirescope.analysis.ladder.facts import Facts
from wirescope.analysis.ladder.marks import Asked, Way
from wirescope.analysis.ladder.rungs import RungName

UNSEEN = "It was done; this capture does not show when."
KEPT = "It stands since before; a restart of ICE does not touch it."
PATH_KEPT = "The path that stood before works, and the engine has kept to it."
NOTHING_TO_SEND = "This end sends no sound and no picture."
NOT_KNOWN = "Nothing was seen that wants it."
BY_HAND = "The descriptions are carried by hand, or by a way that this capture does not show."
ASKING = "The server's answer is waited for."

UNREACHED = 701
"""That a server could not be reached from one address of this end (W3C webrtc section 4.8.2)."""

IN_VAIN: dict[RungName, str] = {
    "offer": "None was made.",
    "answer": "None was set.",
    "dtls": "The handshake was not finished.",
}
"""What is said of a rung that failed, where its own words say what is waited for."""

_MS = 1_000_000


def in_vain(name: RungName, said: str, *, is_over: bool) -> str:
    """Say of a rung that failed what was seen of it, and no longer what is waited for."""
    said = IN_VAIN.get(name, said)
    return said.replace(" yet.", ".") if is_over else said


def source() -> str:
    """Say that what is sent was opened."""
    return "What this end sends is there."


def way(carrier: Way) -> str:
    """Say how the WebSocket stands that carries the signaling."""
    if carrier.failed is not None:
        return carrier.failed.message
    if carrier.opened is not None:
        return "The WebSocket that carries it is open."
    return "The WebSocket that carries it is being opened."


def exchange(asked: Asked) -> str:
    """Say what came of a request of HTTP."""
    if not asked.status:
        return f"{asked.method} was not answered."
    return f"{asked.method} was answered with {asked.status}."


def offer(facts: Facts, *, is_begun: bool) -> str:
    """Say who made the offer, or what is waited for."""
    if facts.offer is None:
        if facts.posted is not None:
            return "This end made it."
        return "No offer was made yet." if is_begun else ""
    side, said = facts.offer
    who = "This end made it" if side == "local" else "It came from the other side"
    if said is None:
        return f"{who}."
    return f"{who}, with {_counted(said.count, 'media section')}."


def answer(facts: Facts) -> str:
    """Say who answered, or whose answer is waited for."""
    if "answer" in facts.marks:
        is_local = facts.answer is not None and facts.answer[0] == "local"
        return "This end made it." if is_local else "It came from the other side."
    if facts.offer is None:
        return ""
    if facts.offer[0] == "local":
        return "The other side's answer is waited for."
    return "This end's answer is being made."


def gathering(facts: Facts) -> str:
    """Say which addresses this end has found, and which servers gave none."""
    parts = []
    if facts.local:
        kinds = _kinds(facts.local)
        parts.append(f"{_counted(facts.local.total(), 'address', 'es')} of this end: {kinds}.")
    elif "gathered" in facts.marks:
        parts.append("No address was found for this end.")
    elif "gathering" in facts.marks:
        parts.append("No address was found yet.")
    return " ".join([*parts, *refusals(facts)])


def refusals(facts: Facts) -> list[str]:
    """Say what ICE servers refused, each of them once, the first few."""
    failed = {
        (error.url, error.code): error
        for error in facts.errors
        if error.code != UNREACHED or error.url not in facts.gave  # by another interface
    }
    told = [f"{error.url} said {error.code} {error.message}" for error in failed.values()]
    return [f"{each.rstrip('. ')}." for each in told[:3]]


def first_check(facts: Facts, *, is_done: bool) -> str:
    """Say whether a check was sent, or why none can be."""
    if is_done:
        return "A check was sent; a sample shows it, or the answer to it."
    if "checking" not in facts.marks:
        return ""
    if not facts.remote:
        return "The other side has told no address yet."
    return f"Addresses of the other side: {_kinds(facts.remote)}."


def first_answer(facts: Facts, *, is_done: bool) -> str:
    """Say whether a check was answered, or how many were not."""
    if is_done:
        return "A check was answered; a sample shows it, or the path that works."
    if "check-sent" not in facts.marks:
        return ""
    return unanswered(facts) or "No check was answered yet."


def unanswered(facts: Facts) -> str:
    """Say how many checks went, came and were answered; empty where that is not told."""
    checks = facts.all_checks
    if not checks.sent:
        return ""
    pairs = _counted(sum(1 for each in facts.checks.values() if each.sent), "pair")
    answered = f"{checks.answered:,}" if checks.answered else "none"
    be = "was" if checks.answered <= 1 else "were"
    said = (
        f"{_counted(checks.sent, 'check')} went over {pairs} of addresses, {answered} {be} answered"
    )
    if checks.received:
        said += f"; {_counted(checks.received, 'check')} came from the other side"
    return f"{said}."


def nominated(facts: Facts) -> str:
    """Say which pair was chosen."""
    pair = facts.pair
    if pair is None:
        return "A path works." if "connected" in facts.marks else ""
    is_relayed = any(each.startswith("relay ") for each in (pair.local, pair.remote))
    return f"{'Relayed' if is_relayed else 'Direct'}: {pair.local} to {pair.remote}."


def dtls(facts: Facts) -> str:
    """Say how the handshake stands."""
    if "dtls-done" in facts.marks:
        return "The path is encrypted, and the other side has shown its certificate."
    return "The handshake goes on." if "dtls-began" in facts.marks else ""


def sctp(facts: Facts) -> str:
    """Say how the association stands."""
    if "sctp-done" in facts.marks:
        return "The association of the data channels stands."
    return "No data channels were agreed on." if facts.has_channels is False else ""


def channel(facts: Facts) -> str:
    """Say which channel opened first."""
    opened = facts.channel
    if opened is not None:
        return f"Channel {opened.channel}, {opened.label!r}."
    return "No data channels were agreed on." if facts.has_channels is False else ""


def media(facts: Facts) -> str:
    """Say whether a packet came or went."""
    if "media-came" in facts.marks:
        return "A packet of sound or of a picture came."
    if "media-went" in facts.marks:
        return "A packet of sound or of a picture went out; a sample shows it."
    if facts.receives:
        return "No packet of sound or of a picture came yet."
    if facts.sends and "sampled" in facts.marks:
        return "No packet of sound or of a picture went out yet."
    if facts.sends:
        return "Only statistics tell what goes out, and there are none yet."
    return "No sound and no picture were agreed on." if facts.receives is False else ""


def seconds(ns: int) -> str:
    """Write a time for a sentence.

    >>> seconds(12_400_000_000), seconds(850_000_000)
    ('12.4 s', '850 ms')
    """
    return f"{ns / 1e9:.1f} s" if ns >= 1_000 * _MS else f"{ns // _MS} ms"


def _counted(count: int, what: str, ending: str = "s") -> str:
    return f"{count:,} {what}{'' if count == 1 else ending}"


def _kinds(counts: Counter[str]) -> str:
    return ", ".join(f"{count} {kind}" for kind, count in sorted(counts.items()))
