import sys
from pathlib import Path

import pytest

from tests.decoders.samples import binary, text
from tests.decoders.test_protobuf import chat
from wirescope.decoders import ConnectionDecoder, Registry, standard_decoders
from wirescope.errors import ComposeError, DecodeError, DecoderStoppedError, UsageError
from wirescope.workbench import IsolatedDecoder, open_decoders

pytestmark = pytest.mark.slow

FILE = Path(__file__).with_name("misbehaving.py")
ROOT = FILE.parent.parent.parent


PATIENTLY = ("Allocates", "ForgesMany")


def place(name):
    return f"{FILE}:{name}"


def test_a_decoder_is_asked_in_another_process():
    with IsolatedDecoder(place("Good")) as decoder:
        assert (decoder.name, decoder.priority) == ("good", 7)
        assert decoder.subprotocols == ("good.v1",)
        assert decoder.recognises(text("good")) == 0.9
        conversation = decoder.conversation()
        first = conversation.decode(binary(b"\x00", "sent"))
        assert first.value == [1, b"\x00", "sent", str(2**70)]
        assert (first.role, first.correlation) == ("request", "1")
        assert first.nested.format == "inner"
        assert len(first.parts) == 1
        assert conversation.decode(text("b")).summary == "number 2"
        assert decoder.conversation().decode(text("b")).summary == "number 1"
        assert decoder.recognises(text("")) == 0.0  # tells that the last one is over
        with pytest.raises(DecodeError, match="It is bad") as caught:
            conversation.decode(text("bad"))
        assert caught.value.where == "byte 0"


def test_a_decoder_composes_in_the_other_process():
    with IsolatedDecoder(place("AN_OBJECT")) as decoder:
        (payload,) = decoder.compose(b"\x00")
        assert payload == binary(b"\x00", "sent")
        with pytest.raises(ComposeError, match="Bytes are wanted") as caught:
            decoder.compose([1])
        assert caught.value.where == "here"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("Loops", "longer than 0.3 s"),
        ("Exits", "its process ended"),
        ("Forks", "longer than 0.3 s"),
        pytest.param(
            "Allocates",
            "more than 512 MiB of memory",
            marks=pytest.mark.skipif(sys.platform != "linux", reason="no limit of memory"),
        ),
        ("Forges", "was stopped"),
        ("ForgesMany", "its answer was no answer"),
    ],
)
def test_a_decoder_that_goes_too_far_is_stopped_for_good(name, reason):
    with IsolatedDecoder(place(name), deadline_s=5.0 if name in PATIENTLY else 0.3) as decoder:
        with pytest.raises(DecoderStoppedError, match=reason):
            decoder.conversation().decode(text("good"))
        assert reason in decoder.stopped
        assert decoder.recognises(text("good")) == 0.0
        with pytest.raises(DecoderStoppedError):
            decoder.conversation().decode(text("good"))


def test_one_that_loops_while_it_looks_is_stopped_and_passed_over():
    registry = standard_decoders()
    with IsolatedDecoder(place("LoopsWhileItLooks"), deadline_s=0.3) as decoder:
        registry.register(decoder)
        assert ConnectionDecoder(registry).decode(text("[1]")).format == "json"
        assert "longer than" in decoder.stopped


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("throws", "ZeroDivisionError: by nothing"),
        ("garbage", "returned a dict"),
        ("recurses", "nested too deep"),
    ],
)
def test_what_it_raises_or_returns_harms_nothing(name, words):
    with IsolatedDecoder(place(name.capitalize())) as decoder:
        registry = Registry()
        registry.register(decoder)
        problems = []
        reader = ConnectionDecoder(registry, name=name, report=problems.append)
        decoded = reader.decode(text("good"))
        assert (decoded.format, decoded.value) == ("text", "good")
        assert words in decoded.problem
        assert len(problems) == 1
        assert not decoder.stopped


def test_what_it_prints_does_not_come_between():
    with IsolatedDecoder(place("Prints")) as decoder:
        assert decoder.recognises(text("")) == 0.75
        assert decoder.conversation().decode(text("a")).summary == "number 1"


@pytest.mark.parametrize(
    ("where", "message"),
    [
        (place("Missing"), "has no 'Missing'"),
        (place("NOT_A_DECODER"), "is not a decoder"),
        ("no_such_module:Thing", "No module named"),
        ("no_such_file.py:Thing", "there is no file"),
        ("nothing", "cannot be used"),
    ],
)
def test_what_is_no_decoder_is_refused(where, message):
    with pytest.raises(UsageError, match=message):
        IsolatedDecoder(where)


def test_a_command_names_a_decoder_in_four_ways(tmp_path):
    with open_decoders() as (registry, name):
        assert name is None
        assert "mqtt" in registry
    with open_decoders("mqtt") as (_, name):
        assert name == "mqtt"
    with open_decoders(place("Good")) as (registry, name):
        assert name == "good"
        assert registry["good"].subprotocols == ("good.v1",)
    descriptor = tmp_path / "chat.desc"
    descriptor.write_bytes(chat())
    with open_decoders(f"protobuf:{descriptor}:chat.Message") as (registry, name):
        decoded = ConnectionDecoder(registry, name=name).decode(binary(b"\x0a\x02hi"))
        assert decoded.value == {"text": "hi"}


@pytest.mark.parametrize(
    "wanted", ["nonsense", "nonsense:Thing", "protobuf:nonsense:chat.Message", "protobuf:"]
)
def test_a_name_that_leads_nowhere_is_refused(wanted):
    with pytest.raises(UsageError), open_decoders(wanted):
        pass


def test_decoders_of_packages_are_isolated_and_a_broken_one_is_told_of(tmp_path, monkeypatch):
    package = tmp_path / "made-1.0.dist-info"
    package.mkdir()
    (package / "METADATA").write_text("Metadata-Version: 2.1\nName: made\nVersion: 1.0\n")
    (package / "entry_points.txt").write_text(
        f"[wirescope.decoders]\ngood = {place('Good')}\nbroken = {place('Missing')}\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    told = []
    with open_decoders(report=told.append) as (registry, _):
        assert isinstance(registry["good"], IsolatedDecoder)
    assert len(told) == 1
    assert "broken" in told[0]


def test_a_file_with_the_name_of_a_module_takes_nobodys_place(tmp_path):
    path = tmp_path / "json.py"
    path.write_text(
        FILE.read_text()
        + """
import importlib

class Loads(Good):
    def recognises(self, payload):
        return importlib.import_module("json").loads("0.25")
"""
    )
    with IsolatedDecoder(f"{path}:Loads") as decoder:
        assert decoder.recognises(text("")) == 0.25
