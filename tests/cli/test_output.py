"""What goes to stdout as text: payloads and the body of a refusal, nothing else."""

from wirescope.cli.output import TextOutput
from wirescope.events import (
    ConnectionFailed,
    ConnectionOpening,
    MessageChunk,
    WebSocketMessage,
)


def written(*emissions, **options):
    pieces = []
    output = TextOutput(pieces.append, **options)
    for emission in emissions:
        output.feed(emission)
    output.finish()
    return b"".join(pieces)


def chunked(kind, *pieces):
    data = b"".join(pieces)
    message = WebSocketMessage(3, 0, "c1", "received", kind, len(data), 0, False, (2,), b"")
    return *(MessageChunk("c1", "received", kind, piece) for piece in pieces), message


def test_raw_binary_gets_no_line_feed_though_it_looks_like_text():
    assert written(*chunked("binary", b"\0" * 9), binary="raw") == b"\0" * 9


def test_long_text_ends_with_a_line_feed_in_any_form():
    for form in ("raw", "hex", "base64"):
        assert written(*chunked("text", b"long"), binary=form) == b"long\n"


def test_long_binary_comes_out_in_the_form_asked_for_though_it_begins_like_text():
    pieces = (b"like text", b"\xff\0")
    assert written(*chunked("binary", *pieces), binary="hex") == b"6c696b652074657874ff00\n"
    assert written(*chunked("binary", *pieces), binary="base64") == b"bGlrZSB0ZXh0/wA=\n"
    assert written(*chunked("binary", *pieces), binary="raw") == b"like text\xff\0"
    assert written(*chunked("binary", *pieces), binary="raw", safe=True) == b"like text\\xff\\0\n"


def test_long_text_cut_inside_a_character_is_whole_on_a_terminal():
    euro = "\u20ac".encode()
    assert written(*chunked("text", euro[:1], euro[1:]), safe=True) == euro + b"\n"
    assert written(*chunked("text", b"x", euro[:1]), safe=True) == b"x\\xe2\n"


def refused(seq, body):
    failed = ConnectionFailed(seq, 0, "c1", "upgrade", "status", "no", "", 503, body)
    return ConnectionOpening(seq - 1, 0, "c1", "ws://h/", "websocket"), failed


def test_only_the_refusal_that_was_the_end_has_its_body_written():
    assert written(*refused(2, b"later\n"), *refused(4, b"never\n")) == b"never\n"
    assert written(*refused(2, b"later\n"), refused(4, b"")[0]) == b""
    assert written(*refused(2, b"later\n"), body=False) == b""
