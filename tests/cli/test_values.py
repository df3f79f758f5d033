import pytest
from click import BadParameter

from wirescope.cli.values import (
    parse_duration,
    parse_size,
    read_headers,
)


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0),
        ("500", 500),
        ("500B", 500),
        ("64k", 65536),
        ("1kB", 1000),
        ("1KiB", 1024),
        ("16MiB", 16 << 20),
        ("16M", 16 << 20),
        ("1.5GB", 1_500_000_000),
        ("none", None),
    ],
)
def test_a_size_has_a_unit(text, size):
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "k", "-1", "12 parsecs", "1e9", "0x10"])
def test_what_is_not_a_size_says_how_to_write_one(text):
    with pytest.raises(ValueError, match="write it as"):
        parse_size(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("5", 5), ("0.25", 0.25), (".5", 0.5), ("500ms", 0.5), ("2m", 120), ("1h", 3600), ("3 s", 3)],
)
def test_a_duration_is_seconds_or_has_a_unit(text, seconds):
    assert parse_duration(text) == seconds


@pytest.mark.parametrize("text", ["", "soon", "-1", "1d", "nan", "inf"])
def test_what_is_not_a_duration_says_how_to_write_one(text):
    with pytest.raises(ValueError, match="write it as"):
        parse_duration(text)


def test_a_header_file_has_a_header_a_line(tmp_path):
    path = tmp_path / "headers"
    path.write_bytes(b"X-One: 1\r\n\nX-Two: 2\n")
    assert read_headers((f"@{path}", "X-Three: 3")) == ["X-One: 1", "X-Two: 2", "X-Three: 3"]


def test_a_header_file_that_is_not_there_is_named():
    with pytest.raises(BadParameter, match="nowhere"):
        read_headers(("@nowhere",))
