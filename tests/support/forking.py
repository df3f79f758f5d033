"""Commands as processes of their own that are spared the loading: children of one that has loaded.

To load the program takes most of the processor time of most commands, and tests start hundreds of
them. So each process that runs tests has one beside it that has loaded it and does nothing else;
for each command it forks, and the child is as a process started anew would be: with streams, a
working directory and an environment of its own. It may be another program than `wirescope`, and it
may be in a network namespace.

Not here: programs that are looked at from their first instruction on, or on a terminal.
"""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache, partial
from importlib import import_module
from pathlib import Path
from threading import Thread
from typing import IO, Any, Self

from wirescope.processes import FORKS
from wirescope.processes.serving import Request, send_request, serve

ROOT = Path(__file__).resolve().parents[2]
GRACE_S = 10.0

LOAD_S = 60.0
"""Seconds until a child has begun; before the first one everything is loaded."""

LOADED = (
    *("wirescope.playground", "wirescope.web.app"),
    *(f"wirescope.cli.{name}" for name in ("export", "import_file", "planning", "session", "show")),
    *("wirescope.cli.serve", "wirescope.cli.up"),
)
"""Modules that most commands need, and that are loaded when one does."""


class Forked:
    """A command that runs, with what tests need of `subprocess.Popen`.

    Args:
        arguments: of the program.
        environment: all of it.
        program: the module whose `main` it is.
        holder: the process whose user namespace and network namespace it enters; None for none.
        stdin: a pipe, nothing, or a file that is open.
        stdout: likewise.
        stderr: likewise.

    Attributes:
        pid: its number.
        stdin: where it is a pipe.
        stdout: likewise.
        stderr: likewise.
        returncode: once its end is known.
    """

    def __init__(
        self,
        arguments: Sequence[str],
        *,
        environment: Mapping[str, str],
        program: str = "wirescope.cli",
        holder: int | None = None,
        stdin: "int | IO[Any]" = subprocess.PIPE,
        stdout: "int | IO[Any]" = subprocess.PIPE,
        stderr: "int | IO[Any]" = subprocess.PIPE,
    ) -> None:
        self.args = [*arguments]
        self.returncode: int | None = None
        self.stdin: IO[bytes] | None = None
        self.stdout: IO[bytes] | None = None
        self.stderr: IO[bytes] | None = None
        theirs = []
        for name, asked in (("stdin", stdin), ("stdout", stdout), ("stderr", stderr)):
            given, own = _stream(asked, is_read=name == "stdin")
            theirs.append(given)
            setattr(self, name, own)
        self._line, status = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        how = {
            "arguments": self.args,
            "environment": {**environment},
            "cwd": str(Path.cwd()),
            "holder": holder,
        }
        request = Request(module=program, arguments=(json.dumps(how),))
        try:
            _loaded().begin(request, [*theirs, status.fileno()])
        finally:
            status.close()
            for each in theirs:
                os.close(each)
        self.pid = self._hear(LOAD_S)

    def _hear(self, timeout_s: float | None) -> int:
        self._line.settimeout(timeout_s)
        try:
            return int(self._line.recv(16))
        except TimeoutError:
            raise subprocess.TimeoutExpired(self.args, timeout_s or 0) from None

    def poll(self) -> int | None:
        """Say how it has ended; None while it has not."""
        with suppress(subprocess.TimeoutExpired):
            return self.wait(0.001)
        return None

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: it has not ended in that time.
        """
        if self.returncode is None:
            self.returncode = self._hear(timeout)
            self._line.close()
        return self.returncode

    def communicate(
        self,
        input: bytes | None = None,  # noqa: A002 as there
        timeout: float | None = None,
    ) -> tuple[bytes, bytes]:
        """Write to it, read all that it says, and wait for its end.

        Raises:
            subprocess.TimeoutExpired: it has not ended in that time.
        """
        streams = [_Stream(partial(_read, each)) for each in (self.stdout, self.stderr)]
        given = _Stream(partial(_write, self.stdin, input or b""))
        self.wait(timeout)
        given.result()
        out, err = (each.result() for each in streams)
        return out, err

    def send_signal(self, number: int) -> None:
        """Send a signal, unless it has ended."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        """End it at once."""
        self.send_signal(signal.SIGKILL)

    def terminate(self) -> None:
        """Ask it to end."""
        self.send_signal(signal.SIGTERM)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        for stream in (self.stdin, self.stdout, self.stderr):
            if stream is not None:
                stream.close()
        self.wait(GRACE_S)


def start(
    arguments: Sequence[str],
    *,
    environment: Mapping[str, str],
    module: str = "wirescope",
    **streams: Any,
) -> Any:
    """Start `wirescope`; from the beginning where nothing forks, or for a module in its place."""
    if FORKS and module == "wirescope":
        return Forked(arguments, environment=environment, **streams)
    pipes = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE)
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, env={**environment}, **{**pipes, **streams})


def run(
    arguments: Sequence[str],
    *,
    stdin: bytes | None = None,
    environment: Mapping[str, str],
    timeout_s: float,
) -> "subprocess.CompletedProcess[bytes]":
    """Run `wirescope` to its end; without `stdin` it has none.

    Raises:
        subprocess.TimeoutExpired: it took too long, and was killed.
    """
    source = subprocess.DEVNULL if stdin is None else subprocess.PIPE
    with start(arguments, environment=environment, stdin=source) as process:
        try:
            out, err = process.communicate(stdin, timeout=timeout_s)
        except BaseException:
            process.kill()
            raise
        return subprocess.CompletedProcess([*arguments], process.returncode, out, err)


def _stream(asked: "int | IO[Any]", *, is_read: bool) -> tuple[int, IO[bytes] | None]:
    """Give a stream for a child, and this side's end of it, where there is one."""
    if asked == subprocess.DEVNULL:
        return os.open(os.devnull, os.O_RDWR), None
    if asked != subprocess.PIPE:
        return os.dup(asked if isinstance(asked, int) else asked.fileno()), None
    reads, writes = os.pipe()
    if is_read:
        return reads, os.fdopen(writes, "wb")
    return writes, os.fdopen(reads, "rb")


class _Stream:
    """What goes into a stream or comes out of it, in a thread: a child may fill both at a time."""

    def __init__(self, work: Callable[[], bytes]) -> None:
        self._done: list[bytes] = []
        self._thread = Thread(target=lambda: self._done.append(work()), daemon=True)
        self._thread.start()

    def result(self) -> bytes:
        """Wait for its end, which is that of the last process that has it."""
        self._thread.join(GRACE_S)
        if not self._done:
            raise TimeoutError(f"A stream was held open for {GRACE_S:g} s after its command's end.")
        return self._done[0]


def _read(stream: IO[bytes] | None) -> bytes:
    return b"" if stream is None else stream.read()


def _write(stream: IO[bytes] | None, data: bytes) -> bytes:
    if stream is not None:
        with suppress(BrokenPipeError):  # it has not read to the end
            stream.write(data)
        with suppress(BrokenPipeError):
            stream.close()
    return b""


class _Loaded:
    """The process that has loaded the program, from the side of the tests."""

    def __init__(self) -> None:
        self._line, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.forking", str(theirs.fileno())],
                cwd=ROOT,
                stdin=subprocess.PIPE,  # streams know from the beginning what they are
                stdout=subprocess.PIPE,
                pass_fds=[theirs.fileno()],
            )
        atexit.register(self.end)

    def begin(self, request: Request, descriptors: Sequence[int]) -> None:
        """Have a child begin, with its streams and where its number and its end are told."""
        self._line.settimeout(LOAD_S)
        send_request(self._line, request, descriptors)

    def end(self) -> None:
        """End the process."""
        self._line.close()
        with self._process:  # whose pipes nobody uses
            self._process.wait(GRACE_S)


@cache
def _loaded() -> _Loaded:
    return _Loaded()


def own_descriptors() -> set[int]:
    """Give the descriptors of the process that has loaded it all, which stay until the end."""
    if not _loaded.cache_info().currsize:
        return set()
    process = _loaded()._process
    pipes = (_loaded()._line, process.stdin, process.stdout)
    return {each.fileno() for each in pipes if each is not None}


# The process itself


def main() -> None:
    """Load the program, then fork until nobody asks any more."""
    from wirescope.transports.webrtc.engine import is_there, load

    for name in LOADED:
        import_module(name)
    if is_there():
        load()  # has no thread before there is a connection

    request = serve(socket.socket(fileno=int(sys.argv[1])))
    if request is None:
        return
    how = json.loads(*request.arguments)
    os.environ.clear()
    os.environ.update(how["environment"])
    os.chdir(how["cwd"])
    if how["holder"] is not None:
        _enter_those_of(how["holder"])
    sys.argv = ["wirescope", *how["arguments"]]
    import_module(request.module).main()


def _enter_those_of(holder: int) -> None:
    """Enter the namespaces of a process, first the one that gives the right to enter the other."""
    from wirescope.transports.link.namespaces import CLONE_NEWNET, CLONE_NEWUSER, enter

    spaces = {name: Path(f"/proc/{holder}/ns/{name}") for name in ("user", "net")}
    opened = {name: os.open(path, os.O_RDONLY) for name, path in spaces.items()}
    for name, kind in (("user", CLONE_NEWUSER), ("net", CLONE_NEWNET)):
        enter(opened[name], kind)
        os.close(opened[name])


if __name__ == "__main__":
    main()
