"""The process in which a decoder that is not Wirescope's own runs: `isolation` starts it.

It limits itself before it imports the decoder: memory where the system can, and an alarm that ends
it when an answer takes too long, should nobody be left to do so. The decoder has no standard input
or output, so that what it prints does not get between the answers.
"""

import contextlib
import importlib
import importlib.util
import math
import os
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

import msgspec

from wirescope.decoders import (
    Composer,
    Conversation,
    Decoded,
    Payload,
    check_decoder,
    validated,
)
from wirescope.errors import ComposeError, DecodeError, UsageError
from wirescope.workbench.isolation import OUT_OF_MEMORY, read_frame, write_frame


def main() -> int:
    """Answer questions until there are no more."""
    where, memory_limit, deadline_s = sys.argv[1:4]
    questions, answers = _own_streams()
    limit_memory(int(memory_limit))
    worker = _Worker(where)
    while True:
        try:
            question = msgspec.msgpack.decode(read_frame(questions))
        except EOFError:
            return 0
        alarm(0 if question["do"] == "describe" else math.ceil(float(deadline_s)) + 1)
        try:
            answer = msgspec.msgpack.encode(worker.answer(question))
        except MemoryError:
            os._exit(OUT_OF_MEMORY)
        except Exception as error:  # noqa: BLE001  it is anybody's code
            answer = msgspec.msgpack.encode({"fault": _words(error)})
        alarm(0)
        write_frame(answers, answer)


class _Worker:
    """The decoder and its conversations."""

    def __init__(self, where: str) -> None:
        self._where = where
        self._decoder: Any = None
        self._conversations: dict[int, Conversation] = {}
        self._answers: dict[str, Callable[..., Any]] = {
            "describe": self._describe,
            "recognises": self._recognises,
            "decode": self._decode,
            "compose": self._compose,
        }

    def answer(self, question: dict[str, Any]) -> Any:
        """Do what is asked; an error that it raises on purpose is an answer."""
        for number in question.pop("ended"):
            self._conversations.pop(number, None)
        try:
            return self._answers[question.pop("do")](**question)
        except (DecodeError, ComposeError) as error:
            return {"error": error.message, "where": error.where}
        except RecursionError:
            return {"error": "It is nested too deep.", "where": ""}

    def _describe(self) -> Any:
        self._decoder = decoder = load(self._where)
        check_decoder(decoder)
        return {
            "name": decoder.name,
            "priority": decoder.priority,
            "subprotocols": decoder.subprotocols,
        }

    def _recognises(self, payload: Any) -> Any:
        return self._decoder.recognises(msgspec.convert(payload, Payload))

    def _decode(self, conversation: int, payload: Any) -> Any:
        talk = self._conversations.get(conversation)
        if talk is None:
            talk = self._conversations[conversation] = self._decoder.conversation()
        return _sent(validated(talk.decode(msgspec.convert(payload, Payload))))

    def _compose(self, value: Any) -> Any:
        if not isinstance(self._decoder, Composer):
            raise ComposeError(f"{self._decoder.name} does not compose.")
        return list(self._decoder.compose(value))


def load(where: str) -> Any:
    """Find a decoder by `module:name` or `file.py:name`; a class is called.

    Raises:
        UsageError: there is none.
    """
    place, _, name = where.rpartition(":")
    module = _from_file(Path(place)) if place.endswith(".py") else importlib.import_module(place)
    try:
        found = getattr(module, name)
    except AttributeError:
        raise UsageError(f"{place} has no {name!r}") from None
    return found() if isinstance(found, type) else found


def _from_file(path: Path) -> Any:
    # A name of its own, so that a file called json.py takes nobody's place.
    name = f"_decoder_in_{path.stem}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None or not path.is_file():
        raise UsageError(f"there is no file {str(path)!r}")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


def limit_memory(limit: int) -> None:
    """Bound this process, where the system can."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))


def alarm(seconds: int) -> None:
    """End this process in so many seconds; 0 takes that back. Windows has no alarm."""
    if hasattr(signal, "alarm"):
        signal.alarm(seconds)


def _own_streams() -> tuple[BinaryIO, BinaryIO]:
    """Take standard input and output for the questions and answers, and leave nothing there."""
    questions, answers = os.fdopen(os.dup(0), "rb"), os.fdopen(os.dup(1), "wb")
    nothing = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1):
        os.dup2(nothing, descriptor)
    return questions, answers


def _sent(decoded: Decoded) -> dict[str, Any]:
    """Write what was decoded in a form that MessagePack can hold."""
    return {
        "format": decoded.format,
        "summary": decoded.summary.encode("utf-8", "replace").decode(),
        "value": _sendable(decoded.value),
        "name": decoded.name,
        "role": decoded.role,
        "correlation": decoded.correlation,
        "nested": None if decoded.nested is None else _sent(decoded.nested),
        "parts": [_sent(part) for part in decoded.parts],
        "problem": decoded.problem,
    }


def _sendable(value: Any) -> Any:
    if isinstance(value, dict):
        return {_sendable(key): _sendable(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_sendable(each) for each in value]
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, int) and not -(1 << 63) <= value < 1 << 64:
        return str(value)
    return value


def _words(error: Exception) -> str:
    text = error.message if isinstance(error, UsageError) else f"{type(error).__name__}: {error}"
    return text[:300].encode("utf-8", "replace").decode().rstrip(".")


if __name__ == "__main__":
    sys.exit(main())
