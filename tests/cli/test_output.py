"""What goes to stdout as text: payloads and the body of a refusal, nothing else."""

from wirescope.cli.output import TextOutput
from wirescope.events import ConnectionFailed, ConnectionOpening


def written(*emissions, **options):
    pieces = []
    output = TextOutput(pieces.append, **options)
    for emission in emissions:
        output.feed(emission)
    output.finish()
    return b"".join(pieces)


def refused(seq, body):
    failed = ConnectionFailed(seq, 0, "c1", "upgrade", "status", "no", "", 503, body)
    return ConnectionOpening(seq - 1, 0, "c1", "ws://h/", "websocket"), failed


def test_only_the_refusal_that_was_the_end_has_its_body_written():
    assert written(*refused(2, b"later\n"), *refused(4, b"never\n")) == b"never\n"
    assert written(*refused(2, b"later\n"), refused(4, b"")[0]) == b""
    assert written(*refused(2, b"later\n"), body=False) == b""
