"""Draw README's picture of the terminal: what `wirescope connect demo` shows, as an SVG.

`python -m scripts.picture`; it needs tmux, whose screen it reads, and `rich`, which draws, from the
package index for this run alone: `uv run --with rich python -m scripts.picture`.
"""

import io
import re
import shlex
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PICTURE = ROOT / "docs" / "images" / "connect-demo.svg"
WIDTH, HEIGHT = 104, 28


def screen() -> str:
    """Run the demo in a terminal of tmux; return its last screen with colours."""
    command = (
        f"{shlex.quote(sys.executable)} -m wirescope connect demo; tmux wait-for -S drawn; cat"
    )
    tmux = ["tmux", "-L", "wirescope-picture"]
    size = ["-x", str(WIDTH), "-y", str(HEIGHT)]
    subprocess.run([*tmux, "new-session", "-d", *size, command], check=True)
    try:
        subprocess.run([*tmux, "wait-for", "drawn"], check=True, timeout=60)
        drawn = subprocess.run(
            [*tmux, "capture-pane", "-e", "-p"], check=True, capture_output=True, text=True
        )
    finally:
        subprocess.run([*tmux, "kill-server"], check=True)
    return drawn.stdout.rstrip()


def main() -> None:
    """Draw it."""
    from rich.console import Console
    from rich.text import Text

    console = Console(record=True, width=WIDTH, file=io.StringIO())
    console.print(Text.from_ansi("$ wirescope connect demo\n" + screen()))
    PICTURE.parent.mkdir(parents=True, exist_ok=True)
    drawing = console.export_svg(title="wirescope connect demo")
    # The reader's own monospaced font does; a picture fetches nothing.
    drawing = re.sub(r"@font-face \{.*?\}", "", drawing, flags=re.DOTALL)
    drawing = re.sub(r"<!--.*?-->", "", drawing, flags=re.DOTALL).replace("Fira Code", "monospace")
    PICTURE.write_text(drawing, "utf-8")


if __name__ == "__main__":
    main()
