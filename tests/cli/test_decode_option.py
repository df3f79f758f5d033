import pytest

from wirescope.cli.decode_option import is_address, is_capture


@pytest.mark.parametrize("word", ["ws://h/", "wss://h:1/a?b", "demo"])
def test_an_address_is_told_from_a_decoder(word):
    assert is_address(word)


@pytest.mark.parametrize("word", ["mqtt", "package.module:Name", "file.py:Name", "good.v1"])
def test_a_decoder_is_neither_an_address_nor_a_capture(word):
    assert not is_address(word)
    assert not is_capture(word)


def test_a_capture_is_told_from_a_decoder(tmp_path):
    (tmp_path / "a.har").write_text("{}")
    assert is_capture("-")
    assert is_capture("missing.wirescope")
    assert is_capture(str(tmp_path / "a.har"))


def test_a_file_with_the_name_of_a_decoder_does_not_take_its_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mqtt").write_text("no capture")
    assert not is_capture("mqtt")
