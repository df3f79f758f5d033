import contextlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from wirescope.errors import ForeignFormatError
from wirescope.workbench.exchange import documents
from wirescope.workbench.exchange.documents import load_document, load_json, load_yaml


def test_yaml_has_the_values_of_its_core_schema():
    text = b"{a: 0o17, b: yes, c: 2020-01-01, d: 0x1f, e: ~, f: 'true', g: true, h: 1e3}"
    assert load_yaml(text) == {
        "a": 15,
        "b": "yes",
        "c": "2020-01-01",
        "d": 31,
        "e": None,
        "f": "true",
        "g": True,
        "h": 1000.0,
    }


def test_an_alias_stands_for_what_its_anchor_has():
    assert load_yaml(b"a: &x [1, 2]\nb: *x\n") == {"a": [1, 2], "b": [1, 2]}


def test_json_is_told_by_how_it_begins():
    assert load_document(b' {"a": 1}') == {"a": 1}


@pytest.mark.parametrize(
    ("data", "line", "what"),
    [
        (b'{"a":\n 1,}', "line 2", "not JSON"),
        (b"a: 1\na: 2", "line 2", "stands twice"),
        (b"a:\n - [1", "line 2", "not YAML"),
        (b"a: 1\nb: !!python/object:os.system x", "line 2", "tag"),
        (b"a: &a [*a]", "line 1", "no &a"),
        (b"? [a]\n: 1", "line 1", "plain name"),
        (b"a: 1\n<<: {b: 1}", "line 2", "Merge keys"),
        (b"---\na\n---\nb", "line 3", "second document"),
        (b"a\n\xff", "line 2", "UTF-8"),
        (b"a: " + b"[" * 200, "line 1", "too deeply"),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(data, line, what):
    with pytest.raises(ForeignFormatError, match=what) as error:
        load_document(data)
    assert error.value.where == line


def test_aliases_of_aliases_do_not_unfold_without_end():
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 12)]
    with pytest.raises(ForeignFormatError, match="more than 500,000 values"):
        load_yaml("\n".join(lines).encode())


def test_json_that_is_nested_too_deeply_is_refused():
    with pytest.raises(ForeignFormatError, match="too deeply"):
        load_json(b"[" * 100_000)


def test_what_is_too_large_is_refused_before_it_is_read(monkeypatch):
    monkeypatch.setattr(documents, "MAX_YAML_BYTES", 1 << 20)
    with pytest.raises(ForeignFormatError, match="longer than 1 MiB"):
        load_yaml(b"a: " + b"x" * (1 << 20))


@settings(deadline=None)
@given(st.binary(max_size=300) | st.text(st.characters(codec="utf-8")).map(str.encode))
def test_any_bytes_are_a_document_or_refused(data):
    with contextlib.suppress(ForeignFormatError):
        load_document(data)
