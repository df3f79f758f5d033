"""Commands as processes of their own that are spared the loading: children of one that has loaded.

To load the command line takes most of the processor time of most commands, and tests start hundreds
of them. So each process that runs tests has one beside it that has loaded it and does nothing else;
for each command it forks, and the child is as a process started anew would be: with streams, a
working directory and an environment of its own.

Not here: programs that are looked at from their first instruction on, or on a terminal.
"""

import array
import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
GRACE_S = 10.0

LOAD_S = 60.0
"""Seconds until a child has begun; before the first one everything is loaded."""


class Loaded:
    """The process that has loaded the command line, from the side of the tests."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.forking", str(theirs.fileno())],
                cwd=ROOT,
                stdin=subprocess.PIPE,  # streams know from the beginning what they are
                stdout=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
            )
        self._answers = self._line.makefile("rb")
        atexit.register(self.end)

    def run(
        self,
        arguments: Sequence[str],
        *,
        stdin: bytes | None,
        environment: Mapping[str, str],
        timeout_s: float,
    ) -> "subprocess.CompletedProcess[bytes]":
        """Run a command to its end; without `stdin` it has none.

        Raises:
            subprocess.TimeoutExpired: it took too long, and was killed.
        """
        pipes = [os.pipe() for _ in range(3)]
        (their_in, our_in), (our_out, their_out), (our_err, their_err) = pipes
        if stdin is None:
            os.close(their_in)
            their_in = os.open(os.devnull, os.O_RDONLY)
        request = {
            "arguments": [*arguments],
            "environment": {**environment},
            "cwd": str(Path.cwd()),
        }
        streams = [_Stream(_read, each) for each in (our_out, our_err)]
        given = _Stream(_write, our_in, stdin or b"")
        try:
            pid = self._begin(request, (their_in, their_out, their_err))
            try:
                self._line.settimeout(timeout_s)
                status = int(self._answers.readline())
            except TimeoutError:
                os.kill(pid, signal.SIGKILL)
                raise
        except BaseException as error:
            self.end()  # it would answer out of turn
            _loaded.cache_clear()
            if isinstance(error, TimeoutError):
                raise subprocess.TimeoutExpired([*arguments], timeout_s) from None
            raise
        given.result()
        out, err = (each.result() for each in streams)
        return subprocess.CompletedProcess([*arguments], status, out, err)

    def _begin(self, request: dict[str, Any], streams: Sequence[int]) -> int:
        """Have a child begin; its number."""
        self._line.settimeout(LOAD_S)
        data = json.dumps(request).encode()
        rights = [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", streams))]
        self._line.sendmsg([len(data).to_bytes(4, "big")], rights)
        self._line.sendall(data)
        for each in streams:
            os.close(each)
        return int(self._answers.readline())

    def end(self) -> None:
        """End the process."""
        self._answers.close()
        self._line.close()
        with self._process:  # whose pipes nobody uses
            self._process.wait(GRACE_S)


class _Stream:
    """What goes into a stream or comes out of it, in a thread: a child may fill both at a time."""

    def __init__(self, work: Callable[..., bytes], *arguments: object) -> None:
        self._done: list[bytes] = []
        self._thread = Thread(target=lambda: self._done.append(work(*arguments)), daemon=True)
        self._thread.start()

    def result(self) -> bytes:
        """Wait for its end, which is that of the last process that has it."""
        self._thread.join(GRACE_S)
        if not self._done:
            raise TimeoutError(f"A stream was held open for {GRACE_S:g} s after its command's end.")
        return self._done[0]


def _write(descriptor: int, data: bytes) -> bytes:
    rest = memoryview(data)
    try:
        while rest:
            rest = rest[os.write(descriptor, rest) :]
    except BrokenPipeError:
        pass  # it has not read to the end
    finally:
        os.close(descriptor)
    return b""


def _read(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb") as stream:
        return stream.read()


@cache
def _loaded() -> Loaded:
    return Loaded()


def run_forked(
    arguments: Sequence[str],
    *,
    stdin: bytes | None = None,
    environment: Mapping[str, str],
    timeout_s: float,
) -> "subprocess.CompletedProcess[bytes]":
    """Run `wirescope` to its end, as `Loaded.run` does; where nothing forks, start it."""
    if not hasattr(os, "fork"):
        return subprocess.run(
            [sys.executable, "-m", "wirescope", *arguments],
            input=stdin,
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            timeout=timeout_s,
            env={**environment},
            check=False,
        )
    return _loaded().run(arguments, stdin=stdin, environment=environment, timeout_s=timeout_s)


# The process itself


def serve(line: socket.socket) -> dict[str, Any] | None:
    """Fork for each request; in a child, what it is to do; None once there are no more."""
    while True:
        head, rights, _, _ = line.recvmsg(4, socket.CMSG_SPACE(3 * 4))
        if not head:
            return None
        streams = array.array("i", rights[0][2])
        data = b""
        while len(data) < int.from_bytes(head, "big"):
            piece = line.recv(1 << 16)
            if not piece:
                return None
            data += piece
        pid = os.fork()
        if not pid:
            line.close()
            for number, stream in enumerate(streams):
                os.dup2(stream, number)
                os.close(stream)
            request: dict[str, Any] = json.loads(data)
            return request
        for stream in streams:
            os.close(stream)
        line.sendall(b"%d\n" % pid)
        _, status = os.waitpid(pid, 0)
        line.sendall(b"%d\n" % os.waitstatus_to_exitcode(status))


def main() -> None:
    """Load the command line, then fork until nobody asks any more."""
    import wirescope.cli

    for name in ("export", "import_file", "planning", "session", "show"):
        import_module(f"wirescope.cli.{name}")

    line = socket.socket(fileno=int(sys.argv[1]))
    request = serve(line)
    if request is None:
        return
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["cwd"])
    sys.argv = ["wirescope", *request["arguments"]]
    wirescope.cli.main()


if __name__ == "__main__":
    main()
