"""Close codes are named and judged as in RFC 6455 section 7.4 and IANA's registry."""

import pytest

from wirescope.wire.websocket import close_code, may_be_sent

SENDABLE = {1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014}


def test_exactly_these_codes_may_be_sent():
    allowed = {code for code in range(0x10000) if may_be_sent(code)}
    assert allowed == SENDABLE | set(range(3000, 5000))


@pytest.mark.parametrize(
    ("code", "name"),
    [
        (1000, "normal closure"),
        (1006, "abnormal closure"),
        (1014, "bad gateway"),
        (3000, "unauthorized"),
        (3003, "forbidden"),
        (3008, "timeout"),
        (3001, "registered code"),
        (4999, "private code"),
        (0, "invalid code"),
        (1016, "invalid code"),
        (2999, "invalid code"),
        (5000, "invalid code"),
        (65535, "invalid code"),
    ],
)
def test_every_code_has_a_name(code, name):
    assert close_code(code).name == name
    assert close_code(code).code == code


def test_every_meaning_is_the_end_of_a_sentence():
    for code in (*range(1000, 1017), 3000, 3001, 3003, 3008, 4000):
        meaning = close_code(code).meaning
        assert meaning
        assert not meaning.endswith(".")
