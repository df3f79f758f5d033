"""Every command and the interactive session in a real terminal, 80 and 160 columns wide.

tmux is the terminal. Each screen is looked at in colour and with NO_COLOR, saved as text, and
printed. It falls short where a line is longer than the screen is wide, where colour is shown that
was not asked for, or where what had to be on the screen is not.
"""

import re
import shlex
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

import msgspec

from tests.support.parts import PARTS
from wirescope.clock import SystemClock

WIDTHS = (80, 160)
HEIGHT = 200
DEADLINE_S = 10
WIRESCOPE = shlex.join([sys.executable, "-m", "wirescope"])
# A program that leaves the terminal non-blocking breaks the next one that reads from it.
BLOCKING = shlex.join([sys.executable, "-c", "import os; print('', os.get_blocking(0))"])
NUMBERS = count(1)
ENDED = re.compile(r"\[exit \d+\] (True|False)")
COLOUR = re.compile(r"\x1b\[[0-9;]*\b(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])\b[0-9;]*m")
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[a-zA-Z]|\x1b[()][A-B0]|\x0f|\x0e")
# What a person types, and what has to be on the screen before the next line is typed.
SESSION = (
    ("/help", "/close"),
    ("hello, ünïcode", "hello, ünïcode"),
    ("/ping are you there", "are you there"),
    ("/hex 00 ff 1e", "00"),
    ("//a literal slash", "/a literal slash"),
    ("/close 4001 enough", "4001"),
)


@dataclass
class Screen:
    """A terminal of so many columns."""

    width: int
    colour: bool
    socket: Path
    faults: list[str] = field(default_factory=list)

    def tmux(self, *arguments: str) -> str:
        """Tell tmux something; what it answers."""
        done = subprocess.run(
            ["tmux", "-S", str(self.socket), "-f", "/dev/null", *arguments],
            capture_output=True,
            text=True,
            timeout=DEADLINE_S,
            check=True,
        )
        return done.stdout

    @contextmanager
    def showing(self, command: str) -> Iterator[None]:
        """Run a command in a fresh terminal, which stays open after it."""
        environment = "" if self.colour else "NO_COLOR=1 "
        line = f"env {environment}{command}; printf '[exit %s]' $?; {BLOCKING}; exec sleep 600"
        self.socket = self.socket.with_suffix(f".{next(NUMBERS)}")  # a server that ends is no use
        size = ["-x", str(self.width), "-y", str(HEIGHT)]
        self.tmux("new-session", "-d", *size, "env TERM=screen-256color sh -c " + shlex.quote(line))
        try:
            yield
        finally:
            self.tmux("kill-server")

    def text(self) -> str:
        """What stands on it, lines that were wrapped joined again, with the escapes of colour."""
        return self.tmux("capture-pane", "-p", "-e", "-J", "-S", "-").rstrip()

    def wait_for(self, expected: str, *, times: int = 1) -> bool:
        """Wait until a text stands on it, so many times."""
        return self.wait_until(lambda text: text.count(expected) >= times, expected)

    def wait_until(self, is_there: Callable[[str], bool], expected: str) -> bool:
        """Wait until what stands on it is as it should be."""
        clock = SystemClock()
        end_ns = clock.monotonic_ns() + DEADLINE_S * 1_000_000_000
        while clock.monotonic_ns() < end_ns:
            if is_there(ESCAPES.sub("", self.text())):
                return True
            time.sleep(0.05)  # a screen cannot be waited for in any other way
        self.faults.append(f"{expected!r} never came")
        return False

    def wait_for_the_end(self) -> None:
        """Wait until the command has ended, and see how it left the terminal."""
        if not self.wait_until(lambda text: ENDED.search(text) is not None, "[exit"):
            return
        ended = ENDED.search(ESCAPES.sub("", self.text()))
        if ended is not None and ended[1] == "False":
            self.faults.append("the terminal was left non-blocking")

    def type(self, line: str) -> None:
        """Type a line, as it stands, and press Enter."""
        self.tmux("send-keys", "-l", line)
        self.tmux("send-keys", "Enter")

    def look(self, name: str, folder: Path) -> str:
        """Judge what stands on it and save it; the text without colour."""
        raw = self.text()
        plain = ESCAPES.sub("", raw)
        for line in plain.splitlines():
            if len(line.rstrip()) > self.width:
                self.faults.append(f"{name}: {len(line.rstrip())} columns: {line.rstrip()[:60]}…")
        if not self.colour and COLOUR.search(raw):
            self.faults.append(f"{name}: colour in spite of NO_COLOR")
        kind = "colour" if self.colour else "plain"
        (folder / f"{name}-{self.width}-{kind}.txt").write_text(
            raw if self.colour else plain, "utf-8"
        )
        return plain


@contextmanager
def serving_endpoints() -> Iterator[str]:
    """Run `wirescope serve`; the address of its echo."""
    command = [sys.executable, "-m", "wirescope", "serve", "--port", "0", "--format", "ndjson"]
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        ready = msgspec.json.decode(server.stdout.readline(), type=dict[str, str])
        try:
            base = ready["url"].replace("http", "ws", 1) if ready["url"][0] == "h" else ready["url"]
            yield base.rstrip("/")
        finally:
            server.terminate()


def commands() -> list[str]:
    """The commands, as the program itself lists them."""
    done = subprocess.run(
        [sys.executable, "-m", "wirescope", "--help"], capture_output=True, text=True, check=True
    )
    block = done.stdout.partition("Commands:")[2].partition("\n\n")[0]
    return re.findall(r"^  (\w+)", block, re.MULTILINE)


def interactive(screen: Screen, base: str, folder: Path, capture: Path) -> str:
    """Type a session."""
    command = f"{WIRESCOPE} connect {base}/echo -o {shlex.quote(str(capture))}"
    with screen.showing(command):
        screen.wait_for("Open:")
        for line, expected in SESSION:
            screen.type(line)
            screen.wait_for(expected, times=2 if expected in line else 1)
        screen.wait_for_the_end()
        return screen.look("interactive", folder)


def once(screen: Screen, name: str, arguments: str, folder: Path) -> str:
    """Run a command to its end."""
    with screen.showing(f"{WIRESCOPE} {arguments}"):
        screen.wait_for_the_end()
        return screen.look(name, folder)


def main() -> int:
    """Look at everything four times."""
    if PARTS["tmux"]() is None:
        print("tmux is not on this machine")
        return 2
    folder = Path(tempfile.mkdtemp(prefix="wirescope-screens-"))
    faults = []
    with serving_endpoints() as base:
        for number, (width, colour) in enumerate((w, c) for w in WIDTHS for c in (True, False)):
            screen = Screen(width, colour, folder / f"tmux-{number}")
            capture = folder / f"session-{number}.wirescope"
            shown = [interactive(screen, base, folder, capture)]
            looks = {"help": "--help", "demo": "connect demo", "refused": f"connect {base}/reject"}
            looks |= {f"help-{name}": f"{name} --help" for name in commands()}
            looks |= {"show": f"show {capture}", "closed": f"connect '{base}/close?code=1011'"}
            shown += [once(screen, name, arguments, folder) for name, arguments in looks.items()]
            kind = "in colour" if colour else "with NO_COLOR"
            for text in shown:
                print(f"-- {width} columns, {kind}\n{text}\n")
            faults += [f"{width} columns, {kind}: {fault}" for fault in screen.faults]
            print(f"{width} columns, {kind}: {len(shown)} screens, {len(screen.faults)} faults\n")
    print("\n".join([f"screens saved in {folder}", *faults]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
