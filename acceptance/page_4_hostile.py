"""Hostile pages, hostile text and secrets, all at once, against the command as it is started.

The door: routes without a key, 40 Origins and 20 Hosts of others. The text: 200 ways to smuggle a
script, sent as messages, said in headers, close reasons and refusals, written into names and files
of other tools, and looked at in every view of the page, in Chromium, and in a terminal. The
secrets: 30 of them, used wherever one can be used, and looked for in every file, export, answer,
address and storage.
"""

import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

from playwright.sync_api import Browser

from acceptance.hostile.gate import refused
from acceptance.hostile.secrets import keep
from acceptance.hostile.showing import show
from tests.support.chromium import chromium
from tests.support.parts import PARTS

Part = Callable[[Browser, Path], Iterator[tuple[str, str, bool]]]

PARTS_OF_IT: dict[str, Part] = {
    "door": lambda _browser, folder: refused(folder),
    "text": show,
    "secrets": keep,
}


def main() -> int:
    """Show all parts, or the named ones; 1 when something is not as promised."""
    path = PARTS["chromium"]()
    if path is None:
        print("There is no Chromium on this machine.")
        return 1
    failed = 0
    for name in sys.argv[1:] or PARTS_OF_IT:
        # The driver of the browser has a loop in this thread; each part gets it afresh.
        with chromium(path) as browser, tempfile.TemporaryDirectory() as folder:
            for what, words, good in PARTS_OF_IT[name](browser, Path(folder)):
                print(f"{name}: {what:40} {words:60} {'ok' if good else 'FAILED'}", flush=True)
                failed += not good
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
