"""A decoder that is not Wirescope's own, kept in a process of its own.

Whatever it does there, it does to itself: each answer has a deadline, and memory has a limit where
the system can set one. A process that keeps neither is killed and not started again, and the
decoder counts as stopped. What it answers is checked here, since it cannot be trusted either. The
other side is in `isolated`; the two exchange MessagePack behind four bytes of length.
"""

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from typing import IO, Any, Self

import msgspec

from wirescope.decoders import (
    MAX_VALUES,
    Conversation,
    Decoded,
    Payload,
    Tree,
    check_decoder,
    unfolds_beyond,
    validated,
)
from wirescope.errors import (
    ComposeError,
    DecodeError,
    DecoderStoppedError,
    UsageError,
    WirescopeError,
)

DEADLINE_S = 1.0
"""What a decoder has for each answer."""

START_S = 20.0
"""What it has to be imported."""

MEMORY_LIMIT = 512 << 20
"""Bytes of memory that its process may have, interpreter included."""

_LONGEST_ANSWER = 64 << 20
_ANSWER_VALUES = 4 * MAX_VALUES
_MODULE = "wirescope.workbench.isolated"


class IsolatedDecoder:
    """Stands for a decoder in another process; itself a decoder, to be registered as any other.

    Args:
        where: `package.module:name` or `path/to/file.py:name`, a class or an object.
        deadline_s: what it has for each answer.
        memory_limit: bytes of memory that its process may have.

    Raises:
        UsageError: there is no decoder there, or it cannot be imported.
        DecoderStoppedError: importing it took too long or too much.
    """

    def __init__(
        self, where: str, *, deadline_s: float = DEADLINE_S, memory_limit: int = MEMORY_LIMIT
    ) -> None:
        self._process = _Process(where, deadline_s, memory_limit)
        self.name = where
        try:
            described = self._process.ask({"do": "describe"}, START_S, "it is imported")
            self._take(described)
            check_decoder(self)
        except BaseException:
            self.close()
            raise

    def _take(self, described: Any) -> None:
        if not isinstance(described, dict) or "fault" in described:
            reason = described.get("fault") if isinstance(described, dict) else "it says nothing"
            raise UsageError(f"{self.name} cannot be used as a decoder: {reason}.")
        subprotocols = described.get("subprotocols")
        self.name = described.get("name", "")
        self.priority = described.get("priority", 0)
        self.subprotocols: tuple[str, ...] = (
            tuple(subprotocols) if isinstance(subprotocols, list) else ()
        )
        self._process.name = self.name

    @property
    def stopped(self) -> str:
        """Why the decoder was stopped; empty while it runs."""
        return self._process.stopped

    def recognises(self, payload: Payload) -> float:
        """Ask it; one that was stopped recognises nothing."""
        if self._process.stopped:
            return 0.0
        score = self._process.ask({"do": "recognises", "payload": payload})
        return float(score) if isinstance(score, int | float) else 0.0

    def conversation(self) -> Conversation:
        """Begin with a connection."""
        return _Conversation(self._process)

    def compose(self, value: Tree) -> Sequence[Payload]:
        """Ask it to write a value."""
        answer = self._process.ask({"do": "compose", "value": value})
        if isinstance(answer, dict) and "error" in answer:
            raise ComposeError(str(answer["error"]), where=str(answer.get("where", "")))
        try:
            return msgspec.convert(_unless_fault(answer), list[Payload])
        except msgspec.ValidationError as error:
            raise TypeError(f"It composed something else than payloads: {error}") from None

    def close(self) -> None:
        """End its process."""
        self._process.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


class _Conversation:
    """One connection's conversation in the other process."""

    _numbers = count(1)

    def __init__(self, process: "_Process") -> None:
        self._process = process
        self._number = next(self._numbers)

    def __del__(self) -> None:
        self._process.ended.append(self._number)  # told with the next question

    def decode(self, payload: Payload) -> Decoded:
        """Ask for the next payload to be read."""
        answer = self._process.ask(
            {"do": "decode", "conversation": self._number, "payload": payload}
        )
        if isinstance(answer, dict) and "error" in answer:
            raise DecodeError(str(answer["error"]), where=str(answer.get("where", "")))
        return validated(_decoded(_unless_fault(answer)))


class _Process:
    """The process, and one question at a time to it."""

    def __init__(self, where: str, deadline_s: float, memory_limit: int) -> None:
        self.name = where
        self.stopped = ""
        self.ended: list[int] = []
        self._deadline_s = deadline_s
        self._memory_limit = memory_limit
        command = [sys.executable, "-m", _MODULE, where, str(memory_limit), str(deadline_s)]
        self._process = subprocess.Popen(  # noqa: S603 this program itself
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # an interrupt typed at the terminal is not for it
        )
        # Pipes have no deadline on every system, a future has.
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"decoder {where}")

    def ask(self, question: dict[str, Any], seconds: float = 0, doing: str = "a payload") -> Any:
        """Ask, and wait for the answer no longer than it has.

        Raises:
            DecoderStoppedError: it was stopped, now or before.
        """
        if self.stopped:
            raise DecoderStoppedError(self.stopped)
        seconds = seconds or self._deadline_s
        ended, self.ended = self.ended, []
        data = msgspec.msgpack.encode({**question, "ended": ended})
        future = self._thread.submit(_exchange, self._process, data)
        try:
            return future.result(seconds)
        except TimeoutError:
            self._stop(f"it took longer than {seconds:g} s for {doing}")
        except (EOFError, OSError):
            self._stop(self._cause_of_end())
        except (ValueError, msgspec.DecodeError):
            self._stop("its answer was no answer")
        raise DecoderStoppedError(self.stopped)

    def _cause_of_end(self) -> str:
        with contextlib.suppress(subprocess.TimeoutExpired):
            if self._process.wait(1) == OUT_OF_MEMORY:
                return f"it needed more than {self._memory_limit >> 20} MiB of memory"
        return "its process ended"

    def _stop(self, reason: str) -> None:
        self.stopped = f"The decoder {self.name} was stopped: {reason}."
        self._kill()

    def _kill(self) -> None:
        if hasattr(os, "killpg"):
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._process.pid, signal.SIGKILL)  # and what it started
        self._process.kill()
        self._process.wait()
        self._thread.shutdown()  # what it waited for has come to its end
        for stream in (self._process.stdin, self._process.stdout):
            with contextlib.suppress(OSError):
                if stream is not None:
                    stream.close()

    def close(self) -> None:
        """End the process, if that has not happened."""
        if not self.stopped:
            self.stopped = f"The decoder {self.name} was closed."
            self._kill()


OUT_OF_MEMORY = 77
"""The exit code of a process that reached its limit of memory."""


def _exchange(process: "subprocess.Popen[bytes]", data: bytes) -> Any:
    assert process.stdin is not None
    assert process.stdout is not None
    write_frame(process.stdin, data)
    answer = read_frame(process.stdout)
    # A value as a whole and once more in parts, with their fields; 64 MiB could be as many lists.
    if len(answer) > _ANSWER_VALUES and unfolds_beyond(_ANSWER_VALUES, answer):
        raise ValueError("it has too many values")
    return msgspec.msgpack.decode(answer)


def write_frame(stream: IO[bytes], data: bytes) -> None:
    """Write bytes behind their length."""
    stream.write(len(data).to_bytes(4, "big") + data)
    stream.flush()


def read_frame(stream: IO[bytes]) -> bytes:
    """Read bytes behind their length.

    Raises:
        EOFError: there are no more.
        ValueError: they are more than an answer may have.
    """
    head = stream.read(4)
    length = int.from_bytes(head, "big")
    if length > _LONGEST_ANSWER:
        raise ValueError(f"{length:,} bytes are too many")
    data = stream.read(length)
    if len(head) < 4 or len(data) < length:
        raise EOFError
    return data


def _unless_fault(answer: Any) -> Any:
    """Raise what the decoder raised; it is told apart by its words alone."""
    if isinstance(answer, dict) and "fault" in answer:
        raise WirescopeError(str(answer["fault"])[:300])
    return answer


def _decoded(answer: Any, depth: int = 0) -> Any:
    """Rebuild a `Decoded`, whose fields are checked afterwards."""
    if not isinstance(answer, dict) or depth > 10:
        raise TypeError("It returned something else than a Decoded.")
    fields = dict(answer)
    parts = fields.get("parts", ())
    inner = fields.get("nested")
    again: Callable[[Any], Any] = lambda each: _decoded(each, depth + 1)  # noqa: E731
    fields["parts"] = tuple(map(again, parts)) if isinstance(parts, list) else ()
    fields["nested"] = None if inner is None else again(inner)
    return Decoded(**fields)
