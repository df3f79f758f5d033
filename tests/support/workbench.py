"""The workbench as a person starts it: `wirescope up` as a process of its own, over a folder.

It has a home of its own, so that no key, keyring or setting of this machine's user takes part. It
can be killed, and started again on the same port, as under a page that stays open.
"""

import json
import os
import subprocess
from collections.abc import Mapping
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import IO, Any, Self

from tests.support import forking

START_TIMEOUT_S = 30.0
END_TIMEOUT_S = 20.0


class Workbench:
    """`wirescope up`, running; a context manager that ends it.

    Args:
        folder: the workspace, made if it is not there.
        home: where this user's own files are; shared by runs that follow each other.
        environment: variables beside those of this process.
        module: what is run as `wirescope`.

    Attributes:
        folder: the workspace.
        port: where the page is; the same after a restart.
        address: opens the page in one browser, once.
    """

    def __init__(
        self,
        folder: Path,
        *,
        home: Path,
        environment: Mapping[str, str] | None = None,
        module: str = "wirescope",
    ) -> None:
        self.folder = folder
        self.port = 0
        self.address = ""
        self._home = home
        self._environment = dict(environment or {})
        self._module = module
        self._process: Any = None
        self._errors = home / "stderr"

    @property
    def url(self) -> str:
        """The page's address without a key."""
        return f"http://127.0.0.1:{self.port}/"

    @property
    def pid(self) -> int:
        """The process's number."""
        return int(self._process.pid)

    def said(self) -> str:
        """Return what it wrote to stderr so far, in all its runs."""
        return self._errors.read_text("utf-8", "replace")

    def start(self) -> None:
        """Start it, on the port that it had before if it ran already."""
        self._home.mkdir(parents=True, exist_ok=True)
        arguments = ["up", "--headless", "--format", "ndjson", "--port", str(self.port)]
        with self._errors.open("ab") as errors:
            self._process = forking.start(
                [*arguments, "--workspace", str(self.folder)],
                environment=self._variables(),
                module=self._module,
                stdin=subprocess.DEVNULL,
                stderr=errors,
            )
        self.address = json.loads(self._first_line())["url"]
        self.port = int(self.address.split(":")[2].partition("/")[0])

    def _variables(self) -> dict[str, str]:
        own = {
            "HOME": str(self._home),
            "XDG_DATA_HOME": str(self._home / "data"),
            "XDG_CONFIG_HOME": str(self._home / "config"),
            "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        }
        return {**os.environ, **own, **self._environment}

    def _first_line(self) -> str:
        lines: SimpleQueue[str] = SimpleQueue()
        Thread(target=_pump, args=(self._process.stdout, lines), daemon=True).start()
        try:
            line = lines.get(timeout=START_TIMEOUT_S)
        except Empty:
            line = ""
        if not line:
            self.kill()
            raise RuntimeError(f"The workbench did not start: {self.said()}")
        return line

    def kill(self) -> None:
        """End it at once (SIGKILL), as a crash or a lack of memory would."""
        if self._process is not None:
            self._process.kill()
            self._process.wait(END_TIMEOUT_S)

    def end(self) -> int:
        """Ask it to end (SIGTERM); return its exit status."""
        self._process.terminate()
        try:
            return int(self._process.wait(END_TIMEOUT_S))
        except subprocess.TimeoutExpired:
            self.kill()
            raise

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_exc_info: object) -> None:
        if self._process is not None and self._process.poll() is None:
            self.end()


def _pump(stream: IO[bytes], lines: SimpleQueue[str]) -> None:
    """Pass the first line on and drain the rest, so that the process never waits for a reader."""
    with stream:
        lines.put(stream.readline().decode())
        for _ in stream:
            pass
