"""Error codes have names, a meaning and an advice."""

import pytest

from wirescope.wire.stun import ERROR_MEANINGS, error_meaning

KNOWN = (300, 400, 401, 403, 405, 420, 437, 438, 440, 441, 442, 443, 446, 447, 486, 487, 500, 508)


def test_the_known_codes_are_those_of_the_registry_and_of_webrtc():
    assert tuple(each.code for each in ERROR_MEANINGS) == (*KNOWN, 701)


@pytest.mark.parametrize("entry", ERROR_MEANINGS, ids=lambda entry: str(entry.code))
def test_meaning_and_advice_are_sentences(entry):
    assert error_meaning(entry.code) is entry
    assert entry.source
    for sentence in (entry.meaning, entry.advice):
        assert sentence[0].isupper()
        assert sentence.endswith(".")


@pytest.mark.parametrize(
    ("code", "says"),
    [
        (399, "elsewhere"),
        (499, "refused"),
        (599, "could not carry out"),
        (699, "No server"),
        (700, "means nothing"),
        (0, "means nothing"),
    ],
)
def test_other_codes_mean_what_their_range_means(code, says):
    entry = error_meaning(code)
    assert entry.code == code
    assert says in entry.meaning
    assert entry.advice
